"""Who has just come to us: judged at once, by the same stage as every night, and claimable first.

A load that brings a reply or a form judges the people anew on a copy of the store that nobody sees;
a night judges them with everybody. Whoever waits already is judged again with
them. What is found is noted in the ledger, and nothing else is made.
"""

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import polars as pl

from pipelines.eligible import Reason, evaluate
from pipelines.errors import LeadTriageError
from pipelines.runs.context import RunContext, need_snapshot
from pipelines.runs.suppressed import bring_suppressions
from pipelines.settings.clock import now
from pipelines.settings.contact_keys import tag_scheme
from pipelines.store import Database, sql
from pipelines.store.ledger import fresh, runs
from pipelines.store.schema import begin_night
from pipelines.store.snapshot import discard_staging, staging_file
from pipelines.triage import route_rules

# Clocks differ.
_AHEAD: Final = timedelta(minutes=5)
# Copy and what is worked on, per published byte.
_ROOM: Final = 1.5
_LEAST_ROOM: Final = 200_000_000
_Waiting = tuple[int, str, datetime, bool]
_WAITING: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "lead_key": pl.Int64,
    "kind": pl.String,
    "came_at": pl.Datetime("us"),
    "is_taken": pl.Boolean,
}


def judge_fresh(ctx: RunContext) -> int:
    """Judge who came with the batches of a load that has been published; count who wait newly.

    The caller holds the writer lock. Nobody is handed out first where this fails; the next night
    judges everybody.
    """
    with ctx.ledger() as ledger:
        run = runs.get(ledger, ctx.run_id)
    if run is None:
        return 0
    try:
        with ctx.published() as db:
            if not _find(db, ctx, run.started_at, []):
                return 0
        if not _copied(ctx):
            return 0
        at = now()
        with ctx.staged() as db:
            begin_night(db)
        with ctx.staged() as db:
            secret = ctx.home.secret()
            with ctx.ledger() as ledger:
                bring_suppressions(db, ledger, tag_scheme(secret))
            evaluate(
                db,
                policy=ctx.settings.policy,
                feeds=ctx.settings.feeds,
                as_of=at,
                suppression_secrets=(secret,),
                control=ctx.settings.control_group,
            )
            _find(db, ctx, run.started_at, _waiting(ctx))
            return note_fresh(ctx, db, as_of=at)
    except (LeadTriageError, OSError):
        # What was loaded is published already, whether the disk is full now or not.
        return 0
    finally:
        discard_staging(ctx.home)


def _copied(ctx: RunContext) -> bool:
    """Copy the published file to staging; False where the disk is short: nothing is given up."""
    discard_staging(ctx.home)
    base = need_snapshot(ctx.home)
    free = shutil.disk_usage(ctx.home.root).free
    if free < _ROOM * base.stat().st_size + _LEAST_ROOM:
        return False
    path = staging_file(ctx.home, ctx.run_id)
    path.parent.mkdir(mode=0o700)
    shutil.copyfile(base, path)
    path.chmod(0o600)
    return True


def find_fresh(ctx: RunContext, db: Database) -> int:
    """Find who came with the batches of this night or waits since before.

    `note_fresh` says what was decided of them; it has to, where this is not 0.
    """
    with ctx.ledger() as ledger:
        run = runs.get(ledger, ctx.run_id)
    if run is None:
        return 0
    waiting = _waiting(ctx)
    return max(_find(db, ctx, run.started_at, waiting), len(waiting))


def note_fresh(ctx: RunContext, db: Database, *, as_of: datetime) -> int:
    """Note in the ledger which of those found may be contacted, where, and by whom.

    Parameters
    ----------
    db : Database
        Has `eligibility` and what was found.
    as_of : datetime
        What `eligibility` was judged for, naive UTC.

    Returns
    -------
    int
        Who wait newly.
    """
    at = now()
    routing = ctx.settings.routing
    route_rules(
        db,
        ctx.settings.choosing,
        ctx.settings.value,
        as_of=as_of,
        among="SELECT person_key FROM fresh_person",
    )
    found = db.frame(sql(__package__, "fresh_open.sql"), interval=Reason.RECONTACT_INTERVAL.mask)
    people = [
        fresh.Fresh(
            row["lead_key"], row["person_key"], row["kind"], row["came_at"], as_of, at,
            row["open_bits"], row["must"],
        )
        for row in found.iter_rows(named=True)
    ]  # fmt: skip
    with ctx.ledger() as ledger:
        return fresh.record(ledger, people, since=at - timedelta(hours=routing.fresh_hours))


def _waiting(ctx: RunContext) -> list[_Waiting]:
    with ctx.ledger() as ledger:
        return fresh.untried(ledger, now() - timedelta(hours=ctx.settings.routing.fresh_hours))


def _find(
    db: Database, ctx: RunContext, merged_since: datetime, waiting: Sequence[_Waiting]
) -> int:
    routing, at = ctx.settings.routing, now()
    db.register("waiting_frame", pl.DataFrame(list(waiting), schema=_WAITING, orient="row"))
    try:
        db.run(
            sql(__package__, "came.sql"),
            merged_since=merged_since,
            oldest=at - timedelta(hours=routing.fresh_hours),
            newest=at + _AHEAD,
            sources=[source.strip().lower() for source in routing.inbound_sources],
        )
    finally:
        db.unregister("waiting_frame")
    return int(db.scalar("SELECT count(*) FROM fresh_person"))
