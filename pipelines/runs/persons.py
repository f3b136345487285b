"""Persons of the staged store, as this home is set to find them."""

from pipelines.identify import IdentifyResult, identify
from pipelines.runs.context import Progress, RunContext
from pipelines.settings.clock import now
from pipelines.store import Database
from pipelines.store.linking import Room


def find_persons(
    ctx: RunContext, db: Database, *, compare_all: bool = False, progress: Progress | None = None
) -> IdentifyResult:
    """Bring the persons of the staged store `db` up to date, as the settings say."""
    memory = ctx.settings.memory
    return identify(
        db,
        ctx.settings.identify,
        models=ctx.home.models,
        room=Room(memory.duckdb_gb / 2, memory.threads, ctx.home.spill),
        at=now(),
        run_id=ctx.run_id,
        compare_all=compare_all,
        progress=progress,
    )
