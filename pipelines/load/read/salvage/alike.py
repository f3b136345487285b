"""Records that are damaged alike are repaired alike: the search is made once for each kind."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from pipelines.load.read.salvage.profile import Column
from pipelines.load.read.salvage.repair import Repair
from pipelines.load.read.salvage.steps import SPLIT, Steps

_MOST_KINDS = 20_000
_MOST_OF_A_KIND = 4
# A record that costs more beside its fault is not like those that were repaired by one step.
_SLIGHT = 2.3
_MOST_JOINED = 4


@dataclass(frozen=True)
class Taken:
    """One step of a reading, without the text it was found in.

    Parameters
    ----------
    at, column : int
        Piece and column where it begins.
    """

    at: int
    column: int
    price: float
    cells: int
    used: int
    repairs: frozenset[Repair]


@dataclass(frozen=True)
class Recipe:
    """How one record was read; `cost` is what that took."""

    cost: float
    steps: tuple[Taken, ...]


class Alike:
    """Recipes by kind of damage.

    A kind is what the pieces of a record cost in their columns counted from the left and counted
    from the right, what joining or cutting them costs where both meet, and where quotes stand.
    That is nearly all the search looks at; the rest is looked at when a recipe is followed.
    """

    def __init__(self, columns: Sequence[Column], quote: str, steps: Steps) -> None:
        self._columns = columns
        self._quote = quote
        self._steps = steps
        self._known: dict[Hashable, list[Recipe]] = {}

    def kind(self, pieces: list[str], delimiter: str, joins_at: float) -> Hashable:
        """Return what has to be the same in two records for one recipe."""
        shift = len(self._columns) - len(pieces)
        q = self._quote
        bare = [piece.strip(q) if q and q in piece else piece for piece in pieces]
        pairs = zip(self._columns, bare, strict=False)
        from_left = tuple([column.cost(piece) for column, piece in pairs])
        same = (delimiter, joins_at, len(pieces), from_left, self._quotes(pieces))
        if not shift:
            return same
        pairs = zip(self._columns[max(shift, 0) :], bare[max(-shift, 0) :], strict=True)
        from_right = tuple([column.cost(piece) for column, piece in pairs])
        left = list(accumulate(from_left, initial=0.0))
        right = list(accumulate(reversed(from_right), initial=0.0))[::-1]
        if shift > 0:
            return (*same, from_right, self._cuts(pieces, left, right, shift))
        joined = self._joins(pieces, left, right, -shift, delimiter)
        return (*same, from_right, joined, _empties(pieces, left, right, -shift))

    def recipes(self, kind: Hashable) -> Sequence[Recipe]:
        """Return what is known of a kind, the cheapest first."""
        return self._known.get(kind, ())

    def add(self, kind: Hashable, recipe: Recipe) -> None:
        """Keep a recipe; memory is bounded."""
        if len(self._known) >= _MOST_KINDS:
            self._known.clear()
        recipes = self._known.setdefault(kind, [])
        recipes.append(recipe)
        recipes.sort(key=lambda one: one.cost)
        del recipes[_MOST_OF_A_KIND:]

    def _cuts(
        self, pieces: list[str], left: list[float], right: list[float], shift: int
    ) -> tuple[tuple[int, float], ...]:
        """Return where one piece makes two cells, and what the two cost."""
        found = []
        for at in range(len(pieces)):
            beside = left[at] + right[at + 1] if shift == 1 else min(left[at], right[at + 1])
            if beside > _SLIGHT:
                continue
            column = at if left[at] <= _SLIGHT else at + shift - 1
            cut = next(self._steps.split(pieces, at, column, ""), None)
            if cut is not None:
                found.append((at, cut[0] - SPLIT))
        return tuple(found)

    def _joins(
        self,
        pieces: list[str],
        left: list[float],
        right: list[float],
        more: int,
        delimiter: str,
    ) -> tuple[tuple[int, float], ...]:
        """Return where several pieces make one cell, and what it costs."""
        if more > _MOST_JOINED:
            return ()
        return tuple(
            (at, column.cost(delimiter.join(pieces[at : at + more + 1])))
            for at, column in enumerate(self._columns)
            if left[at] + right[at + 1] <= _SLIGHT
        )

    def _quotes(self, pieces: Sequence[str]) -> tuple[tuple[int, tuple[str, ...]], ...]:
        """Return where quotes stand, and between which of them there is text."""
        q = self._quote
        if not q:
            return ()
        return tuple(
            [
                (
                    index,
                    tuple(part and ("x" if part.strip(" ") else " ") for part in piece.split(q)),
                )
                for index, piece in enumerate(pieces)
                if q in piece
            ]
        )


def _empties(
    pieces: list[str], left: list[float], right: list[float], more: int
) -> tuple[int, ...]:
    """Return which pieces can be dropped: empty ones, where both sides meet."""
    return tuple(
        [
            at
            for at, piece in enumerate(pieces)
            if not piece.strip()
            and (more > 1 or at >= len(right) or left[at] + right[at] <= _SLIGHT)
        ]
    )
