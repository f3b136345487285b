"""One pass over a screened file that keeps good records and repairs the broken ones."""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import islice, pairwise
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.load.read.aside import Aside
from pipelines.load.read.discover import Compression
from pipelines.load.read.encoding import is_utf8
from pipelines.load.read.layout import Layout
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.records import REPAIRED_SCHEMA
from pipelines.load.read.salvage.align import BOUND, Aligner, Way
from pipelines.load.read.salvage.profile import columns_of
from pipelines.load.read.salvage.repair import Repair, gravest
from pipelines.load.read.salvage.runs import Piece, runs_among, runs_between
from pipelines.load.read.salvage.torn import MOST_LINES, whole_of
from pipelines.load.read.screen import Screen
from pipelines.load.read.screening import Screening
from pipelines.load.read.source import open_bytes

_SAMPLE_RECORDS = 2_000
_MOST_BYTES = 1 << 18
_OTHER_DELIMITERS = (",", ";", "\t", "|", " ")
_CODES = tuple(Repair)


@dataclass
class _Marks:
    """Which records were repaired."""

    record: "array[int]" = field(default_factory=lambda: array("q"))
    line: "array[int]" = field(default_factory=lambda: array("q"))
    start: "array[int]" = field(default_factory=lambda: array("q"))
    code: "array[int]" = field(default_factory=lambda: array("b"))

    def add(self, record: int, line: int, start: int, repair: Repair) -> None:
        for column, value in zip(
            (self.record, self.line, self.start, self.code),
            (record, line, start, _CODES.index(repair)),
            strict=True,
        ):
            column.append(value)

    def add_header(self, record: int, line: int, start: int) -> None:
        """Note a record under a header that was made to fit."""
        self.add(record, line, start, Repair.HEADER_REPAIRED)

    def frame(self) -> pl.DataFrame:
        names = pl.Series("repair", [code.value for code in _CODES])
        return pl.DataFrame(
            {
                "row_number": np.array(self.record, dtype=np.int64),
                "line": np.array(self.line, dtype=np.int64),
                "byte_offset": np.array(self.start, dtype=np.int64),
                "repair": names.gather(np.array(self.code, dtype=np.uint32)),
            },
            schema=REPAIRED_SCHEMA,
        )


def salvage_records(
    path: Path,
    compression: Compression | None,
    screen: Screen,
    found: Screening,
    layout: Layout,
    scratch: Path,
) -> tuple[Path, Screening, pl.DataFrame]:
    """Write a copy of a file with its broken records repaired where a repair fits.

    Returns
    -------
    pathlib.Path
        The copy, in the reader's spelling, without a header.
    Screening
        As `found`, with only the records that nothing fits still set aside.
    pl.DataFrame
        What was repaired, one row per record.
    """
    with open_bytes(path, compression) as stream:
        good = (record for reason, record, *_ in screen.walk(stream, layout.skip) if reason is None)
        sample = [
            [cell.decode() for cell in screen.grammar.split(record)]
            for record in islice(good, _SAMPLE_RECORDS)
        ]
    mender = Mender(screen, layout, sample)
    target = scratch / "salvaged.csv"
    aside, marks = Aside(scratch), _Marks()
    with open_bytes(path, compression) as stream, target.open("wb") as sink:
        if found.is_uniform and screen.ending == b"\n" and not layout.is_repaired:
            runs = runs_between(stream, sink, found)
        else:
            kept = marks.add_header if layout.is_repaired else _nothing
            runs = runs_among(stream, sink, screen, layout.skip, kept)
        for run in runs:
            while run:
                first, mended = run[0], mender.mend_first(run)
                count = mended.lines if mended else 1
                if mended is None:
                    _set_aside(aside, first, first.reason)
                else:
                    sink.write(screen.spelling.line([cell.encode() for cell in mended.cells]))
                    marks.add(first.record, first.line, first.start, mended.repair)
                for piece in run[1:count]:
                    _set_aside(aside, piece, Reason.JOINED_ABOVE)
                del run[:count]
    return target, replace(found, broken=aside), marks.frame()


def _set_aside(aside: Aside, piece: Piece, reason: Reason) -> None:
    aside.add(piece.record, piece.line, piece.start, piece.end, reason, piece.text)


def _nothing(*_: int) -> None:
    """Note nothing of a record that is not broken."""


@dataclass(frozen=True)
class Mended:
    """A repaired record: its cells, what was done to it, and how many lines it was."""

    cells: tuple[str, ...]
    repair: Repair
    lines: int = 1


