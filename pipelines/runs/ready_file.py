"""The claim-ready list of the published file: made once, kept beside the list that it is of."""

import hashlib
from pathlib import Path

import polars as pl

from pipelines.errors import RefusedError
from pipelines.outreach import Night, ready_list
from pipelines.runs.context import code_version
from pipelines.runs.summary import published_list
from pipelines.settings.clock import midnight, now
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.files import write_table
from pipelines.store.ledger import Ledger, runs
from pipelines.store.lock import waiting_lock

# Of the columns; raise it with them.
_FORMAT = "4"


def night_of(ledger: Ledger, database: Database) -> Night:
    """Return the night whose list a published file carries.

    Raises
    ------
    RefusedError
        None has been published, or the ledger does not know it.
    """
    run_id = database.scalar("SELECT value FROM meta WHERE key = 'nightly_run_id'")
    record = runs.get(ledger, run_id) if run_id else None
    if run_id is None or record is None or record.finished_at is None:
        raise RefusedError("no night has been published", fix="run `lead-triage nightly` first")
    return Night(run_id, midnight(record.as_of), record.finished_at)


def made_of(snapshot: Path, settings: Settings, secret: bytes) -> str:
    """Name what a ready list is made of: another file, policy, key or version gives another."""
    parts = (
        snapshot.name,
        settings.policy.model_dump_json(),
        settings.feeds.model_dump_json(),
        settings.control_group.model_dump_json(),
        hashlib.sha256(secret).hexdigest(),
        code_version(),
        _FORMAT,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def ready_rows(
    home: Home, database: Database, night: Night, settings: Settings, made_with: str
) -> pl.DataFrame:
    """Return the ready list, as `pipelines.outreach.ready_list` makes it, made if nobody has.

    Parameters
    ----------
    database : Database
        The published file, read-only.
    made_with : str
        As `made_of` gives it.
    """
    listed = published_list(home, night.run_id)
    folder = home.outbox / night.run_id
    path = folder / f"ready-{made_with}.parquet"
    # Whoever comes first makes it, and the others wait: it may take seconds of both cores.
    with waiting_lock(folder / ".ready.lock"):
        if path.is_file():
            return pl.read_parquet(path)
        made = ready_list(
            database,
            listed,
            night,
            secret=home.secret(),
            policy=settings.policy,
            feeds=settings.feeds,
            at=now(),
            control=settings.control_group,
        )
        for older in folder.glob("ready-*.parquet"):
            older.unlink()
        write_table(made, path)
    return made
