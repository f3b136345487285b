"""Records that another record of the same file replaces: found, and readable in SQL."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl

from pipelines.load.batches.batch import Landed
from pipelines.load.meaning.kinds import Kind
from pipelines.load.meaning.plan import Plan
from pipelines.store import Database, quoted, sql

# Of the hashes of own ids; in a file of more the query alone tells.
_MOST_HASHES = 20_000_000


class OwnIds:
    """The own ids of a file as its rows stream by: whether any may stand there twice.

    Equal ids have equal hashes, so that without two equal hashes there is nothing to look for.

    Parameters
    ----------
    kind : Kind
    """

    def __init__(self, kind: Kind) -> None:
        self._table, self._own_id = kind.table, kind.own_id
        self._hashes: list[pl.Series] = []
        self._rows = 0

    def see(self, table: str, frame: pl.DataFrame) -> None:
        """Note the ids of one batch of rows; other tables than that of the kind are passed over."""
        if table != self._table:
            return
        self._rows += frame.height
        if self._rows <= _MOST_HASHES:
            self._hashes.append(frame[self._own_id].hash())
        else:
            self._hashes.clear()

    def may_repeat(self) -> bool:
        """Tell whether an id may stand in two rows; False is certain."""
        if self._rows > _MOST_HASHES:
            return True
        return bool(self._hashes) and pl.concat(self._hashes).n_unique() < self._rows


def superseded_statement(kind: Kind) -> str:
    """Return the query that finds the replaced records of one landed file: ``row_number``."""
    return (
        sql(__package__, "superseded.sql")
        .replace("__own_id__", quoted(kind.own_id))
        # Only leads tell when they were changed.
        .replace("__changed_at__", "modified_at" if kind.name == "leads" else "NULL::TIMESTAMP")
    )


def write_superseded(
    db: Database, plan: Plan, ids: OwnIds, corrected: pl.Series, folder: Path
) -> int:
    """Write which records of a batch another one replaces, and return how many.

    Parameters
    ----------
    ids : OwnIds
        Has seen every row of the file.
    corrected : pl.Series
        Numbers of the file's records that people brought back corrected: those replace them.
    folder : pathlib.Path
        Of the batch, with the file of its own table.
    """
    path = folder / f"{plan.kind.table}.parquet"
    found = pl.DataFrame(schema={"row_number": pl.Int64})
    # A file without own ids repeats none.
    if (plan.kind.name != "leads" or plan.has("source_id")) and ids.may_repeat():
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
