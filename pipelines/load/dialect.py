"""How a CSV file is written, judged on its head: encoding, delimiter, quote, line end, header."""

import csv
import io
import re
from dataclasses import dataclass

from pipelines.errors import BadInputError
from pipelines.load.mapping import FileDialect

_DELIMITERS = (",", ";", "\t", "|")
_ENCODINGS = {
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "utf-8-sig": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "latin-1": "latin-1",
    "iso-8859-1": "latin-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "ascii": "utf-8",
}
_SAMPLE_LINES = 200


@dataclass(frozen=True)
class Dialect:
    r"""How a CSV file is written.

    Parameters
    ----------
    encoding : str
        Python codec.
    newline : {"\n", "\r\n", "\r"}
        Line end outside quotes.
    has_header : bool
        The first record names the columns.
    """

    encoding: str
    delimiter: str
    quote: str
    newline: str
    has_header: bool


def detect(head: bytes, given: FileDialect, name: str) -> Dialect:
    """Judge the dialect of a file from its first bytes; what the mapping says is believed.

    Parameters
    ----------
    head : bytes
        About the first MiB, decompressed.
    name : str
        File name, for messages.

    Raises
    ------
    BadInputError
        No delimiter divides the lines evenly and none was given, or the encoding is unknown.
    """
    encoding = _encoding(head, given.encoding, name)
    text = head.decode(encoding, errors="replace").removeprefix("\ufeff")
    newline = _newline(text)
    quote = given.quote or '"'
    delimiter = given.delimiter or _delimiter(text, quote, newline)
    has_header = given.header if given.header is not None else True
    if given.header is None and _looks_like_data(text, delimiter, quote):
        raise BadInputError(
            f"the first line of {name} looks like a record, not like column names",
            expected="a header line",
            fix="say [file] header = false (columns are then column_0, column_1, ...) or true",
        )
    return Dialect(encoding, delimiter, quote, newline, has_header)


def _encoding(head: bytes, given: str | None, name: str) -> str:
    if given is not None:
        known = _ENCODINGS.get(given.strip().lower().replace("_", "-"))
        if known is None:
            raise BadInputError(
                f"the encoding {given!r} given for {name} is not known",
                expected=f"one of: {', '.join(sorted(_ENCODINGS))}",
                fix="correct [file] encoding",
            )
        return known
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    nuls = head.count(0)
    if nuls > 0.3 * len(head):
        return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
    return "utf-8" if _mostly_utf8(head) else "cp1252"


def _mostly_utf8(head: bytes) -> bool:
    """Tell UTF-8 with a few broken bytes from a one-byte encoding.

    In UTF-8 text nearly every byte above 127 belongs to a valid sequence; in Windows-1252 text
    nearly none does.
    """
    foreign = sum(1 for byte in head if byte > 127)
    if not foreign:
        return True
    broken = head.decode("utf-8", errors="replace").count("\ufffd") - head.count(b"\xef\xbf\xbd")
    # The head may end inside a sequence.
    return broken - 1 <= 0.2 * foreign and broken - 1 < foreign / 2


def _newline(text: str) -> str:
    if "\n" not in text:
        return "\r" if "\r" in text else "\n"
    return "\r\n" if text.count("\r\n") > text.count("\n") / 2 else "\n"


def _delimiter(text: str, quote: str, newline: str) -> str:
    """Choose the delimiter that divides the lines most evenly into the most fields."""
    outside = re.sub(f"{re.escape(quote)}[^{re.escape(quote)}]*{re.escape(quote)}", "", text)
    lines = [line for line in outside.split(newline)[:_SAMPLE_LINES] if line.strip()]
    if len(lines) > 1 and not text.endswith(newline):
        lines = lines[:-1]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        counts = [line.count(delimiter) for line in lines]
        if not counts or counts[0] == 0:
            continue
        even = sum(count == counts[0] for count in counts) / len(counts)
        score = even * (1 + min(counts[0], 20) / 100)
        if score > best_score:
            best, best_score = delimiter, score
    return best


def _looks_like_data(text: str, delimiter: str, quote: str) -> bool:
    rows = csv.reader(io.StringIO(text[:65_536], newline=""), delimiter=delimiter, quotechar=quote)
    first = next((row for row in rows if row), [])
    filled = [cell.strip() for cell in first if cell.strip()]
    if any(re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", cell) for cell in filled):
        return True
    numbers = sum(bool(re.fullmatch(r"[-+]?\d+([.,]\d+)?", cell)) for cell in filled)
    return bool(filled) and numbers > len(filled) / 2
