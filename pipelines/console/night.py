"""`nightly`: progress while it runs, then the funnel and the top of the list."""

from datetime import date
from typing import Any

from pipelines.console.screen import StageProgress, emit_json, note, say, show_table
from pipelines.runs.nightly import NightlyResult, run_nightly
from pipelines.runs.summary import NightSummary, summarise
from pipelines.settings.home import Home

_STEPS = {
    "records": "records read",
    "quarantined": "  quarantined",
    "superseded": "  superseded",
    "known": "  known already",
    "leads": "leads in the store",
    "duplicates": "  duplicates",
    "persons": "persons",
    "not_eligible": "  not eligible",
    "not_eligible_reason": "    ",
    "scored": "scored",
    "listed": "listed",
    "not_listed": "  eligible, not listed",
}

_WORDS = {
    "DIFFERENT_PER_CHANNEL": "another reason on each channel: see explain, or decision_reason",
    "below_capacity": "others were better, and tonight's capacity is used up",
    "not_worth_cost": "worth less than the contact would cost",
    "held_by_rule": "a rule says that nobody contacts them",
    "model": "by a model",
    "scorecard": "by a scorecard: labels are few",
    "none": "without a model: in a stated order",
}


def show_nightly(*, as_of: date | None, with_prefect: bool, as_json: bool) -> None:
    """Run the nightly and show what it published."""
    home = Home.locate()
    with StageProgress() as progress:
        if with_prefect:
            from pipelines.flows.launch import run_with_prefect

            result = run_with_prefect(home, as_of)
        else:
            result = run_nightly(home, as_of=as_of, progress=progress, warn=note)
    summary = summarise(home)
    if as_json:
        emit_json(
            {
                **summary.to_json(),
                "is_unchanged": result.is_unchanged,
                "stages": [vars(stage) for stage in result.stages],
            }
        )
        return
    show_result(result, summary)


def show_result(result: NightlyResult, summary: NightSummary) -> None:
    """Show the funnel, the list and the places of a night."""
    if result.is_unchanged:
        say(f"Nothing has changed since run {result.run_id}: the same list stays published.")
    show_funnel(summary)
    show_top(summary)
    show_activity(summary)
    show_unblock(summary)
    for name, place in summary.places.items():
        note(f"  {name:<6} {place}")


def show_funnel(summary: NightSummary) -> None:
    """Show how many got how far."""
    say()
    show_table(
        f"Funnel of {summary.as_of}",
        ("step", "count", "detail"),
        [
            (_STEPS.get(row["step"], row["step"]), row["count"], _detail(row))
            for row in summary.funnel
        ],
        right=(1,),
    )
    say("A person may have several reasons.")


def _detail(row: dict[str, Any]) -> str:
    if row["description"]:
        return f"{row['detail']}: {row['description']}"
    return _WORDS.get(row["detail"], str(row["detail"]))


def show_top(summary: NightSummary) -> None:
    """Show the top of the list, each lead with its reasons below it."""
    say()
    if not summary.top:
        say("Nobody is on the list.")
        return
    chance = (
        "no probability is known"
        if summary.ordered_by["score_source"] == "none"
        else "probability to convert if contacted"
    )
    say(f"Top of the list (rank among all scored, {chance})")
    say(f"{str(summary.ordered_by['words'])[:1].upper()}{str(summary.ordered_by['words'])[1:]}.")
    for line in summary.about_list:
        say(f"{line}.")
    for row in summary.top:
        chance = "" if row["probability"] is None else f"{row['probability']:.1%}"
        lead = f"{row['source_system']}:{row['source_id']}"
        say(f"{row['rank']:>4}  {chance:>8}  {row['handler']} by {row['channel']:<9} {lead}")
        reasons = row["reasons"] or "nothing speaks for this lead above others"
        for reason in reasons.split("; "):
            say(f"              + {reason}")


def show_activity(summary: NightSummary) -> None:
    """Show what was tried lately and what came of it; nothing where nothing was tried."""
    week = None
    for row in summary.activity:
        if row["week"] != week:
            week = row["week"]
            whole = "" if row["is_complete"] else " so far"
            say()
            say(f"Attempts in the week of {week}")
        share = row["bounced"] / row["attempts"]
        noes = row["opted_out"] + row["complaint"]
        came = f"{row['contacts']:,} heard, {row['bounced']:,} bounced ({share:.1%})"
        came += f", {noes:,} opted out or complained, {row['conversions']:,} converted"
        days = f"within {row['horizon_days']} days{whole}"
        by = f"{row['channel']} by {row['handler'] or 'nobody named'}"
        say(f"  {row['attempts']:>9,}  {by}: {came} {days}")


def show_unblock(summary: NightSummary) -> None:
    """Show what would open how many persons."""
    if not summary.unblock:
        return
    say()
    say("What would open how many more")
    for row in summary.unblock:
        say(f"  {row['persons']:>9,}  {row['channel']:<9} {row['unblock']}")
