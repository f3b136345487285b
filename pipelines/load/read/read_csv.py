"""CSV: detect, screen, and let DuckDB parse what has only one reading."""

import io
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.errors import BadInputError
from pipelines.load.meaning.mapping import FileDialect
from pipelines.load.read.dialect import Dialect, line_end_of
from pipelines.load.read.discover import Compression, InputFile
from pipelines.load.read.encoding import (
    encoding_of,
    is_mostly_utf8,
    original_offsets,
    swap_ends,
    utf8_chunks,
)
from pipelines.load.read.layout import Layout, find_layout
from pipelines.load.read.places import Numbers, Places
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.records import REPAIRED_SCHEMA, Records
from pipelines.load.read.salvage import salvage_records
from pipelines.load.read.screen import Screen
from pipelines.load.read.screening import Screening
from pipelines.load.read.sniff import sniff
from pipelines.load.read.source import (
    head_bytes,
    open_bytes,
    plain_name,
    respelt,
    to_utf8,
    without,
)
from pipelines.store import sql

_SAMPLE = 1 << 20


def open_csv(
    file: InputFile, given: FileDialect, scratch: Path, *, salvage: bool = False
) -> Records:
    """Understand a CSV file: dialect, header, and which records can be read exactly.

    Parameters
    ----------
    given : FileDialect
        What the mapping says about the file; the rest is detected.
    scratch : pathlib.Path
        Folder for a transcoded or cut copy; must live as long as the records are read.
    salvage : bool
        Repair broken records where one repair fits, and take the likeliest dialect and header
        instead of asking; `Records.repaired` lists what was repaired.

    Raises
    ------
    BadInputError
        The file has no header, or no record that can be read, or cannot be told how to be read.
    """
    name = file.path.name
    head = head_bytes(file, _SAMPLE)
    if not head and salvage:
        given = given.model_copy(update={"columns": given.columns or ("column_0",)})
    dialect, layout = _understood(head, given, name, may_guess=salvage)
    opened = _screened(file, dialect, layout, scratch)
    if given.encoding is None and _is_of_one_byte(opened.found, dialect):
        # The sample was plain ASCII; the bytes that came later are of another encoding.
        dialect = replace(dialect, encoding="cp1252")
        opened = _screened(file, dialect, layout, scratch)
    repaired = pl.DataFrame(schema=REPAIRED_SCHEMA)
    found, screen = opened.found, opened.screen
    path, compression, skip = opened.path, opened.compression, layout.skip
    about = _about(file, dialect, layout, found)
    # No record at all is an ordinary day: nobody unsubscribed.
    if found.records and found.records == len(found.broken) and not salvage:
        raise BadInputError(
            f"{name} has {found.records} records and none can be read with"
            f" {len(layout.headers)} columns divided by {dialect.delimiter!r}:"
            f" the first has {next(iter(found.broken)).reason.value}",
            expected="a header line and records of the same width",
            fix="give delimiter, quote, encoding or skip under [file] of a mapping file,"
            " or load it with --salvage",
        )
    is_crlf = False
    if salvage:
        path, found, repaired = salvage_records(path, compression, screen, found, layout, scratch)
        compression, skip = None, 0
        about["repaired"] = repaired.height
    else:
        # Left alone, the reader takes the first line end for that of the file, in quotes or not:
        # with CRLF it needs the header's to go by, and given explicitly it reads nothing.
        keeps_header = bool(layout.header)
        is_crlf = dialect.newline == "\r\n" and found.is_uniform and keeps_header
        blanks = np.array(found.blanks, dtype=np.int64).reshape(-1, 2)
        cuts = np.concatenate([np.column_stack([found.broken.starts, found.broken.ends]), blanks])
        if len(cuts) or layout.skip > keeps_header:
            before = found.head if keeps_header else found.body
            cuts = np.concatenate([[[0, before]], cuts]).astype(np.int64)
            path, compression, skip = without(path, compression, cuts, scratch), None, keeps_header
        if not found.is_uniform or (dialect.newline == "\r\n" and not keeps_header):
            path, compression, skip = respelt(path, compression, screen, skip, scratch), None, 0
    offsets = original_offsets(opened.path, found.broken.starts, dialect.encoding)
    found.broken.show_offsets(offsets)
    if repaired.height:
        starts = original_offsets(
            opened.path, repaired["byte_offset"].to_numpy().astype(np.int64), dialect.encoding
        )
        repaired = repaired.with_columns(pl.Series("byte_offset", starts, dtype=pl.Int64))
    return Records(
        file_name=name,
        headers=layout.headers,
        total=found.records,
        query=_query(len(layout.headers), swap=dialect.newline == "\r", is_crlf=is_crlf),
        params={
            "path": plain_name(path, scratch),
            "compression": compression or "none",
            "delimiter": screen.spelling.delimiter,
            "quote": screen.spelling.quote,
            "has_header": skip > 0,
        },
        broken=found.broken,
        about=about,
        repaired=repaired,
        # With repairs the records are counted in another way.
        locate=None if salvage else partial(_places, opened, dialect, layout),
    )


