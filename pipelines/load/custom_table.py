"""The typed table of a source's custom columns: made, widened, never narrowed."""

from pipelines.load.batch import Landed
from pipelines.store import Database, quoted

_WIDTH = {"BIGINT": 0, "DOUBLE": 1, "VARCHAR": 2}


def prepare_custom(db: Database, batch: Landed) -> str | None:
    """Make or extend ``lead_custom_<source_system>`` so that it can hold the batch.

    A column whose type grew (BIGINT to DOUBLE to VARCHAR) is widened; values keep their meaning.

    Returns
    -------
    str or None
        The table; None when the batch has no custom columns.
    """
    if not batch.custom_types or not batch.path("custom").exists():
        return None
    table = f"lead_custom_{batch.source_system}"
    name = quoted(table)
    db.run(f"CREATE TABLE IF NOT EXISTS {name} (lead_key BIGINT)")
    stored = {column.casefold(): kind for column, kind in db.columns(table).items()}
    for column, kind in batch.custom_types.items():
        known = stored.get(column.casefold())
        if known is None:
            db.run(f"ALTER TABLE {name} ADD COLUMN {quoted(column)} {kind}")
        elif column not in batch.custom_empty and _WIDTH[kind] > _WIDTH.get(known, 2):
            db.run(f"ALTER TABLE {name} ALTER COLUMN {quoted(column)} SET DATA TYPE {kind}")
    return table


def custom_columns(db: Database, batch: Landed, table: str, prefix: str = "") -> dict[str, str]:
    """Return stored column name -> expression over the batch, in the stored type.

    `prefix` qualifies the batch's columns, for example ``landed.``.
    """
    stored = {column.casefold(): (column, kind) for column, kind in db.columns(table).items()}
    columns = {}
    for header in batch.custom_types:
        column, kind = stored[header.casefold()]
        columns[column] = f"CAST({prefix}{quoted(header)} AS {kind})"
    return columns
