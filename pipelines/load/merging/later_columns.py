"""Columns that batches of earlier versions lack: what they did not write is null."""

from collections.abc import Sequence
from typing import Final

from pipelines.store import Database

# table -> columns, with their types, that came later than the table
_LATER: Final = {"contact_attempt": {"callback_at": "TIMESTAMP", "satisfaction": "DOUBLE"}}


def are_complete(db: Database, table: str, paths: Sequence[str]) -> bool:
    """Tell whether every file has all the columns of its table."""
    return all(
        db.scalar(
            "SELECT count(*) FROM parquet_schema($paths) WHERE name = $name",
            paths=list(paths),
            name=name,
        )
        == len(paths)
        for name in _LATER.get(table, ())
    )


def completed(db: Database, table: str, paths: Sequence[str]) -> str:
    """Return what reads the files `$paths` with all columns of their table."""
    if are_complete(db, table, paths):
        return "read_parquet($paths)"
    found = db.frame("SELECT DISTINCT name FROM parquet_schema($paths)", paths=list(paths))[
        "name"
    ].to_list()
    nulls = [f"NULL::{kind} AS {name}" for name, kind in _LATER[table].items() if name not in found]
    return f"(SELECT {', '.join(['*', *nulls])} FROM read_parquet($paths, union_by_name = true))"
