"""Leads, their custom columns and their static label into the store."""

from datetime import datetime

from pipelines.load.batch import Landed
from pipelines.load.custom_table import custom_columns, prepare_custom
from pipelines.load.tables import SCHEMAS
from pipelines.store import Database, quoted, sql

_PACKAGE = "pipelines.load"
_NEXT_KEY = "next_lead_key"
_BOOKKEEPING = ("source_system", "source_id", "row_number", "ingested_at", "batch_id")
# A derived column is as old as the field it comes from: a file without that field keeps it.
_DERIVED = {
    "email_key": ("email",),
    "email_domain": ("email",),
    "phone_e164": ("phone",),
    "mobile_e164": ("mobile",),
    "line_type": ("phone", "mobile"),
    "country_source": ("country",),
    "party_type": ("company", "party_type"),
    "is_dated": ("created_at",),
}
# The store keeps these to the second, in 4 bytes where a microsecond takes 6.4. Truncated, never
# rounded: a lead of 23:59:59.9 belongs to that day.
_STORED = {
    "created_at": "date_trunc('second', {created_at})",
    "modified_at": "date_trunc('second', {modified_at})",
}


def merge_leads(db: Database, batch: Landed, at: datetime) -> tuple[int, int, int]:
    """Merge the leads of one batch.

    Returns
    -------
    tuple of int
        Leads that are new, changed and unchanged.
    """
    path = str(batch.path("lead"))
    if not batch.path("lead").exists():
        return 0, 0, 0
    db.run("CREATE TABLE IF NOT EXISTS meta (key VARCHAR, value VARCHAR)")
    first = _next_key(db)
    statement = sql(_PACKAGE, "merge_key.sql")
    db.run(statement, lead=path, source_system=batch.source_system, next_key=first)
    loaded = int(db.scalar("SELECT count(*) FROM landed_key WHERE is_new"))
    known = int(db.scalar("SELECT count(*) FROM landed_key WHERE NOT is_new"))
    db.run("CREATE OR REPLACE TEMP TABLE changed_key (lead_key BIGINT)")
    given = [c for c in SCHEMAS["lead"] if c not in _BOOKKEEPING and _is_given(c, batch)]
    custom_table = prepare_custom(db, batch)
    if known:
        _find_changed(db, path, "lead", {c: _stored(c) for c in given})
        if custom_table:
            casts = custom_columns(db, batch, custom_table)
            _find_changed(db, str(batch.path("custom")), custom_table, casts)
        if batch.has_label:
            _find_relabelled(db, batch)
    db.run("CREATE OR REPLACE TEMP TABLE changed AS SELECT DISTINCT lead_key FROM changed_key")
    updated = int(db.scalar("SELECT count(*) FROM changed"))
    stamp = {"ingested_at": _time_literal(at)}
    plain = {c: _stored(c, "landed.") for c in SCHEMAS["lead"]} | stamp
    _replace(db, path, "lead", plain, {*given, *_BOOKKEEPING})
    if custom_table:
        columns = custom_columns(db, batch, custom_table, "landed.")
        _replace(db, str(batch.path("custom")), custom_table, columns, set(columns))
        _remember_exclusions(db, batch)
    if batch.has_label:
        _replace_labels(db, batch)
    _set_next_key(db, first + loaded)
    return loaded, updated, known - updated


def _is_given(column: str, batch: Landed) -> bool:
    return any(name in batch.fields for name in _DERIVED.get(column, (column,)))


def _stored(column: str, prefix: str = "") -> str:
    """Return the expression over a batch that gives `column` as the store keeps it."""
    columns = {name: prefix + quoted(name) for name in SCHEMAS["lead"]}
    return _STORED.get(column, f"{{{column}}}").format_map(columns)


def _find_changed(db: Database, path: str, table: str, casts: dict[str, str]) -> None:
    if not casts:
        return
    statement = (
        sql(_PACKAGE, "merge_changed.sql")
        .replace("__landed_columns__", ", ".join(casts.values()))
        .replace("__stored_columns__", ", ".join(_comparable(table, c) for c in casts))
        .replace("__table__", quoted(table))
    )
    db.run(statement, path=path)


