"""The nightly: inbox to published list, or nothing when nothing has changed."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from pipelines.errors import RefusedError, UsageError
from pipelines.runs.attempts import land_attempts
from pipelines.runs.context import Progress, RunContext, code_version, silent
from pipelines.runs.ending import fail, settle, succeed
from pipelines.runs.erasing import finish_erasures
from pipelines.runs.fingerprint import run_id
from pipelines.runs.inbox import land_inbox, unheard
from pipelines.runs.landing import pending_batches, replay_suppressions
from pipelines.runs.lists import check_lists
from pipelines.runs.registry import load_model, nightly_champion
from pipelines.runs.safety import check_key, check_ledger
from pipelines.runs.steps import NIGHTLY, Step
from pipelines.runs.suppressed import check_suppressions
from pipelines.settings.clock import now, today
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, runs
from pipelines.store.lock import writer_lock
from pipelines.store.snapshot import current_snapshot, discard_staging


@dataclass(frozen=True)
class NightlyResult:
    """What a nightly did.

    Attributes
    ----------
    run_id : str
    is_unchanged : bool
        The published night was made of the same inputs; nothing was done.
    stages : list of StageRecord
        In order, with counts and seconds.
    """

    run_id: str
    as_of: date
    is_unchanged: bool
    stages: list[runs.StageRecord] = field(default_factory=list)


def run_nightly(
    home: Home,
    *,
    as_of: date | None = None,
    progress: Progress = silent,
    warn: Callable[[str], None] = unheard,
) -> NightlyResult:
    """Run every stage in this process.

    Raises
    ------
    LockedError
        Another run is writing to the home.
    RefusedError
        A gate or audit refused; the published snapshot stays as it was.
    """
    day = logical_date(as_of)
    with writer_lock(home.ensure().lock):
        ctx = prepare(home, day, progress, warn)
        if ctx is None:
            return unchanged_result(home)
        try:
            stages = [run_stage(ctx, name, step, progress) for name, step in NIGHTLY]
        except BaseException as error:
            fail(ctx, error)
            raise
        finally:
            discard_staging(home)
        succeed(ctx)
        return NightlyResult(ctx.run_id, ctx.as_of, is_unchanged=False, stages=stages)


def logical_date(as_of: date | None) -> date:
    """Return the date a night is made for: `as_of`, or today in UTC.

    Raises
    ------
    UsageError
        A date to come: its opt-outs are not known yet.
    """
    if as_of is not None and as_of > today():
        raise UsageError(f"--as-of {as_of} is still to come", expected=f"{today()} or earlier")
    return as_of or today()


def prepare(
    home: Home, as_of: date, progress: Progress, warn: Callable[[str], None] = unheard
) -> RunContext | None:
    """Land the inbox and open the run; None when the published night is of these inputs.

    The caller holds the writer lock.
    """
    settings = Settings.load(home.settings_file)
    with Ledger(home.ledger) as ledger:
        check_ledger(ledger)
        settle(home, ledger)
        check_key(home, ledger)
        check_suppressions(home, ledger)
        finish_erasures(home, progress)
        started = time.perf_counter()
        progress("load", None, 0.0)
        landed = land_inbox(home, ledger, at=now(), warn=warn)
        replay_suppressions(home, ledger, at=now())
        check_lists(ledger, settings.feeds, now())
        landed["reported_attempts"] = land_attempts(home, ledger, at=now())
        if current_snapshot(home) is None and not pending_batches(home):
            raise RefusedError(
                "there is nothing to decide about: no lead was ever loaded",
                fix=f"load files, or drop them into {home.inbox}",
            )
        seconds = time.perf_counter() - started
        model_id = nightly_champion(ledger)
        if model_id is not None:
            # A model that cannot be used is found out now, not when half of the night is done.
            load_model(home, model_id)
        identifier = run_id(home, settings, ledger, kind="nightly", as_of=as_of, model_id=model_id)
        progress("load", landed, seconds)
        if identifier == published_night(home) and (home.outbox / identifier).is_dir():
            return None
        ctx = RunContext(home, settings, identifier, as_of)
        runs.begin(
            ledger,
            identifier,
            kind="nightly",
            as_of=as_of,
            at=now(),
            code_version=code_version(),
            config_hash=settings.digest(),
            model_id=model_id,
        )
        runs.stage_done(ledger, identifier, "load", now(), seconds, landed)
    return ctx


def run_stage(
    ctx: RunContext, name: str, step: Step, progress: Progress = silent
) -> runs.StageRecord:
    """Run one stage and record it."""
    progress(name, None, 0.0)
    started = time.perf_counter()
    counts = dict(step(ctx))
    seconds = time.perf_counter() - started
    with ctx.ledger() as ledger:
        runs.stage_done(ledger, ctx.run_id, name, now(), seconds, counts)
    progress(name, counts, seconds)
    return runs.StageRecord(name, seconds, counts)


def published_night(home: Home) -> str | None:
    """Return the run id of the published night, or None."""
    snapshot = current_snapshot(home)
    if snapshot is None:
        return None
    with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
        found = db.scalar("SELECT value FROM meta WHERE key = 'nightly_run_id'")
    return None if found is None else str(found)


def unchanged_result(home: Home) -> NightlyResult:
    """Describe the night that is published already."""
    identifier = published_night(home)
    if identifier is None:
        raise RefusedError("no night has been published", fix="run `lead-triage nightly`")
    with Ledger(home.ledger) as ledger:
        record = runs.get(ledger, identifier)
        stages = runs.stages(ledger, identifier)
    as_of = record.as_of if record else today()
    return NightlyResult(identifier, as_of, is_unchanged=True, stages=stages)
