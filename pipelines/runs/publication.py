"""Publish what a run has staged: record it in the file, audit, swap, then tell the ledger."""

import json
import shutil

from pipelines.errors import RefusedError
from pipelines.publish.activity import write_activity
from pipelines.publish.audit import row_counts
from pipelines.runs.cards import bring_cards
from pipelines.runs.context import RunContext
from pipelines.runs.record import record_publication, write_run
from pipelines.settings.clock import now, today
from pipelines.store.rewrite import is_due
from pipelines.store.snapshot import (
    Rewriting,
    check_in_fresh_process,
    finish,
    publish,
    staging_file,
    work_file,
)


def publish_staged(ctx: RunContext, *, kind: str, is_anew: bool = False) -> dict[str, int]:
    """Run the publication protocol on the staged file of `ctx`.

    Parameters
    ----------
    kind : str
        ``load`` or ``nightly``; a nightly brings its outbox along.
    is_anew : bool
        The file has to be written anew: nothing that was deleted may be left in it.

    Returns
    -------
    dict of str to int
        ``bytes`` of the published file; ``rewritten`` or ``rewrite_put_off`` is 1 when it was
        written anew, or ought to be and the disk has no room.

    Raises
    ------
    RefusedError
        An audit found a violation, or the disk has no room to write the file anew though it has to
        be; nothing that anybody can see has changed.
    """
    path = staging_file(ctx.home, ctx.run_id)
    with ctx.staged() as db:
        write_run(ctx, db, kind)
        if kind == "nightly":
            db.run("DELETE FROM meta WHERE key = 'nightly_run_id'")
            db.run("INSERT INTO meta VALUES ('nightly_run_id', $run_id)", run_id=ctx.run_id)
        bring_cards(ctx, db)
        label = ctx.settings.label
        write_activity(
            db, milestone=label.milestone, horizon_days=label.horizon_days, as_of=ctx.as_of
        )
        due = is_due(db, today(), ctx.settings.store.rewrite_days)
        rows = row_counts(db)
    # All that is published is in the other file by now, and the disk may be short.
    work_file(ctx.home, ctx.run_id).unlink(missing_ok=True)
    memory = ctx.settings.memory
    rewriting = finish(
        path,
        ctx.settings.store.max_free_share,
        today=today(),
        memory_gb=memory.duckdb_gb,
        threads=memory.threads,
        spill=ctx.home.spill,
        is_due=due or is_anew,
    )
    if is_anew and rewriting is not Rewriting.DONE:
        raise RefusedError(
            "the disk has no room to write the store file anew",
            expected="room for a second one beside it",
            fix="free some space and run the command again; nothing was published",
        )
    check_in_fresh_process(
        path, ["--kind", kind, "--key-file", str(ctx.home.key_file), "--rows", json.dumps(rows)]
    )
    if kind == "nightly":
        # Before the swap: a list without its snapshot is never read, the reverse would be missed.
        final = ctx.home.outbox / ctx.run_id
        shutil.rmtree(final, ignore_errors=True)
        (path.parent / "outbox").rename(final)
    published = publish(ctx.home, path, ctx.run_id, ctx.settings.store.keep_snapshots)
    record_publication(ctx.home, ctx.run_id, published.path, at=now(), sha256=published.sha256)
    counts = {"bytes": published.bytes}
    if rewriting is Rewriting.DONE:
        counts["rewritten"] = 1
    elif rewriting is Rewriting.NO_ROOM:
        counts["rewrite_put_off"] = 1
    return counts
