"""The nightly as a Prefect flow: the very same stages, one task each, with counts in the UI.

Parameters, results, logs and artifacts hold paths, ids and counts; nothing of a lead.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from pipelines.settings.home import Home
from pipelines.settings.orchestrator import prepare_prefect

prepare_prefect(Home.locate().root)

from prefect import flow, get_run_logger, task  # noqa: E402 - after the environment is set
from prefect.artifacts import create_table_artifact  # noqa: E402
from prefect.cache_policies import NO_CACHE  # noqa: E402

from pipelines.errors import LeadTriageError, LockedError, RefusedError  # noqa: E402
from pipelines.runs.context import RunContext, silent  # noqa: E402
from pipelines.runs.ending import fail, succeed  # noqa: E402
from pipelines.runs.nightly import (  # noqa: E402
    NightlyResult,
    prepare,
    run_stage,
    unchanged_result,
)
from pipelines.runs.steps import NIGHTLY  # noqa: E402
from pipelines.settings.clock import today  # noqa: E402
from pipelines.store.lock import writer_lock  # noqa: E402
from pipelines.store.snapshot import discard_staging  # noqa: E402

_STEPS = dict(NIGHTLY)


@task(name="load", cache_policy=NO_CACHE, persist_result=False)
def _load(home: str, as_of: str) -> str | None:
    """Land the inbox and open the run; return its id, or None when nothing has changed."""
    with _redacted():
        ctx = prepare(Home(Path(home)), date.fromisoformat(as_of), silent)
    return None if ctx is None else ctx.run_id


@task(task_run_name="{name}", cache_policy=NO_CACHE, persist_result=False)
def _stage(home: str, run_id: str, as_of: str, name: str) -> dict[str, int]:
    """Run one stage and log its counts."""
    with _redacted():
        record = run_stage(RunContext.open(home, run_id, as_of), name, _STEPS[name])
    get_run_logger().info("%s: %s in %.1f s", name, record.counts, record.seconds)
    return record.counts


@flow(name="lead-triage nightly", persist_result=False, log_prints=False)
def nightly(home: str | None = None, as_of: str | None = None) -> str:
    """Run the nightly of `home` for the logical date `as_of`; return the id of the run.

    Parameters
    ----------
    home : str, optional
        Home directory; ``$LEAD_TRIAGE_HOME`` when absent.
    as_of : str, optional
        ISO date; today in UTC when absent.
    """
    return run_flow(home, as_of).run_id


def run_flow(home: str | None, as_of: str | None) -> NightlyResult:
    """Hold the writer lock and run every stage as a task of the present flow run."""
    place = Home.locate(Path(home) if home else None).ensure()
    day = as_of or today().isoformat()
    logger = get_run_logger()
    with writer_lock(place.lock):
        run_id = _load(str(place.root), day)
        if run_id is None:
            result = unchanged_result(place)
            logger.info("nothing has changed since run %s", result.run_id)
            return result
        ctx = RunContext.open(place.root, run_id, day)
        try:
            counts = {name: _stage(str(place.root), run_id, day, name) for name, _ in NIGHTLY}
        except BaseException as error:
            fail(ctx, error)
            raise
        finally:
            discard_staging(place)
        succeed(ctx)
    create_table_artifact(
        key="lead-triage-nightly",
        table=[
            {"stage": stage, "what": what, "count": count}
            for stage, found in counts.items()
            for what, count in found.items()
        ],
        description=f"Counts per stage of run {run_id}",
    )
    return NightlyResult(run_id, ctx.as_of, is_unchanged=False)


@contextmanager
def _redacted() -> Iterator[None]:
    """Keep what Prefect may store: its database gets the text of every error a task raises.

    Refusals speak of runs and counts. What was wrong with a file may quote its header, and a file
    without one begins with a person; any other error may quote a row.
    """
    try:
        yield
    except (LockedError, RefusedError):
        raise
    except LeadTriageError as error:
        raise type(error)(
            "an input file or a setting was refused",
            fix="run `lead-triage nightly` without --prefect to see which, and why",
        ) from None
    except Exception as error:  # noqa: BLE001 - re-raised without its text
        raise RuntimeError(f"unexpected {type(error).__name__}") from None
