"""The cheapest way to read a broken record as one cell for each column.

A record is cut at every delimiter; a path through the pieces says which of them make which cell.
Each deviation from the grammar has a cost, and so has a cell that is unlike its column. The
cheapest path (Dijkstra) is the repair; one that costs too much is none.
"""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.load.read.salvage.profile import SHAPE_CHARS, Column, shape
from pipelines.load.read.salvage.repair import Repair

_PAD, _DROP, _JOIN, _SPLIT, _QUOTE, _LITERAL, _STRAY = 2.0, 2.0, 1.5, 1.6, 1.0, 1.2, 0.4
# Writers leave out, or add, empty cells at the end of a record, as many as there are.
_AT_END, _AT_END_MORE = 1.0, 0.02
_MOST_JOINED = 8
_MOST_CLOSINGS = 8
_MOST_STATES = 20_000
_BOUND = 6.0
# Most records have one fault: looked for first, and alone.
_ONE_FAULT = 2.2


@dataclass(frozen=True)
class Way:
    """A reading of a broken record.

    Parameters
    ----------
    cost : float
        From 0: like the unbroken records.
    regular : int
        Filled cells that have a shape of their regular column.
    """

    cells: tuple[str, ...]
    repairs: frozenset[Repair]
    cost: float
    regular: int


_Step = tuple[float, tuple[str, ...], int, frozenset[Repair]]
_NONE: frozenset[Repair] = frozenset()


