"""`explain`: why a lead is where it is."""

from datetime import date
from typing import Any

from pipelines.console.screen import emit_json, say
from pipelines.runs.explain import explain_lead
from pipelines.runs.past import explain_past
from pipelines.score.stated_order import place_words
from pipelines.settings.home import Home


def show_explain(lead: str, *, as_json: bool) -> None:
    """Explain one lead."""
    found = explain_lead(Home.locate(), lead)
    if as_json:
        emit_json(found)
        return
    who, person, decision, score = (found[k] for k in ("lead", "person", "decision", "score"))
    say(f"Lead {who['source_system']}:{who['source_id']} (lead_key {who['lead_key']})")
    if person is None or decision is None:
        say("  loaded after the last nightly: not decided yet")
        return
    stands = (
        "stands for the person" if person["is_representative"] else "another lead stands for it"
    )
    say(
        f"  person {person['person_key']} of {person['lead_count']} lead(s), joined by"
        f" {person['match_rule']}; {stands}"
    )
    for other in person.get("joined_with", []):
        weight = "" if other["weight"] is None else f", weight {other['weight']:.1f}"
        say(
            f"    with {other['source_system']}:{other['source_id']}"
            f" (lead_key {other['lead_key']}) by {other['rule']}{weight}"
        )
    say(
        f"  decision: {decision['verdict']}, route {found['route']}, rank {decision['rank'] or '-'}"
    )
    for rule in found.get("route_rules", []):
        say(f"  rule {rule['rule']}: {rule['must']}, {rule['reason'] or 'not in force any more'}")
    if score is not None and score["probability"] is not None:
        say(
            f"  probability {score['probability']:.2%}, better than {score['percentile']:.0f}%"
            f" of leads ({score['score_source']} {score['model_id']})"
        )
        _show_reasons(found["reasons"], found["adds_up"])
    elif score is not None:
        say(f"  no probability: no model is in force. {place_words(score['raw_score'])}")
    _show_channels(found["eligibility"])


def show_past(lead: str, *, run_id: str | None, night: date | None, as_json: bool) -> None:
    """Explain what a past night decided about one lead."""
    found = explain_past(Home.locate(), lead, run_id=run_id, night=night)
    if as_json:
        emit_json(found)
        return
    who, of, decision, listed = (found[k] for k in ("lead", "night", "decision", "listed"))
    say(f"Lead {who['source_system']}:{who['source_id']} (lead_key {who['lead_key']})")
    say(f"  night of {of['as_of']}, run {of['run_id']}, model {of['model_id'] or 'none'}")
    if not found["was_there"]:
        say("  it was loaded after that night")
        return
    if decision is None:
        say("  nothing is kept of what was decided")
        return
    say(f"  decision: {decision['verdict']}, person {decision['person_key']}")
    if listed is not None:
        chance = listed["probability"]
        say(
            f"  listed for {listed['channel']} ({listed['handler']}), rank {listed['rank']}"
            + ("" if chance is None else f", probability {chance:.2%}")
        )
        for line in found["reasons"]:
            say(f"    {line['points']:>+4}  {line['reason']}")
    _show_channels(found["eligibility"])
    for entry in found["log"]:
        say(f"  log entry {entry['n']}: {entry['action']} at {entry['at']} by {entry['who']}")


def _show_channels(eligibility: list[dict[str, Any]]) -> None:
    say("  channels:")
    for entry in eligibility:
        if entry["may_contact"]:
            say(f"    {entry['channel']:<9} open")
            continue
        words = "; ".join(reason["description"] for reason in entry["reasons"])
        say(f"    {entry['channel']:<9} closed: {words}")


def _show_reasons(reasons: list[dict[str, Any]], adds_up: dict[str, Any]) -> None:
    """Show the reasons as points that add up from the average lead to this one."""
    say(
        f"  why: the average lead has 0 points ({adds_up['base_probability']:.2%}),"
        f" {adds_up['points_per_doubling']} more double the odds;"
        " rates are those of the leads the model learnt from"
    )
    for line in (*reasons, adds_up["rest"]):
        say(f"    {line['points']:>+4}  {line['reason']}")
    say(f"    {adds_up['points']:>+4}  together")
