"""Strict CSV structure, checked before any reader sees the file: which lines make a record.

The screen is one pass over the bytes. It says how many records there are, cuts out every record
that cannot be read in exactly one way, and leaves a file in which every line end outside quotes is
a record. The reader then has nothing left to guess, and the two counts must agree.

A record is read exactly when it fits the grammar of the dialect, has as many fields as the header,
is valid UTF-8 and has no NUL. Two more have only one reading and are rewritten: a whole record
wrapped in quotes by a spreadsheet, and several records divided by another line end than the rest.
"""

import re
from collections.abc import Callable, Iterator
from operator import methodcaller
from pathlib import Path
from typing import IO

from pipelines.load.read.aside import Aside
from pipelines.load.read.dialect import Dialect
from pipelines.load.read.encoding import is_utf8
from pipelines.load.read.grammar import Grammar, has_bare_cr, without_end
from pipelines.load.read.header_line import HeaderLine
from pipelines.load.read.line_shapes import foreign, misshapen
from pipelines.load.read.lines import Lines
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.screening import Screening
from pipelines.load.read.spelling import Spelling

MAX_RECORD_BYTES = 2 * 1024 * 1024  # DuckDB's own default for one line
# In a narrower table a cell with a delimiter in a row of one field may be just that.
_UNWRAP_WIDTH = 5
_ENDS_IN_CRLF = methodcaller("endswith", b"\r\n")


