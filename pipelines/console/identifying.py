"""`identify`: who is one person, and by what."""

from dataclasses import asdict

from pipelines.console.screen import StageProgress, emit_json, say
from pipelines.runs.identify import run_identify
from pipelines.settings.home import Home


def show_identify(*, as_json: bool) -> None:
    """Compare all leads and show how many persons they are."""
    with StageProgress() as progress:
        result = run_identify(Home.locate(), progress=progress)
    if as_json:
        emit_json(asdict(result))
        return
    say(
        f"{result.leads:,} leads are {result.persons:,} persons;"
        f" {result.joined_leads:,} leads share theirs with another."
    )
    say(f"{result.fuzzy_pairs:,} pairs were joined by name and company, address or date of birth.")
    if result.oversized_components:
        say(
            f"{result.oversized_components:,} clusters are too large to be one person and were not"
            " believed whole: see table bound_lead."
        )
