"""Reports on standard input: JSON lines or CSV, told apart by the first sign, read as they come."""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

from pipelines.errors import BadInputError

_LONGEST: Final = 1 << 20
_DELIMITERS: Final = ",;\t|"


@dataclass(frozen=True)
class Line:
    """One record: its line, counted from 1, and its values or what is wrong with it."""

    number: int
    values: dict[str, Any] | None
    error: BadInputError | None = None


def report_lines(stream: IO[bytes]) -> Iterator[Line]:
    """Read records one by one, each as soon as its line is there; blank lines are passed over.

    Raises
    ------
    BadInputError
        The first line is neither a JSON object nor the header of a CSV.
    """
    lines = _lines(stream)
    for number, text in lines:
        if isinstance(text, BadInputError):
            raise BadInputError("the first line cannot be read", text.expected)
        if text.strip():
            first = (number, text)
            break
    else:
        return
    if first[1].lstrip().startswith("["):
        raise BadInputError("a JSON array", expected="one JSON object per line, or CSV")
    if first[1].lstrip().startswith("{"):
        yield _json_line(*first)
        yield from (_json_line(*line) for line in lines if line[1])
    else:
        yield from _csv_lines(first[1], lines)


def _lines(stream: IO[bytes]) -> Iterator[tuple[int, str | BadInputError]]:
    number = 0
    while raw := stream.readline(_LONGEST):
        number += 1
        if len(raw) == _LONGEST and not raw.endswith(b"\n"):
            while (rest := stream.readline(_LONGEST)) and not rest.endswith(b"\n"):
                pass
            yield number, BadInputError("a line of a megabyte or more", expected="one report")
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield number, BadInputError("a line that is not UTF-8", expected="UTF-8")
            continue
        yield number, text


def _json_line(number: int, text: str | BadInputError) -> Line:
    if isinstance(text, BadInputError):
        return Line(number, None, text)
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Line(
            number, None, BadInputError("no JSON object", expected="one object, each name once")
        )
    return Line(number, found)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name twice")
    return found


def _csv_lines(header: str, lines: Iterator[tuple[int, str | BadInputError]]) -> Iterator[Line]:
    delimiter = max(_DELIMITERS, key=header.count)
    names = [name.strip().lower() for name in next(csv.reader([header], delimiter=delimiter))]
    if "disposition" not in names or len({*names}) < len(names):
        raise BadInputError(
            "the first line is no JSON object and no header",
            expected="column names, each once, disposition among them",
        )
    for number, text in lines:
        if isinstance(text, BadInputError):
            yield Line(number, None, text)
        elif text:
            yield _csv_line(number, text, names, delimiter)


def _csv_line(number: int, text: str, names: list[str], delimiter: str) -> Line:
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        cells = []
    if len(cells) != len(names):
        found = f"{len(cells)} cells" if cells else "quotes that do not close on the line"
        return Line(number, None, BadInputError(found, expected=f"{len(names)}, as in the header"))
    return Line(number, dict(zip(names, cells, strict=True)))
