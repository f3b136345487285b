"""The values of custom columns that identify a person, without those that tell nothing."""

from typing import Final

from pipelines.identify.points import MAX_LEADS_PER_KEY
from pipelines.store import Database, quoted, sql
from pipelines.store.identity import HEADERS, identity_columns, told_identity

_TABLE: Final = "lead_custom_"


def gather_identity(db: Database) -> None:
    """Write temp table `identity_value`: lead_key and a text for each of `HEADERS`; null: none."""
    parts = []
    for table in db.tables():
        if table.startswith(_TABLE):
            told = told_identity(db, table.removeprefix(_TABLE))
            found = identity_columns([c for c in db.columns(table) if c != "lead_key"], told)
            if found:
                values = ", ".join(
                    f"nullif(trim({quoted(found[name])}::VARCHAR), '') AS {name}"
                    if name in found
                    else f"NULL::VARCHAR AS {name}"
                    for name in HEADERS
                )
                parts.append(f"SELECT lead_key, {values} FROM {quoted(table)}")
    empty = ", ".join(f"NULL::VARCHAR AS {name}" for name in HEADERS)
    given = " UNION ALL ".join(parts) or f"SELECT NULL::BIGINT AS lead_key, {empty} WHERE false"
    statement = sql(__package__, "identity_value.sql").replace("{given}", f"({given})")
    db.run(statement, max_leads=MAX_LEADS_PER_KEY)