class Mender:
    """Repairs records of one table.

    Parameters
    ----------
    sample : list of list of str
        Unbroken records.
    """

    def __init__(self, screen: Screen, layout: Layout, sample: list[list[str]]) -> None:
        self._screen = screen
        self._width = len(layout.headers)
        self._names = {name.casefold() for name in layout.headers}
        self._delimiter = screen.grammar.delimiter.decode()
        self._quote = screen.grammar.quote.decode()
        self._columns = columns_of(sample, self._width)
        self._aligner = Aligner(self._columns, self._quote)
        self._other_width = 0

    def mend_first(self, run: Sequence[Piece]) -> Mended | None:
        """Return the record that a run of broken ones begins with, or None."""
        whole = self._torn(run) if len(run) > 1 else None
        if whole is not None:
            return Mended(whole[0], Repair.LINES_JOINED, whole[1])
        mended = self.mend(run[0].text, run[0].reason)
        return Mended(*mended) if mended else None

    def _torn(self, run: Sequence[Piece]) -> tuple[tuple[str, ...], int] | None:
        lines = [self._flawless(piece.text) for piece in run[:2]]
        widths = [len(line) for line in lines]
        if sum(widths) - 1 > self._width or {0, self._other_width} & {*widths}:
            return None
        lines += [self._flawless(piece.text) for piece in run[2:MOST_LINES]]
        end = self._screen.ending.decode()
        # Blank lines between were part of the cell.
        blanks = [(b.start - a.end) // len(end) for a, b in pairwise(run)]
        return whole_of(lines, self._columns, [end * (1 + more) for more in blanks])

    def _flawless(self, record: bytes) -> list[str]:
        is_text = len(record) <= _MOST_BYTES and b"\0" not in record and is_utf8(record)
        return self._exact(record) if is_text else []

    def mend(self, record: bytes, reason: Reason) -> tuple[tuple[str, ...], Repair] | None:
        """Return the cells of a broken record and what was done to it, or None."""
        if reason in (Reason.TOO_LONG, Reason.REPEATED_HEADER) or len(record) > _MOST_BYTES:
            return None
        record, repairs = _cleaned(record)
        cells = self._exact(record)
        if not record.strip() or self._is_of_other_table(cells):
            return None
        if repairs and len(cells) == self._width:
            return tuple(cells), gravest(repairs)
        if len(cells) == 1 and self._width > 1:
            inner = self._exact(cells[0].encode())
            if len(inner) == self._width:
                return tuple(inner), gravest(repairs | {Repair.UNWRAPPED})
        way = self._way(record.decode())
        if way is None:
            return None
        if b"\r" in record:
            repairs.add(Repair.LINE_END_KEPT)
        every = repairs | way.repairs
        return (way.cells, gravest(every)) if every else None

    def _exact(self, record: bytes) -> list[str]:
        """Return the cells of a record that is flawless but for its width; else none."""
        grammar = self._screen.grammar
        if not grammar.record.fullmatch(record):
            return []
        return [cell.decode() for cell in grammar.split(record)]

    def _way(self, text: str) -> Way | None:
        way = self._aligner.align(text, self._delimiter)
        if text.count(self._delimiter) >= self._width / 2:
            return way
        others = [d for d in _OTHER_DELIMITERS if d != self._delimiter and d in text]
        for delimiter in others:
            # In text a blank is no sign of anything, so two columns have to be recognised.
            joins_at = 0.1 if delimiter == " " else 1.5
            # Another delimiter is believed only where it explains clearly more.
            bound = BOUND if way is None else way.cost - 1
            other = self._aligner.align(text, delimiter, joins_at=joins_at, bound=bound)
            if other is None or self._aligner.regular(other) < min(2, self._width):
                continue
            if way is None or other.cost + 1 < way.cost:
                way = replace(other, repairs=frozenset({Repair.DELIMITER_REPLACED}))
        return way

    def _is_of_other_table(self, cells: list[str]) -> bool:
        """Tell whether a second table begins, or goes on, below the first."""
        if len(cells) != self._width:
            names = sum(cell.strip().casefold() in self._names for cell in cells)
            if names >= 2 and names >= self._width / 2:
                self._other_width = len(cells)
        return bool(cells) and len(cells) == self._other_width


def _cleaned(record: bytes) -> tuple[bytes, set[Repair]]:
    """Free a record of bytes that are no text."""
    repairs: set[Repair] = set()
    if b"\0" in record:
        record = record.replace(b"\0", b"")
        repairs.add(Repair.NUL_REMOVED)
    if not is_utf8(record):
        record = _as_utf8(record)
        repairs.add(Repair.ENCODING_REPLACED)
    if record.endswith(b"\r"):
        record = record.rstrip(b"\r")
        repairs.add(Repair.LINE_END_KEPT)
    return record, repairs


def _as_utf8(record: bytes) -> bytes:
    """Read bytes that are no UTF-8 as Windows-1252, and what that does not know as U+FFFD."""
    text = _UNDECODABLE.sub("\ufffd".encode(), record).decode("utf-8", "surrogateescape")
    return "".join(_of_byte(c) if "\udc80" <= c <= "\udcff" else c for c in text).encode()


def _of_byte(char: str) -> str:
    return bytes([ord(char) - 0xDC00]).decode("cp1252", "replace")


# What a UTF-8 copy holds for a byte or half of a pair that the file's encoding does not know.
_UNDECODABLE = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
