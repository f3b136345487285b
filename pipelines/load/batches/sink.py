"""Parquet files of a batch, written as the records stream by."""

from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

# A dictionary of values that hardly repeat is built for nothing, and a third larger.
_SAMPLE_ROWS, _TIMES_REPEATED = 10_000, 4
# Batches are written once and read once or twice: what packs text best takes longer to do so than
# it saves, and times and numbers hardly pack.
_OF_DICTIONARY, _OF_TEXT, _OF_NUMBERS = "zstd", "snappy", "none"
_LEVEL = 1
# Numbers that grow by one take next to nothing as steps.
_STEPS = "row_number"


class Sink:
    """One Parquet file per table in a folder; a table without rows gets no file.

    Every frame becomes one row group, so the caller's batch size bounds the memory of any reader.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._constants: dict[str, list[str]] = {}
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
        if table not in self._writers:
            self._begin(table, frame)
        arrow = _with_constants(_arrow(frame), frame, self._constants[table])
        writer = self._writers[table]
        writer.write_table(arrow.cast(writer.schema), row_group_size=frame.height)
        self.rows[table] += frame.height

    def close(self) -> None:
        """Finish every file; a second call does nothing."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def _begin(self, table: str, frame: pl.DataFrame) -> None:
        """Open the file of a table whose first frame this is; the first rows show what repeats."""
        head = frame.head(_SAMPLE_ROWS)
        distinct = dict(zip(head.columns, head.select(pl.all().n_unique()).row(0), strict=True))
        repeating = [n for n, count in distinct.items() if count * _TIMES_REPEATED <= head.height]
        constants = [
            n for n in repeating if distinct[n] == 1 and head[n].dtype == pl.String and head[n][0]
        ]
        steps = {_STEPS} & frame.schema.keys() - set(repeating)
        codecs = dict.fromkeys(repeating, _OF_DICTIONARY)
        for name, dtype in frame.schema.items():
            codecs.setdefault(name, _OF_TEXT if dtype == pl.String else _OF_NUMBERS)
        self._writers[table] = pq.ParquetWriter(
            self._folder / f"{table}.parquet",
            _with_constants(_arrow(head), head, constants).schema,
            compression=codecs,
            compression_level={n: _LEVEL for n, codec in codecs.items() if codec == _OF_DICTIONARY},
            use_dictionary=repeating,
            column_encoding=dict.fromkeys(steps, "DELTA_BINARY_PACKED") or None,
            # Batches are read whole: nobody looks a range up.
            write_statistics=False,
            # Who reads takes the types of Parquet, not how text lay in our memory.
            store_schema=False,
        )
        self._constants[table] = constants
        self.rows[table] = 0


def _arrow(frame: pl.DataFrame) -> pa.Table:
    # Text as it lies in memory, without a copy.
    return frame.to_arrow(compat_level=pl.CompatLevel.newest())


def _with_constants(arrow: pa.Table, frame: pl.DataFrame, names: list[str]) -> pa.Table:
    """Give columns as words and where they stand; where it is one word, nothing is looked up."""
    for name in names:
        cells = frame[name]
        if not cells.null_count() and (cells == cells[0]).all():
            words = pa.array([cells[0]], pa.string())
            coded = pa.DictionaryArray.from_arrays(np.zeros(frame.height, dtype=np.int32), words)
        else:
            coded = arrow[name].cast(pa.string()).combine_chunks().dictionary_encode()
        arrow = arrow.set_column(frame.columns.index(name), name, coded)
    return arrow
