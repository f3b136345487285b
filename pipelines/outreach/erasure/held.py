"""The rows that a store file holds of one person, table by table, as its owner may read them."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from pipelines.outreach.erasure.tables import doomed, mentions
from pipelines.store import Database, quoted, stored_rows
from pipelines.store.erased import Erased

# They say who is one person: of others at the far end nothing is told.
_PAIRS: Final = {"dedupe_edge": "other_lead_key"}
# What is stored for other columns to be read from.
_STORED_FOR_OTHERS: Final = " instead"
_VIEWS: Final = ("decision", "eligibility_reason")


@dataclass(frozen=True)
class HeldTable:
    """What one table says of the person.

    Attributes
    ----------
    about : str
        One row is what.
    columns : dict of str to str
        Column to what it holds.
    rows : list of dict
        The rows, without columns that are empty in all of them.
    """

    about: str
    columns: dict[str, str]
    rows: list[dict[str, Any]]


def rows_of(db: Database, erased: Erased) -> dict[str, HeldTable]:
    """Return the rows of the person that `hold_leads` named, by table; tables without any are out.

    A row that belongs to somebody else is not among them, also where it names the person.
    """
    found = {}
    no_records = pl.DataFrame(schema={"batch_id": pl.String, "record": pl.Int64})
    for table, rows, _ in list(doomed(db, erased, no_records)):
        if not len(rows) or table == "stored_decision":
            continue
        db.register("held_frame", pl.DataFrame({"row_id": rows}))
        where = "rowid IN (SELECT row_id FROM held_frame)"
        if table in _PAIRS:
            other = _PAIRS[table]
            where += f" AND lead_key IN (FROM erased_lead) AND {other} IN (FROM erased_lead)"
        found[table] = _read(db, table, where)
    for view in _VIEWS:
        if view in db.views():
            column = "lead_key" if "lead_key" in db.columns(view) else "person_key"
            found[view] = _read(db, view, f"{column} IN (SELECT {column} FROM {_of(column)})")
    return {table: held for table, held in found.items() if held.rows}


def mentioned_in(db: Database, erased: Erased) -> dict[str, int]:
    """Count the cells of others' rows that speak of the person: ``table.column`` to cells."""
    return {f"{table}.{column}": len(rows) for table, column, rows in mentions(db, erased)}


def _of(column: str) -> str:
    return "erased_lead" if column == "lead_key" else "erased_person"


def _read(db: Database, table: str, where: str) -> HeldTable:
    comments = _comments(db, table)
    names = [
        name
        for name in db.columns(table)
        if not (comments.get(name) or "").endswith(_STORED_FOR_OTHERS)
    ]
    chosen = ", ".join(map(quoted, names))
    relation = stored_rows(db, table)
    frame = db.frame(f"SELECT {chosen} FROM {relation} WHERE {where} ORDER BY ALL")
    kept = [name for name in names if frame[name].null_count() < frame.height]
    return HeldTable(
        _comments(db, table, of_columns=False).get(table) or table,
        {name: comments.get(name) or "" for name in kept},
        frame.select(kept).to_dicts(),
    )


def _comments(db: Database, table: str, *, of_columns: bool = True) -> dict[str, str | None]:
    kinds: Collection[str] = (
        ("duckdb_columns",) if of_columns else ("duckdb_tables", "duckdb_views")
    )
    name = "column_name" if of_columns else None
    found: dict[str, str | None] = {}
    for kind in kinds:
        own = "view_name" if kind == "duckdb_views" else "table_name"
        rows = db.frame(
            f"SELECT {name or own} AS name, comment FROM {kind}() WHERE {own} = $table"
            " AND database_name = current_catalog()",
            table=table,
        )
        found |= dict(rows.iter_rows())
    return found
