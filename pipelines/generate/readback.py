"""Reads the lead exports of a world back, a piece at a time, without the records broken in it."""

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, cast

import polars as pl
import pyarrow.parquet as pq

from pipelines.errors import BadInputError
from pipelines.generate.dirt import readable
from pipelines.generate.write import Format

FORMATS: Final[tuple[Format, ...]] = ("parquet", "csv", "csv.gz")
# Bytes of CSV parsed at a time, about 50,000 leads.
_CHUNK: Final = 1 << 24
# Never in a text: a line that is not split is one cell.
_NO_SEPARATOR: Final = "\x01"


def format_of(folder: Path) -> Format:
    """Tell how a table's parts are written, by their names.

    Raises
    ------
    BadInputError
        The folder holds no part.
    """
    for form in FORMATS:
        if any(folder.glob(f"part-*.{form}")):
            return form
    raise BadInputError(
        f"{folder} holds no part of an export",
        expected="a folder of a generated world, such as WORLD/leads_salesforce",
        fix="generate the world, or name its folder",
    )


def lead_pieces(folder: Path) -> Iterator[pl.DataFrame]:
    """Yield the readable lead rows of an export, in order, never a whole part at once.

    Parquet gives typed columns, CSV gives text as it stands in the file; blank cells are null.
    """
    form = format_of(folder)
    for path in sorted(folder.glob(f"part-*.{form}")):
        yield from _parquet(path) if form == "parquet" else _csv(path)


def _parquet(path: Path) -> Iterator[pl.DataFrame]:
    with pq.ParquetFile(path) as file:
        for number in range(file.num_row_groups):
            yield readable(cast("pl.DataFrame", pl.from_arrow(file.read_row_group(number))))


def _csv(path: Path) -> Iterator[pl.DataFrame]:
    with path.open("rb") as raw:
        stream = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw
        header = stream.readline()
        begun = b""
        while chunk := stream.read(_CHUNK):
            whole, _, begun = (begun + chunk).rpartition(b"\n")
            yield _records(header, whole)


def _records(header: bytes, lines: bytes) -> pl.DataFrame:
    """Parse the lines that hold a whole record; no value of a world holds a line end."""
    fields = header.count(b",") + 1
    line = pl.col("line")
    bare = line.str.replace_all('"[^"]*"', "")
    kept = pl.read_csv(
        io.BytesIO(lines),
        has_header=False,
        new_columns=["line"],
        separator=_NO_SEPARATOR,
        quote_char=None,
        encoding="utf8-lossy",
        infer_schema=False,
    ).filter(
        bare.str.count_matches(",", literal=True) == fields - 1,
        ~bare.str.contains('"', literal=True),
        ~line.str.contains("\ufffd", literal=True),
    )
    text = "\n".join([header.decode().rstrip("\n"), *kept["line"].to_list()])
    return readable(pl.read_csv(io.BytesIO(text.encode()), infer_schema=False))
