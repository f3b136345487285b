"""`learnt` and `ai-share`: what lists have taught, and how far the AI is trusted."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.console.screen import emit_json, say, show_table
from pipelines.runs.learnt import read_learnt, set_share_of_ai, share_of_ai
from pipelines.settings.home import Home

_TITLES = {
    "lift_estimate": "What the ranking brings, from places drawn by lot",
    "uplift_estimate": "What contact brings, from the control group",
    "handler_estimate": "The AI beside people, from handlers drawn by lot",
}
_BESIDES = {"people": ",", "conversions": ",.0f"}


def show_learnt(*, as_json: bool) -> None:
    """Show every estimate of the published night."""
    found = read_learnt(Home.locate())
    if as_json:
        emit_json(found)
        return
    for table, title in _TITLES.items():
        show_table(
            f"{title} (95% intervals)",
            ("figure", "of", "value", "people", "successes"),
            [_line(row) for row in found[table]],
            right=(3, 4),
        )
    show_table(
        "What was said of those contacted, and what came (95% intervals)",
        ("band", "said", "came", "people", "conversions"),
        [
            (
                "all" if row["band"] == 0 else str(row["band"]),
                f"{row['said']:.2%}",
                row["words"],
                f"{row['people']:,}",
                f"{row['conversions']:,.0f}",
            )
            for row in found["contact_calibration"]
        ],
        right=(3, 4),
    )
    _say_share(found["ai_share"])


def show_ai_share(share: float | None, *, reason: str, as_json: bool) -> None:
    """Show the share of the AI, or set it."""
    home = Home.locate()
    found = share_of_ai(home) if share is None else set_share_of_ai(home, share, reason)
    if as_json:
        emit_json(found)
        return
    if share is not None:
        say("From the next night on; what spoke against the AI before counts no more.")
    _say_share(found)


def _line(row: Mapping[str, Any]) -> Sequence[str]:
    of = next(row[name] for name in ("policy", "arm", "handler") if name in row)
    numbers = [f"{row[name]:{style}}" for name, style in _BESIDES.items()]
    return row["measure"], of, row["words"], *numbers


def _say_share(found: Mapping[str, Any]) -> None:
    say(f"The AI has {found['share']:.4g} of its capacity")
    for one in found["decisions"]:
        say(f"  {one['as_of']}  {one['share']:.4g}  by the {one['by']}: {one['reason']}")
