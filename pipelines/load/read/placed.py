"""The line and byte of records that were set aside only after they were read."""

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipelines.load.read.places import Locate

_ROWS = 25_000


def add_places(path: Path, locate: Locate) -> None:
    """Fill in where the records of a quarantine file begin, in those that do not say so yet."""
    with pq.ParquetFile(path) as stored:
        known = pl.DataFrame(stored.read(["record", "line"]))
    wanted = known.filter(pl.col("line").is_null())["record"].unique().sort()
    if wanted.is_empty():
        return
    lines, starts = locate(wanted.to_numpy())
    places = pl.DataFrame({"record": wanted, "\0line": lines, "\0start": starts})
    target = path.with_suffix(".placed")
    with pq.ParquetFile(path) as stored:
        schema = stored.schema_arrow
        with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as sink:
            for part in stored.iter_batches(_ROWS):
                rows = pl.DataFrame(part).join(
                    places, on="record", how="left", maintain_order="left"
                )
                filled = rows.with_columns(
                    pl.coalesce("line", "\0line").alias("line"),
                    pl.coalesce("byte_offset", "\0start").alias("byte_offset"),
                )
                sink.write_table(filled.select(schema.names).to_arrow().cast(schema))
    target.replace(path)
