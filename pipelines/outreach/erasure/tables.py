"""Everything that a store file holds of erased persons: counted, or taken out."""

from collections.abc import Collection, Iterator
from typing import Final

import polars as pl

from pipelines.store import Database, quoted, sql, stored_rows, stored_table
from pipelines.store.erased import Erased, mentioning, naming, running_text
from pipelines.store.schema import read_name

_LEAD_COLUMNS: Final = ("lead_key", "other_lead_key", "representative_lead_key")
_PERSON_COLUMNS: Final = ("person_key", "own_person_key", "from_person_key", "into_person_key")
_CHILD_IDS: Final = {
    "activity": "activity_id",
    "outcome": "outcome_id",
    "consent_event": "consent_id",
    "contact_attempt": "attempt_id",
}
# Tables without leads in which people write, or points stand.
_OF_POINTS: Final = ("customer", "registry", "lead_merge", "shared_point")
_SALVAGED: Final = "salvaged_row"
_NO_ROWS: Final = pl.Series("row_id", [], dtype=pl.Int64)


def hold_leads(db: Database, erased: Erased, lead_keys: Collection[int]) -> list[int]:
    """Make the temporary tables ``erased_lead`` and ``erased_person`` of whom to take out.

    Parameters
    ----------
    lead_keys : collection of int
        Leads that are known to be; those that the keys name, and their duplicates, come besides.

    Returns
    -------
    list of int
        All of them.
    """
    erased.attach(db)
    named = set(lead_keys)
    for table in ("lead", "lead_snapshot"):
        candidates = naming(table, db.columns(table), "lead_key") if db.exists(table) else None
        if candidates is not None:
            named |= set(erased.rows(db, candidates).to_list())
    db.run(
        "CREATE OR REPLACE TEMP TABLE erased_person AS SELECT DISTINCT person_key FROM dedupe_link"
        " WHERE lead_key IN (SELECT unnest($keys::BIGINT[]))",
        keys=sorted(named),
    )
    db.run(
        "CREATE OR REPLACE TEMP TABLE erased_lead AS"
        " SELECT unnest($keys::BIGINT[]) AS lead_key UNION"
        " SELECT lead_key FROM dedupe_link SEMI JOIN erased_person USING (person_key)",
        keys=sorted(named),
    )
    return sorted(db.frame("SELECT lead_key FROM erased_lead")["lead_key"].to_list())


def own_rows(db: Database) -> pl.DataFrame:
    """Return the rows of the leads that are held, as batches know them.

    Returns
    -------
    pl.DataFrame
        table, source_system, own_id (String).
    """
    parts = [
        db.frame(
            f"SELECT '{table}' AS \"table\", source_system, {own} AS own_id FROM {table}"
            " SEMI JOIN erased_lead USING (lead_key)"
        )
        for table, own in _CHILD_IDS.items()
    ]
    return pl.concat(parts)


def count_in_store(db: Database, erased: Erased, records: pl.DataFrame) -> dict[str, int]:
    """Count what a file holds of those that `hold_leads` named: table to rows, if any.

    ``mentions`` are cells of others that speak of one.

    Parameters
    ----------
    records : pl.DataFrame
        batch_id, record: records of batches that were set aside as erased.
    """
    found = {table: len(rows) for table, rows, _ in doomed(db, erased, records) if len(rows)}
    cells = sum(len(rows) for _, _, rows in mentions(db, erased))
    return found | ({"mentions": cells} if cells else {})


def erase_from_store(
    db: Database, erased: Erased, records: pl.DataFrame, *, at: str
) -> dict[str, int]:
    """Take everything of those that `hold_leads` named out of a staged file.

    What they refused stays refused for whoever refuses together with them.

    Parameters
    ----------
    at : str
        Time of the run, UTC, ISO 8601.

    Returns
    -------
    dict of str to int
        Table to rows that went; ``mentions``: cells of others that are empty now.
    """
    db.run(sql(__package__, "refused.sql"))
    db.run(sql(__package__, "bound.sql"), at=at)
    found: dict[str, int] = {}
    for table, rows, loose in list(doomed(db, erased, records)):
        if len(loose):
            db.register("loose_frame", pl.DataFrame({"row_id": loose}))
            db.run(
                f"UPDATE {quoted(_written(db, table))}"
                " SET contact_key = NULL, lead_source_id = NULL"
                " WHERE rowid IN (SELECT row_id FROM loose_frame)"
            )
        if len(rows):
            found[table] = len(rows)
            db.register("doomed_frame", pl.DataFrame({"row_id": rows}))
            db.run(
                f"DELETE FROM {quoted(_written(db, table))}"
                " WHERE rowid IN (SELECT row_id FROM doomed_frame)"
            )
    cells = 0
    for table, column, rows in list(mentions(db, erased)):
        cells += len(rows)
        db.register("mention_frame", pl.DataFrame({"row_id": rows}))
        db.run(
            f"UPDATE {quoted(_written(db, table))} SET {quoted(column)} = NULL"
            " WHERE rowid IN (SELECT row_id FROM mention_frame)"
        )
    return found | ({"mentions": cells} if cells else {})


