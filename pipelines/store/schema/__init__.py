"""The tables of the store, declared as data."""

from pipelines.store.duck import WORK, Database
from pipelines.store.schema.activity import ACTIVITY_REPORT
from pipelines.store.schema.history import make_lead_as_of
from pipelines.store.schema.labels import LABEL_AUDIT
from pipelines.store.schema.leads import HISTORY_COLUMNS, LEAD_TABLES
from pipelines.store.schema.learning import ESTIMATE_TABLES, LEARNING_TABLES
from pipelines.store.schema.models import MODEL_TABLES
from pipelines.store.schema.night import CHANNELS, NIGHT_TABLES, NIGHT_VIEWS
from pipelines.store.schema.packed import (
    PUBLISHED_DECISION,
    WORK_TABLES,
    begin_night,
    pack_night,
)
from pipelines.store.schema.packing import pack
from pipelines.store.schema.past import DECISION_HISTORY, PAST_TABLES, make_decision_history
from pipelines.store.schema.persons import PERSON_TABLES
from pipelines.store.schema.spec import Column, Table
from pipelines.store.schema.stored import (
    STORED,
    VIEWS,
    make_stored,
    make_view,
    read_name,
    stored_rows,
    stored_table,
)
from pipelines.store.schema.upgrade import upgrade
from pipelines.store.sqltext import quoted

TABLES: tuple[Table, ...] = (
    *LEAD_TABLES,
    LABEL_AUDIT,
    ACTIVITY_REPORT,
    *PERSON_TABLES,
    *MODEL_TABLES,
    *NIGHT_TABLES,
    *PAST_TABLES,
    *LEARNING_TABLES,
)

_BY_NAME = {declared.name: declared for declared in TABLES}
# Those that views are of.
_PLAIN = {plain.name: plain for plain in STORED.values()}
_WORK_NAMES = frozenset(declared.name for declared in WORK_TABLES)
# TABLE or VIEW, its name, and the column; None: the whole.
_Commented = tuple[str, str, str | None]

__all__ = [
    "CHANNELS",
    "ESTIMATE_TABLES",
    "HISTORY_COLUMNS",
    "MODEL_TABLES",
    "TABLES",
    "Column",
    "Table",
    "begin_night",
    "comment_tables",
    "create_tables",
    "pack",
    "pack_night",
    "read_name",
    "renew_tables",
    "reset_table",
    "stored_rows",
    "stored_table",
]


def create_tables(db: Database) -> None:
    """Create every declared table that is missing, empty; a published view stands for its table.

    A table of an earlier version gets the columns that it lacks, without values; one that is
    stored in another way is made anew.
    """
    views = db.views()
    tables = db.tables()
    for declared in TABLES:
        if declared.name in VIEWS:
            make_stored(db, declared.name)
            continue
        if declared.name in tables:
            upgrade(db, declared)
        if declared.name not in {*tables, *views}:
            db.run(f"CREATE TABLE {quoted(declared.name)} ({_columns(declared)})")
        elif declared.name in tables:
            stored = db.columns(declared.name)
            for column in declared.columns:
                if column.name not in stored:
                    db.run(
                        f"ALTER TABLE {quoted(declared.name)}"
                        f" ADD COLUMN {quoted(column.name)} {column.type}"
                    )
    make_lead_as_of(db)
    make_decision_history(db)


def renew_tables(db: Database, place: str) -> None:
    """Give the empty tables of `place`, an attached copy of this store's schema, today's types.

    A table whose columns are not the declared ones stays as it is.
    """
    known = db.tables()
    for declared in (*TABLES, *_PLAIN.values()):
        names = {column.name for column in declared.columns}
        if declared.name in known and set(db.columns(declared.name)) == names:
            target = f"{place}.{quoted(declared.name)}"
            db.run(f"CREATE OR REPLACE TABLE {target} ({_columns(declared)})")
    db.run(f"USE {place}")
    for name in VIEWS:
        make_view(db, name)
    db.run("USE store")


def reset_table(db: Database, name: str) -> None:
    """Make the declared table `name` anew, empty; cheaper than deleting its rows.

    A table of the night is made in the work file where one is attached.
    """
    place = f"{WORK}." if name in _WORK_NAMES and db.has_work() else ""
    declared = STORED[name] if name in VIEWS else _BY_NAME[name]
    db.run(f"CREATE OR REPLACE TABLE {place}{quoted(declared.name)} ({_columns(declared)})")


def comment_tables(db: Database) -> None:
    """Write the comments of all tables and columns; tables per source get a general one.

    Most of a copied file has its comments: only what differs is written.
    """
    wanted: dict[_Commented, str] = {}
    for name in db.tables():
        table = _BY_NAME.get(name) or _PLAIN.get(name)
        if table is not None:
            known = db.columns(name)
            columns = {c.name: c.comment for c in table.columns if c.name in known}
            wanted |= _comments("TABLE", name, table.comment, columns)
        elif name.startswith("lead_custom_"):
            columns = dict.fromkeys(db.columns(name), "as in the file, typed by its content")
            columns["lead_key"] = "lead"
            source = name.removeprefix("lead_custom_")
            about = f"Columns of {source} that no canonical field claims"
            wanted |= _comments("TABLE", name, about, columns)
    views = db.views()
    declared = (*VIEWS.values(), *NIGHT_VIEWS, *WORK_TABLES, PUBLISHED_DECISION, DECISION_HISTORY)
    for view in declared:
        if view.name in views:
            columns = {c.name: c.comment for c in view.columns}
            wanted |= _comments("VIEW", view.name, view.comment, columns)
    written = _written_comments(db)
    statements = [
        f"COMMENT ON {kind if column is None else 'COLUMN'} {quoted(name)}"
        f"{'' if column is None else '.' + quoted(column)} IS {_literal(text)}"
        for (kind, name, column), text in wanted.items()
        if written.get((name, column)) != text
    ]
    # One transaction: hundreds of commits would cost a second.
    db.run(";".join(["BEGIN", *statements, "COMMIT"]))


def _columns(declared: Table) -> str:
    return ", ".join(f"{quoted(c.name)} {c.type}" for c in declared.columns)


def _comments(kind: str, name: str, comment: str, columns: dict[str, str]) -> dict[_Commented, str]:
    return {
        (kind, name, None): comment,
        **{(kind, name, column): text for column, text in columns.items()},
    }


def _written_comments(db: Database) -> dict[tuple[str, str | None], str | None]:
    found = db.frame(
        "SELECT table_name, NULL::VARCHAR AS column_name, comment FROM duckdb_tables()"
        " WHERE database_name = current_catalog()"
        " UNION ALL SELECT view_name, NULL, comment FROM duckdb_views()"
        " WHERE database_name = current_catalog()"
        " UNION ALL SELECT table_name, column_name, comment FROM duckdb_columns()"
        " WHERE database_name = current_catalog()"
    )
    return {(table, column): comment for table, column, comment in found.rows()}


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
