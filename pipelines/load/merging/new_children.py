"""Child rows of which the store holds none: written as they are read, with nothing to compare."""

from collections.abc import Sequence
from datetime import datetime

from pipelines.load.batches.batch import Landed
from pipelines.load.merging.children import OWN_IDS, Counts, check_written, write_children
from pipelines.load.merging.later_columns import are_complete
from pipelines.store import Database, quoted, sql

_PACKAGE = __package__
# Of other tables rows come with leads as well, or a record is several rows.
_TABLES = ("activity", "contact_attempt")


def are_all_new(db: Database, batches: Sequence[Landed], table: str) -> bool:
    """Tell whether every row is new whatever the order: none is stored, and no id comes twice.

    Parameters
    ----------
    db : Database
        Its ``superseded`` lists these batches.
    batches : sequence of Landed
        Of one kind and source.
    """
    paths = _paths(batches, table)
    if table not in _TABLES or not paths or not are_complete(db, table, paths):
        return False
    source = batches[0].source_system
    if db.scalar(f"SELECT 1 FROM {quoted(table)} WHERE source_system = $s LIMIT 1", s=source):
        return False
    # Ids whose hashes are equal by chance are taken for one: then rows are compared after all.
    is_distinct = db.scalar(
        f"SELECT count(*) = count(DISTINCT hash({quoted(OWN_IDS[table])}))"
        " FROM read_parquet($paths) ANTI JOIN superseded USING (batch_id, row_number)",
        paths=paths,
    )
    return bool(is_distinct)


def add_children(db: Database, batches: Sequence[Landed], table: str, at: datetime) -> list[Counts]:
    """Insert the rows of batches of which `are_all_new` is true, and count them.

    Raises
    ------
    StoreError
        Not every row was written; the staging store is then worthless.
    """
    # The number of a file stands for its batch, and is faster to sort by than a text.
    paths = _paths(sorted(batches, key=lambda batch: batch.batch_id), table)
    if not paths:
        return [(0, 0, 0) for _ in batches]
    found = db.frame(
        "SELECT batch_id, count(*) AS loaded FROM read_parquet($paths)"
        " ANTI JOIN superseded USING (batch_id, row_number) GROUP BY batch_id",
        paths=paths,
    )
    rows = sql(_PACKAGE, "new_child.sql")
    source = batches[0].source_system
    inserted = write_children(
        db, table, f"({rows})", at, order="file_index", paths=paths, source_system=source
    )
    loaded = dict(found.rows())
    check_written(table, inserted, sum(loaded.values()))
    return [(loaded.get(batch.batch_id, 0), 0, 0) for batch in batches]


def _paths(batches: Sequence[Landed], table: str) -> list[str]:
    return [str(batch.path(table)) for batch in batches if batch.path(table).exists()]
