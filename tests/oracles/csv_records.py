"""Strict CSV, character by character: the slow twin of the screen and the reader behind it."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

_UNWRAP_WIDTH = 5


@dataclass(frozen=True)
class Rules:
    """One dialect; an empty escape means that quotes are doubled."""

    delimiter: str = ","
    quote: str = '"'
    escape: str = ""


class _BadError(Exception):
    """The text is no record."""


def records_of(content: bytes, rules: Rules, width: int) -> list[list[str] | None]:
    """Return the records below the header: the cells, or None where there is more than one reading.

    Parameters
    ----------
    content : bytes
        Meant to be UTF-8, without a byte order mark.
    """
    text = content.decode("latin-1")
    position = 0
    header: list[str] | None = None
    found: list[list[str] | None] = []
    has_header = False
    while position < len(text):
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end + 1
        line = text[position:line_end]
        if not line.strip("\r\n"):
            position = line_end
            continue
        try:
            cells, after = _record(text, position, rules)
        except _BadError:
            cells, after = None, line_end
        if not has_header:
            has_header, header, position = True, cells, after
            continue
        several = _several(line, rules, width)
        if several is not None:
            found += several
            position = line_end
            continue
        position = after
        found.append(_judged(cells, text, rules, width, header))
    return found


def _judged(
    cells: list[str] | None, text: str, rules: Rules, width: int, header: list[str] | None
) -> list[str] | None:
    if cells is None:
        return None
    if width > 1 and header is not None and _folded(cells) == _folded(header):
        return None
    if len(cells) == 1 and width >= _UNWRAP_WIDTH:
        try:
            inner, after = _record(cells[0], 0, rules)
        except _BadError:
            return None
        if after != len(cells[0]) or cells[0].endswith(("\n", "\r")):
            return None
        cells = inner
    return _utf8(cells) if len(cells) == width else None


def _several(line: str, rules: Rules, width: int) -> list[list[str] | None] | None:
    """Read a line as several records divided by CR, when that is what it is."""
    body = line.removesuffix("\r\n") if line.endswith("\r\n") else line
    if "\r" not in body or width < 2:
        return None
    found: list[list[str] | None] = []
    position = 0
    while position < len(line):
        try:
            cells, position = _record(line, position, rules, is_cr_end=True)
        except _BadError:
            return None
        good = _utf8(cells) if len(cells) == width else None
        if good is None:
            return None
        found.append(good)
    return found if len(found) > 1 else None


def _record(
    text: str, position: int, rules: Rules, *, is_cr_end: bool = False
) -> tuple[list[str], int]:
    cells = []
    while True:
        cell, position = _field(text, position, rules)
        cells.append(cell)
        if text.startswith(rules.delimiter, position):
            position += len(rules.delimiter)
            continue
        if position >= len(text):
            return cells, position
        for end in ("\r\n", "\n", "\r"):
            if text.startswith(end, position) and (end != "\r" or is_cr_end):
                return cells, position + len(end)
        raise _BadError


def _field(text: str, position: int, rules: Rules) -> tuple[str, int]:
    if rules.quote and text.startswith(rules.quote, position):
        return _quoted(text, position + 1, rules)
    start = position
    while position < len(text) and text[position] not in "\r\n":
        if text.startswith(rules.delimiter, position):
            break
        position += 1
    cell = text[start:position]
    blanks = "".join(c for c in " \t" if c not in rules.delimiter)
    if rules.quote and cell[:1] in blanks and cell.lstrip(blanks).startswith(rules.quote):
        raise _BadError
    for at in range(start, position):
        if rules.quote and text[at] == rules.quote and _may_open(text, at + 1, rules):
            raise _BadError
    return cell, position


def _may_open(text: str, position: int, rules: Rules) -> bool:
    """Tell whether a quoted field with a delimiter inside can begin here and end as one should."""
    line = text[: text.find("\n", position) + 1 or len(text)]
    try:
        cell, after = _quoted(line, position, rules)
    except _BadError:
        return False
    is_end = after >= len(line) or line.startswith((rules.delimiter, "\n", "\r\n"), after)
    return is_end and rules.delimiter in cell and "\r" not in cell and "\n" not in cell


def _quoted(text: str, position: int, rules: Rules) -> tuple[str, int]:
    cell = ""
    while position < len(text):
        char = text[position]
        after = text[position + 1 : position + 2]
        if rules.escape and char == rules.escape:
            cell += after if after in (rules.quote, rules.escape) else char + after
            position += 2
        elif char == rules.quote:
            if rules.escape or after != rules.quote:
                return cell, position + 1
            cell += char
            position += 2
        else:
            cell += char
            position += 1
    raise _BadError


def _utf8(cells: list[str]) -> list[str] | None:
    if any("\0" in cell for cell in cells):
        return None
    try:
        return [cell.encode("latin-1").decode("utf-8") for cell in cells]
    except UnicodeDecodeError:
        return None


def _folded(cells: list[str]) -> list[bytes]:
    return [cell.encode("latin-1").strip().lower() for cell in cells]


def mutations(content: bytes, choose: "Choice", count: int) -> Iterator[bytes]:
    """Yield damaged copies: bytes changed, cut out, put in, and stretches doubled."""
    for _ in range(count):
        damaged = bytearray(content)
        for _ in range(choose(1, 4)):
            at = choose(0, len(damaged))
            stretch = choose(1, 40)
            kind = choose(0, 5)
            new = bytes(_SPITEFUL[choose(0, len(_SPITEFUL) - 1)] for _ in range(choose(1, 3)))
            if kind == 0:
                damaged[at : at + len(new)] = new
            elif kind == 1:
                del damaged[at : at + stretch]
            elif kind == 2:
                damaged[at:at] = new
            elif kind == 3:
                damaged[at:at] = damaged[at : at + stretch]
            elif kind == 4:
                del damaged[at:]
            else:
                damaged[at : at + 1] = bytes([choose(0, 255)])
        yield bytes(damaged)


class Choice:
    """A whole number from `low` to `high`, both included, by a seeded generator."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - no secret

    def __call__(self, low: int, high: int) -> int:
        return self._random.randint(low, high)


_SPITEFUL = b"\"',;\t|\r\n\\ \0\xff\xe9a1"
