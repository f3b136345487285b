"""The store written anew: no free blocks, no deleted rows, and every lead back in its place.

A file that lives by delete and append keeps what was deleted in row groups and free blocks, and a
changed lead moves to the end of its table, away from its neighbours. docs/decisions/0008 says what
it costs and when it is done.
"""

from datetime import date, timedelta
from pathlib import Path

from pipelines.store.duck import STORAGE_VERSION, Database
from pipelines.store.schema import renew_tables
from pipelines.store.schema.packed import IN_ORDER_OF_RANK
from pipelines.store.sqltext import quoted

_REWRITTEN_ON = "rewritten_on"
# A range of leads is sorted in memory; the whole table would have to spill.
_LEADS_AT_ONCE = 1_000_000


def is_due(db: Database, today: date, days: int) -> bool:
    """Tell whether the file was last written anew `days` days ago or longer.

    It stays due until :func:`rewrite` was done. A file without a note of it was just begun: its
    time starts today.
    """
    noted = db.scalar("SELECT max(value) FROM meta WHERE key = $key", key=_REWRITTEN_ON)
    if noted is None:
        db.run("INSERT INTO meta VALUES ($key, $day)", key=_REWRITTEN_ON, day=today.isoformat())
        return False
    return bool(date.fromisoformat(noted) + timedelta(days=days) <= today)


def rewrite(db: Database, path: Path, today: date) -> None:
    """Write every table and view of the store to the new file `path`, in order of lead_key.

    Tables get the types and the compression of this version; the new file notes the day. What a
    night publishes in order of rank stays in that order.
    """
    target = str(path).replace("'", "''")
    db.run(f"ATTACH '{target}' AS fresh (STORAGE_VERSION '{STORAGE_VERSION}')")
    db.run("COPY FROM DATABASE store TO fresh (SCHEMA)")
    renew_tables(db, "fresh")
    for table in db.tables():
        _copy(db, table)
    db.run("DELETE FROM fresh.meta WHERE key = $key", key=_REWRITTEN_ON)
    db.run("INSERT INTO fresh.meta VALUES ($key, $day)", key=_REWRITTEN_ON, day=today.isoformat())
    db.run("DETACH fresh")


def _copy(db: Database, table: str) -> None:
    name = quoted(table)
    written = db.written_columns(table)
    columns = ", ".join(quoted(column) for column in written)
    # Cut to the second where the new type ends there: a cast would round, into the future.
    short = _to_the_second(db, table)
    values = ", ".join(
        f"date_trunc('second', {quoted(column)})" if column in short else quoted(column)
        for column in written
    )
    copy = f"INSERT INTO fresh.{name} ({columns}) SELECT {values} FROM store.{name}"
    if "lead_key" not in written or table in IN_ORDER_OF_RANK:
        db.run(copy)
        return
    last = int(db.scalar(f"SELECT coalesce(max(lead_key), -1) FROM store.{name}"))
    first = int(db.scalar(f"SELECT coalesce(min(lead_key), 0) FROM store.{name}"))
    for low in range(first, last + 1, _LEADS_AT_ONCE):
        high = low + _LEADS_AT_ONCE - 1
        db.run(f"{copy} WHERE lead_key BETWEEN {low} AND {high} ORDER BY lead_key")
    db.run(f"{copy} WHERE lead_key IS NULL")


def _to_the_second(db: Database, table: str) -> set[str]:
    found = db.frame(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_catalog = 'fresh' AND table_name = $table AND data_type = 'TIMESTAMP_S'",
        table=table,
    )
    return set(found["column_name"])
