"""Rows of plain columns into tables that are stored in another way."""

import polars as pl

from pipelines.store import Database, quoted, stored_table
from pipelines.store.schema import pack


def insert_plain(db: Database, table: str, frame: pl.DataFrame) -> None:
    """Append what a row is to say; what is stored of it is made as a merge makes it."""
    plain = {name: quoted(name) for name in frame.columns}
    values = plain | pack(table, plain)
    target = stored_table(table)
    names = [name for name in db.written_columns(target) if name in values]
    db.register("plain_rows", frame)
    try:
        db.run(
            f"INSERT INTO {quoted(target)} ({', '.join(map(quoted, names))})"
            f" SELECT {', '.join(values[name] for name in names)} FROM plain_rows"
        )
    finally:
        db.unregister("plain_rows")