def _comparable(table: str, column: str) -> str:
    """Return `column` as `_stored` gives it: equal values of equal types hash alike."""
    if table != "lead" or column not in _STORED:
        return quoted(column)
    # A store of an earlier version holds every fraction.
    return _stored(column)


def _replace(db: Database, path: str, table: str, columns: dict[str, str], given: set[str]) -> None:
    """Insert new rows and replace changed ones; columns the file lacks keep the stored value."""
    stored = [c for c in db.columns(table) if c != "lead_key"]
    new = [f"{columns[c]} AS {quoted(c)}" for c in stored if c in columns]
    merged = [
        f"{columns[c] if c in given else 'replaced_row.' + quoted(c)} AS {quoted(c)}"
        for c in stored
    ]
    name = quoted(table)
    where = "WHERE lead_key IN (SELECT lead_key FROM changed)"
    db.run(f"CREATE OR REPLACE TEMP TABLE replaced_row AS SELECT * FROM {name} {where}")
    db.run(f"DELETE FROM {name} {where}")
    statement = (
        sql(_PACKAGE, "merge_insert.sql")
        .replace("__table__", name)
        .replace("__new_columns__", ", ".join(new) or "NULL")
        .replace("__merged_columns__", ", ".join(merged) or "NULL")
    )
    db.run(statement, path=path)
    db.run("DROP TABLE replaced_row")


def _find_relabelled(db: Database, batch: Landed) -> None:
    path = batch.path("static_label")
    labels = f"read_parquet('{_escaped(str(path))}')" if path.exists() else "static_label LIMIT 0"
    db.run(
        "INSERT INTO changed_key"
        " SELECT landed_key.lead_key FROM landed_key"
        f" LEFT JOIN (SELECT row_number, is_positive FROM {labels}) AS landed USING (row_number)"
        " LEFT JOIN static_label AS stored ON landed_key.lead_key = stored.lead_key"
        " WHERE NOT landed_key.is_new AND landed.is_positive IS DISTINCT FROM stored.is_positive"
    )


def _replace_labels(db: Database, batch: Landed) -> None:
    db.run("DELETE FROM static_label WHERE lead_key IN (SELECT lead_key FROM landed_key)")
    path = batch.path("static_label")
    if path.exists():
        db.run(
            "INSERT INTO static_label BY NAME"
            " SELECT landed_key.lead_key, landed.source_system, landed.is_positive, landed.batch_id"
            " FROM read_parquet($path) AS landed INNER JOIN landed_key USING (row_number)",
            path=str(path),
        )


def _remember_exclusions(db: Database, batch: Landed) -> None:
    """Keep which custom columns are never a feature, or known from the start, beside the data."""
    for topic, columns in (("never_feature", batch.excluded), ("immutable", batch.immutable)):
        for column in columns:
            key = f"{topic}:{batch.source_system}:{column}"
            db.run("DELETE FROM meta WHERE key = $key", key=key)
            db.run("INSERT INTO meta VALUES ($key, $value)", key=key, value=batch.batch_id)


def _next_key(db: Database) -> int:
    stored = db.scalar("SELECT value FROM meta WHERE key = $key", key=_NEXT_KEY)
    if stored is not None:
        return int(stored)
    return int(db.scalar("SELECT coalesce(max(lead_key), 0) + 1 FROM lead"))


def _set_next_key(db: Database, value: int) -> None:
    db.run("DELETE FROM meta WHERE key = $key", key=_NEXT_KEY)
    db.run("INSERT INTO meta VALUES ($key, $value)", key=_NEXT_KEY, value=str(value))


def _time_literal(at: datetime) -> str:
    return f"TIMESTAMP '{at.isoformat(sep=' ')}'"


def _escaped(text: str) -> str:
    return text.replace("'", "''")
