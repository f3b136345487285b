"""Tables as they are stored today, made of those of an earlier version."""

from pipelines.store.duck import Database
from pipelines.store.schema.packing import pack
from pipelines.store.schema.spec import Table
from pipelines.store.sqltext import quoted


def upgrade(db: Database, declared: Table) -> None:
    """Make a table anew where an earlier version stored what is read now; once in a home's life.

    Parameters
    ----------
    declared : Table
        As it is stored today; the store has a table of its name.
    """
    read = {column.name for column in declared.columns if column.is_generated}
    if not read or read.isdisjoint(db.written_columns(declared.name)):
        return
    # What it says, whether that version stored it or read it from other columns.
    values = {name: quoted(name) for name in db.columns(declared.name)}
    values |= pack(declared.name, values)
    # Cut to the second where the type ends there: a cast would round, into the future.
    values |= {
        column.name: f"date_trunc('second', {values[column.name]})"
        for column in declared.columns
        if column.type == "TIMESTAMP_S" and column.name in values
    }
    kept = [c.name for c in declared.columns if c.name in values and not c.is_generated]
    columns = ", ".join(f"{quoted(c.name)} {c.type}" for c in declared.columns)
    anew = quoted(f"{declared.name}_anew")
    db.run(f"CREATE TABLE {anew} ({columns})")
    db.run(
        f"INSERT INTO {anew} ({', '.join(map(quoted, kept))})"
        f" SELECT {', '.join(values[name] for name in kept)} FROM {quoted(declared.name)}"
    )
    db.run(f"DROP TABLE {quoted(declared.name)}")
    db.run(f"ALTER TABLE {anew} RENAME TO {quoted(declared.name)}")
