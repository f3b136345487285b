"""How tonight's list differs from the last one, person by person, with the cause."""

from collections.abc import Mapping
from pathlib import Path

from pipelines.store import Database, reset_table, sql

_BEFORE = "last_night"
_NOTHING = "SELECT NULL::BIGINT AS lead_key, NULL::VARCHAR AS verdict, NULL::DOUBLE AS probability"


def remember_last_list(db: Database, run_id: str) -> None:
    """Make the temporary table last_listed; empty where no night was published before."""
    db.run(sql(__package__, "last_listed.sql"), run_id=run_id)


def write_changes(db: Database, run_id: str, published: Path | None) -> Mapping[str, int]:
    """Write `list_change`, which holds tonight's only.

    Parameters
    ----------
    published : pathlib.Path or None
        The published store file: it says how the last night decided about those who enter.

    Returns
    -------
    Mapping of str to int
        People by change: stayed, entered, left, moved.
    """
    reset_table(db, "list_change")
    statement = sql(__package__, "list_change.sql")
    # Made again, a night finds itself published, and how the last one decided is gone.
    is_again = db.scalar("SELECT value FROM meta WHERE key = 'nightly_run_id'") == run_id
    if published is None or is_again:
        db.run(statement.replace("{before}", f"{_NOTHING} WHERE false"), run_id=run_id)
    else:
        db.attach(published, _BEFORE)
        try:
            has_night = db.scalar(
                "SELECT count(*) FROM duckdb_tables() WHERE database_name = $place"
                " AND table_name = 'stored_decision'",
                place=_BEFORE,
            )
            before = f"SELECT lead_key, verdict, probability FROM {_BEFORE}.stored_decision"
            if not has_night:
                before = f"{_NOTHING} WHERE false"
            db.run(statement.replace("{before}", before), run_id=run_id)
        finally:
            db.run(f"DETACH {_BEFORE}")
    found = db.frame("SELECT change, count(*) AS count FROM list_change GROUP BY ALL ORDER BY ALL")
    db.run("DROP TABLE IF EXISTS last_listed")
    return dict(zip(found["change"], found["count"], strict=True))
