"""What is to be said about the list: value, lot, changes since the last, addresses to verify."""

from pipelines.runs.learnt import learnt_words
from pipelines.settings.selection import ValueSettings
from pipelines.store import Database

_CAUSES = 4
_OVERRULED = "rule_overruled"


def list_words(db: Database, value: ValueSettings) -> list[str]:
    """Return lines about the published list.

    Parameters
    ----------
    db : Database
        The published file; one of an earlier version says less.
    """
    lines = []
    if value.per_conversion is None:
        lines.append(
            "No value of a conversion is set ([value] per_conversion): the list is ordered by"
            " probability, and contacts count as free"
        )
    if "propensity" in db.columns("decision"):
        listed, drawn, doubtful = db.frame(
            "SELECT count(*), count(propensity), count(*) FILTER (WHERE is_to_verify)"
            " FROM decision WHERE verdict = 'listed'"
        ).row(0)
        if drawn:
            lines.append(f"{drawn:,} of {listed:,} on the list were drawn by lot, to learn from")
        if doubtful:
            lines.append(f"{doubtful:,} e-mail addresses had no mail of ours for long: verify them")
    if db.exists("route_measure"):
        lines += _served(db)
    if db.exists("list_change"):
        lines += _changes(db)
    return lines + learnt_words(db)


def _served(db: Database) -> list[str]:
    """Return lines about who serves whom: shares, rules that disagree, waiting times, ratings."""
    found = {
        (measure, detail): (people, value, words)
        for measure, detail, people, value, words in db.frame(
            "SELECT measure, detail, people, value, words FROM route_measure"
        ).iter_rows()
    }
    lines = []
    people, planned, words = found.get(("planned_share", "human"), (0, None, None))
    if planned is not None:
        target = found.get(("target_share", "human"))
        aim = "" if target is None else f", target {target[1]:.1%}: {words}"
        lines.append(f"People serve {planned:.1%} of the list{aim}")
    overruled = sum(people for (name, _), (people, _, _) in found.items() if name == _OVERRULED)
    if overruled:
        lines.append(
            f"Rules disagree {overruled:,} times: nobody comes before a person before the AI"
        )
    if found.get(("escalated_share", "ai")):
        people, share, _ = found["escalated_share", "ai"]
        lines.append(f"The AI passed on {share:.1%} of {people:,} in four weeks")
    for name, words in (
        ("escalation_wait", "Passed on to people"),
        ("speed_to_lead", "Came to us"),
    ):
        if (name, "median") in found:
            tried, median, _ = found[name, "median"]
            waiting = found.get((name, "waiting still"), (0, None, None))[0]
            soon = ""
            if tried:
                p90 = found[name, "p90"][1]
                soon = f", tried after {median:,.0f} minutes (median), {p90:,.0f} (p90)"
            lines.append(
                f"{words}: {tried + waiting:,} in four weeks{soon}, {waiting:,} wait still"
            )
    for handler, who in (("ai", "the AI"), ("human", "people")):
        if ("satisfaction", handler) in found:
            rated, mean, _ = found["satisfaction", handler]
            lines.append(f"Content with {who}: {mean:.2f} on average of {rated:,}")
    return lines


def _changes(db: Database) -> list[str]:
    """Return one line for each kind of change against the last list, if there was one."""
    found = db.frame(
        "SELECT change, cause, count(*) AS people FROM list_change"
        " WHERE (SELECT count(rank_before) FROM list_change) > 0"
        " GROUP BY ALL ORDER BY change, people DESC, cause"
    )
    lines = []
    for (change,), part in found.group_by("change", maintain_order=True):
        causes = [
            f"{cause} {people:,}" for _, cause, people in part.head(_CAUSES).iter_rows() if cause
        ]
        why = f" ({', '.join(causes)})" if causes else ""
        lines.append(f"Since the last list: {change} {part['people'].sum():,}{why}")
    return lines
