"""The text columns of a Parquet file, read at a quarter of what DuckDB takes for them."""

import io
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.errors import StoreError
from pipelines.load.read.parquet_footer import Footer

# A file is held as it is on disk: one that is cut off meanwhile must not end the process.
_MOST_PACKED: Final = 512 << 20
# Of the row groups that are unpacked at a time, should all records be as long as the longest.
_MOST_UNPACKED: Final = 512 << 20


@dataclass(frozen=True)
class TextColumns:
    """Columns that are text in the file, by the names that `Records.query` gives them.

    Parameters
    ----------
    path : pathlib.Path
    names : mapping of str to str
        ``c0`` and so on to the column of the file.
    chunks : tuple of (int, int)
        First row and number of rows of what is unpacked at a time: whole row groups.
    """

    path: Path
    names: Mapping[str, str]
    chunks: tuple[tuple[int, int], ...]

    def frames(self, columns: Collection[str]) -> Iterator[pl.DataFrame]:
        """Stream some of the columns, a chunk at a time, in the order of the file.

        Raises
        ------
        StoreError
            A page cannot be read.
        """
        try:
            scan = _scan(io.BytesIO(self.path.read_bytes()))
            texts = scan.select(pl.col(self.names[c]).alias(c) for c in columns)
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
    """Return the columns that need no cast; None: the file is better read by DuckDB alone.

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
    names = {
        f"c{i}": name
        for i, ((name, dtype), kind) in enumerate(zip(found.items(), types.values(), strict=True))
        if kind == "VARCHAR" and dtype == pl.String
    }
    return TextColumns(path, names, chunks) if names else None


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
