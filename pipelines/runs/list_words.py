"""What is to be said about the list: value, lot, changes since the last, addresses to verify."""

from pipelines.settings.selection import ValueSettings
from pipelines.store import Database

_CAUSES = 4


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
    if db.exists("list_change"):
        lines += _changes(db)
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
