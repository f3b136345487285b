"""The store written anew: no free blocks, no deleted rows, and every lead back in its place.

A file that lives by delete and append keeps what was deleted in row groups and free blocks, and a
changed lead moves to the end of its table, away from its neighbours. docs/decisions/0008 says what
it costs and when it is done.
"""

from datetime import date, timedelta
from pathlib import Path

from pipelines.store.duck import STORAGE_VERSION, Database
from pipelines.store.sqltext import quoted

_REWRITTEN_ON = "rewritten_on"
# A range of leads is sorted in memory; the whole table would have to spill.
_LEADS_AT_ONCE = 1_000_000


def is_due(db: Database, today: date, days: int) -> bool:
    """Tell whether the file was last written anew `days` days ago or longer, and note the day.

    A file without the note was just begun: its time starts today.
    """
    noted = db.scalar("SELECT max(value) FROM meta WHERE key = $key", key=_REWRITTEN_ON)
    due = noted is not None and date.fromisoformat(noted) + timedelta(days=days) <= today
    if due or noted is None:
        db.run("DELETE FROM meta WHERE key = $key", key=_REWRITTEN_ON)
        db.run("INSERT INTO meta VALUES ($key, $day)", key=_REWRITTEN_ON, day=today.isoformat())
    return due


def rewrite(db: Database, path: Path) -> None:
    """Write every table and view of the store to the new file `path`, in order of lead_key."""
    target = str(path).replace("'", "''")
    db.run(f"ATTACH '{target}' AS fresh (STORAGE_VERSION '{STORAGE_VERSION}')")
    db.run("COPY FROM DATABASE store TO fresh (SCHEMA)")
    for table in db.tables():
        _copy(db, table)
    db.run("DETACH fresh")


def _copy(db: Database, table: str) -> None:
    name = quoted(table)
    written = db.written_columns(table)
    columns = ", ".join(quoted(column) for column in written)
    copy = f"INSERT INTO fresh.{name} ({columns}) SELECT {columns} FROM store.{name}"
    if "lead_key" not in written:
        db.run(copy)
        return
    last = int(db.scalar(f"SELECT coalesce(max(lead_key), -1) FROM store.{name}"))
    first = int(db.scalar(f"SELECT coalesce(min(lead_key), 0) FROM store.{name}"))
    for low in range(first, last + 1, _LEADS_AT_ONCE):
        high = low + _LEADS_AT_ONCE - 1
        db.run(f"{copy} WHERE lead_key BETWEEN {low} AND {high} ORDER BY lead_key")
    db.run(f"{copy} WHERE lead_key IS NULL")
