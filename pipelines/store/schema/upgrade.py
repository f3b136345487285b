"""The table `lead` as it is stored: from plain columns, or from an earlier version's table."""

from collections.abc import Mapping

from pipelines.store.duck import Database
from pipelines.store.schema.leads import LEAD, PACKED_LEAD
from pipelines.store.sqltext import quoted


def pack_lead(columns: Mapping[str, str]) -> dict[str, str]:
    """Return what is stored in the columns of `lead` that stand for a generated one.

    Parameters
    ----------
    columns : mapping of str to str
        Name -> SQL expression of the plain columns, as the row will say them.

    Returns
    -------
    dict of str to str
        Name -> SQL expression of the columns to store beside them.
    """
    return {name: template.format_map(columns) for name, template in PACKED_LEAD.items()}


def upgrade_lead(db: Database) -> None:
    """Make `lead` anew where an earlier version stored it; done once in the life of a home."""
    stored = db.written_columns(LEAD.name)
    if not any(column.is_generated and column.name in stored for column in LEAD.columns):
        return
    values = {name: quoted(name) for name in stored}
    values |= pack_lead(values)
    # Cut to the second where the type ends there: a cast would round, into the future.
    values |= {
        column.name: f"date_trunc('second', {values[column.name]})"
        for column in LEAD.columns
        if column.type == "TIMESTAMP_S" and column.name in values
    }
    kept = [c.name for c in LEAD.columns if c.name in values and not c.is_generated]
    columns = ", ".join(f"{quoted(c.name)} {c.type}" for c in LEAD.columns)
    db.run(f"CREATE TABLE lead_anew ({columns})")
    db.run(
        f"INSERT INTO lead_anew ({', '.join(map(quoted, kept))})"
        f" SELECT {', '.join(values[name] for name in kept)} FROM lead"
    )
    db.run("DROP TABLE lead")
    db.run("ALTER TABLE lead_anew RENAME TO lead")
