"""The cheapest way to read a broken record as one cell for each column.

A record is cut at every delimiter; a path through the pieces says which of them make which cell.
Each deviation from the grammar has a cost, and so has a cell that is unlike its column. The
cheapest path (Dijkstra) is the repair; one that costs too much is none. Records that are damaged
alike take the same path, which is then followed and not searched for.
"""

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.load.read.salvage.alike import Alike, Recipe, Taken
from pipelines.load.read.salvage.profile import Column
from pipelines.load.read.salvage.repair import Repair
from pipelines.load.read.salvage.steps import AT_END, AT_END_MORE, DROP, JOIN, SPLIT, Step, Steps

_MOST_STATES = 20_000
BOUND = 6.0
# Most records have one fault: looked for first, and alone.
_ONE_FAULT = 2.2


@dataclass(frozen=True)
class Way:
    """A reading of a broken record.

    Parameters
    ----------
    cost : float
        From 0: like the unbroken records.
    """

    cells: tuple[str, ...]
    repairs: frozenset[Repair]
    cost: float


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
        self._steps = Steps(columns, quote)
        self._alike = Alike(columns, quote, self._steps)
        self._least_short = _least_short(columns)

    def align(
        self, text: str, delimiter: str, *, joins_at: float = JOIN, bound: float = BOUND
    ) -> Way | None:
        """Return the cheapest reading of a record, or None where every one costs too much.

        Parameters
        ----------
        joins_at : float
            Cost of a delimiter that is text.
        """
        pieces = text.split(delimiter)
        if self._least(pieces, joins_at) > bound:
            return None
        kind = self._alike.kind(pieces, delimiter, joins_at)
        for recipe in self._alike.recipes(kind):
            if recipe.cost > bound:
                break
            if way := self._followed(recipe, pieces, delimiter, joins_at):
                return way
        found = self._path(pieces, delimiter, joins_at, min(_ONE_FAULT, bound))
        found = found or self._path(pieces, delimiter, joins_at, bound)
        if found is None:
            return None
        self._alike.add(kind, found)
        return self._followed(found, pieces, delimiter, joins_at)

    def regular(self, way: Way) -> int:
        """Return how many filled cells have a shape of their regular column."""
        pairs = zip(self._columns, way.cells, strict=True)
        return sum(column.fits(cell) for column, cell in pairs if cell.strip())

    def _least(self, pieces: list[str], joins_at: float) -> float:
        """Return what a record of so many pieces costs at least."""
        width, count = len(self._columns), len(pieces)
        if count <= width:
            return self._least_short[count]
        if count > 4 * width + 400:
            return math.inf
        if self._quote and any(self._quote in piece for piece in pieces):
            return 0.0
        extra = count - width
        while extra and not pieces[count - 1].strip():
            count, extra = count - 1, extra - 1
        return extra * min(joins_at, DROP)

    def _followed(
        self, recipe: Recipe, pieces: list[str], delimiter: str, joins_at: float
    ) -> Way | None:
        """Take the steps of a recipe, or return None where one of them costs something else."""
        cells: list[str] = []
        repairs: set[Repair] = set()
        diagonals = (0, len(self._columns) - len(pieces))
        for step in recipe.steps:
            at, column = step.at, step.column
            is_plain = step.used == step.cells == 1 and not step.repairs
            if (
                is_plain
                and column - at in diagonals
                and (not self._quote or self._quote not in pieces[at])
            ):
                cells.append(pieces[at])  # the kind says what it costs
                continue
            same = (step.price, step.cells, step.used, step.repairs)
            every = self._steps.after(pieces, at, column, delimiter, joins_at, step.price)
            found = next((s[1] for s in every if (s[0], len(s[1]), *s[2:]) == same), None)
            if found is None:
                return None
            cells += found
            repairs |= step.repairs
        return Way(tuple(cells), frozenset(repairs), recipe.cost)

    def _path(
        self, pieces: list[str], delimiter: str, joins_at: float, bound: float
    ) -> Recipe | None:
        width, count = len(self._columns), len(pieces)
        # Without quotes nothing else makes as many cells of the pieces as there are columns.
        least = 0.0 if self._quote and any(self._quote in p for p in pieces) else 1.0
        least = min(least, joins_at)
        best: dict[tuple[int, int], float] = {(0, 0): 0.0}
        back: dict[tuple[int, int], tuple[tuple[int, int], Step]] = {}
        heap: list[tuple[float, int, int]] = [(0.0, 0, 0)]
        done: set[tuple[int, int]] = set()
        while heap:
            cost, minus, column = heapq.heappop(heap)
            state = (-minus, column)
            if state in done:
                continue
            done.add(state)
            if state == (count, width):
                return Recipe(cost, _taken(back, state))
            if len(done) > _MOST_STATES:
                return None
            for step in self._steps.after(pieces, *state, delimiter, joins_at, bound - cost):
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


def _taken(
    back: dict[tuple[int, int], tuple[tuple[int, int], Step]], state: tuple[int, int]
) -> tuple[Taken, ...]:
    """Return the steps that led to a state, in their order."""
    steps: list[Taken] = []
    while state in back:
        state, (price, cells, used, repairs) = back[state]
        steps.append(Taken(*state, price, len(cells), used, repairs))
    return tuple(reversed(steps))


def _least_short(columns: Sequence[Column]) -> list[float]:
    """Return, by number of pieces, what filling up all columns costs at least.

    Each cell too few is split off or made up, or is part of an end that is not there.
    """
    tails = [0.0]
    for column in reversed(columns):
        tails.append(tails[-1] + column.cost("") + AT_END_MORE)
    width = len(columns)
    ends = [AT_END + tail if tail else 0.0 for tail in reversed(tails)]
    return [
        min(SPLIT * (reached - count) + ends[reached] for reached in range(count, width + 1))
        for count in range(width + 1)
    ]
