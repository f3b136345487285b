"""Rows that belong to leads into the store, and waiting ones to the leads they name."""

from collections.abc import Collection, Sequence
from datetime import datetime

from pipelines.errors import StoreError
from pipelines.load.batches.batch import Landed
from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.merging.later_columns import completed
from pipelines.store import Database, quoted, sql, stored_rows, stored_table
from pipelines.store.schema import pack

_PACKAGE = __package__
OWN_IDS = {
    "activity": "activity_id",
    "outcome": "outcome_id",
    "consent_event": "consent_id",
    "contact_attempt": "attempt_id",
    "customer": "customer_id",
    "registry": "registry_id",
}
_SEVERAL_ROWS = ("consent_event", "customer")
_WAITING = ("activity", "outcome", "consent_event", "contact_attempt")
_NOT_CONTENT = frozenset(
    {
        "row_number",
        "source_system",
        "lead_source_id",
        "ingested_at",
        "batch_id",
        "contact_key",
        "registry_id",
    }
)
# New, changed and unchanged rows.
Counts = tuple[int, int, int]
_TO_THE_SECOND = {"activity": ("at",)}
# What is shared by more leads joins nobody into one person, and tells nobody's events either.
_MAX_LEADS_PER_CONTACT = 20
# The words by which the eligibility stage takes a row for a no.
SAYS_NO = {
    "activity": (
        "opted_out",
        "opt_out",
        "opted out",
        "unsubscribed",
        "unsubscribe",
        "complaint",
        "spam complaint",
        "do_not_call",
        "do not call",
    ),
    "contact_attempt": ("opted_out", "complaint"),
}
_SAID_IN = {"activity": "lower(trim(result))", "contact_attempt": "disposition"}


def merge_child(
    db: Database, batches: Sequence[Landed], table: str, at: datetime, *, is_own: bool
) -> list[Counts]:
    """Merge one child table of batches of one kind and source.

    Parameters
    ----------
    is_own : bool
        The rows are the records of the files; otherwise they came along with leads, and rows of
        replaced records count as well.

    Returns
    -------
    list of Counts
        Of each batch. Consent is append-only: nothing changes there. What came along with leads
        and is older than the lead adds, and changes nothing either.

    Raises
    ------
    StoreError
        Not every new or changed row was written; the staging store is then worthless.
    """
    paths = [str(batch.path(table)) for batch in batches if batch.path(table).exists()]
    if not paths:
        return [(0, 0, 0) for _ in batches]
    stored = db.columns(table)
    scope = f"source_system = '{batches[0].source_system}'" if "source_system" in stored else "true"
    statement = _statement(table, stored, scope, is_own=is_own)
    db.run(statement.replace("read_parquet($paths)", completed(db, table, paths)), paths=paths)
    own = quoted(OWN_IDS[table])
    if len(paths) > 1 and db.scalar(
        f"SELECT count(*) > count(DISTINCT hash({own})) FROM landed_child"
    ):
        # A later file replaces what an earlier one says: one after the other.
        return [merge_child(db, [batch], table, at, is_own=is_own)[0] for batch in batches]
    if table == "consent_event":
        db.run("UPDATE landed_child SET is_changed = false WHERE is_changed")
    elif not is_own:
        db.run(
            "UPDATE landed_child SET is_changed = false WHERE is_changed"
            " AND row_number IN (SELECT row_number FROM landed_key WHERE is_older)"
        )
    # A record that names an address and a number is two rows, and counts once.
    records = "landed_child"
    if is_own and table in _SEVERAL_ROWS:
        records = (
            "(SELECT batch_id, bool_or(is_new) AS is_new,"
            " bool_or(is_changed) AND NOT bool_or(is_new) AS is_changed"
            " FROM landed_child GROUP BY batch_id, row_number)"
        )
    counts = db.frame(
        "SELECT batch_id, count(*) FILTER (is_new) AS loaded,"
        " count(*) FILTER (is_changed) AS updated, count(*) AS total"
        f" FROM {records} GROUP BY batch_id"
    )
    rows = db.frame(
        "SELECT count(*) FILTER (is_new OR is_changed) AS written,"
        " count(*) FILTER (is_changed) AS changed FROM landed_child"
    )
    if rows["changed"].item():
        if table in SAYS_NO:
            _keep_what_was_said(db, table, scope, at)
        db.run(
            f"DELETE FROM {quoted(stored_table(table))} WHERE rowid IN"
            f" (SELECT rowid FROM {stored_rows(db, table)} WHERE {scope} AND {_identity(table)} IN"
            f" (SELECT {own} FROM landed_child WHERE is_changed))"
        )
    inserted = write_children(db, table, "landed_child WHERE is_new OR is_changed", at)
    check_written(table, inserted, rows["written"].item())
    db.run("DROP TABLE landed_child")
    of_batch = {row[0]: row[1:] for row in counts.rows()}
    found = [of_batch.get(batch.batch_id, (0, 0, 0)) for batch in batches]
    return [(loaded, updated, total - loaded - updated) for loaded, updated, total in found]


