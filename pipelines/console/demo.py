"""`demo`: what went in, how good the models are on leads they never saw, and tonight's list."""

import time

from pipelines.console.loading import show_loaded
from pipelines.console.night import show_funnel, show_top, show_unblock
from pipelines.console.screen import StageProgress, emit_json, note, say
from pipelines.console.training import show_quality, show_trained
from pipelines.runs.demo import DEMO_HOME, DemoResult, run_demo
from pipelines.runs.summary import NightSummary, summarise
from pipelines.settings.home import Home


def show_demo(*, as_json: bool) -> None:
    """Run the demo and show everything."""
    home = Home.locate(default=DEMO_HOME).ensure()
    started = time.perf_counter()
    note(f"lead-triage demo, in {home.root}")
    with StageProgress() as progress:
        result = run_demo(home, progress)
    summary = summarise(home)
    if as_json:
        emit_json(_as_json(result, summary))
        return
    show_loaded(result.loaded)
    show_trained(result.backlog)
    say()
    say("The real campaign (UCI Bank Marketing, 4,521 people phoned 2008-2010):")
    show_quality(result.campaign.model.manifest)
    show_funnel(summary)
    show_top(summary)
    show_unblock(summary)
    say()
    if result.is_unchanged:
        say("Nothing has changed since the last run: the same list stays published.")
    say(f"store  {summary.places['store']}   (lead-triage sql 'SELECT ...')")
    say(f"list   {summary.places['list']}   (contact points leave by lead-triage claim)")
    say(f"model  {summary.places['model']}")
    say(f"bank   {result.scored.out}")
    say(f"home   {home.root}   (export LEAD_TRIAGE_HOME={home.root} to go on with it)")
    note(f"done in {time.perf_counter() - started:.1f} s")


def _as_json(result: DemoResult, summary: NightSummary) -> dict[str, object]:
    return {
        **summary.to_json(),
        "is_unchanged": result.is_unchanged,
        "files": [file.to_json() for file in result.loaded],
        "models": {
            "backlog": result.backlog.model.manifest["metrics"],
            "bank": result.campaign.model.manifest["metrics"],
        },
    }
