"""Records that were repaired to be read: marked as such, and never believed where they permit."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.errors import RefusedError
from pipelines.load.batches.batch import RECORD_FILE, Landed
from pipelines.load.batches.moved import (
    FLAGS_UNCERTAIN,
    is_moved,
    is_uncertain,
    with_every_no,
)
from pipelines.load.meaning.plan import Plan
from pipelines.load.read.records import REPAIRED_SCHEMA
from pipelines.load.read.salvage.repair import Repair
from pipelines.load.rows.context import Context, Rows

_BINDING = ("opt_out", "objected_profiling")


class Repairs:
    """What a reader repaired in one file, and which of it became rows.

    Parameters
    ----------
    repaired : pl.DataFrame
        As the reader gives it, in the columns of `REPAIRED_SCHEMA`: one row per repair.
    plan : Plan
        What the columns mean.
    """

    def __init__(self, repaired: pl.DataFrame, plan: Plan) -> None:
        self._plan = plan
        code = pl.col("repair")
        self._moved = repaired.filter(is_moved(code))["row_number"].unique()
        is_by_blanks = code == Repair.DELIMITER_REPLACED
        self._by_blanks = repaired.filter(is_by_blanks)["row_number"].unique()
        lost = repaired.filter(is_uncertain(code, plan)).with_columns(
            pl.lit(FLAGS_UNCERTAIN).alias("repair")
        )
        repaired = pl.concat([repaired, lost])
        self._repaired = (
            repaired.group_by("row_number", maintain_order=True)
            .agg(pl.first("line", "byte_offset"), pl.col("repair").unique(maintain_order=True))
            .with_columns(pl.col("repair").list.join(", "))
            .select(pl.col(c).cast(t) for c, t in REPAIRED_SCHEMA.items())
        )
        self._numbers = self._repaired["row_number"].implode()
        self._landed: list[pl.Series] = []

    def heard(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return raw records in which a no that may have moved stands where it is read."""
        return with_every_no(frame, self._plan, self._moved, self._by_blanks)

    def weigh(self, rows: Rows, table: str) -> Rows:
        """Note which repaired records became rows, and take from these what would permit.

        A no stays a no. A yes of a repaired consent record becomes ``unknown`` for good, without
        a lawful basis: only an unbroken record can give it.
        """
        if self._repaired.is_empty():
            return rows
        frame = rows.tables[table]
        is_repaired = pl.col("row_number").cast(pl.Int64).is_in(self._numbers)
        numbers = frame.filter(is_repaired)["row_number"].cast(pl.Int64).unique()
        self._landed.append(numbers)
        if table != "consent_event" or numbers.is_empty():
            return rows
        is_weak = is_repaired & ~pl.col("status").is_in(_BINDING)
        weaker = frame.with_columns(
            pl.when(is_weak).then(pl.lit("unknown")).otherwise("status").alias("status"),
            pl.when(is_weak).then(None).otherwise("lawful_basis").alias("lawful_basis"),
        )
        return Rows({**rows.tables, table: weaker}, rows.quarantine)

    def landed(self) -> pl.DataFrame:
        """Return the repaired records that became rows, one row each."""
        numbers = pl.concat(self._landed) if self._landed else pl.Series(dtype=pl.Int64)
        return self._repaired.filter(pl.col("row_number").is_in(numbers.implode()))


def corrected_records(batches_dir: Path, context: Context) -> pl.Series:
    """Return the numbers of a file's records that people brought back corrected, Int64.

    What somebody has corrected is not replaced by a guess.
    """
    numbers = [pl.Series("row_number", [], dtype=pl.Int64)]
    for batch in _batches(batches_dir):
        is_of_file = (batch.file_id, batch.kind, batch.source_system) == (
            context.file_id,
            context.plan.kind.name,
            context.source_system,
        )
        path = batch.path(context.plan.kind.table)
        if batch.corrects is not None and is_of_file and path.exists():
            rows = pl.read_parquet(path, columns=["row_number"])
            numbers.append(rows["row_number"].cast(pl.Int64))
    return pl.concat(numbers).unique()


def check_numbers(
    batches_dir: Path, sha256: str, plan: Plan, source_system: str, records: int
) -> None:
    """Refuse to name leads by numbers that mean other records than in an earlier load of the file.

    Raises
    ------
    RefusedError
        The leads have no id, and the file was landed before with another number of records.
    """
    if plan.kind.name != "leads" or plan.has("source_id"):
        return
    for batch in _batches(batches_dir):
        is_of_file = (batch.sha256, batch.kind, batch.source_system) == (
            sha256,
            plan.kind.name,
            source_system,
        )
        if is_of_file and batch.records != records:
            raise RefusedError(
                f"with repairs the file has {records} records, and {batch.records} without",
                expected="the same number: its leads have no id and are named by their number",
                fix="name an id column, or correct the records with `quarantine export`",
            )


def _batches(batches_dir: Path) -> Iterator[Landed]:
    for record in sorted(batches_dir.glob(f"*/{RECORD_FILE}")):
        yield Landed.read(record.parent)
