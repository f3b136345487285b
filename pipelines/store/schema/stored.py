"""Where rows lie: some names that are read are views of a plain table of another name.

Whoever reads says the name of the view, which has every column. Whoever inserts, updates or deletes
says :func:`stored_table`, and finds a row by its number (:func:`stored_rows`) where the columns
that are stored do not say which one is meant.
"""

from typing import Final

from pipelines.store.duck import Database
from pipelines.store.schema.leads import LEAD_TABLES
from pipelines.store.schema.packed import PUBLISHED_DECISION, STORED_DECISION
from pipelines.store.schema.packing import pack, plain_table, read_columns
from pipelines.store.schema.spec import Table
from pipelines.store.sqltext import quoted

# What loads write: name that is read -> what it says, and the plain table that holds its rows.
VIEWS: Final = {read.name: read for read in LEAD_TABLES if plain_table(read) is not None}
_PLAIN: Final = {read.name: plain for read in LEAD_TABLES if (plain := plain_table(read))}
# Besides, what a night publishes.
STORED: Final = {**_PLAIN, PUBLISHED_DECISION.name: STORED_DECISION}


def stored_table(name: str) -> str:
    """Return the table that holds the rows of `name`: the one to insert into, update or delete.

    Where the name is a table of its own, and for every other name, it is returned as it is.
    """
    return STORED[name].name if name in STORED else name


def read_name(table: str) -> str:
    """Return the name by which the rows of `table` are read, if loads write them; else `table`."""
    return next((name for name, plain in _PLAIN.items() if plain.name == table), table)


def stored_rows(db: Database, name: str) -> str:
    """Return what stands behind FROM to read `name` with the row numbers of its stored table.

    The columns are those of `name`, and ``rowid``: by it UPDATE and DELETE of `stored_table` find a
    row. In a file of an earlier version `name` is a table, which has row numbers of its own.
    """
    if name not in VIEWS or not db.exists(stored_table(name)):
        return quoted(name)
    return f"(SELECT rowid, {_read(name)} FROM {quoted(stored_table(name))}) AS {quoted(name)}"


def make_stored(db: Database, name: str) -> None:
    """Make the plain table and the view `name`, or bring both up to this version.

    A table of that name is of an earlier version: its rows move, once in a home's life.
    """
    plain = _PLAIN[name]
    tables = db.tables()
    if plain.name not in tables:
        columns = ", ".join(f"{quoted(c.name)} {c.type}" for c in plain.columns)
        db.run(f"CREATE TABLE {quoted(plain.name)} ({columns})")
    if name in tables:
        # In one transaction: rows are in one of the two whatever happens.
        db.run(f"BEGIN; {_move(db, name, plain)}; DROP TABLE {quoted(name)}; COMMIT")
    known = db.columns(plain.name)
    for column in plain.columns:
        if column.name not in known:
            added = f"{quoted(column.name)} {column.type}"
            db.run(f"ALTER TABLE {quoted(plain.name)} ADD COLUMN {added}")
    make_view(db, name)


def make_view(db: Database, name: str) -> None:
    """Make the view `name` of its plain table; it keeps the types that it is made with."""
    plain = quoted(stored_table(name))
    db.run(f"CREATE OR REPLACE VIEW {quoted(name)} AS SELECT {_read(name)} FROM {plain}")


def _read(name: str) -> str:
    how = read_columns(VIEWS[name])
    return ", ".join(f"{value} AS {quoted(column)}" for column, value in how.items())


def _move(db: Database, name: str, plain: Table) -> str:
    values = {column: quoted(column) for column in db.columns(name)}
    made = pack(name, values)
    if not made.keys() <= values.keys():
        # What it says, whether that version stored it or read it from other columns.
        values |= made
    # Cut to the second where the type ends there: a cast would round, into the future.
    values |= {
        column.name: f"date_trunc('second', {values[column.name]})"
        for column in plain.columns
        if column.type == "TIMESTAMP_S" and column.name in values
    }
    kept = [column.name for column in plain.columns if column.name in values]
    return (
        f"INSERT INTO {quoted(plain.name)} ({', '.join(map(quoted, kept))})"
        f" SELECT {', '.join(values[column] for column in kept)} FROM {quoted(name)}"
    )
