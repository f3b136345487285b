"""How a run ended, also one that was killed: what is published decides."""

import shutil

from pipelines.errors import LeadTriageError
from pipelines.runs.claim_desk import make_ready
from pipelines.runs.context import RunContext
from pipelines.runs.record import record_publication
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, proof, runs, suppressions
from pipelines.store.snapshot import current_snapshot


def succeed(ctx: RunContext) -> None:
    """Record that the run was published."""
    with ctx.ledger() as ledger:
        runs.finish(
            ledger,
            ctx.run_id,
            status="published",
            at=now(),
            suppression_count=suppressions.count(ledger),
        )
    # After a load too: what it brought may close people on the list.
    make_ready(ctx.home)


def fail(ctx: RunContext, error: BaseException) -> None:
    """Record how the run failed; only our own messages are kept, others may quote a lead.

    A run that was stopped after its swap has published, whatever it was doing then.
    """
    if is_published(ctx.home, ctx.run_id):
        _recorded(ctx.home, ctx.run_id)
        succeed(ctx)
        return
    text = str(error) if isinstance(error, LeadTriageError) else type(error).__name__
    with ctx.ledger() as ledger:
        runs.finish(ledger, ctx.run_id, status="failed", at=now(), error=text)


def is_published(home: Home, run_id: str) -> bool:
    """Tell whether the published file is the one that this run made."""
    snapshot = current_snapshot(home)
    return snapshot is not None and snapshot.name.startswith(f"leads-{run_id}-")


def settle(home: Home, ledger: Ledger) -> None:
    """Say what became of runs that were killed; the caller holds the writer lock, so none lives.

    What is published decides: a run may have died between its swap and its last entry.
    """
    snapshot = current_snapshot(home)
    for (identifier,) in ledger.rows("SELECT run_id FROM run WHERE status = 'running'"):
        if is_published(home, identifier):
            _recorded(home, identifier)
            runs.finish(
                ledger,
                identifier,
                status="published",
                at=now(),
                suppression_count=suppressions.count(ledger),
            )
        else:
            runs.finish(ledger, identifier, status="failed", at=now(), error="did not end")
            # It may have died between its list and the swap: what was not published is not shown.
            shutil.rmtree(home.outbox / identifier, ignore_errors=True)
            for orphan in home.snapshots.glob(f"leads-{identifier}-*.duckdb"):
                if orphan != snapshot:
                    orphan.unlink()


def _recorded(home: Home, run_id: str) -> None:
    """Record the publication of a run that was stopped between its swap and its record."""
    snapshot = current_snapshot(home)
    with Ledger(home.ledger) as ledger:
        known = proof.snapshot_hash(ledger, run_id)
    if snapshot is not None and known is None:
        record_publication(home, run_id, snapshot, at=now())
