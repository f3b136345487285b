"""Strict CSV structure, checked before any reader sees the file: which lines make a record.

The screen is one pass over the bytes. It says how many records there are, cuts out every record
that cannot be read in exactly one way, and leaves a file in which every line end outside quotes is
a record. The reader then has nothing left to guess, and the two counts must agree.

A record is read exactly when it has as many fields as the header, quotes only around whole fields
and doubled inside (RFC 4180), valid UTF-8 and no NUL. A quote inside an unquoted field is text.
"""

import re
from dataclasses import dataclass, field
from typing import IO

from pipelines.load.dialect import Dialect
from pipelines.load.lines import Lines
from pipelines.load.quarantine import Reason

MAX_RECORD_BYTES = 2 * 1024 * 1024  # DuckDB's own default for one line


@dataclass(frozen=True)
class Broken:
    """A record that cannot be read in exactly one way.

    Parameters
    ----------
    record, line : int
        1-based; the header is line 1 and no record.
    start, end : int
        Byte range in the screened file.
    payload : str
        The bytes as text; personal data, for the quarantine file only.
    """

    record: int
    line: int
    start: int
    end: int
    reason: Reason
    payload: str


@dataclass
class Screening:
    """What the pass found.

    Parameters
    ----------
    records : int
        Records, broken ones included, the header not.
    blanks : list of tuple
        Byte ranges of blank lines: no records, and readers disagree about them.
    is_uniform : bool
        Every record ends with the dialect's line end.
    """

    header_end: int = 0
    records: int = 0
    broken: list[Broken] = field(default_factory=list)
    blanks: list[tuple[int, int]] = field(default_factory=list)
    is_uniform: bool = True

    @property
    def cuts(self) -> list[tuple[int, int]]:
        """Return the byte ranges that no reader should see."""
        return [(b.start, b.end) for b in self.broken] + self.blanks


