"""Columns of a Parquet file, read as text at a quarter of what DuckDB takes for them."""

import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import polars as pl

from pipelines.errors import StoreError
from pipelines.load.read.parquet_footer import Footer

# A file is held as it is on disk: one that is cut off meanwhile must not end the process.
_MOST_PACKED: Final = 512 << 20
# Of the row groups that are unpacked at a time, should all records be as long as the longest.
_MOST_UNPACKED: Final = 512 << 20
_WIDTHS: Final = {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}
# What both write the same: type in DuckDB to that in Polars.
_SAME_TEXT: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "VARCHAR": pl.String,
    "BOOLEAN": pl.Boolean,
    **{kind: getattr(pl, f"Int{bits}") for bits, kind in _WIDTHS.items()},
    **{f"U{kind}": getattr(pl, f"UInt{bits}") for bits, kind in _WIDTHS.items()},
}
_TIMES: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "TIMESTAMP": pl.Datetime("us"),
    "DATE": pl.Date,
}
Stored = Literal["number", "time"]
"""What a column is in the file, where it can be had as such: whole numbers, times and days."""


@dataclass(frozen=True)
class TextColumns:
    """Columns of the file by the names that `Records.query` gives them.

    Parameters
    ----------
    path : pathlib.Path
    names : mapping of str to str
        ``c0`` and so on to the column of the file: text, and what both readers write the same.
    times : mapping of str to str
        Of days and of times without a zone, which can be had as such, as whole numbers can.
    numbers : frozenset of str
        Those of `names` that are whole numbers.
    chunks : tuple of (int, int)
        First row and number of rows of what is unpacked at a time: whole row groups.
    """

    path: Path
    names: Mapping[str, str]
    times: Mapping[str, str]
    numbers: frozenset[str]
    chunks: tuple[tuple[int, int], ...]

    def stored_as(self, column: str) -> Stored | None:
        """Return what a column can be had as besides text."""
        if column in self.times:
            return "time"
        return "number" if column in self.numbers else None

    def frames(
        self, columns: Collection[str], as_stored: Collection[str] = ()
    ) -> Iterator[pl.DataFrame]:
        """Stream some of the columns, a chunk at a time, in the order of the file.

        Parameters
        ----------
        columns : collection of str
            Of `names`, given as text.
        as_stored : collection of str
            Of `times` and `numbers`, given as they are in the file.

        Raises
        ------
        StoreError
            A page cannot be read.
        """
        try:
            scan = _scan(io.BytesIO(self.path.read_bytes()))
            texts = scan.select(
                *(pl.col(self.names[c]).cast(pl.String).alias(c) for c in columns),
                *(pl.col(self.times.get(c) or self.names[c]).alias(c) for c in as_stored),
            )
            for first, count in self.chunks:
                yield texts.slice(first, count).collect()
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            raise StoreError(
                f"the text of {self.path.name} cannot be read",
                expected="pages that can be unpacked",
                fix="copy the file again, or write it anew",
            ) from error


def text_columns(
    path: Path, footer: Footer, types: Mapping[str, str], longest: int, rows: int
) -> TextColumns | None:
    """Return the columns read without DuckDB; None: the file is better read by it alone.

    Parameters
    ----------
    types : mapping of str to str
        Column to DuckDB type, in the order of the file.
    longest : int
        Bytes of text in the longest record.
    rows : int
        Records to hold at a time.
    """
    chunks = _chunks(footer.group_rows, rows)
    unpacked = max(count for _, count in chunks) * longest
    if not footer.is_common or unpacked > _MOST_UNPACKED or path.stat().st_size > _MOST_PACKED:
        return None
    try:
        found = _scan(path).collect_schema()
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError):
        return None
    if len(found) != len(types):
        return None
    # By place: DuckDB gives names that differ only by case another one.
    columns = list(zip(found.items(), types.values(), strict=True))
    names, times = (
        {
            f"c{i}": name
            for i, ((name, dtype), kind) in enumerate(columns)
            if kind in same and dtype == same[kind]
        }
        for same in (_SAME_TEXT, _TIMES)
    )
    numbers = frozenset(c for c, name in names.items() if found[name].is_integer())
    return TextColumns(path, names, times, numbers, chunks) if names else None


def _scan(source: Path | io.BytesIO) -> pl.LazyFrame:
    return pl.scan_parquet(source, glob=False, hive_partitioning=False, use_statistics=False)


def _chunks(groups: tuple[int, ...], rows: int) -> tuple[tuple[int, int], ...]:
    """Join row groups as long as they are `rows` together at most."""
    found: list[tuple[int, int]] = []
    for count in groups:
        first, held = found[-1] if found else (0, 0)
        if found and held + count <= rows:
            found[-1] = first, held + count
        else:
            found.append((first + held, count))
    return tuple(found)
