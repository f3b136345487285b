"""The records of a batch that a later record of the same file replaces, readable in SQL."""

from pipelines.load.batch import Landed
from pipelines.store import Database


def superseded_view(db: Database, batch: Landed) -> None:
    """Make ``superseded(row_number)`` readable; empty when no record was replaced."""
    path = batch.path("superseded")
    if path.exists():
        literal = str(path).replace("'", "''")
        db.run(f"CREATE OR REPLACE TEMP VIEW superseded AS SELECT * FROM read_parquet('{literal}')")
    else:
        db.run("CREATE OR REPLACE TEMP VIEW superseded AS SELECT 1::BIGINT AS row_number LIMIT 0")
