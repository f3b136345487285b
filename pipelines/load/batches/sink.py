"""Parquet files of a batch, written as the records stream by."""

from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

_COMPRESSION, _LEVEL = "zstd", 1
# A dictionary of values that hardly repeat is built for nothing, and a third larger.
_SAMPLE_ROWS, _TIMES_REPEATED = 10_000, 4


class Sink:
    """One Parquet file per table in a folder; a table without rows gets no file.

    Every frame becomes one row group, so the caller's batch size bounds the memory of any reader.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._schemas: dict[str, pa.Schema] = {}
        self.rows: dict[str, int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Append a frame to the file of `table`; all frames of a table have the same columns."""
        if frame.is_empty():
            return
        # Text as it lies in memory, without a copy.
        arrow = frame.to_arrow(compat_level=pl.CompatLevel.newest())
        writer = self._writers.get(table)
        if writer is None:
            path = self._folder / f"{table}.parquet"
            writer = pq.ParquetWriter(
                path,
                arrow.schema,
                compression=_COMPRESSION,
                compression_level=_LEVEL,
                use_dictionary=_repeating(frame),
                # Batches are read whole: nobody looks a range up.
                write_statistics=False,
                # Who reads takes the types of Parquet, not how text lay in our memory.
                store_schema=False,
            )
            self._writers[table] = writer
            self._schemas[table] = arrow.schema
            self.rows[table] = 0
        writer.write_table(arrow.cast(self._schemas[table]), row_group_size=frame.height)
        self.rows[table] += frame.height

    def close(self) -> None:
        """Finish every file; a second call does nothing."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()


def _repeating(frame: pl.DataFrame) -> list[str]:
    """Return the columns whose values repeat, as the first rows show."""
    head = frame.head(_SAMPLE_ROWS)
    distinct = head.select(pl.all().n_unique()).row(0)
    return [
        name
        for name, count in zip(head.columns, distinct, strict=True)
        if count * _TIMES_REPEATED <= head.height
    ]