def write_children(
    db: Database,
    table: str,
    rows: str,
    at: datetime,
    *,
    order: str = "batch_id",
    **params: object,
) -> int:
    """Insert landed rows that have their lead, and return how many were inserted.

    Parameters
    ----------
    rows : str
        What stands behind FROM: the columns of the batches and ``lead_key``; `params` are its own.
    order : str
        Column that puts the batches in order.
    """
    stored = db.columns(table)
    has_lead = "lead_source_id" in SCHEMAS[table]
    plain = {c: _stored(table, c) for c in SCHEMAS[table] if c in stored and c != "ingested_at"}
    values = plain | pack(table, plain)
    target = stored_table(table)
    columns = [c for c in db.written_columns(target) if c in values and c != "lead_source_id"]
    written = [f"{values[c]} AS {quoted(c)}" for c in columns]
    if has_lead:
        # The name of the lead is stored where the lead itself does not say it.
        written += ["lead_key", "CASE WHEN lead_key IS NULL THEN lead_source_id END lead_source_id"]
    inserted: int = db.scalar(
        f"INSERT INTO {quoted(target)} BY NAME"
        f" SELECT {', '.join(written)}, $at::TIMESTAMP AS ingested_at FROM {rows}"
        # What happened to a lead lies together: it compresses better and is read together.
        f" ORDER BY {'lead_key, ' if has_lead else ''}{order}, row_number",
        at=at.isoformat(sep=" "),
        **params,
    )
    return inserted


def check_written(table: str, inserted: int, wanted: int) -> None:
    """Raise StoreError unless every new or changed row was written."""
    if inserted != wanted:
        raise StoreError(
            f"{inserted} rows were written to {table}",
            expected=f"{wanted}, the new and the changed ones",
            fix="nothing was published; report this file",
        )


def _statement(table: str, stored: Collection[str], scope: str, *, is_own: bool) -> str:
    """Fill merge_child.sql in for one table."""
    content = [c for c in SCHEMAS[table] if c in stored and c not in _NOT_CONTENT]
    content = [c for c in content if c != OWN_IDS[table] and c != "captured_at"]
    own, identity = quoted(OWN_IDS[table]), _identity(table)
    kept = "ANTI JOIN superseded USING (batch_id, row_number)"
    if not is_own:
        # What the record that counts says comes first, what a replaced one says stands in.
        kept = (
            f"QUALIFY row_number() OVER (PARTITION BY {own} ORDER BY"
            " row_number IN (SELECT row_number FROM superseded), row_number DESC) = 1"
        )
    has_lead = "lead_source_id" in SCHEMAS[table]
    return (
        sql(_PACKAGE, "merge_child.sql")
        .replace("__own_id__,\n", f"{identity} AS {own},\n")
        .replace("__own_id__", own)
        .replace("__content__", ", ".join(_stored(table, c) for c in content))
        .replace("__table__", quoted(table))
        .replace("__scope__", scope)
        .replace("__kept__", kept)
        .replace("landed.__lead_id__", "landed.lead_source_id" if has_lead else "NULL")
        .replace("__stored_key__", "lead_key" if has_lead else "NULL::BIGINT")
        .replace("__stored_name__", "lead_source_id" if has_lead else "NULL::VARCHAR")
    )


def _keep_what_was_said(db: Database, table: str, scope: str, at: datetime) -> None:
    words = ", ".join(f"'{word}'" for word in SAYS_NO[table])
    statement = (
        sql(_PACKAGE, "merge_said_no.sql")
        .replace("__says_no__", f"{_SAID_IN[table]} IN ({words})")
        .replace("__own_id__", quoted(OWN_IDS[table]))
        .replace("__scope__", scope)
        .replace("__table__", quoted(table))
    )
    db.run(statement, table=table, at=at.isoformat(sep=" "))


def _identity(table: str) -> str:
    """Return what makes a stored row the same one: who is on which register has no other id."""
    return "registry || ':' || contact_key" if table == "registry" else quoted(OWN_IDS[table])


def _stored(table: str, column: str) -> str:
    """Return `column` as the store keeps it: to the second where a second is enough."""
    if column in _TO_THE_SECOND.get(table, ()):
        return f"date_trunc('second', {quoted(column)})"
    return quoted(column)


def attach_waiting(db: Database) -> int:
    """Give child rows the lead they name, where that lead is loaded now.

    Returns
    -------
    int
        Rows attached.
    """
    attached = 0
    for table in _WAITING:
        name, target = quoted(table), quoted(stored_table(table))
        if not db.scalar(
            f"SELECT count(*) FROM {name} WHERE lead_key IS NULL OR lead_source_id IS NOT NULL"
        ):
            continue
        has_contact = "contact_key" in db.columns(table)
        statement = (
            sql(_PACKAGE, "attach.sql")
            .replace("__table__", stored_rows(db, table))
            .replace("__contact_key__", "contact_key" if has_contact else "NULL::VARCHAR")
        )
        db.run(statement, max_leads=_MAX_LEADS_PER_CONTACT)
        attached += int(db.scalar("SELECT count(*) FROM attached"))
        db.run(
            f"UPDATE {target} SET lead_key = attached.lead_key, lead_source_id ="
            " CASE WHEN NOT attached.is_own THEN lead_source_id END FROM attached"
            f" WHERE {target}.rowid = attached.row_id"
        )
        db.run("DROP TABLE attached")
    return attached
