"""The typed table of a source's custom columns: made, widened, never narrowed."""

from pipelines.load.batches.batch import Landed
from pipelines.load.understand.drift import same_columns
from pipelines.store import Database, quoted

_WIDTH = {"BIGINT": 0, "DOUBLE": 1, "VARCHAR": 2}
# Above it not every whole number is a double.
_EXACT = 2**53


def prepare_custom(db: Database, batch: Landed) -> str | None:
    """Make or extend ``lead_custom_<source_system>`` so that it can hold the batch.

    A column whose type grew (BIGINT to DOUBLE to VARCHAR) is widened; values keep their meaning.
    A header that differs from a stored one by case, blanks and punctuation only is that column.

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
    stored = _stored(db, table)
    same = same_columns(stored, batch.custom_types)
    for header, kind in batch.custom_types.items():
        column = same.get(header)
        if column is None:
            db.run(f"ALTER TABLE {name} ADD COLUMN {quoted(header)} {kind}")
        elif header not in batch.custom_empty:
            wider = _wider(db, name, column, stored[column], batch, header)
            if wider != stored[column]:
                value = _cast(quoted(column), stored[column], wider)
                how = f"{quoted(column)} SET DATA TYPE {wider} USING {value}"
                db.run(f"ALTER TABLE {name} ALTER COLUMN {how}")
    return table


def custom_columns(db: Database, batch: Landed, table: str, prefix: str = "") -> dict[str, str]:
    """Return stored column name -> expression over the batch, in the stored type.

    `prefix` qualifies the batch's columns, for example ``landed.``.
    """
    stored = _stored(db, table)
    return {
        column: _cast(prefix + quoted(header), batch.custom_types[header], stored[column])
        for header, column in same_columns(stored, batch.custom_types).items()
    }


def _stored(db: Database, table: str) -> dict[str, str]:
    return {column: kind for column, kind in db.columns(table).items() if column != "lead_key"}


def _wider(db: Database, table: str, column: str, was: str, batch: Landed, header: str) -> str:
    """Return the type that holds the stored values of a column and those of the batch."""
    kind, name = batch.custom_types[header], quoted(column)
    if kind == was:
        return was
    if was == "VARCHAR":
        # Text perhaps only because it never held a value: now its type is known.
        return was if db.scalar(f"SELECT count({name}) FROM {table}") else kind
    if {was, kind} == {"BIGINT", "DOUBLE"}:
        whole = "SELECT max(abs({}::HUGEINT)) FROM {}"
        largest = (
            db.scalar(whole.format(name, table))
            if was == "BIGINT"
            else db.scalar(
                whole.format(quoted(header), "read_parquet($path)"), path=str(batch.path("custom"))
            )
        )
        return "VARCHAR" if (largest or 0) > _EXACT else "DOUBLE"
    return max(was, kind, key=lambda one: _WIDTH.get(one, 2))


def _cast(value: str, was: str, kind: str) -> str:
    text = f"CAST({value} AS {kind})"
    if (was, kind) == ("DOUBLE", "VARCHAR"):
        # As it stood in the file: a column with 20 and 2.5 was a DOUBLE.
        return f"regexp_replace({text}, '\\.0$', '')"
    return text
