"""Columns without a header and without a cell: none, as spreadsheets write them by the hundred."""

from dataclasses import replace

from pipelines.load.read.records import Records
from pipelines.store import Database, sql


def without_nameless(records: Records, db: Database) -> Records:
    """Return the records without columns that have neither a header nor a single filled cell.

    The file is read for it once, and only where it has a column without a header.
    """
    looked = [i for i, name in enumerate(records.headers) if name == f"column_{i}"]
    if not looked or len(looked) == len(records.headers):
        return records
    columns = ", ".join(f"bool_or(trim(c{i}) <> '') AS c{i}" for i in looked)
    statement = (
        sql(__package__, "nameless.sql")
        .replace("__columns__", columns)
        .replace("__query__", records.query)
    )
    filled = db.frame(statement, **records.params).row(0, named=True)
    empty = {i for i in looked if not filled[f"c{i}"]}
    if not empty:
        return records
    kept = [i for i in range(len(records.headers)) if i not in empty]
    chosen = ", ".join(f"c{i} AS c{place}" for place, i in enumerate(kept))
    return replace(
        records,
        headers=tuple(records.headers[i] for i in kept),
        query=f"SELECT {chosen} FROM ({records.query})",
        texts=None,
        about={**records.about, "nameless_empty_columns": len(empty)},
    )