class Screen:
    """The rules of one dialect and width, compiled; `ending` is the line end of records.

    Parameters
    ----------
    dialect : Dialect
    width : int
        Number of fields of every record.
    header : bytes
        The header as it stands in the file; the same line again is no record that can be meant.
    """

    def __init__(self, dialect: Dialect, width: int, header: bytes = b"") -> None:
        self.grammar = Grammar(dialect.delimiter, dialect.quote, dialect.escape)
        self._delimiter = self.grammar.delimiter
        self._quote = self.grammar.quote
        self.ending = dialect.newline.encode()
        self._width = width
        exact = self.grammar.exact(width)
        self._exact = re.compile(exact + b"\r?\n", re.DOTALL)
        # With an escape character a quote may stand inside of its field.
        self._is_by_bytes = len(self._delimiter) == 1 and not self.grammar.escape
        self._inner = re.compile(exact, re.DOTALL)
        self._part = re.compile(b"(" + exact + rb")(?:\r\n?|\n|\Z)", re.DOTALL)
        self._several = re.compile(
            b"(?:" + exact + b"(?:\r\n?|\n))+" + exact + b"(?:\r\n?|\n)?", re.DOTALL
        )
        self.spelling = Spelling(dialect, self.grammar)
        self._header = HeaderLine(self.grammar, header, width)

    def run(
        self, stream: IO[bytes], preamble: int, skip: int, scratch: Path | None = None
    ) -> Screening:
        """Read the whole stream once.

        Parameters
        ----------
        preamble : int
            Physical lines before the header.
        skip : int
            Physical lines before the first record: preamble and header.
        scratch : pathlib.Path or None
            Folder for payloads that memory should not hold.
        """
        found = Screening(Aside(scratch), is_uniform=not self.spelling.is_foreign)
        state = Lines(stream)
        state.skip(preamble)
        found.head = state.offset
        state.skip(skip - preamble)
        found.body = state.offset
        while lines := state.more():
            block = state.block or b"".join(lines)
            self._take(state, found, self._odd(lines, block))
        return found

    def walk(
        self, stream: IO[bytes], skip: int
    ) -> Iterator[tuple[Reason | None, bytes, int, int, int]]:
        """Go through the records one by one, as `run` counts them.

        Yields
        ------
        tuple
            What is wrong with the record, or None; the record without its line end and without
            quotes around the whole of it; its line, start and end.
        """
        state = Lines(stream)
        state.skip(skip)
        while state.more():
            while (line := state.peek()) is not None:
                at, start = state.line, state.offset
                if self._is_good(line):
                    state.take(1)
                    yield None, without_end(line), at, start, state.offset
                elif self._is_several(line):
                    state.take(1)
                    for part in self._part.finditer(line):
                        yield None, part.group(1), at, start + part.start(), start + part.end()
                else:
                    reason, count = self._judge(state, line)
                    record = without_end(b"".join(state.take(count)))
                    if not record.strip(b"\r\n"):
                        continue
                    inner = self._unwrapped(record) if reason else None
                    reason = reason if inner is None else None
                    yield reason, inner or record, at, start, state.offset

    def rewrite(self, stream: IO[bytes], sink: IO[bytes], *, skip: int) -> None:
        """Copy screened records as the reader reads them: one line end, one spelling.

        Parameters
        ----------
        skip : int
            Physical lines before the first record, left out.
        """
        sink.writelines(self.spelling.record(record) for _, record, *_ in self.walk(stream, skip))

    def _odd(self, lines: list[bytes], block: bytes) -> list[int]:
        """Return which lines of a block are no whole, flawless records: not `_is_good`.

        Each thing that can be wrong is looked for in the lines where it is in the block at all.
        """
        if not self._is_by_bytes:
            return [index for index, line in enumerate(lines) if not self._is_good(line)]
        odd = misshapen(
            block,
            lines,
            delimiter=self._delimiter,
            quote=self._quote,
            width=self._width,
            is_exact=self._exact.fullmatch,
        )
        wrong: list[Callable[[bytes], object]] = []
        wrong += [_has_nul] if b"\0" in block else []
        odd |= set() if is_utf8(block) else foreign(block)
        wrong += [bytes.isspace] if self._width == 1 else []
        wrong += [_is_too_long] if max(map(len, lines)) > MAX_RECORD_BYTES else []
        wrong += [self._header.is_again] if self._header.may_be_among(lines) else []
        for is_wrong in wrong:
            odd.update(index for index, is_found in enumerate(map(is_wrong, lines)) if is_found)
        return sorted(odd)

    def _take(self, state: Lines, found: Screening, odd: list[int]) -> None:
        """Take a block in runs of good lines; only what interrupts a run is judged by itself."""
        lines = list(state.at_hand())
        position = 0
        for index in odd:
            if index < position:
                continue  # inside the record before
            self._accept(state, found, lines[position:index])
            position = index + self._one(state, found)
        self._accept(state, found, lines[position:])

    def _is_good(self, line: bytes) -> bool:
        """Tell whether a line is a whole, flawless record."""
        return (
            self._exact.fullmatch(line) is not None
            and (line.isascii() or is_utf8(line))
            and b"\0" not in line
            and len(line) <= MAX_RECORD_BYTES
            and (self._width > 1 or not line.isspace())
            and not self._header.is_again(line)
        )

    def _accept(self, state: Lines, found: Screening, lines: list[bytes]) -> None:
        found.records += len(lines)
        found.is_ascii = found.is_ascii and (state.is_plain or all(map(bytes.isascii, lines)))
        with_cr = 0 if state.is_plain else sum(map(_ENDS_IN_CRLF, lines))
        found.is_uniform &= with_cr == (len(lines) if self.ending == b"\r\n" else 0)
        state.take(len(lines))

    def _one(self, state: Lines, found: Screening) -> int:
        """Take one record or blank line and return how many lines it had."""
        line = state.peek() or b""
        start, number = state.offset, state.line
        if not line.strip(b"\r\n"):
            found.add_blank(start, start + len(line))
            state.take(1)
            return 1
        if self._is_several(line):
            found.records += sum(1 for _ in self._part.finditer(line))
            found.is_uniform = False
            found.is_ascii = found.is_ascii and line.isascii()
            state.take(1)
            return 1
        reason, count = self._judge(state, line)
        found.records += 1
        taken = state.take(count)
        if reason is None:
            found.is_ascii = found.is_ascii and all(map(bytes.isascii, taken))
            last = taken[-1]
            if last.endswith(b"\n"):
                found.is_uniform &= last.endswith(b"\r\n") == (self.ending == b"\r\n")
            return count
        whole = b"".join(taken)
        if reason is Reason.TOO_FEW_FIELDS and self._unwrapped(whole) is not None:
            found.unwrapped += 1
            found.is_uniform = False
            return count
        payload = whole.rstrip(b"\r\n")[:MAX_RECORD_BYTES]
        found.broken.add(found.records, number, start, state.offset, reason, payload)
        return count

    def _is_several(self, line: bytes) -> bool:
        """Tell whether a line is several flawless records, divided by a lone CR.

        The only other reading, a cell with a CR in it, has another width.
        """
        return (
            self._width > 1
            and has_bare_cr(line)
            and self._several.fullmatch(line) is not None
            and b"\0" not in line
            and is_utf8(line)
        )

    def _unwrapped(self, record: bytes) -> bytes | None:
        """Return the record inside of a record that is one quoted field, if it is flawless."""
        record = without_end(record)
        if self._width < _UNWRAP_WIDTH or not self._quote or record[:1] != self._quote:
            return None
        cells = self.grammar.split(record)
        if len(cells) != 1 or self._inner.fullmatch(cells[0]) is None:
            return None
        return cells[0] if is_utf8(cells[0]) and b"\0" not in cells[0] else None

    def _judge(self, state: Lines, line: bytes) -> tuple[Reason | None, int]:
        """Return what is wrong with the record that starts here, and how many lines it takes."""
        if len(line) > MAX_RECORD_BYTES:
            return Reason.TOO_LONG, 1
        if self._header.is_again(line):
            return Reason.REPEATED_HEADER, 1
        if not self._quote or self._quote not in line:
            return self._check(line, line.count(self._delimiter) + 1), 1
        if self.grammar.record.fullmatch(line):
            return self._check(line, self.grammar.count(line)), 1
        if not self.grammar.opened.fullmatch(line):
            return Reason.BARE_CR if has_bare_cr(line) else Reason.BAD_QUOTING, 1
        return self._run_on(state, line)

    def _run_on(self, state: Lines, line: bytes) -> tuple[Reason | None, int]:
        size, count = len(line), 1
        while size <= MAX_RECORD_BYTES:
            following = state.ahead(count)
            if following is None:
                return Reason.UNCLOSED_QUOTE, 1
            size, count = size + len(following), count + 1
            if self._quote not in following:
                continue
            closed = self.grammar.closes.match(following)
            if closed is None:
                continue
            # Only what comes after the closing quote has to be looked at again.
            rest = self._quote * 2 + following[closed.end() :]
            if self.grammar.record.fullmatch(rest):
                whole = b"".join(state.ahead(i) or b"" for i in range(count))
                return self._check(whole, self.grammar.count(whole)), count
            if not self.grammar.opened.fullmatch(rest):
                return Reason.BAD_QUOTING, 1
        return Reason.TOO_LONG, 1

    def _check(self, record: bytes, fields: int) -> Reason | None:
        if fields != self._width:
            few = fields < self._width
            return Reason.TOO_FEW_FIELDS if few else Reason.TOO_MANY_FIELDS
        if b"\0" in record:
            return Reason.NUL_BYTE
        is_quoted = bool(self._quote) and self._quote in record
        if b"\r" in record and not is_quoted and has_bare_cr(record):
            return Reason.BARE_CR
        if len(record) > MAX_RECORD_BYTES:
            return Reason.TOO_LONG
        return None if is_utf8(record) else Reason.INVALID_ENCODING


def _has_nul(line: bytes) -> bool:
    return b"\0" in line


def _is_too_long(line: bytes) -> bool:
    return len(line) > MAX_RECORD_BYTES
