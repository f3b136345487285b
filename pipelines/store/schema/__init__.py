"""The tables of the store, declared as data."""

from pipelines.store.duck import WORK, Database
from pipelines.store.schema.leads import LEAD_TABLES
from pipelines.store.schema.night import CHANNELS, NIGHT_TABLES, NIGHT_VIEWS
from pipelines.store.schema.packed import (
    PACKED_DECISION,
    WORK_TABLES,
    begin_night,
    pack_night,
)
from pipelines.store.schema.spec import Column, Table
from pipelines.store.sqltext import quoted

TABLES: tuple[Table, ...] = (*LEAD_TABLES, *NIGHT_TABLES)

_BY_NAME = {declared.name: declared for declared in TABLES}
_WORK_NAMES = frozenset(declared.name for declared in WORK_TABLES)

__all__ = [
    "CHANNELS",
    "TABLES",
    "Column",
    "Table",
    "begin_night",
    "comment_tables",
    "create_tables",
    "pack_night",
    "renew_tables",
    "reset_table",
]


def create_tables(db: Database) -> None:
    """Create every declared table that is missing, empty; a published view stands for its table."""
    known = {*db.tables(), *db.views()}
    for declared in TABLES:
        if declared.name not in known:
            db.run(f"CREATE TABLE {quoted(declared.name)} ({_columns(declared)})")


def renew_tables(db: Database, place: str) -> None:
    """Give the empty tables of `place`, an attached copy of this store's schema, today's types.

    A table whose columns are not the declared ones stays as it is.
    """
    known = db.tables()
    for declared in TABLES:
        names = [column.name for column in declared.columns]
        if declared.name in known and list(db.columns(declared.name)) == names:
            target = f"{place}.{quoted(declared.name)}"
            db.run(f"CREATE OR REPLACE TABLE {target} ({_columns(declared)})")


def reset_table(db: Database, name: str) -> None:
    """Make the declared table `name` anew, empty; cheaper than deleting its rows.

    A table of the night is made in the work file where one is attached.
    """
    place = f"{WORK}." if name in _WORK_NAMES and db.has_work() else ""
    db.run(f"CREATE OR REPLACE TABLE {place}{quoted(name)} ({_columns(_BY_NAME[name])})")


def comment_tables(db: Database) -> None:
    """Write the comments of all tables and columns; tables per source get a general one."""
    statements = []
    for name in db.tables():
        table = _BY_NAME.get(name)
        if table is not None:
            known = db.columns(name)
            columns = {c.name: c.comment for c in _described(table) if c.name in known}
            statements += _comments(name, table.comment, columns)
        elif name.startswith("lead_custom_"):
            columns = dict.fromkeys(db.columns(name), "as in the file, typed by its content")
            columns["lead_key"] = "lead"
            source = name.removeprefix("lead_custom_")
            about = f"Columns of {source} that no canonical field claims"
            statements += _comments(name, about, columns)
    views = db.views()
    for view in (*NIGHT_VIEWS, *WORK_TABLES):
        if view.name in views:
            columns = {c.name: c.comment for c in view.columns}
            statements += _comments(view.name, view.comment, columns, what="VIEW")
    # One transaction: hundreds of commits would cost a second.
    db.run(";".join(["BEGIN", *statements, "COMMIT"]))


def _described(table: Table) -> tuple[Column, ...]:
    return PACKED_DECISION.columns if table.name == PACKED_DECISION.name else table.columns


def _columns(declared: Table) -> str:
    return ", ".join(f"{quoted(c.name)} {c.type}" for c in declared.columns)


def _comments(name: str, comment: str, columns: dict[str, str], what: str = "TABLE") -> list[str]:
    return [
        f"COMMENT ON {what} {quoted(name)} IS {_literal(comment)}",
        *(
            f"COMMENT ON COLUMN {quoted(name)}.{quoted(column)} IS {_literal(text)}"
            for column, text in columns.items()
        ),
    ]


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
