"""The tables of the store, declared as data."""

from pipelines.store.duck import Database
from pipelines.store.schema.leads import LEAD_TABLES
from pipelines.store.schema.night import CHANNELS, NIGHT_TABLES, NIGHT_VIEWS
from pipelines.store.schema.spec import Column, Table
from pipelines.store.sqltext import quoted

TABLES: tuple[Table, ...] = (*LEAD_TABLES, *NIGHT_TABLES)

_BY_NAME = {declared.name: declared for declared in TABLES}

__all__ = [
    "CHANNELS",
    "TABLES",
    "Column",
    "Table",
    "comment_tables",
    "create_tables",
    "reset_table",
]


def create_tables(db: Database) -> None:
    """Create every declared table that is missing, empty."""
    for declared in TABLES:
        db.run(f"CREATE TABLE IF NOT EXISTS {quoted(declared.name)} ({_columns(declared)})")


def reset_table(db: Database, name: str) -> None:
    """Make the declared table `name` anew, empty; cheaper than deleting its rows."""
    db.run(f"CREATE OR REPLACE TABLE {quoted(name)} ({_columns(_BY_NAME[name])})")


def comment_tables(db: Database) -> None:
    """Write the comments of all tables and columns; tables per source get a general one."""
    statements = []
    for name in db.tables():
        table = _BY_NAME.get(name)
        if table is not None:
            columns = {c.name: c.comment for c in table.columns}
            statements += _comments(name, table.comment, columns)
        elif name.startswith("lead_custom_"):
            columns = dict.fromkeys(db.columns(name), "as in the file, typed by its content")
            columns["lead_key"] = "lead"
            source = name.removeprefix("lead_custom_")
            about = f"Columns of {source} that no canonical field claims"
            statements += _comments(name, about, columns)
    for view in NIGHT_VIEWS:
        if db.exists(view.name):
            columns = {c.name: c.comment for c in view.columns}
            statements += _comments(view.name, view.comment, columns, what="VIEW")
    # One transaction: hundreds of commits would cost a second.
    db.run(";".join(["BEGIN", *statements, "COMMIT"]))


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
