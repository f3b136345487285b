"""Records that another record of the same file replaces: found, and readable in SQL."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.load.batches.batch import Landed
from pipelines.load.meaning.kinds import Kind
from pipelines.load.meaning.plan import Plan
from pipelines.store import Database, quoted, sql


def superseded_statement(kind: Kind) -> str:
    """Return the query that finds the replaced records of one landed file: ``row_number``."""
    return (
        sql(__package__, "superseded.sql")
        .replace("__own_id__", quoted(kind.own_id))
        # Only leads tell when they were changed.
        .replace("__changed_at__", "modified_at" if kind.name == "leads" else "NULL::TIMESTAMP")
    )


def write_superseded(db: Database, plan: Plan, corrected: pl.Series, folder: Path) -> int:
    """Write which records of a batch another one replaces, and return how many.

    Parameters
    ----------
    corrected : pl.Series
        Numbers of the file's records that people brought back corrected: those replace them.
    folder : pathlib.Path
        Of the batch, with the file of its own table.
    """
    path = folder / f"{plan.kind.table}.parquet"
    found = pl.DataFrame(schema={"row_number": pl.Int64})
    # A file without own ids repeats none.
    if plan.kind.name != "leads" or plan.has("source_id"):
        found = db.frame(superseded_statement(plan.kind), path=str(path))
    if len(corrected):
        numbers = pl.read_parquet(path, columns=["row_number"]).cast(pl.Int64).unique()
        again = numbers.filter(pl.col("row_number").is_in(corrected.implode()))
        found = pl.concat([found, again]).unique().sort("row_number")
    if found.height:
        found.write_parquet(folder / "superseded.parquet")
    return found.height


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