class Screen:
    """The rules of one dialect and width, compiled.

    Parameters
    ----------
    dialect : Dialect
    width : int
        Number of fields of every record.
    """

    def __init__(self, dialect: Dialect, width: int) -> None:
        self._delimiter = dialect.delimiter.encode()
        self._quote = dialect.quote.encode()
        self._ending = dialect.newline.encode()
        self._width = width
        d, q = re.escape(self._delimiter), re.escape(self._quote)
        # Blanks before an opening quote are read by some as text and by some as padding.
        quoted = rb"%b(?:[^%b]|%b%b)*+%b" % (q, q, q, q, q)
        text = rb"(?![ \t]+%b)[^%b\r\n%b][^%b\r\n]*+|" % (q, d, q, d)
        one = b"(?:" + quoted + b"|" + text + b")"
        self._record = re.compile(one + b"(?:" + d + one + b")*+(?:\r?\n)?")
        self._open = re.compile(
            b"(?:" + one + d + b")*+" + q + b"(?:[^" + q + b"]|" + q + q + b")*"
        )
        self._closes = re.compile(b"(?:[^" + q + b"]|" + q + q + b")*+" + q + b"(?!" + q + b")")
        self._quoted = re.compile(b"(?:^|(?<=" + d + b"))" + quoted)
        self._exact = re.compile(one + b"(?:" + d + one + b"){%d}\r?\n" % (width - 1))

    def run(self, stream: IO[bytes], *, has_header: bool) -> Screening:
        """Read the whole stream once."""
        found = Screening()
        state = Lines(stream)
        if has_header:
            found.header_end = self._skip_header(state)
        while lines := state.more():
            if self._is_plain(lines, found):
                found.records += len(lines)
                state.take(len(lines))
                continue
            self._each(state, found)
        return found

    def rewrite(self, stream: IO[bytes], sink: IO[bytes]) -> None:
        """Copy screened records, each ended with a line feed; quoted line ends stay."""
        state = Lines(stream)
        while state.more():
            while (line := state.peek()) is not None:
                taken = state.take(self._judge(state, line)[1])
                taken[-1] = taken[-1].removesuffix(b"\n").removesuffix(b"\r") + b"\n"
                sink.writelines(taken)

    def _is_plain(self, lines: list[bytes], found: Screening) -> bool:
        """Accept a whole block at once when nothing in it needs a second look."""
        block = b"".join(lines)
        if b"\0" in block or not _is_utf8(block):
            return False
        if self._ending == b"\r\n":
            if block.count(b"\r") != len(lines) or block.count(b"\r\n") != len(lines):
                return False
        elif b"\r" in block:
            return False
        if not lines[-1].endswith(b"\n"):
            return False
        want = self._width - 1
        if self._quote not in block:
            return all(line.count(self._delimiter) == want for line in lines) and (
                want > 0 or not any(line.isspace() for line in lines)
            )
        return want > 0 and all(map(self._exact.fullmatch, lines))

    def _each(self, state: "Lines", found: Screening) -> None:
        """Take a block in runs of good lines; only what interrupts a run is judged by itself."""
        lines = list(state.block())
        odd = [index for index, line in enumerate(lines) if not self._is_good(line)]
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
            and (line.isascii() or _is_utf8(line))
            and b"\0" not in line
            and len(line) <= MAX_RECORD_BYTES
            and (self._width > 1 or not line.isspace())
        )

    def _accept(self, state: "Lines", found: Screening, lines: list[bytes]) -> None:
        found.records += len(lines)
        with_cr = sum(line.endswith(b"\r\n") for line in lines)
        found.is_uniform &= with_cr == (len(lines) if self._ending == b"\r\n" else 0)
        state.take(len(lines))

    def _one(self, state: "Lines", found: Screening) -> int:
        """Take one record or blank line and return how many lines it had."""
        line = state.peek() or b""
        start, number = state.offset, state.line
        if not line.strip(b"\r\n"):
            found.blanks.append((start, start + len(line)))
            state.take(1)
            return 1
        reason, count = self._judge(state, line)
        found.records += 1
        taken = state.take(count)
        if reason is None:
            last = taken[-1]
            if last.endswith(b"\n"):
                found.is_uniform &= last.endswith(b"\r\n") == (self._ending == b"\r\n")
            return count
        payload = b"".join(taken).decode("utf-8", errors="backslashreplace").rstrip("\r\n")
        found.broken.append(Broken(found.records, number, start, state.offset, reason, payload))
        return count

    def _judge(self, state: "Lines", line: bytes) -> tuple[Reason | None, int]:
        """Return what is wrong with the record that starts here, and how many lines it takes."""
        if self._quote not in line:
            return self._check(line, line.count(self._delimiter) + 1), 1
        if self._record.fullmatch(line):
            return self._check(line, self._count(line)), 1
        if not self._open.fullmatch(line):
            return Reason.BARE_CR if _has_bare_cr(line) else Reason.BAD_QUOTING, 1
        return self._run_on(state, line)

    def _run_on(self, state: "Lines", line: bytes) -> tuple[Reason | None, int]:
        size, count = len(line), 1
        while size <= MAX_RECORD_BYTES:
            following = state.ahead(count)
            if following is None:
                return Reason.UNCLOSED_QUOTE, 1
            size, count = size + len(following), count + 1
            if self._quote not in following:
                continue
            closed = self._closes.match(following)
            if closed is None:
                continue
            # Only what comes after the closing quote has to be looked at again.
            rest = self._quote * 2 + following[closed.end() :]
            if self._record.fullmatch(rest):
                whole = b"".join(state.ahead(i) or b"" for i in range(count))
                return self._check(whole, self._count(whole)), count
            if not self._open.fullmatch(rest):
                return Reason.BAD_QUOTING, 1
        return Reason.TOO_LONG, 1

    def _check(self, record: bytes, fields: int) -> Reason | None:
        if fields != self._width:
            few = fields < self._width
            return Reason.TOO_FEW_FIELDS if few else Reason.TOO_MANY_FIELDS
        if b"\0" in record:
            return Reason.NUL_BYTE
        if b"\r" in record and self._quote not in record and _has_bare_cr(record):
            return Reason.BARE_CR
        if len(record) > MAX_RECORD_BYTES:
            return Reason.TOO_LONG
        return None if _is_utf8(record) else Reason.INVALID_ENCODING

    def _count(self, record: bytes) -> int:
        return self._quoted.sub(b"", record).count(self._delimiter) + 1

    def _skip_header(self, state: "Lines") -> int:
        while (line := state.peek()) is not None and not line.strip(b"\r\n"):
            state.take(1)
        if line is not None:
            count = 1
            if self._quote in line and self._open.fullmatch(line):
                _, count = self._run_on(state, line)
            state.take(count)
        return state.offset


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _has_bare_cr(line: bytes) -> bool:
    return b"\r" in line.removesuffix(b"\r\n")
