"""Leads, their custom columns and their static label into the store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.errors import StoreError
from pipelines.load.batches.batch import Landed
from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.merging.custom_table import custom_columns, prepare_custom
from pipelines.load.merging.history import is_changed, keep_history
from pipelines.store import Database, quoted, sql
from pipelines.store.identity import remember_identity
from pipelines.store.schema import HISTORY_COLUMNS, pack

_PACKAGE = __package__
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
    "state_code": ("state",),
    "timezone": ("timezone", "state", "country"),
    "timezone_source": ("timezone", "state", "country"),
    "party_type": ("company", "party_type"),
    "is_dated": ("created_at",),
}
# The store keeps these to the second, in 4 bytes where a microsecond takes 6.4. Truncated, never
# rounded: a lead of 23:59:59.9 belongs to that day.
_STORED = {
    "created_at": "date_trunc('second', {created_at})",
    "modified_at": "date_trunc('second', {modified_at})",
}


@dataclass(frozen=True)
class LeadCounts:
    """What became of the leads of one batch.

    Parameters
    ----------
    older : int
        Those of `unchanged` whose record is older than the one stored: it changes nothing.
    """

    loaded: int
    updated: int
    unchanged: int
    older: int = 0


def merge_leads(db: Database, batch: Landed, at: datetime) -> LeadCounts:
    """Merge the leads of one batch; a record older than what is stored changes nothing.

    Older is told by `modified_at`; where the file or the store has none, the later load counts.

    Parameters
    ----------
    at : datetime
        Becomes ``ingested_at``, and the time until which former values were known.

    Raises
    ------
    StoreError
        Not every lead was written; the staging store is then worthless.
    """
    path = str(batch.path("lead"))
    if not batch.path("lead").exists():
        return LeadCounts(0, 0, 0)
    db.run("CREATE TABLE IF NOT EXISTS meta (key VARCHAR, value VARCHAR)")
    first = _next_key(db)
    before = int(db.scalar("SELECT count(*) FROM lead"))
    statement = sql(_PACKAGE, "merge_key.sql")
    db.run(statement, lead=path, source_system=batch.source_system, next_key=first)
    loaded, known, older = _landed_counts(db)
    db.run("CREATE OR REPLACE TEMP TABLE changed_key (lead_key BIGINT)")
    given = [c for c in SCHEMAS["lead"] if c not in _BOOKKEEPING and _is_given(c, batch)]
    custom_table = prepare_custom(db, batch)
    if known > older:
        _find_changed(db, path, "lead", {c: _stored(c) for c in given})
        if custom_table:
            casts = custom_columns(db, batch, custom_table)
            _find_changed(db, str(batch.path("custom")), custom_table, casts)
        if batch.has_label:
            _find_relabelled(db, batch)
    db.run("CREATE OR REPLACE TEMP TABLE changed AS SELECT DISTINCT lead_key FROM changed_key")
    updated = int(db.scalar("SELECT count(*) FROM changed"))
    _replace_leads(db, batch, at, given)
    written = int(db.scalar("SELECT count(*) FROM lead"))
    if written != before + loaded:
        raise StoreError(
            f"{written} leads are stored after {batch.file_name}",
            expected=f"{before + loaded}, those before and the new ones",
            fix="nothing was published; report this file",
        )
    if custom_table:
        columns = custom_columns(db, batch, custom_table, "landed.")
        set_aside(db, custom_table)
        _insert(db, str(batch.path("custom")), custom_table, columns, columns)
        _remember_exclusions(db, batch)
    if batch.has_label:
        _replace_labels(db, batch)
    _set_next_key(db, first + loaded)
    return LeadCounts(loaded, updated, known - updated, older)


def _landed_counts(db: Database) -> tuple[int, int, int]:
    """Return how many landed leads are new, known, and known but older than what is stored."""
    found = db.frame(
        "SELECT count(*) FILTER (is_new), count(*) FILTER (NOT is_new), count(*) FILTER (is_older)"
        " FROM landed_key"
    )
    loaded, known, older = found.row(0)
    return loaded, known, older


def _replace_leads(db: Database, batch: Landed, at: datetime, given: Sequence[str]) -> None:
    path = str(batch.path("lead"))
    new = {c: _stored(c, "landed.") for c in SCHEMAS["lead"]}
    new["ingested_at"] = _time_literal(at)
    written = {c: new[c] for c in given if c in HISTORY_COLUMNS}
    merged = {c: new[c] for c in (*given, *_BOOKKEEPING)}
    differs = " OR ".join(is_changed(c, value) for c, value in written.items()) or "false"
    # Since when the store knows the lead as it is; never the same time twice.
    merged["ingested_at"] = (
        f"CASE WHEN {differs} THEN greatest({_time_literal(at)},"
        " replaced_row.ingested_at + INTERVAL 1 MICROSECOND) ELSE replaced_row.ingested_at END"
    )
    kept = {c: "replaced_row." + quoted(c) for c in SCHEMAS["lead"]}
    new |= pack("lead", new)
    merged |= pack("lead", kept | merged)
    set_aside(db, "lead")
    keep_history(db, batch, at, written)
    _insert(db, path, "lead", new, merged)


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
        .replace("__nothing__", ", ".join(["NULL"] * len(casts)))
        .replace("__table__", quoted(table))
    )
    db.run(statement, path=path)


def _comparable(table: str, column: str) -> str:
    """Return `column` as `_stored` gives it: equal values of equal types hash alike."""
    if table != "lead" or column not in _STORED:
        return quoted(column)
    # A store of an earlier version holds every fraction.
    return _stored(column)


def set_aside(db: Database, table: str) -> None:
    """Move the rows of the leads in ``changed`` to the temporary table ``replaced_row``."""
    where = "WHERE lead_key IN (SELECT lead_key FROM changed)"
    db.run(f"CREATE OR REPLACE TEMP TABLE replaced_row AS SELECT * FROM {quoted(table)} {where}")
    db.run(f"DELETE FROM {quoted(table)} {where}")


def _insert(
    db: Database, path: str, table: str, new: Mapping[str, str], merged: Mapping[str, str]
) -> None:
    """Insert new rows and changed ones; columns not in `merged` keep the value set aside."""
    stored = [c for c in db.written_columns(table) if c != "lead_key"]
    statement = (
        sql(_PACKAGE, "merge_insert.sql")
        .replace("__table__", quoted(table))
        .replace("__new_columns__", _named({c: new[c] for c in stored if c in new}))
        .replace(
            "__merged_columns__",
            _named({c: merged.get(c, "replaced_row." + quoted(c)) for c in stored}),
        )
    )
    db.run(statement, path=path)
    db.run("DROP TABLE replaced_row")


def _named(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{value} AS {quoted(name)}" for name, value in columns.items()) or "NULL"


def _find_relabelled(db: Database, batch: Landed) -> None:
    path = batch.path("static_label")
    labels = f"read_parquet('{_escaped(str(path))}')" if path.exists() else "static_label LIMIT 0"
    db.run(
        "INSERT INTO changed_key"
        " SELECT landed_key.lead_key FROM landed_key"
        f" LEFT JOIN (SELECT row_number, is_positive FROM {labels}) AS landed USING (row_number)"
        " LEFT JOIN static_label AS stored ON landed_key.lead_key = stored.lead_key"
        " WHERE NOT landed_key.is_new AND NOT landed_key.is_older"
        " AND landed.is_positive IS DISTINCT FROM stored.is_positive"
    )


def _replace_labels(db: Database, batch: Landed) -> None:
    db.run(
        "DELETE FROM static_label"
        " WHERE lead_key IN (SELECT lead_key FROM landed_key WHERE NOT is_older)"
    )
    path = batch.path("static_label")
    if path.exists():
        db.run(
            "INSERT INTO static_label BY NAME"
            " SELECT landed_key.lead_key, landed.source_system, landed.is_positive, landed.batch_id"
            " FROM read_parquet($path) AS landed INNER JOIN landed_key USING (row_number)"
            " WHERE NOT is_older",
            path=str(path),
        )


def _remember_exclusions(db: Database, batch: Landed) -> None:
    """Keep which custom columns are never a feature, known from the start, or tell who one is."""
    for topic, columns in (("never_feature", batch.excluded), ("immutable", batch.immutable)):
        for column in columns:
            key = f"{topic}:{batch.source_system}:{column}"
            db.run("DELETE FROM meta WHERE key = $key", key=key)
            db.run("INSERT INTO meta VALUES ($key, $value)", key=key, value=batch.batch_id)
    remember_identity(db, batch.source_system, batch.mapping.get("identity", {}))


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
