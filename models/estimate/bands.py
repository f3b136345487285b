"""Whether probabilities come true: what was said of who was contacted, and what they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.estimate.combine import scaled
from models.estimate.share import MIN_EFFECTIVE_ROWS, Estimate, share_of
from models.matrix import F64, Bools, Ints

_MOST_BANDS: Final = 10


@dataclass(frozen=True)
class Band:
    """People of whom about the same was said.

    Parameters
    ----------
    low, high : float
        Probabilities from and to.
    said : float
        Mean of them.
    came : Estimate
        Share that converted.
    """

    low: float
    high: float
    said: float
    came: Estimate

    @property
    def times(self) -> Estimate:
        """What came true of what was said; 1: all."""
        return scaled(self.came, 1 / self.said if self.said else 0.0)


def bands_of(probability: F64, label: Bools, group: Ints) -> Iterator[Band]:
    """Yield a band of all, then bands of equal numbers, the lowest first: ten, or fewer of few.

    Parameters
    ----------
    probability : (n,) float64
    label : (n,) bool
    group : (n,) int64
        Rows of one person share luck.
    """
    if not len(label):
        return
    order = np.argsort(probability, kind="stable")
    yield _band(probability, label, group, order)
    count = min(_MOST_BANDS, int(len(label) / (2 * MIN_EFFECTIVE_ROWS)))
    if count > 1:
        for rows in np.array_split(order, count):
            yield _band(probability, label, group, rows)


def _band(probability: F64, label: Bools, group: Ints, rows: Ints) -> Band:
    said = probability[rows]
    came = share_of(label[rows], np.ones(len(rows)), group[rows])
    return Band(float(said.min()), float(said.max()), float(said.mean()), came)
