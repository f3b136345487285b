"""Conversion rates per value or range of every feature: the facts that reasons quote.

Counted on the training block, kept in the manifest, so that a reason can always be checked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from features.featureset import FeatureSet
from models.cells import Cells, cut, tally
from models.manifest import JSON
from models.matrix import F32, Bools


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


class Facts:
    """The facts of one manifest, looked up by feature and value."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self._base_rate = data["positives"] / data["rows"] if data["rows"] else 0.0
        self._counts = data["features"]
        self._cells = {
            name: Cells(np.array(counts["edges"], dtype=np.float32), counts["is_exact"])
            for name, counts in self._counts.items()
        }

    def of(self, feature: str, value: float) -> Fact | None:
        """Return the fact for a value of a feature (NaN = missing); None for an unseen value."""
        cells, counts = self._cells[feature], self._counts[feature]
        index = int(cells.of(np.array([value], dtype=np.float32))[0])
        edges = counts["edges"]
        is_missing, is_last = index == len(edges), index == len(edges) - 1
        if cells.is_exact and not is_missing and np.float32(value) != cells.edges[index]:
            return None
        return Fact(
            low=None if is_missing or index == 0 else edges[index],
            high=None if is_missing or is_last else edges[index + 1],
            is_one_value=cells.is_exact and not is_missing,
            rows=counts["rows"][index],
            positives=counts["positives"][index],
            base_rate=self._base_rate,
        )
