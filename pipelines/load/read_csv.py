"""CSV: detect, screen, and let DuckDB parse what has only one reading."""

import csv
import io
from dataclasses import asdict
from pathlib import Path

from pipelines.errors import BadInputError
from pipelines.load.dialect import Dialect, detect
from pipelines.load.discover import InputFile
from pipelines.load.mapping import FileDialect
from pipelines.load.records import Records, unique_headers
from pipelines.load.screen import Screen
from pipelines.load.source import (
    head_bytes,
    open_bytes,
    to_utf8,
    with_one_line_end,
    without_broken,
)
from pipelines.store import sql

_MAX_COLUMNS = 4096


def open_csv(file: InputFile, given: FileDialect, scratch: Path) -> Records:
    """Understand a CSV file: dialect, header, and which records can be read exactly.

    Parameters
    ----------
    given : FileDialect
        What the mapping says about the file; the rest is detected.
    scratch : pathlib.Path
        Folder for a transcoded or cut copy; must live as long as the records are read.

    Raises
    ------
    BadInputError
        The file has no header, or no record that can be read.
    """
    name = file.path.name
    dialect = detect(head_bytes(file), given, name)
    path, compression = to_utf8(file, dialect, scratch)
    if dialect.newline == "\r":
        dialect = _with_line_feed(dialect)
    with open_bytes(path, compression) as stream:
        first = _first_record(stream.read(1 << 20), dialect, name)
    headers = _headers(first, dialect, name)
    screen = Screen(dialect, len(headers))
    with open_bytes(path, compression) as stream:
        found = screen.run(stream, has_header=dialect.has_header)
    # No record at all is an ordinary day: nobody unsubscribed.
    if found.records and found.records == len(found.broken):
        raise BadInputError(
            f"{name} has {found.records} records and none can be read with"
            f" {len(headers)} columns divided by {dialect.delimiter!r}",
            expected="a header line and records of the same width",
            fix="give delimiter, quote and encoding under [file] of a mapping file",
        )
    if found.cuts:
        path, compression = without_broken(path, compression, found.cuts, scratch), None
    if not found.is_uniform:
        if compression is not None:
            path, compression = without_broken(path, compression, (), scratch), None
        path = with_one_line_end(path, screen, scratch)
    columns = "{" + ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(headers))) + "}"
    return Records(
        file_name=name,
        headers=headers,
        total=found.records,
        query=sql("pipelines.load", "read_csv.sql").replace("__columns__", columns),
        params={
            "path": _readable(path, compression),
            "delimiter": dialect.delimiter,
            "quote": dialect.quote,
            "has_header": dialect.has_header,
        },
        broken=found.broken,
        about={"format": "csv", "compression": file.compression, **asdict(dialect)},
    )


def _with_line_feed(dialect: Dialect) -> Dialect:
    return Dialect(
        dialect.encoding, dialect.delimiter, dialect.quote, "\n", has_header=dialect.has_header
    )


def _first_record(head: bytes, dialect: Dialect, name: str) -> list[str]:
    text = head.decode("utf-8", errors="replace").removeprefix("\ufeff")
    rows = csv.reader(
        io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote
    )
    try:
        first = next((row for row in rows if row), None)
    except csv.Error:
        first = None
    if first is None:
        raise BadInputError(f"{name} has no header line", expected="column names", fix="add one")
    return first


def _headers(first: list[str], dialect: Dialect, name: str) -> tuple[str, ...]:
    if len(first) > _MAX_COLUMNS:
        raise BadInputError(
            f"{name} has {len(first)} columns", expected=f"at most {_MAX_COLUMNS}", fix="split it"
        )
    if not dialect.has_header:
        return tuple(f"column_{i}" for i in range(len(first)))
    return unique_headers(first)


def _readable(path: Path, compression: str | None) -> str:
    # DuckDB goes by the suffix; a glob character in a name would be expanded.
    suffix = {"gzip": ".gz", "zstd": ".zst"}.get(compression or "", "")
    if any(c in path.name for c in "*?[]") or (suffix and path.suffix != suffix):
        raise BadInputError(
            f"the name {path.name!r} cannot be handed to the reader",
            expected=f"a name without * ? [ ]{' and with the ending ' + suffix if suffix else ''}",
            fix="rename the file",
        )
    return str(path)
