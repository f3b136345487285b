"""Attempts out of the ledger as a batch like any other: merged once, counted, again if undone."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.load.batches.batch import RECORD_FILE, Landed
from pipelines.load.batches.folder import publish_folder
from pipelines.load.batches.tables import SCHEMAS
from pipelines.store.scratch import scratch_folder

FROM_LEDGER: Final = "ledger"
"""Who named the source of such a batch: what it says is in force before it is merged."""

_TABLE: Final = "contact_attempt"


def land_reported(
    rows: pl.DataFrame, source_system: str, batches_dir: Path, at: datetime
) -> Landed:
    """Land attempts of the leads of one source; the same rows give the same batch.

    Parameters
    ----------
    rows : DataFrame
        attempt_id, claim_id, lead_source_id, channel, handler, at, disposition, callback_at, note:
        one row per attempt_id, at least one.
    source_system : str
        Of the leads.
    at : datetime
        UTC.
    """
    content = rows.sort("attempt_id")
    digest = hashlib.sha256(f"{FROM_LEDGER}|{source_system}\n{content.write_ndjson()}".encode())
    identifier = digest.hexdigest()[:16]
    target = batches_dir / identifier
    if (target / RECORD_FILE).exists():
        return Landed.read(target)
    schema = SCHEMAS[_TABLE]
    known = {
        "row_number": pl.int_range(1, pl.len() + 1),
        "source_system": pl.lit(source_system),
        "ingested_at": pl.lit(at, dtype=pl.Datetime("us")),
        "batch_id": pl.lit(identifier),
    }
    table = content.with_columns(**known)
    absent = [pl.lit(None, dtype=t).alias(n) for n, t in schema.items() if n not in table.columns]
    landed = Landed(
        batch_id=identifier,
        file_name="reported attempts",
        sha256=digest.hexdigest(),
        kind="attempts",
        source_system=source_system,
        source_system_from=FROM_LEDGER,
        at=at.isoformat(),
        records=content.height,
        landed=content.height,
        duplicates=0,
        quarantined=0,
        fields=tuple(sorted(rows.columns)),
        rows={_TABLE: content.height},
        file_id=identifier,
        folder=target,
    )
    batches_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with scratch_folder(batches_dir, ".landing-") as work:
        (out := work / "batch").mkdir(mode=0o700)
        table.with_columns(absent).select(
            pl.col(n).cast(t) for n, t in schema.items()
        ).write_parquet(out / f"{_TABLE}.parquet")
        landed.save(out)
        publish_folder(out, target)
    return landed
