"""Keep of a night what answers, on any later day, why somebody was listed or was not."""

from datetime import date, timedelta
from pathlib import Path

from pipelines.store import Database, sql

_BEFORE = "before"


def next_night(db: Database) -> int:
    """Return the place of the night in the making among all that were published, from 1."""
    return int(db.scalar("SELECT coalesce(max(abs(night)), 0) + 1 FROM run"))


def remember_night(
    db: Database, run_id: str, published: Path | None, *, as_of: date, keep_days: int
) -> dict[str, int]:
    """Write past_listed, past_reason and past_decision for a night that is packed.

    Parameters
    ----------
    published : pathlib.Path or None
        The published store file, which holds the last night.
    keep_days : int
        What is kept of nights that are older goes.

    Returns
    -------
    dict of str to int
        ``changed``: leads that were decided otherwise the last night.
    """
    night = next_night(db)
    for name in ("past_listed", "past_reason"):
        db.run(f"DELETE FROM {name} WHERE run_id = $run_id", run_id=run_id)
    db.run(sql(__package__, "past_listed.sql"), run_id=run_id)
    db.run(
        "INSERT INTO past_reason BY NAME SELECT run_id, lead_key, position, reason, field,"
        " contribution, points FROM list_reason WHERE run_id = $run_id"
        " ORDER BY lead_key, position",
        run_id=run_id,
    )
    if published is not None:
        db.attach(published, _BEFORE)
        try:
            # A store of an earlier version, or one without a night, has nothing to compare with.
            if db.scalar(
                "SELECT count(*) FROM duckdb_tables() WHERE database_name = $place"
                " AND table_name = 'stored_decision'",
                place=_BEFORE,
            ):
                db.run(sql(__package__, "past_decision.sql"), night=night)
        finally:
            db.run(f"DETACH {_BEFORE}")
    changed = db.scalar("SELECT count(*) FROM past_decision WHERE until_night = $n", n=night)
    _drop_old(db, as_of - timedelta(days=keep_days))
    return {"changed": int(changed)}


def _drop_old(db: Database, since: date) -> None:
    """Drop what is kept of nights before `since`, and of leads what no later night needs."""
    old = "(SELECT run_id FROM run WHERE night > 0 AND as_of < $since::DATE)"
    if not db.scalar(f"SELECT count(*) FROM {old}", since=since):
        return
    for name in ("past_listed", "past_reason", "night_lot"):
        db.run(f"DELETE FROM {name} WHERE run_id IN {old}", since=since)
    db.run(
        "DELETE FROM past_decision WHERE until_night <="
        " (SELECT min(night) FROM run WHERE night > 0 AND as_of >= $since::DATE)",
        since=since,
    )
    # Its place stays taken, and nobody explains it from what is left of others.
    db.run("UPDATE run SET night = -night WHERE night > 0 AND as_of < $since::DATE", since=since)
