"""Which repaired records a person has accepted: in force at the next night."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from pipelines.store.ledger.connection import Ledger

# Stands for every record of a batch.
WHOLE_BATCH = 0


def accept(ledger: Ledger, batch_id: str, records: Sequence[int], at: datetime) -> int:
    """Record that the repaired `records` of a batch are right; none given: all of them.

    Returns
    -------
    int
        How many entries are new; a second call adds nothing.
    """
    rows = [(batch_id, record, at.isoformat()) for record in records or (WHOLE_BATCH,)]
    before = count(ledger)
    with ledger.transaction():
        ledger.executemany("INSERT OR IGNORE INTO salvage_review VALUES (?, ?, ?)", rows)
    return count(ledger) - before


def count(ledger: Ledger) -> int:
    """Return the number of entries; they are only ever added."""
    return int(ledger.rows("SELECT count(*) FROM salvage_review")[0][0])


def accepted(ledger: Ledger) -> pl.DataFrame:
    """Return what is accepted: batch_id (String), record (Int64; `WHOLE_BATCH` for all)."""
    rows = ledger.rows("SELECT batch_id, record FROM salvage_review ORDER BY batch_id, record")
    return pl.DataFrame(rows, schema={"batch_id": pl.String, "record": pl.Int64}, orient="row")
