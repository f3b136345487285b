"""The records of batches that a later record of the same file replaces, readable in SQL."""

from collections.abc import Sequence

from pipelines.load.batch import Landed
from pipelines.store import Database


def list_superseded(db: Database, batches: Sequence[Landed]) -> None:
    """Make the temporary table ``superseded(batch_id, row_number)``."""
    db.run("CREATE OR REPLACE TEMP TABLE superseded (batch_id VARCHAR, row_number BIGINT)")
    for batch in batches:
        path = batch.path("superseded")
        if path.exists():
            db.run(
                "INSERT INTO superseded SELECT $batch_id, row_number FROM read_parquet($path)",
                batch_id=batch.batch_id,
                path=str(path),
            )
