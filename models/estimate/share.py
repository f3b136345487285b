"""How large a share or a mean is, of rows of which some stand for more people than others.

Intervals hold at 95% (`LEVEL`) also where the outcome is rare and weights are heavy: the usual one,
mean plus and minus 1.96 standard errors, covered 30 to 80% of the time at 1% of 300 rows with
weights of one log-normal unit, and is not used. docs/decisions/0031 has the figures.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import beta, norm

from models.errors import ModelError
from models.matrix import F64, Bools, Ints

LEVEL: Final = 0.95
# Of so many rows of equal weight nothing is said; judgement. It looks at no outcome: a rule that
# waits for conversions would show a figure only where chance was kind.
MIN_EFFECTIVE_ROWS: Final = 50.0


@dataclass(frozen=True)
class Estimate:
    """A number with what chance leaves open.

    Parameters
    ----------
    value, low, high : float
        With its interval at `LEVEL`; NaN where nothing is known, infinite where nothing bounds it.
    rows : int
        Rows that it was made of.
    positives : float
        Sum of their outcomes: the conversions, where these are 0 or 1.
    effective_rows : float
        As many rows of equal weight would say as much (Kish 1965).
    """

    value: float
    low: float
    high: float
    rows: int
    positives: float
    effective_rows: float

    @property
    def is_enough(self) -> bool:
        """Whether there are enough rows to say a number at all."""
        return self.effective_rows >= MIN_EFFECTIVE_ROWS and not np.isnan(self.value)


NOTHING: Final = Estimate(float("nan"), float("nan"), float("nan"), 0, 0.0, 0.0)


def share_of(label: Bools, weight: F64, group: Ints | None = None) -> Estimate:
    """Estimate the share of positives among the people that weighted rows stand for.

    Self-normalised weights (Hajek 1971; Swaminathan and Joachims 2015), and the exact binomial
    interval of as many rows as would vary as much (Korn and Graubard 1998, "Confidence intervals
    for proportions with small expected number of positive counts", Survey Methodology 24).

    Parameters
    ----------
    label : (n,) bool
    weight : (n,) float64
        People that each row stands for, 1 / propensity; 0 leaves it out.
    group : (n,) int64, optional
        Rows of one group share luck: those of one person on several nights.
    """
    held = _Weighed.of(label.astype(np.float64), weight, group)
    if held is None:
        return NOTHING
    low, high = _exact(held.value, held.binomial_rows())
    return held.stated(low, high)


def share_by_score(label: Bools, weight: F64, group: Ints | None = None) -> Estimate:
    """Estimate the same with the score interval (Wilson 1927), as differences are made of.

    Ratios are made of `share_of`: of a handful of conversions below the line they covered 90% with
    this one.

    A single one falls a little below its level at times, a difference of two does not (Newcombe
    1998, "Interval estimation for the difference between independent proportions").
    """
    held = _Weighed.of(label.astype(np.float64), weight, group)
    if held is None:
        return NOTHING
    low, high = _score(held.value, held.binomial_rows())
    return held.stated(low, high)


def mean_of(outcome: F64, weight: F64, group: Ints | None = None) -> Estimate:
    """Estimate the mean of an amount, with the interval of a sum that is skewed.

    Hall's transformation (Hall 1992, "On the removal of skewness by transformation", JRSS B 54).
    """
    held = _Weighed.of(outcome, weight, group)
    if held is None:
        return NOTHING
    low, high = skewed_interval(held.value, held.errors)
    return held.stated(low, high)


def skewed_interval(value: float, errors: F64) -> tuple[float, float]:
    """Return the interval of a sum, given the (n,) independent errors that it is made of."""
    error = float(np.sqrt((errors**2).sum()))
    if error == 0:
        return value, value
    skew = float((errors**3).sum()) / error**3
    z = float(norm.ppf(0.5 + LEVEL / 2))
    return value - error * _unskewed(z, skew), value - error * _unskewed(-z, skew)


def _unskewed(z: float, skew: float) -> float:
    """Return the standardised error whose transform is `z`."""
    if abs(skew) < 1e-6:
        return z
    return float(3 / skew * (np.cbrt(1 + skew * (z - skew / 6)) - 1))


@dataclass(frozen=True)
class _Weighed:
    """A self-normalised mean, and what each independent row or group contributes to its error."""

    value: float
    errors: F64
    rows: int
    positives: float
    effective_rows: float

    @classmethod
    def of(cls, outcome: F64, weight: F64, group: Ints | None) -> "_Weighed | None":
        if not len(outcome) == len(weight) == len(outcome if group is None else group):
            raise ModelError("outcomes and weights of different lengths", "one weight per row")
        if not (np.isfinite(weight).all() and (weight >= 0).all() and np.isfinite(outcome).all()):
            raise ModelError("a weight below 0, or no number", "weights of 0 or more")
        used = weight > 0
        total = float(weight.sum())
        if not total:
            return None
        value = float((weight * outcome).sum() / total)
        errors = (weight * (outcome - value) / total)[used]
        summed = weight[used]
        if group is not None:
            _, inside = np.unique(group[used], return_inverse=True)
            errors = np.bincount(inside, errors).astype(np.float64)
            summed = np.bincount(inside, summed).astype(np.float64)
        effective = total**2 / float((summed**2).sum())
        return cls(value, errors, int(used.sum()), float(outcome[used].sum()), effective)

    def binomial_rows(self) -> float:
        """Return how many rows of equal weight would vary as much: never more than Kish's."""
        variance = float((self.errors**2).sum())
        if variance == 0:
            return self.effective_rows
        return min(self.effective_rows, self.value * (1 - self.value) / variance)

    def stated(self, low: float, high: float) -> Estimate:
        return Estimate(self.value, low, high, self.rows, self.positives, self.effective_rows)


def _exact(share: float, rows: float) -> tuple[float, float]:
    """Clopper and Pearson's interval, of a number of rows that need not be whole."""
    hits, tail = share * rows, (1 - LEVEL) / 2
    low = float(beta.ppf(tail, hits, rows - hits + 1)) if hits > 0 else 0.0
    high = float(beta.ppf(1 - tail, hits + 1, rows - hits)) if hits < rows else 1.0
    return low, high


def _score(share: float, rows: float) -> tuple[float, float]:
    z = float(norm.ppf(0.5 + LEVEL / 2))
    middle = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * np.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
