"""Persons found by hand: the names of all leads compared, however many they are, and published."""

from pipelines.identify import IdentifyResult
from pipelines.runs.context import Progress, RunContext, code_version, need_snapshot, silent
from pipelines.runs.ending import fail, settle, succeed
from pipelines.runs.persons import find_persons
from pipelines.runs.publication import publish_staged
from pipelines.runs.safety import check_key
from pipelines.settings.clock import now, today
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, runs
from pipelines.store.lock import writer_lock
from pipelines.store.snapshot import begin, discard_staging


def run_identify(home: Home, *, progress: Progress = silent) -> IdentifyResult:
    """Compare the names of all leads and publish the persons that come of it.

    Raises
    ------
    LockedError
        Another run is writing to the home.
    RefusedError
        Nothing was ever loaded, or an audit refused what was staged.
    """
    need_snapshot(home)
    settings = Settings.load(home.settings_file)
    at = now()
    ctx = RunContext(home, settings, f"{at:%Y%m%d-%H%M%S}-identify", today())
    with writer_lock(home.ensure().lock):
        with Ledger(home.ledger) as ledger:
            settle(home, ledger)
            check_key(home, ledger)
            runs.begin(
                ledger,
                ctx.run_id,
                kind="identify",
                as_of=ctx.as_of,
                at=at,
                code_version=code_version(),
                config_hash=settings.digest(),
                model_id=None,
            )
        try:
            progress("identify", None, 0.0)
            begin(home, ctx.run_id, settings.store.keep_snapshots)
            with ctx.staged() as db:
                result = find_persons(ctx, db, compare_all=True, progress=progress)
            progress("identify", {"persons": result.persons}, result.seconds)
            publish_staged(ctx, kind="load")
        except BaseException as error:
            fail(ctx, error)
            raise
        finally:
            discard_staging(home)
        succeed(ctx)
    return result
