"""`learnt --campaign`: what a campaign by lot says about whom to treat."""

from pathlib import Path

from models.estimate import Estimate
from pipelines.console.screen import emit_json, say, show_table
from pipelines.runs.campaign import best_estimate, value_campaign
from pipelines.runs.estimate_words import in_words

_NAMES = {
    "everybody": "treat everybody",
    "nobody": "treat nobody",
    "lot": "by lot",
    "ranking": "the likeliest to convert",
    "uplift": "the largest effect",
}


def show_campaign(file: Path, *, mapping: Path | None, as_json: bool) -> None:
    """Value a campaign file and show it."""
    valued = value_campaign(file, mapping)
    if as_json:
        emit_json(valued.to_json())
        return
    read, found = valued.file, valued.found
    is_share = bool(((read.outcome == 0) | (read.outcome == 1)).all())

    def words(estimate: Estimate, sign: str = "") -> str:
        return in_words(estimate, is_share=is_share, sign=sign)

    treated = int(read.treated.sum())
    say(f"{len(read.treated):,} people, {treated:,} of them treated; {read.unread:,} left out")
    say(f"Taken for: {', '.join(f'{what} = {name}' for what, name in read.columns.items())}")
    say(f"Chance to be treated: {valued.chance_from}")
    for name, why in valued.left_out.items():
        say(f"No ranking goes by {name}: {why}")
    say(f"Treated: {words(found.treated)}; not treated: {words(found.untreated)}")
    say(
        f"Treating everybody rather than nobody: {words(best_estimate(found.effect), '+')};"
        f" {in_words(found.lift, is_share=False)} times"
    )
    say()
    show_table(
        "Mean outcome per person of all, had we treated (95% intervals, doubly robust)",
        ("treated", "who", "value", "over as many by lot", "over everybody"),
        [
            (
                f"{rule.share:.0%}",
                _NAMES[rule.name],
                words(best_estimate(rule.value)),
                words(best_estimate(rule.over_lot), "+") if rule.name in found.curves else "",
                words(best_estimate(rule.over_all), "+") if rule.name != "everybody" else "",
            )
            for rule in found.rules
        ],
    )
    for name, curve in found.curves.items():
        say(f"Qini of {_NAMES[name]}: {curve.qini:+.5f} per person, above treating by lot")
