"""Where the table of a CSV file begins: title rows before the header, the header, its names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from pipelines.errors import BadInputError
from pipelines.load.meaning.mapping import FileDialect
from pipelines.load.read.dialect import Dialect
from pipelines.load.read.grammar import Grammar, has_bare_cr, without_end
from pipelines.load.read.records import unique_headers
from pipelines.load.read.sniff import Reading

_MAX_COLUMNS = 65_536
_MOST_TITLES = 100
_SAMPLE_RECORDS = 400
_EVEN = 0.9


@dataclass(frozen=True)
class Layout:
    """What stands before the first record.

    Parameters
    ----------
    headers : tuple of str
        Column names, made unique.
    skip : int
        Physical lines before the first record, the header's included.
    preamble : int
        Of these, lines before the header: titles, notes, blank lines.
    has_header : bool
        Names were read from the file.
    header : bytes
        The line they were read from; empty where there were none or several, or where it is not
        written as the records are.
    is_repaired : bool
        The header had more or fewer names than records have fields, and was made to fit.
    """

    headers: tuple[str, ...]
    skip: int
    preamble: int
    has_header: bool
    header: bytes = b""
    is_repaired: bool = False


@dataclass(frozen=True)
class _Row:
    record: bytes
    cells: list[str]
    lines: int

    @property
    def filled(self) -> int:
        return sum(bool(cell.strip()) for cell in self.cells)


def find_layout(
    text: bytes,
    dialect: Dialect,
    reading: Reading,
    given: FileDialect,
    name: str,
    *,
    may_guess: bool,
) -> Layout:
    """Find the header; where it cannot be told, ask.

    Parameters
    ----------
    text : bytes
        The beginning of the file as UTF-8, without a byte order mark.
    reading : Reading
        How the sample looks with this dialect.
    may_guess : bool
        Salvage: take the likeliest instead of asking.

    Raises
    ------
    BadInputError
        There is no header, or several lines could be it.
    """
    grammar = Grammar(dialect.delimiter, dialect.quote, dialect.escape)
    skipped = given.skip or 0
    rows = _rows(_after_lines(text, skipped), grammar)
    width = len(given.columns) if given.columns else reading.width
    position = next((index for index, row in enumerate(rows) if row.record.strip()), len(rows))
    if given.skip is None and given.header is not False:
        position = _titles(rows, width)
    preamble = skipped + sum(row.lines for row in rows[:position])
    rows = rows[position:]
    if not rows:
        if given.columns:
            return Layout(unique_headers(given.columns), preamble, preamble, has_header=False)
        raise BadInputError(f"{name} has no header line", expected="column names", fix="add one")
    head = rows[0]
    has_header = given.header
    if has_header is None:
        has_header = _is_header(head, given, name, preamble + 1, may_guess=may_guess)
    if not has_header:
        names = given.columns or tuple(f"column_{i}" for i in range(max(width, 1)))
        return Layout(_checked(names, name), skipped, skipped, has_header=False)
    count = given.header_rows or 1
    lines = sum(row.lines for row in rows[:count])
    told = _joined(rows[:count])
    if any(
        has_bare_cr(row.record) and not grammar.record.fullmatch(row.record) for row in rows[:count]
    ):
        raise BadInputError(
            f"line {preamble + 1} of {name}, the header, has a lone carriage return in it",
            expected="one line end in the whole file",
            fix="save it anew with one kind of line end: records may stand in the header's line",
        )
    if given.columns:
        names = _checked(given.columns, name)
        return Layout(names, preamble + lines, preamble, has_header=True)
    told, is_repaired = _of_width(told, width, rows[count:], may_guess=may_guess)
    if len(told) < width and position and reading.holds:
        raise BadInputError(
            f"line {preamble + 1} of {name} has {len(told)} names,"
            f" most records have {width} fields",
            expected="a header as wide as the records",
            fix="correct the header, or say [file] skip = the number of lines before it",
        )
    is_plain = count == 1 and head.lines == 1 and grammar.record.fullmatch(head.record) is not None
    is_plain &= head.record.endswith(b"\r\n") == (dialect.newline == "\r\n")
    return Layout(
        _checked(tuple(told), name),
        preamble + lines,
        preamble,
        has_header=True,
        header=head.record if is_plain else b"",
        is_repaired=is_repaired,
    )


def _is_header(head: _Row, given: FileDialect, name: str, line: int, *, may_guess: bool) -> bool:
    """Tell whether the first record of the table names the columns, or ask."""
    looks_like_data = _looks_like_data(head.cells)
    if given.columns:
        if _folded(head.cells) == _folded(given.columns):
            return True
        if looks_like_data or may_guess:
            return False
    elif not looks_like_data:
        return True
    elif may_guess:
        return False
    raise BadInputError(
        f"line {line} of {name}, the first of the table, "
        + (
            "may be a record or a header"
            if given.columns
            else "looks like a record, not like names"
        ),
        expected="a header line",
        fix="say [file] header = false (columns are then column_0, column_1, ...) or true,"
        " or skip = the number of lines before the header",
    )


def _folded(names: Sequence[str]) -> list[str]:
    return [name.strip().casefold() for name in names]


def _titles(rows: list[_Row], width: int) -> int:
    """Return how many records stand before the header: narrow, or with no more than one cell."""
    for index, row in enumerate(rows[:_MOST_TITLES]):
        if width == 1 and row.filled:
            return index
        is_title = not row.filled or len(row.cells) <= width / 2 or (width > 2 and row.filled <= 1)
        if not is_title:
            return index
    # Nothing is like a header: then the first line that is not blank has to be it.
    return next((index for index, row in enumerate(rows) if row.filled), len(rows))


def _joined(rows: list[_Row]) -> list[str]:
    width = max(len(row.cells) for row in rows)
    padded = [row.cells + [""] * (width - len(row.cells)) for row in rows]
    return [" ".join(filter(None, names)) for names in zip(*padded, strict=True)]


def _of_width(
    told: list[str], width: int, rows: list[_Row], *, may_guess: bool
) -> tuple[list[str], bool]:
    """Make a header as wide as the records, where that changes no name; else only to salvage."""
    even = [row.cells for row in rows if len(row.cells) == width]
    if len(told) == width or width == 1 or len(even) < _EVEN * len(rows):
        return told, False
    if len(told) < width and not any("".join(cells[len(told) :]).strip() for cells in even):
        # Every record ends with delimiters that the header does without.
        return told + [""] * (width - len(told)), False
    if len(told) > width and not "".join(told[width:]).strip():
        return told[:width], False
    return _fitted(told, width) if may_guess else (told, False)


def _fitted(told: list[str], width: int) -> tuple[list[str], bool]:
    """Make a header as wide as the records; leaving out blank names changes no other."""
    extra = len(told) - width
    if extra <= 0:
        return told + [""] * -extra, True
    blanks = [index for index, name in enumerate(told) if not name.strip()]
    if len(blanks) < extra:
        return told, False
    gone = set(blanks[:extra])
    return [name for index, name in enumerate(told) if index not in gone], len(blanks) > extra


def _checked(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    if len(names) > _MAX_COLUMNS:
        raise BadInputError(
            f"{name} has {len(names)} columns", expected=f"at most {_MAX_COLUMNS}", fix="split it"
        )
    return unique_headers(names)


def _rows(text: bytes, grammar: Grammar) -> list[_Row]:
    rows = []
    for record, lines in islice(grammar.records(text), _SAMPLE_RECORDS):
        body = without_end(record)
        whole = grammar.record.fullmatch(record) is not None
        cells = grammar.split(body) if whole else body.split(grammar.delimiter)
        rows.append(_Row(record, [cell.decode("utf-8", errors="replace") for cell in cells], lines))
    return rows


def _after_lines(text: bytes, count: int) -> bytes:
    for _ in range(count):
        text = text.partition(b"\n")[2]
    return text


def _looks_like_data(cells: list[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any(_ADDRESS.fullmatch(cell) for cell in filled):
        return True
    numbers = sum(bool(_NUMBER.fullmatch(cell)) for cell in filled)
    # A column may be called like a month or a year, but a day beside a number is a record.
    has_date = any(_DATE.fullmatch(cell) for cell in filled)
    return bool(filled) and (numbers > len(filled) / 2 or (has_date and numbers > 0))


_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.\w+|https?://\S+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d.*)?|\d\d?[./-]\d\d?[./-]\d{4}( \d\d?:\d\d.*)?")
_NUMBER = re.compile(r"[-+]?[$€£]?\d+([.,]\d+)?([eE][-+]?\d+)?")
