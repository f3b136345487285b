"""Who is under age by a date of birth, wherever a column of an export carries one.

Such a column is no canonical field, so it is read where it is kept: as a date, a number or a text.
Nobody is taken to be older than what stands there can mean.
"""

from typing import Final

from pipelines.store.duck import Database
from pipelines.store.identity import identity_columns, told_identity
from pipelines.store.sqltext import quoted, sql

_CUSTOM: Final = "lead_custom_"


def under_age_rows(db: Database) -> str | None:
    """Return a SELECT of the leads (`lead_key`) under 18 at `$as_of`; None: no column tells.

    The day of the eighteenth birthday still counts, because it begins hours later in the west.
    """
    parts = []
    for table in db.tables():
        if not table.startswith(_CUSTOM):
            continue
        columns = [name for name in db.columns(table) if name != "lead_key"]
        told = told_identity(db, table.removeprefix(_CUSTOM))
        born = identity_columns(columns, told).get("birth_date")
        if born is not None:
            statement = sql(__package__, "under_age.sql").replace("__table__", quoted(table))
            parts.append(statement.replace("__born__", quoted(born)))
    return "\nUNION ALL\n".join(parts) or None
