"""Conversion rates per value or range of every feature: the facts that reasons quote.

Counted on the training block, kept in the manifest, so that a reason can always be checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from features.featureset import FeatureSet
from models.cells import Cells, cut, tally
from models.manifest import JSON
from models.matrix import F32, Bools, Ints

_SURE: Final = 1.645


def count_facts(matrix: F32, label: Bools, features: FeatureSet, bins: int) -> dict[str, JSON]:
    """Count rows and conversions per cell of every feature.

    Parameters
    ----------
    matrix : (n, k) float32
        Training block, NaN = missing.
    label : (n,) bool
    bins : int
        Quantile bins of a number.

    Returns
    -------
    dict
        ``rows``, ``positives`` of the block, and per feature ``edges`` (m lower bounds),
        ``is_exact`` (each edge is a single value), ``rows`` and ``positives`` (m + 1 each, the
        last for missing values).
    """
    one_fold = np.zeros(len(label), dtype=np.int64)
    found: dict[str, JSON] = {}
    for index, feature in enumerate(features.features):
        cells = cut(matrix[:, index], feature.kind, bins)
        rows, positives = tally(cells.of(matrix[:, index]), cells.count, label, one_fold, 1)
        found[feature.name] = {
            "edges": [float(edge) for edge in cells.edges],
            "is_exact": cells.is_exact,
            "rows": [int(count) for count in rows[:, 0]],
            "positives": [int(count) for count in positives[:, 0]],
        }
    return {"rows": len(label), "positives": int(label.sum()), "features": found}


@dataclass(frozen=True)
class Fact:
    """What is known of the leads that share a cell with this one.

    Parameters
    ----------
    low, high : float or None
        The cell holds low <= value < high; None = no bound, or the cell of missing values.
    is_one_value : bool
        The cell holds the asked value alone.
    rows, positives : int
    base_rate : float
        Rate of all rows.
    """

    low: float | None
    high: float | None
    is_one_value: bool
    rows: int
    positives: int
    base_rate: float


class FeatureFacts:
    """The counts of one feature.

    Parameters
    ----------
    counts : mapping
        Its entry of what `count_facts` gave.
    base_rate : float
        Rate of all rows.
    is_number : bool
        Values have an order, so the middle one is typical; else the most frequent one is.
    """

    def __init__(self, counts: Mapping[str, Any], base_rate: float, *, is_number: bool) -> None:
        self._cells = Cells(np.array(counts["edges"], dtype=np.float32), counts["is_exact"])
        self._base_rate = base_rate
        self.is_number = is_number
        self.rows: Ints = np.array(counts["rows"], dtype=np.int64)
        self.positives: Ints = np.array(counts["positives"], dtype=np.int64)
        self.values = np.append(self._cells.edges, np.float32(np.nan))
        """A value of every cell: its lowest, and NaN for the last."""
        self.typical = self._middle() if is_number else int(np.argmax(self.rows))
        """The cell of the typical value."""

    @property
    def empty(self) -> int:
        """The cell of a lead of which nothing is known: missing, else zero, else as usual."""
        if self.rows[-1]:
            return len(self.rows) - 1
        return 0 if self.values[0] == 0 else self.typical

    def _middle(self) -> int:
        known = self.rows[:-1]
        if self.rows[-1] > known.sum():
            return len(known)
        return int(np.searchsorted(np.cumsum(known), known.sum() / 2, side="right").clip(0))

    def cell_of(self, column: F32) -> Ints:
        """Return the cell of every value (n,); -1 where a value was never counted."""
        found = self._cells.of(column)
        if self._cells.is_exact:
            unseen = (self.values[found] != column) & ~np.isnan(column)
            found[unseen] = -1
        return found

    def speaks(self, min_rows: int) -> npt.NDArray[np.int8]:
        """Return what the rate of each cell says: 1 above the rate of all, -1 below, 0 nothing.

        Nothing is said by fewer than `min_rows` rows, nor by a rate that chance explains: less than
        1.645 standard errors of a binomial from the rate of all (95%, one-sided). A last entry, for
        values never counted, is 0.
        """
        off = self.positives - self.rows * self._base_rate
        error = np.sqrt(self.rows * self._base_rate * (1 - self._base_rate))
        is_told = (self.rows >= min_rows) & (np.abs(off) >= _SURE * error)
        return np.append(np.where(is_told, np.sign(off), 0), 0).astype(np.int8)

    def fact(self, value: float) -> Fact | None:
        """Return the fact for a value (NaN = missing); None for one never counted."""
        cell = int(self.cell_of(np.array([value], dtype=np.float32))[0])
        if cell < 0:
            return None
        last = len(self.values) - 1
        is_exact = self._cells.is_exact
        return Fact(
            low=None if cell in (0, last) else float(self.values[cell]),
            high=None if cell >= last - 1 else float(self.values[cell + 1]),
            is_one_value=is_exact and cell != last,
            rows=int(self.rows[cell]),
            positives=int(self.positives[cell]),
            base_rate=self._base_rate,
        )


class Facts:
    """The facts of one manifest, in the order of its features."""

    def __init__(self, data: Mapping[str, Any], features: FeatureSet) -> None:
        self.base_rate = data["positives"] / data["rows"] if data["rows"] else 0.0
        self.of = tuple(
            FeatureFacts(
                data["features"][feature.name],
                self.base_rate,
                is_number=feature.kind == "number",
            )
            for feature in features.features
        )