def _written(db: Database, table: str) -> str:
    """Return the table to change; a night of an earlier version has no plain table beside it."""
    stored = stored_table(table)
    return stored if db.exists(stored) else table


def doomed(
    db: Database, erased: Erased, records: pl.DataFrame
) -> Iterator[tuple[str, pl.Series, pl.Series]]:
    """Yield per table the rows to delete, and those of others that name one beside their lead."""
    for table in map(read_name, db.tables()):
        columns = db.columns(table)
        rows = _of_leads(db, table, columns)
        named = _NO_ROWS
        if "contact_key" in columns or table in _OF_POINTS:
            candidates = naming(stored_rows(db, table), columns, "rowid")
            named = _NO_ROWS if candidates is None else erased.rows(db, candidates).cast(pl.Int64)
        if table == _SALVAGED:
            named = _salvaged(db, erased, records)
        loose = _NO_ROWS
        if "lead_key" in columns and "contact_key" in columns and len(named):
            db.register("named_frame", pl.DataFrame({"row_id": named}))
            loose = db.frame(
                f"SELECT rowid AS row_id FROM {stored_rows(db, table)} WHERE lead_key IS NOT NULL"
                " AND lead_key NOT IN (SELECT lead_key FROM erased_lead)"
                " AND rowid IN (SELECT row_id FROM named_frame)"
            )["row_id"]
        every = pl.concat([rows, named]).unique()
        yield table, every.filter(~every.is_in(loose.implode())), loose


def _of_leads(db: Database, table: str, columns: Collection[str]) -> pl.Series:
    conditions = [
        f"{column} IN (SELECT lead_key FROM erased_lead)"
        for column in _LEAD_COLUMNS
        if column in columns
    ] + [
        f"{column} IN (SELECT person_key FROM erased_person)"
        for column in _PERSON_COLUMNS
        if column in columns
    ]
    if not conditions:
        return _NO_ROWS
    relation = stored_rows(db, table)
    return db.frame(f"SELECT rowid AS row_id FROM {relation} WHERE {' OR '.join(conditions)}")[
        "row_id"
    ]


def _salvaged(db: Database, erased: Erased, records: pl.DataFrame) -> pl.Series:
    """Return the rows of records that were erased, or whose name is somebody's who was."""
    db.register("erased_record_frame", records)
    of_records = db.frame(
        "SELECT salvaged_row.rowid AS row_id FROM salvaged_row SEMI JOIN erased_record_frame AS own"
        " ON own.batch_id = salvaged_row.batch_id AND own.record = salvaged_row.row_number"
    )["row_id"]
    named = erased.rows(
        db,
        "SELECT salvaged_row.rowid AS row_id, CASE"
        " WHEN row_id LIKE 'id:%' THEN 'lead:' || source_system || ':' || substr(row_id, 4)"
        " WHEN row_id LIKE 'phone:%' THEN 'tail:' || right(row_id, 8)"
        " ELSE point_text(substr(row_id, 7)) END AS text"
        " FROM salvaged_row JOIN load_file USING (batch_id) WHERE table_name = 'set aside'",
    )
    return pl.concat([of_records, named.cast(pl.Int64)]).unique()


def mentions(db: Database, erased: Erased) -> Iterator[tuple[str, str, pl.Series]]:
    """Yield table, column and rows of what others' rows say of somebody in running text."""
    for table in map(read_name, db.tables()):
        columns = db.columns(table)
        if "lead_key" not in columns and table not in _OF_POINTS:
            continue
        written = {name: columns[name] for name in db.written_columns(_written(db, table))}
        own = _of_leads(db, table, columns)
        for column in running_text(written, is_custom=table.startswith("lead_custom_")):
            candidates = mentioning(stored_rows(db, table), column, "rowid")
            rows = erased.rows(db, candidates).cast(pl.Int64)
            others = rows.filter(~rows.is_in(own.implode()))
            if len(others):
                yield table, column, others
