"""One column as counts: rows and conversions per cell and fold, and what they say."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.spec import Feature
from models.cells import Cells, cut, tally
from models.matrix import F32, F64, Bools, Ints
from models.split import mix

FOLDS: Final = 5
_BINS: Final = 20
_SMOOTHING_ROWS: Final = 20.0


@dataclass(frozen=True)
class Column:
    """A feature cut into cells.

    Parameters
    ----------
    feature : Feature
    cells : Cells
    cell : (n,) int64
        Cell of every row; the last one holds the missing values.
    by_fold, positives_by_fold : (cells, folds) int64
        Rows and conversions.
    area : float
        AUC of this column alone, out of fold.
    """

    feature: Feature
    cells: Cells
    cell: Ints
    by_fold: Ints
    positives_by_fold: Ints
    area: float

    @classmethod
    def of(cls, feature: Feature, values: F32, label: Bools, fold: Ints) -> "Column":
        """Cut and count (n,) values."""
        cells = cut(values, feature.kind, _BINS)
        cell = cells.of(values)
        counts = tally(cell, cells.count, label, fold, FOLDS)
        return cls(feature, cells, cell, *counts, area_of(*counts))

    @property
    def title(self) -> str:
        """What people call it."""
        return self.feature.title

    @property
    def rows(self) -> Ints:
        """Rows per cell."""
        total: Ints = self.by_fold.sum(axis=1)
        return total

    @property
    def positives(self) -> Ints:
        """Conversions per cell."""
        total: Ints = self.positives_by_fold.sum(axis=1)
        return total

    @property
    def is_constant(self) -> bool:
        """Whether every row sits in one cell."""
        return bool(self.rows.max() == self.rows.sum())

    @property
    def evidence(self) -> F64:
        """Per cell: smoothed log-odds of a conversion above those of all rows."""
        rows, positives = self.rows, self.positives
        base = positives.sum() / rows.sum()
        hit = positives + _SMOOTHING_ROWS * base
        miss = rows - positives + _SMOOTHING_ROWS * (1 - base)
        return np.asarray(np.log(hit / miss) - np.log(base / (1 - base)), dtype=np.float64)

    def words(self, cell: int, values: tuple[str, ...]) -> str:
        """Name a cell; `values` is the vocabulary of a category, empty for the others."""
        edges = self.cells.edges
        if cell == len(edges):
            return "nothing"
        if values:
            return f"{values[int(edges[cell])]!r}"
        low = f"{edges[cell]:g}"
        if self.cells.is_exact:
            return low
        return f"{low} to {edges[cell + 1]:g}" if cell + 1 < len(edges) else f"{low} or more"


def folds_of(group: Ints) -> Ints:
    """Return the fold of every row: duplicates of one person never sit in two."""
    return (mix(group, 1) % np.uint64(FOLDS)).astype(np.int64)


def area_of(rows: Ints, positives: Ints) -> float:
    """AUC of the smoothed rate of a row's cell in the other folds; from counts alone.

    Cells, not values, so that a column need not be monotone; out of fold, so that a category of
    many values earns nothing by chance.

    Parameters
    ----------
    rows, positives : (cells, folds) int64
    """
    other_rows = rows.sum(axis=1, keepdims=True) - rows
    other_positives = positives.sum(axis=1, keepdims=True) - positives
    base = other_positives.sum(axis=0) / np.maximum(other_rows.sum(axis=0), 1)
    rate = (other_positives + _SMOOTHING_ROWS * base) / (other_rows + _SMOOTHING_ROWS)
    # Within a fold only: rates of different folds carry different base rates, and comparing them
    # would push a useless column below 0.5.
    areas, weights = [], []
    for fold in range(rows.shape[1]):
        hits, misses = positives[:, fold], rows[:, fold] - positives[:, fold]
        pairs = float(hits.sum()) * float(misses.sum())
        if pairs:
            areas.append(ranked_area(rate[:, fold], hits, misses))
            weights.append(pairs)
    return float(np.average(areas, weights=weights)) if areas else float("nan")


def ranked_area(score: F64, hits: Ints, misses: Ints) -> float:
    """AUC of cells ordered by `score`, (cells,) each; ties count half, NaN without both."""
    levels, level = np.unique(score, return_inverse=True)
    above = np.bincount(level, hits, len(levels))
    beside = np.bincount(level, misses, len(levels))
    pairs = above.sum() * beside.sum()
    if not pairs:
        return float("nan")
    below = np.cumsum(beside) - beside
    return float((above * (below + beside / 2)).sum() / pairs)
