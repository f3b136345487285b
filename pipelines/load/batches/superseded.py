"""Records that another record of the same file replaces: found, and readable in SQL."""

from collections.abc import Sequence

from pipelines.load.batches.batch import Landed
from pipelines.load.meaning.kinds import Kind
from pipelines.store import Database, quoted, sql


def superseded_statement(kind: Kind) -> str:
    """Return the query that finds the replaced records of one landed file: ``row_number``."""
    return (
        sql(__package__, "superseded.sql")
        .replace("__own_id__", quoted(kind.own_id))
        # Only leads tell when they were changed.
        .replace("__changed_at__", "modified_at" if kind.name == "leads" else "NULL::TIMESTAMP")
    )


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
