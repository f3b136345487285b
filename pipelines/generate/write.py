"""Files of one table: numbered parts of CSV, gzipped CSV or Parquet, written block by block."""

import gzip
from pathlib import Path
from typing import IO, Final, Literal

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from pipelines.generate.dice import Ints
from pipelines.generate.dirt import KINDS, broken_lines, csv_lines, damaged_values

Format = Literal["csv", "csv.gz", "parquet"]
# About 1.2 million leads per file.
BLOCKS_PER_PART: Final = 32
_GZIP_LEVEL: Final = 9
_TRUTH_ZSTD_LEVEL: Final = 12
# How each system writes a timestamp; days are ISO everywhere.
TIMESTAMP: Final = {
    "leads_salesforce": "%Y-%m-%dT%H:%M:%S.000+0000",
    "leads_hubspot": "%Y-%m-%d %H:%M",
}
_TIMESTAMP_ELSEWHERE: Final = "%Y-%m-%dT%H:%M:%SZ"


class Table:
    """One table of the world, as numbered part files of a folder.

    Every part holds ``BLOCKS_PER_PART`` blocks; a block is appended at once and forgotten.

    Parameters
    ----------
    folder : Path
        Created where missing; its name chooses the spelling of timestamps.
    form : {"csv", "csv.gz", "parquet"}
        gzip members carry no time and no name, so the same rows are the same bytes.
    single : str, optional
        Name of the one file to write instead of parts (Parquet only).

    Attributes
    ----------
    records : int
        Rows written so far, the broken ones included, headers not.
    broken : dict of str to int
        Records broken on purpose, by kind.
    """

    def __init__(self, folder: Path, form: Format, single: str | None = None) -> None:
        self.folder = folder
        self.form = form
        self.single = single
        self.records = 0
        self.broken: dict[str, int] = {}
        self._timestamp = TIMESTAMP.get(folder.name, _TIMESTAMP_ELSEWHERE)
        self._file: IO[bytes] | gzip.GzipFile | None = None
        self._raw: IO[bytes] | None = None
        self._parquet: pq.ParquetWriter | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def append(self, frame: pl.DataFrame, block: int, kind: Ints | None = None) -> None:
        """Write the rows of a block; ``kind`` (n,) breaks some of them (``dirt.Damage``)."""
        starts_part = block % BLOCKS_PER_PART == 0 if self.single is None else block == 0
        if starts_part:
            self.close()
        self.records += frame.height
        if kind is not None:
            for code, name in enumerate(KINDS):
                self.broken[name] = self.broken.get(name, 0) + int((kind == code).sum())
        if self.form == "parquet":
            self._append_parquet(frame if kind is None else damaged_values(frame, kind), block)
        else:
            self._append_csv(frame, block, kind)

    def close(self) -> None:
        """Finish the current part; does nothing when there is none."""
        for handle in (self._parquet, self._file, self._raw):
            if handle is not None:
                handle.close()
        self._parquet = self._file = self._raw = None

    def _path(self, block: int) -> Path:
        name = self.single or f"part-{block // BLOCKS_PER_PART:05d}.{self.form}"
        return self.folder / name

    def _append_parquet(self, frame: pl.DataFrame, block: int) -> None:
        table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._parquet is None:
            level = _TRUTH_ZSTD_LEVEL if self.single else None
            self._parquet = pq.ParquetWriter(
                self._path(block), table.schema, compression="zstd", compression_level=level
            )
        self._parquet.write_table(table, row_group_size=max(table.num_rows, 1))

    def _append_csv(self, frame: pl.DataFrame, block: int, kind: Ints | None) -> None:
        if self._file is None:
            self._raw = self._path(block).open("wb")
            self._file = self._raw
            if self.form == "csv.gz":
                self._file = gzip.GzipFile("", "wb", _GZIP_LEVEL, self._raw, mtime=0)
            self._file.write(frame.clear().write_csv().encode())
        if kind is None or not (kind >= 0).any():
            self._file.write(
                frame.write_csv(include_header=False, datetime_format=self._timestamp).encode()
            )
            return
        lines = csv_lines(frame, self._timestamp)
        for code, name in enumerate(KINDS):
            where = np.flatnonzero(kind == code)
            if where.size:
                broken = broken_lines(frame[where], name, self._timestamp)
                for position, line in zip(where.tolist(), broken, strict=True):
                    lines[position] = line
        lines.append(b"")
        self._file.write(b"\n".join(lines))
