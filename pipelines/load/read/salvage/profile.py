"""What the cells of each column look like in the unbroken records of a file."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

_MOST_SHAPES = 24
_REGULAR = 0.95
_FEWEST_CELLS = 8
# Longer cells are told by their beginning.
SHAPE_CHARS = 200
_OF_ASCII = bytes(
    ord("a") if chr(code).isalpha() else ord("9") if chr(code).isdigit() else code
    for code in range(128)
) + bytes(128)
_LETTER, _DIGIT = re.compile(r"[^\W\d_]"), re.compile(r"\d")
_KINDS = (
    ("number", re.compile(r"[-+]?\d+([.,]\d+)*")),
    ("mail", re.compile(r"[^@\s]+@[^@\s]+\.\w+")),
    ("link", re.compile(r"(https?://|www\.)\S+", re.IGNORECASE)),
    ("date", re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}.*")),
    ("symbols", re.compile(r"[^A-Za-z]+")),
)
_MAY_BE_LINK = re.compile(r"http|www", re.IGNORECASE)

# Costs of a cell in a column where nothing like it was seen; repairs cost from 1 up.
_STRANGE = 1.8
_UNUSUAL = 0.5
_LEAST_UNLIKE = 0.8


class Column:
    """One column: the shapes of its cells, and how often it is empty.

    A shape is the cell with letters as ``a`` and digits as ``9``. A column of few shapes is
    regular: it tells by itself whether a cell belongs to it.
    """

    def __init__(self, cells: Sequence[str]) -> None:
        filled = [cell for cell in cells if cell.strip()]
        self.empty_share = 1 - len(filled) / len(cells) if cells else 0.5
        counts = Counter(map(shape, filled))
        common = counts.most_common(_MOST_SHAPES)
        self.is_known = len(filled) >= _FEWEST_CELLS
        self.is_regular = self.is_known and sum(n for _, n in common) >= _REGULAR * len(filled)
        self._shapes = frozenset(counts) if self.is_regular else frozenset()
        self._lengths = sorted({len(one) for one in self._shapes})
        self._short = frozenset(map(_collapsed, self._shapes))
        self._kinds = frozenset(map(kind, filled))

    def cost(self, cell: str) -> float:
        """Return how strange a cell is here, from 0 (like the others) up."""
        if not cell or cell.isspace():
            if self.empty_share >= 0.02:
                return 0.0
            return _UNUSUAL if self.empty_share or not self.is_known else _STRANGE
        if not self.is_known:
            return _UNUSUAL if self.empty_share > 0.9 else 0.0
        if self.is_regular:
            seen = shape(cell)
            if seen in self._shapes:
                return 0.0
            return _UNUSUAL if _collapsed(seen) in self._short else _STRANGE
        return 0.0 if kind(cell) in self._kinds else _LEAST_UNLIKE

    def is_unlike(self, cell: str) -> bool:
        """Tell whether no cell of the column is of this kind, or of these shapes if it is regular.

        Of few cells the kind is taken for that of the column, too.
        """
        if self.is_known:
            return self.cost(cell) >= _LEAST_UNLIKE
        return bool(self._kinds) and kind(cell) not in self._kinds

    def fits(self, cell: str) -> bool:
        """Tell whether the column is regular and the cell has one of its shapes."""
        return self.is_regular and shape(cell) in self._shapes

    def starts(self, shape_: str) -> list[int]:
        """Return how many characters of a shape may be a cell of this regular column."""
        most = len(shape_) - 1
        return [n for n in self._lengths if 0 < n <= most and shape_[:n] in self._shapes]

    def ends(self, shape_: str) -> list[int]:
        """Return behind how many characters of a shape a cell of this regular column may begin."""
        size = len(shape_)
        found = (size - n for n in reversed(self._lengths) if 0 < n < size)
        return [at for at in found if shape_[at:] in self._shapes]


def columns_of(records: Iterable[Sequence[str]], width: int) -> tuple[Column, ...]:
    """Learn the columns of a table from records of `width` cells."""
    rows = list(records)
    return tuple(Column([row[index] for row in rows]) for index in range(width))


@lru_cache(maxsize=100_000)
def shape(cell: str) -> str:
    """Return a cell with every letter as ``a`` and every digit as ``9``."""
    cell = cell[:SHAPE_CHARS]
    if cell.isascii():
        return cell.encode().translate(_OF_ASCII).decode()
    return _DIGIT.sub("9", _LETTER.sub("a", cell))


@lru_cache(maxsize=100_000)
def _collapsed(shape_: str) -> str:
    return "".join(char for char, _ in groupby(shape_))


@lru_cache(maxsize=100_000)
def kind(cell: str) -> str:
    """Return what a cell is by its looks: number, mail, link, date, symbols or text."""
    cell = cell.strip()
    if len(cell) > SHAPE_CHARS or not cell.isascii() or _MAY_BE_LINK.match(cell):
        return _kind(cell)
    return _kind(shape(cell))  # of which there are fewer


@lru_cache(maxsize=100_000)
def _kind(cell: str) -> str:
    return next((name for name, pattern in _KINDS if pattern.fullmatch(cell)), "text")
