"""`config routing`: who must serve whom, and why."""

from textwrap import fill

from pipelines.console.screen import emit_json, say
from pipelines.runs.routing import explain_routing
from pipelines.settings.home import Home

_WIDTH = 96


def show_routing(*, as_json: bool) -> None:
    """Explain the rules in force."""
    found = explain_routing(Home.locate())
    if as_json:
        emit_json(found)
        return
    say(f"Rules {found['version']}; where they disagree: {' before '.join(found['precedence'])}")
    for rule in found["rules"]:
        marks = [] if rule["is_on"] else ["off"]
        marks += ["hard"] if rule["is_hard"] else []
        marks += [] if rule["people"] is None else [f"{rule['people']:,} people last night"]
        marks += ["from lead-triage.toml"] if rule["origin"] == "home" else []
        more = f" ({', '.join(marks)})" if marks else ""
        say(f"{rule['name']}: {rule['must']}, {rule['reason']}{more}")
        for fact in rule["when"]:
            say(fill(fact, _WIDTH, initial_indent="    ", subsequent_indent="      "))
    general = found["general"]
    share = general["human_share"]
    say(
        "Share of people: "
        + ("no target" if share is None else f"{share:.1%} of the list")
        + f"; at most {general['hard_in_a_row']} hard ones in a row, by rule or among the"
        f" {general['hard_share']:.0%} least certain; who comes to us is first for"
        f" {general['fresh_hours']} hours"
    )
