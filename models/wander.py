"""How far the level of conversion wanders from one stretch of time to the next, beyond chance.

Leads are scored for a time to come, and nobody knows its level. A probability is then the mean over
the levels that may be: nearer to one half than that of the level seen last, the more the further
levels have wandered while they could be watched.
"""

from typing import Final

import numpy as np

from models.matrix import F64, Bools, Ints

STRETCHES: Final = 16

_LEAST_OUTCOMES: Final = 100
"""Of the rarer outcome, in all stretches together: fewer cannot tell wandering from chance."""

# Judgement: odds that go up or down by 2.7 are as much as a few stretches can vouch for.
MOST_VARIANCE: Final = 1.0

# Standard errors: what chance may explain widens nothing.
_LEAST_ERRORS: Final = 3.0

# Mean square of 15 successive differences of normal levels without the largest, by that of all.
_WITHOUT_LARGEST: Final = 0.77

_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(21)


def variance_of_levels(probability: F64, label: Bools, time: Ints, tied: Ints) -> float:
    """Return the variance of log-odds by which stretches of time differ beyond chance.

    Half the squared difference of one stretch from the next (von Neumann 1941,
    doi:10.1214/aoms/1177731677), the largest left out: a level that moved once and stayed is known
    by now and corrected (`models.level`), so its distance from the old one tells of no other.

    Parameters
    ----------
    probability : (n,) float64
        Calibrated, at the level that was believed, by trees that saw earlier rows only: those that
        saw rows of the same time know its level already.
    label : (n,) bool
    time : (n,) int64
        Larger = later.
    tied : (n,) int64
        Rows that have one value here may have one outcome: chance moves them together.

    Returns
    -------
    float
        0 where chance explains what is seen, or outcomes are few.
    """
    if min(int(label.sum()), int((~label).sum())) < _LEAST_OUTCOMES:
        return 0.0
    order = np.argsort(time, kind="stable")
    starts = np.linspace(0, len(order), STRETCHES, endpoint=False).astype(np.int64)
    rows = np.diff(np.append(starts, len(order)))
    seen, expected = (
        (np.add.reduceat(values[order].astype(np.float64), starts) + 0.5) / (rows + 1)
        for values in (label, probability)
    )
    off = np.log(seen / (1 - seen)) - np.log(expected / (1 - expected))
    middle = (seen + expected) / 2
    chance = _bunching((label - probability)[order], tied[order], rows) / (
        rows * middle * (1 - middle)
    )
    noise = chance[1:] + chance[:-1]
    ratio = np.diff(off) ** 2 / noise
    kept = np.arange(len(ratio)) != ratio.argmax()
    # Differences that share a stretch are related: half as much again as independent ones.
    if (ratio[kept] - 1).sum() < _LEAST_ERRORS * np.sqrt(2 * kept.sum() * 1.5):
        return 0.0
    beyond = ratio[kept] / _WITHOUT_LARGEST - 1
    return min(float(beyond.sum() / (1 / noise[kept]).sum() / 2), MOST_VARIANCE)


def _bunching(error: F64, tied: Ints, rows: Ints) -> float:
    """Return by how much rows that err together make chance larger than as many single ones."""
    stretch = np.repeat(np.arange(STRETCHES), rows)
    bunch = np.unique(
        np.unique(tied, return_inverse=True)[1] * STRETCHES + stretch, return_inverse=True
    )[1]
    return max(1.0, float((np.bincount(bunch, error) ** 2).sum() / (error**2).sum()))


def mean_over_levels(odds: F64, variance: float) -> F64:
    """Return the log-odds of the mean probability over levels with this variance of log-odds."""
    levels = odds[:, None] + np.sqrt(variance) * _NODES
    mean = (1.0 / (1.0 + np.exp(-np.clip(levels, -500, 500)))) @ (_WEIGHTS / _WEIGHTS.sum())
    found: F64 = np.log(mean / (1 - mean))
    return found