class Aligner:
    """Reads broken records of one table.

    Parameters
    ----------
    columns : sequence of Column
    quote : str
        Empty: quotes are text.
    """

    def __init__(self, columns: Sequence[Column], quote: str) -> None:
        self._columns = columns
        self._quote = quote

    def align(
        self, text: str, delimiter: str, *, joins_at: float = _JOIN, bound: float = _BOUND
    ) -> Way | None:
        """Return the cheapest reading of a record, or None where every one costs too much.

        Parameters
        ----------
        joins_at : float
            Cost of a delimiter that is text.
        """
        pieces = text.split(delimiter)
        if len(pieces) > 4 * len(self._columns) + 400:
            return None
        if bound > _ONE_FAULT and (way := self._path(pieces, delimiter, joins_at, _ONE_FAULT)):
            return way
        return self._path(pieces, delimiter, joins_at, bound)

    def _path(self, pieces: list[str], delimiter: str, joins_at: float, bound: float) -> Way | None:
        width, count = len(self._columns), len(pieces)
        # Without quotes nothing else makes as many cells of the pieces as there are columns.
        least = 0.0 if self._quote and any(self._quote in p for p in pieces) else 1.0
        least = min(least, joins_at)
        best: dict[tuple[int, int], float] = {(0, 0): 0.0}
        back: dict[tuple[int, int], tuple[tuple[int, int], _Step]] = {}
        heap: list[tuple[float, int, int]] = [(0.0, 0, 0)]
        done: set[tuple[int, int]] = set()
        while heap:
            cost, minus, column = heapq.heappop(heap)
            state = (-minus, column)
            if state in done:
                continue
            done.add(state)
            if state == (count, width):
                return self._way(back, state, cost)
            if len(done) > _MOST_STATES:
                return None
            for step in self._steps(pieces, *state, delimiter, joins_at, bound - cost):
                price, cells, used, _ = step
                reached = (state[0] + used, column + len(cells))
                total = cost + price
                uneven = count - reached[0] != width - reached[1]
                ahead = total + least if uneven else total
                if ahead <= bound and total < best.get(reached, bound + 1):
                    best[reached] = total
                    back[reached] = (state, step)
                    heapq.heappush(heap, (total, -reached[0], reached[1]))
        return None

    def _way(
        self,
        back: dict[tuple[int, int], tuple[tuple[int, int], _Step]],
        state: tuple[int, int],
        cost: float,
    ) -> Way:
        parts: list[tuple[str, ...]] = []
        repairs: set[Repair] = set()
        while state in back:
            state, (_, cells, _, done) = back[state]
            parts.append(cells)
            repairs |= done
        cells = tuple(cell for part in reversed(parts) for cell in part)
        pairs = zip(self._columns, cells, strict=True)
        regular = sum(column.fits(cell) for column, cell in pairs if cell.strip())
        return Way(cells, frozenset(repairs), cost, regular)

    def _steps(
        self,
        pieces: list[str],
        at: int,
        column: int,
        delimiter: str,
        joins_at: float,
        budget: float,
    ) -> Iterator[_Step]:
        width, left = len(self._columns), len(pieces) - at
        if not left:
            rest = self._columns[column:]
            price = _AT_END + _AT_END_MORE * len(rest) + sum(one.cost("") for one in rest)
            yield price, ("",) * len(rest), 0, frozenset({Repair.PADDED})
            return
        if column == width:
            if not any(piece.strip() for piece in pieces[at:]):
                price = _AT_END + _AT_END_MORE * left
                yield price, (), left, frozenset({Repair.EMPTY_FIELDS_DROPPED})
            return
        yield from self._cells(pieces, at, column, delimiter, joins_at, budget)
        yield _PAD + self._columns[column].cost(""), ("",), 0, frozenset({Repair.PADDED})
        if not pieces[at].strip():
            yield _DROP, (), 1, frozenset({Repair.EMPTY_FIELDS_DROPPED})

    def _cells(
        self,
        pieces: list[str],
        at: int,
        column: int,
        delimiter: str,
        joins_at: float,
        budget: float,
    ) -> Iterator[_Step]:
        here, piece, q = self._columns[column], pieces[at], self._quote
        is_quoted = bool(q) and piece.lstrip(" ").startswith(q)
        literal = _LITERAL if is_quoted else _STRAY * bool(q and q in piece)
        done = frozenset({Repair.QUOTE_REPAIRED}) if is_quoted else _NONE
        yield literal + here.cost(piece), (piece,), 1, done
        joined = piece
        for more in range(1, min(_MOST_JOINED, len(pieces) - at)):
            if literal + joins_at * more > budget:
                break
            joined += delimiter + pieces[at + more]
            price = literal + joins_at * more + here.cost(joined)
            yield price, (joined,), more + 1, done | {Repair.EXTRA_FIELDS_JOINED}
        if is_quoted:
            yield from self._quoted(pieces, at, column, delimiter)
        if column + 1 < len(self._columns) and budget >= _SPLIT:
            yield from self._split(pieces, at, column, delimiter)

    def _quoted(
        self, pieces: list[str], at: int, column: int, delimiter: str, start: str | None = None
    ) -> Iterator[_Step]:
        """Read a quoted field that ends with any of the pieces from `at` on."""
        q, here = self._quote, self._columns[column]
        first = pieces[at] if start is None else start
        text = ""
        found = 0
        for index in range(at, len(pieces)):
            text = first if index == at else text + delimiter + pieces[index]
            closed = text.strip(" ")
            if column + 1 < len(self._columns):
                yield from self._after_quote(text, index - at + 1, column)
            if not pieces[index].rstrip(" ").endswith(q) or len(closed) < 2:
                continue
            inner = closed[1:-1]
            is_clean = q not in inner.replace(q * 2, "")
            price = 0.0 if is_clean and closed == text else _QUOTE
            done = _NONE if not price else frozenset({Repair.QUOTE_REPAIRED})
            cell = inner.replace(q * 2, q)
            yield price + here.cost(cell), (cell,), index - at + 1, done
            if is_clean and q * 2 in inner and column + 1 < len(self._columns):
                # Two quoted fields without a delimiter between look like a doubled quote.
                left, _, right = inner.partition(q * 2)
                other = self._columns[column + 1].cost(right)
                cost = _SPLIT + here.cost(left) + other
                yield cost, (left, right), index - at + 1, frozenset({Repair.FIELDS_SPLIT})
            found += 1
            if is_clean or found >= _MOST_CLOSINGS:
                return

    def _after_quote(self, text: str, used: int, column: int) -> Iterator[_Step]:
        """Read a quoted field and what follows its closing quote as two cells."""
        q = self._quote
        end = text.rfind(q)
        inner, right = text[1:end], text[end + 1 :]
        if end > 0 and right.strip() and q not in inner.replace(q * 2, ""):
            left = inner.replace(q * 2, q)
            cost = self._columns[column].cost(left) + self._columns[column + 1].cost(right)
            yield _SPLIT + cost, (left, right), used, frozenset({Repair.FIELDS_SPLIT})

    def _split(self, pieces: list[str], at: int, column: int, delimiter: str) -> Iterator[_Step]:
        """Read one piece as two cells: at a quote, or where the shapes of both columns meet."""
        piece, q = pieces[at], self._quote
        here, after = self._columns[column], self._columns[column + 1]
        done = frozenset({Repair.FIELDS_SPLIT})
        position = piece.find(q, 1) if q else -1
        if position > 0 and not piece.startswith(q):
            left = piece[:position]
            for price, cells, used, quoted in self._quoted(
                pieces, at, column + 1, delimiter, piece[position:]
            ):
                if len(cells) == 1:
                    yield _SPLIT + here.cost(left) + price, (left, *cells), used, done | quoted
        if piece.endswith(q) and q and not piece.startswith(q):
            return
        if len(piece) > SHAPE_CHARS:
            return
        seen = shape(piece)
        for cut in reversed(here.starts(seen) if here.is_regular else after.ends(seen)):
            left, right = piece[:cut], piece[cut:]
            price = here.cost(left) + after.cost(right)
            if price < _SPLIT:
                yield _SPLIT + price, (left, right), 1, done
                return
