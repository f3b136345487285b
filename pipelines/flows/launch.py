"""Start the flow from the command line."""

from datetime import date, datetime

from pipelines.flows.quiet import quiet_exit
from pipelines.runs.nightly import NightlyResult, logical_date, published_night
from pipelines.settings.home import Home
from pipelines.settings.orchestrator import prepare_prefect
from pipelines.store.ledger import Ledger, runs


def run_with_prefect(home: Home, as_of: date | None) -> NightlyResult:
    """Run the nightly as a flow; same stages, same result, reported to Prefect."""
    home.ensure()
    before = _finished_at(home, published_night(home))
    day = logical_date(as_of)
    prepare_prefect(home.root)
    quiet_exit()
    from pipelines.flows.nightly import nightly

    run_id = nightly(home=str(home.root), as_of=day.isoformat())
    with Ledger(home.ledger) as ledger:
        stages = runs.stages(ledger, run_id)
    unchanged = _finished_at(home, run_id) == before
    return NightlyResult(run_id, day, is_unchanged=unchanged, stages=stages)


def _finished_at(home: Home, run_id: str | None) -> datetime | None:
    with Ledger(home.ledger) as ledger:
        record = runs.get(ledger, run_id) if run_id else None
    return record.finished_at if record else None
