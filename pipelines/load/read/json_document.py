"""JSON that is one document, as JSON lines: an array, an object around one, or objects over lines.

Every record keeps its bytes and their place: what stands between records becomes blanks and line
feeds, one for one, so an offset in the copy is an offset in the file. Memory does not grow with it.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import IO

import numpy as np
import numpy.typing as npt

from pipelines.errors import BadInputError

_CHUNK = 4 << 20
# What the APIs of CRMs, and people, call the list of records; before it only plain values stand.
_NAMES = rb"records|results?|data|items|values?|rows|leads|contacts|objects|hits|elements"
_TEXT = rb'"(?:[^"\\]|\\.)*+"'
_PLAIN = rb'(?:\s*%b\s*:\s*(?:%b|[^\s"\[\]{},]+)\s*,)*+' % (_TEXT, _TEXT)
# Around the list stand objects, and lists of several answers (Salesforce's composite requests).
_OUTER = (
    rb'"(?:(?:result|data|body|response)"\s*:\s*\{|compositeResponse"\s*:\s*\[\s*\{'
    rb'|results"\s*:\s*\[\s*\{(?=\s*"statusCode"))'
)
_AROUND = re.compile(
    rb'\s*\{(?:%b\s*%b){0,3}%b\s*"(%b)"\s*:\s*\[\s*\{' % (_PLAIN, _OUTER, _PLAIN, _NAMES)
)
_OPEN, _CLOSE, _COMMA, _END = 1, 2, 3, 4
_SIGNS = {_OPEN: b"[{", _CLOSE: b"]}", _COMMA: b",", _END: b"\r\n"}
_QUOTE, _BACKSLASH, _BLANK, _FEED, _BAD, _LIST = b'"\\ \n\x01['
_WHITE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"


def container_of(head: bytes) -> str | None:
    """Tell what the records of a JSON file stand in, from its first bytes.

    Returns
    -------
    str or None
        ``array``, ``lines`` (objects written over several lines), or the name of the list in an
        object around all; None: one record per line already.
    """
    text = head.removeprefix(_BOM).lstrip()
    if text.startswith(b"["):
        return "array"
    if not text.startswith(b"{"):
        return None
    around = _AROUND.match(text)
    if around is not None:
        return _named(around)
    marks = _Scan().marks(np.frombuffer(text, dtype=np.uint8).copy())
    depths = marks.depths[marks.kinds == _END]
    return "lines" if len(depths) and depths[0] > 0 else None


def _named(around: re.Match[bytes]) -> str:
    """Name the list by its own name, by how deep it lies, and ``*`` where there may be several."""
    text = np.frombuffer(around[0], dtype=np.uint8).copy()
    scan = _Scan()
    marks = scan.marks(text)
    # The last bracket is that of the first record.
    opened = text[marks.places[marks.kinds == _OPEN]][:-1]
    several = "*" if (opened[:-1] == _LIST).any() else ""
    return around[1].decode() + (f"@{scan.depth - 1}{several}" if scan.depth > 3 else "")


def write_lines(source: IO[bytes], sink: IO[bytes], container: str, name: str) -> bool:
    """Copy a JSON document with one record per line.

    Parameters
    ----------
    container : str
        As `container_of` gave it.
    name : str
        File name, for messages.

    Returns
    -------
    bool
        False: more follows than the one document, so that its lines are the records after all.

    Raises
    ------
    BadInputError
        The document does not end.
    """
    _, _, depth = container.partition("@")
    level = int(depth.rstrip("*") or {"array": 1, "lines": 0}.get(container, 2))
    scan, cut = _Scan(), _Cut(level, several=depth.endswith("*"))
    head = source.read(_CHUNK)
    chunk = head.replace(_BOM, b"   ", 1) if head.startswith(_BOM) else head
    while chunk:
        block = np.frombuffer(chunk, dtype=np.uint8).copy()
        marks = scan.marks(block)
        (cut.objects if level == 0 else cut.elements)(block, marks)
        if cut.has_more:
            return False
        sink.write(block.tobytes())
        chunk = source.read(_CHUNK)
    if scan.depth or scan.is_text:
        raise BadInputError(
            f"{name} is JSON that ends in the middle", expected="a whole file", fix="export again"
        )
    return True


@dataclass(frozen=True)
class _Marks:
    """Brackets, commas and line ends outside of text: what, where, how deep after them."""

    kinds: npt.NDArray[np.int8]
    places: npt.NDArray[np.int64]
    depths: npt.NDArray[np.int64]

    def first(self, kind: int, depth: int, start: int) -> int | None:
        """Return the place of the first such mark from `start` on."""
        hits = (self.kinds == kind) & (self.depths == depth) & (self.places >= start)
        return int(self.places[hits.argmax()]) if hits.any() else None


class _Scan:
    """Where text begins and ends, and how deep brackets are, block after block."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_text = False
        self._backslashes = 0

    def marks(self, block: npt.NDArray[np.uint8]) -> _Marks:
        """Find the marks of the next block; line ends within text, which no JSON has, go bad."""
        found = _kinds()[block]
        places = np.flatnonzero(found)
        quotes = self._quotes(block)
        in_text = (np.searchsorted(quotes, places) + self.is_text) % 2 == 1
        self.is_text ^= bool(len(quotes) % 2)
        kinds = found[places]
        block[places[in_text & (kinds == _END)]] = _BAD
        kinds, places = kinds[~in_text], places[~in_text]
        steps = (kinds == _OPEN).astype(np.int64) - (kinds == _CLOSE)
        depths = self.depth + np.cumsum(steps)
        self.depth += int(steps.sum())
        return _Marks(kinds, places, depths)

    def _quotes(self, block: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
        """Return the quotes that an even number of backslashes precedes."""
        quotes = np.flatnonzero(block == _QUOTE)
        is_backslash = block == _BACKSLASH
        if not self._backslashes and not is_backslash.any():
            return quotes
        index = np.arange(len(block))
        other = np.maximum.accumulate(np.where(is_backslash, -1, index))
        # One place further: what stands before the first byte is the end of the last block.
        before = np.concatenate(([-1], other))[quotes]
        run = quotes - 1 - before + np.where(before < 0, self._backslashes, 0)
        carried = self._backslashes if other[-1] < 0 else 0
        self._backslashes = len(block) - 1 - int(other[-1]) + carried
        is_even: npt.NDArray[np.bool_] = run % 2 == 0
        return quotes[is_even]


class _Cut:
    """Makes lines of the records, `level` brackets deep, and blanks of all around them.

    With `several`, lists that deep follow one another.
    """

    def __init__(self, level: int, *, several: bool = False) -> None:
        self._level = level
        self._several = several
        self._phase = "before"
        self.has_more = False

    def objects(self, block: npt.NDArray[np.uint8], marks: _Marks) -> None:
        """Leave the line ends between records, and only them."""
        ends = marks.kinds == _END
        block[marks.places[ends]] = np.where(marks.depths[ends] > 0, _BLANK, _FEED)

    def elements(self, block: npt.NDArray[np.uint8], marks: _Marks) -> None:
        """Divide the elements of the list by line feeds."""
        is_kept = np.zeros(len(block), dtype=np.bool_)
        feeds, place = [], 0
        while place < len(block) and self._phase != "over":
            if self._phase == "inside":
                closed = marks.first(_CLOSE, self._level - 1, place)
                stop = len(block) if closed is None else closed
                is_kept[place:stop] = True
                place = stop
                if closed is not None:
                    feeds.append(closed)
                    self._phase, place = "before" if self._several else "after", closed + 1
                continue
            opened = self._opened(block, marks, place) if self._phase == "before" else None
            ended = marks.first(_CLOSE, 0, place)
            if opened is not None and (ended is None or opened < ended):
                self._phase, place = "inside", opened + 1
            else:
                self._phase = self._phase if ended is None else "over"
                place = len(block) if ended is None else ended + 1
        if self._phase == "over":
            self.has_more |= bool((~np.isin(block[place:], list(_WHITE))).any())
        inside = is_kept[marks.places]
        between = (marks.kinds == _COMMA) & (marks.depths == self._level)
        ends = marks.places[inside & (marks.kinds == _END)]
        divided = marks.places[inside & between]
        block[~is_kept] = _BLANK
        block[ends] = _BLANK
        block[divided] = _FEED
        block[feeds] = _FEED

    def _opened(self, block: npt.NDArray[np.uint8], marks: _Marks, start: int) -> int | None:
        """Return the place of the next list at the level."""
        hits = (marks.kinds == _OPEN) & (marks.depths == self._level) & (marks.places >= start)
        places = marks.places[hits]
        lists = places[block[places] == _LIST]
        return int(lists[0]) if len(lists) else None


@cache
def _kinds() -> npt.NDArray[np.int8]:
    table = np.zeros(256, dtype=np.int8)
    for kind, signs in _SIGNS.items():
        table[list(signs)] = kind
    return table