def _places(
    opened: "_Opened", dialect: Dialect, layout: Layout, wanted: Numbers
) -> tuple[Numbers, Numbers]:
    ended = replace(dialect, newline="\n") if dialect.newline == "\r" else dialect
    screen = Places(ended, len(layout.headers), layout.header)
    with open_bytes(opened.path, opened.compression) as stream:
        lines, starts = screen.find(stream, layout.skip, wanted)
    return lines, original_offsets(opened.path, starts, dialect.encoding)


class _Opened:
    """A file as screened: its UTF-8 form, the rules, and what they found."""

    def __init__(
        self, path: Path, compression: Compression | None, screen: Screen, found: Screening
    ) -> None:
        self.path, self.compression = path, compression
        self.screen, self.found = screen, found


def _understood(
    head: bytes, given: FileDialect, name: str, *, may_guess: bool
) -> tuple[Dialect, Layout]:
    encoding = encoding_of(head, given.encoding, name)
    text = b"".join(utf8_chunks(io.BytesIO(head), encoding, swap=False))
    text = text.removeprefix(b"\xef\xbb\xbf")
    newline = line_end_of(text)
    if newline == "\r":
        text = swap_ends(text)
    if len(head) == _SAMPLE:
        text = text[: text.rfind(b"\n") + 1] or text
    reading = sniff(text, given.delimiter, given.quote, given.escape, name, may_guess=may_guess)
    dialect = Dialect(
        encoding, reading.delimiter, reading.quote, newline, has_header=True, escape=reading.escape
    )
    layout = find_layout(text, dialect, reading, given, name, may_guess=may_guess)
    return replace(dialect, has_header=layout.has_header), layout


def _screened(file: InputFile, dialect: Dialect, layout: Layout, scratch: Path) -> _Opened:
    path, compression = to_utf8(file, dialect, scratch)
    ended = replace(dialect, newline="\n") if dialect.newline == "\r" else dialect
    screen = Screen(ended, len(layout.headers), layout.header)
    with open_bytes(path, compression) as stream:
        found = screen.run(stream, layout.preamble, layout.skip, scratch)
    return _Opened(path, compression, screen, found)


def _is_of_one_byte(found: Screening, dialect: Dialect) -> bool:
    """Tell whether every character beyond ASCII is one byte, though none was in the sample."""
    is_open = dialect.encoding == "utf-8" and found.is_ascii
    if not is_open or not found.broken.count(Reason.INVALID_ENCODING):
        return False
    sample = b""
    for payload in found.broken.payloads():
        sample += payload
        if len(sample) > _SAMPLE:
            break
    return not is_mostly_utf8(sample)


def _about(
    file: InputFile, dialect: Dialect, layout: Layout, found: Screening
) -> dict[str, object]:
    about: dict[str, object] = {"format": "csv", "compression": file.compression}
    about |= asdict(dialect)
    about["preamble_lines"] = layout.preamble
    if layout.is_repaired:
        about["header_repaired"] = True
    if found.unwrapped:
        about["unwrapped_records"] = found.unwrapped
    return about


def _query(width: int, *, swap: bool, is_crlf: bool) -> str:
    columns = "{" + ", ".join(f"'c{i}': 'VARCHAR'" for i in range(width)) + "}"
    text = sql(__package__, "read_csv.sql").replace("__columns__", columns)
    text = text.replace("    new_line = '\\n',\n", "") if is_crlf else text
    return sql(__package__, "read_csv_cr.sql").replace("__query__", text) if swap else text
