"""Cut a feature into cells - values of a category, quantile bins of a number, missing - and count.

The leakage checks and the facts behind reasons both stand on these counts.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from features.spec import Kind
from models.matrix import F32, Bools, Ints

# Quantiles of so many rows are within 0.5% of those of any number of rows.
_SAMPLE_ROWS: Final = 100_000


@dataclass(frozen=True)
class Cells:
    """The cells of one feature.

    Parameters
    ----------
    edges : (m,) float32
        Cell i holds values v with edges[i] <= v < edges[i + 1]; the first cell also holds what is
        below, the last has no upper bound. Cell m holds the missing values.
    is_exact : bool
        Every cell was one value, its edge, on the rows it was cut from.
    """

    edges: F32
    is_exact: bool

    @property
    def count(self) -> int:
        """Number of cells, the one of missing values included."""
        return len(self.edges) + 1

    def of(self, column: F32) -> npt.NDArray[np.int64]:
        """Return the cell of every value, (n,) int64."""
        found = np.searchsorted(self.edges, column, side="right") - 1
        found = np.maximum(found, 0)
        found[np.isnan(column)] = len(self.edges)
        return found.astype(np.int64)


def cut(column: F32, kind: Kind, bins: int) -> Cells:
    """Choose the cells of a feature.

    Parameters
    ----------
    column : (n,) float32
        NaN = missing.
    kind : {"number", "category", "flag"}
        Categories (codes) and flags get one cell per value.
    bins : int
        Quantile bins of a number, at most so many cells; a number of fewer values gets one cell per
        value, and so does a value that fills more than a bin.
    """
    values = column[~np.isnan(column)]
    if not len(values):
        return Cells(np.zeros(1, dtype=np.float32), is_exact=True)
    if kind == "number" and len(values) > _SAMPLE_ROWS:
        values = values[:: len(values) // _SAMPLE_ROWS + 1]
    distinct = np.unique(values)
    if kind != "number" or len(distinct) <= bins:
        return Cells(distinct, is_exact=True)
    inner = np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1], method="higher")
    edges, taken = np.unique(np.append(inner, distinct[0]), return_counts=True)
    # A value that takes several quantiles is a cell of its own: of a column that is nearly always
    # zero, the few rows above would else lie in the cell of zero.
    above = np.searchsorted(distinct, edges[taken > 1], side="right")
    edges = np.union1d(edges, distinct[above[above < len(distinct)]])
    return Cells(edges.astype(np.float32), is_exact=False)


def tally(cell: Ints, count: int, label: Bools, fold: Ints, folds: int) -> tuple[Ints, Ints]:
    """Count rows and conversions per cell and fold.

    Returns
    -------
    rows, positives : (count, folds) int64
    """
    where = cell * folds + fold
    rows = np.bincount(where, minlength=count * folds).reshape(count, folds)
    positives = np.bincount(where[label], minlength=count * folds).reshape(count, folds)
    return rows.astype(np.int64), positives.astype(np.int64)
