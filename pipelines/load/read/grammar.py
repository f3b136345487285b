"""What a CSV record may look like in one dialect, as compiled expressions over bytes.

A record is read exactly when quotes stand only around whole fields, and inside of them only
doubled (RFC 4180) or behind the escape character. A quote inside an unquoted field is text.
"""

import re
from collections.abc import Iterator

_BLANKS = b" \t"
_ENDS = (b"\r\n", b"\n", b"\r")


class Grammar:
    """The expressions of one dialect.

    Parameters
    ----------
    delimiter : str
        One or more characters.
    quote : str
        One character; empty: quotes are text.
    escape : str
        Character that makes a quote or itself text inside of quotes; empty: quotes are doubled.

    Attributes
    ----------
    record : re.Pattern
        A whole record of any width, with its line end.
    opened : re.Pattern
        A line that ends inside of quotes.
    closes : re.Pattern
        The rest of a quoted field, up to its closing quote.
    """

    def __init__(self, delimiter: str, quote: str, escape: str) -> None:
        self.delimiter = delimiter.encode()
        self.quote = quote.encode()
        self.escape = escape.encode()
        d, q, e = map(re.escape, (self.delimiter, self.quote, self.escape))
        char = b"[^%b\r\n]" % d if len(self.delimiter) == 1 else b"(?:(?!%b)[^\r\n])" % d
        if not quote:
            self.one = b"(?:" + char + b"*+)"
            self._quoted = None
            never = rb"(?!)"
            self.opened = self.closes = re.compile(never)
        else:
            unit = b"(?:[^%b]|%b%b)" % (q, q, q)
            if escape:
                unit = b"(?:[^%b%b]|%b.)" % (q, e, e)
            quoted = q + unit + b"*+" + q
            # Blanks before an opening quote are read by some as text and by some as padding.
            blanks = bytes(c for c in _BLANKS if c not in self.delimiter)
            padded = b"(?![%b]+%b)" % (re.escape(blanks), q) if blanks else b""
            letter = b"[^%b%b\r\n]" % (d, q)
            if len(self.delimiter) > 1:
                letter = b"(?:(?!%b)[^%b\r\n])" % (d, q)
            # A quote in a bare field is text, unless it may open a quoted field with a delimiter
            # inside, of which the delimiter before was lost.
            inside = letter + b"|%b%b" % (q, q) if not escape else letter + b"|%b." % e
            # Within its line only: a line is judged without those that follow.
            rest = inside + b"|" + d
            lost = b"(?:%b)*+%b(?:%b)*+%b(?:%b|\r?\n|\\Z)" % (inside, d, rest, q, d)
            text = padded + b"%b++(?:%b(?!%b)%b*+)*+" % (letter, q, lost, letter)
            self.one = b"(?:" + quoted + b"|" + text + b"|)"
            self._quoted = re.compile(b"(?:^|(?<=" + d + b"))" + quoted, re.DOTALL)
            self.opened = re.compile(b"(?:" + self.one + d + b")*+" + q + unit + b"*", re.DOTALL)
            self.closes = re.compile(
                unit + b"*+" + q + (b"" if escape else b"(?!%b)" % q), re.DOTALL
            )
        self.record = re.compile(self.one + b"(?:" + d + self.one + b")*+(?:\r?\n)?", re.DOTALL)
        self._field = re.compile(self.one, re.DOTALL)

    def exact(self, width: int) -> bytes:
        """Return the expression of a record with `width` fields, without its line end."""
        return self.one + b"(?:" + re.escape(self.delimiter) + self.one + b"){%d}" % (width - 1)

    def count(self, record: bytes) -> int:
        """Return the number of fields of a record that matches `record`."""
        if self._quoted is None or self.quote not in record:
            return record.count(self.delimiter) + 1
        return self._quoted.sub(b"", record).count(self.delimiter) + 1

    def split(self, record: bytes) -> list[bytes]:
        """Return the cells of a record that matches `record`, without its line end."""
        if self._quoted is None or self.quote not in record:
            return record.split(self.delimiter)
        cells, position = [], 0
        while True:
            found = self._field.match(record, position)
            assert found is not None  # noqa: S101 - `one` matches the empty field
            cells.append(self.unquoted(found.group()))
            position = found.end()
            if not record.startswith(self.delimiter, position):
                return cells
            position += len(self.delimiter)

    def unquoted(self, field: bytes) -> bytes:
        """Return the cell that a field spells."""
        q, e = self.quote, self.escape
        if not q or len(field) < 2 or not field.startswith(q):
            return field
        inner = field[1:-1]
        if not e:
            return inner.replace(q * 2, q)
        if e not in inner:
            return inner
        return re.sub(re.escape(e) + b"([%b%b])" % (re.escape(q), re.escape(e)), rb"\1", inner)

    def records(self, text: bytes) -> Iterator[tuple[bytes, int]]:
        """Yield the logical records of a text and how many lines each takes, broken ones by line.

        For judging a sample; the screen is the one that decides.
        """
        lines = text.splitlines(keepends=True) if b"\n" not in text else _line_feeds(text)
        position = 0
        while position < len(lines):
            count = self._lines_of(lines, position)
            yield b"".join(lines[position : position + count]), count
            position += count

    def _lines_of(self, lines: list[bytes], position: int) -> int:
        if not self.quote or not self.opened.fullmatch(lines[position]):
            return 1
        whole = lines[position]
        for count, line in enumerate(lines[position + 1 : position + 200], start=2):
            whole += line
            if self.quote in line and not self.opened.fullmatch(whole):
                return count if self.record.fullmatch(whole) else 1
        return 1


def without_end(line: bytes) -> bytes:
    """Return a line without its line end."""
    for end in _ENDS:
        if line.endswith(end):
            return line[: -len(end)]
    return line


def has_bare_cr(line: bytes) -> bool:
    """Tell whether a line has a CR other than the one of its own CRLF."""
    return b"\r" in line.removesuffix(b"\r\n")


def _line_feeds(text: bytes) -> list[bytes]:
    return [part + b"\n" for part in text.split(b"\n")[:-1]] + (
        [tail] if (tail := text.rpartition(b"\n")[2]) else []
    )
