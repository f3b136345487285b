"""Repaired records in front of a person: what was repaired, and the word that it is right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow.parquet as pq

from pipelines.errors import RefusedError, UsageError
from pipelines.load import Landed
from pipelines.load.batches.moved import FLAGS_UNCERTAIN
from pipelines.load.meaning.kinds import KINDS
from pipelines.runs.context import need_home
from pipelines.runs.landing import landed_batches
from pipelines.runs.quarantine import find_batch
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, reviews
from pipelines.store.snapshot import current_snapshot

_ROWS = 25_000
# A flag that may have moved counts as a no, whoever has looked at the record.
_IS_UNCERTAIN = pl.col("repair").str.contains(FLAGS_UNCERTAIN, literal=True)
_OURS = ("batch_id", "ingested_at", "source_system")


@dataclass(frozen=True)
class Repaired:
    """The repaired records of one batch.

    Attributes
    ----------
    rows : pl.DataFrame
        row_number, line, byte_offset (Int64), repair (String), is_reviewed (Boolean).
    """

    landed: Landed
    rows: pl.DataFrame

    @property
    def unreviewed(self) -> int:
        """Records that nobody has reviewed: their leads are on no list."""
        return int((~self.rows["is_reviewed"]).sum())


def repaired_batches(home: Home) -> list[Repaired]:
    """Return the batches with repaired records, the oldest first."""
    batches = sorted(landed_batches(need_home(home)), key=lambda one: (one.at, one.batch_id))
    return [_repaired(home, batch) for batch in batches if batch.salvaged]


def repaired_rows(home: Home, batch_id: str) -> tuple[Repaired, Iterator[pl.DataFrame]]:
    """Return the repaired records of a batch, and stream what they became, some thousand at a time.

    The rows hold the columns of `Repaired.rows` and those of their table: personal data.

    Raises
    ------
    UsageError
        Nothing was repaired in that batch.
    """
    batch = find_batch(home, batch_id)
    if not batch.salvaged:
        raise UsageError(
            f"nothing was repaired in batch {batch.batch_id}",
            expected="a batch that was loaded with --salvage",
            fix="see `lead-triage quarantine list`",
        )
    repaired = _repaired(home, batch)
    return repaired, _cells(repaired)


def run_accept(home: Home, batch_id: str, records: Sequence[int]) -> int:
    """Accept repaired records, in force at the next night; none given: all that can be accepted.

    Returns
    -------
    int
        Records that nobody had reviewed before.

    Raises
    ------
    UsageError
        A record of that number was not repaired in the batch.
    RefusedError
        What is to be accepted may have lost an opt-out.
    """
    repaired, _ = repaired_rows(home, batch_id)
    known = set(repaired.rows["row_number"].to_list())
    strange = sorted(set(records) - known)
    if strange:
        raise UsageError(
            f"record {strange[0]} of batch {repaired.landed.batch_id} was not repaired",
            expected="numbers that `quarantine review` shows",
        )
    chosen = repaired.rows
    if records:
        chosen = chosen.filter(pl.col("row_number").is_in(list(records)))
    waiting = chosen.filter(~pl.col("is_reviewed"))
    free = waiting.filter(~_IS_UNCERTAIN)
    if (records and free.height < waiting.height) or (waiting.height and not free.height):
        raise RefusedError(
            f"{waiting.height - free.height} of these records may have lost an opt-out",
            expected="repairs that cannot have moved a flag; `quarantine review` names them",
            fix="load an unbroken export with these leads: it frees them",
        )
    fresh = free.height
    with Ledger(home.ledger) as ledger:
        reviews.accept(ledger, repaired.landed.batch_id, records, now())
    return fresh


def _repaired(home: Home, batch: Landed) -> Repaired:
    rows = pl.read_parquet(batch.path("salvaged"))
    with Ledger(home.ledger) as ledger:
        given = reviews.accepted(ledger).filter(pl.col("batch_id") == batch.batch_id)["record"]
    accepted = pl.col("row_number").is_in(given.implode()) | pl.lit(
        value=reviews.WHOLE_BATCH in given
    )
    accepted &= ~_IS_UNCERTAIN
    confirmed = pl.col("row_number").is_in(_confirmed(home, batch).implode())
    return Repaired(batch, rows.with_columns((accepted | confirmed).alias("is_reviewed")))


def _confirmed(home: Home, batch: Landed) -> pl.Series:
    """Return the records that the published store calls reviewed."""
    snapshot = current_snapshot(home)
    if snapshot is not None:
        with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
            if db.exists("salvaged_row"):
                return db.frame(
                    "SELECT row_number FROM salvaged_row"
                    " WHERE batch_id = $batch_id AND reviewed_by IS NOT NULL",
                    batch_id=batch.batch_id,
                )["row_number"]
    return pl.Series("row_number", [], dtype=pl.Int64)


def _cells(repaired: Repaired) -> Iterator[pl.DataFrame]:
    """Stream the rows that the records became; of a lead with the columns that no field claims."""
    batch = repaired.landed
    custom = batch.path("custom")
    numbers = repaired.rows["row_number"].implode()
    extra = None
    if batch.kind == "leads" and custom.exists():
        wanted = pl.scan_parquet(custom).filter(pl.col("row_number").is_in(numbers))
        extra = wanted.collect(engine="streaming")
    with pq.ParquetFile(batch.path(KINDS[batch.kind].table)) as stored:
        for part in stored.iter_batches(_ROWS):
            frame = pl.DataFrame(part).with_columns(pl.col("row_number").cast(pl.Int64))
            rows = repaired.rows.join(frame, on="row_number", how="inner", maintain_order="left")
            rows = rows.drop(c for c in _OURS if c in rows.columns)
            if extra is not None:
                rows = rows.join(extra, on="row_number", how="left", suffix=" (as in the file)")
            if rows.height:
                yield rows
