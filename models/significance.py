"""How sure a figure is where rows come in bunches: a day's leads share luck, a person's rows too.

Taking such rows for independent makes a blip of the calendar look like a signal.
"""

from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, t

from models.matrix import F64, Bools, Ints

MIN_BUNCHES: Final = 10
"""Fewer bunches cannot tell how much they differ."""


def bunches(at: npt.NDArray[np.datetime64] | None, newest: F64, group: Ints) -> Ints:
    """Return what share luck: the contact day, else the day of creation, else the person.

    Parameters
    ----------
    at : (n,) datetime64 or None
        Day to which each row belongs, where rows have dates.
    newest : (n,) float64
        Seconds since 1970 at which the lead was created, NaN = unknown.
    group : (n,) int64
        Person: taken where days are unknown, or too few to tell how much they differ.
    """
    days = np.floor(newest / 86_400.0) if at is None else at.astype("datetime64[D]").astype(float)
    if np.isnan(days).any() or len(np.unique(days)) < MIN_BUNCHES:
        return group
    return days.astype(np.int64)


def auc_interval_by(
    label: Bools, score: F64, bunch: Ints, level: float = 0.95
) -> tuple[float, float]:
    """Return the confidence interval of the AUC when rows of one bunch are not independent.

    DeLong's components, summed per bunch before they are squared (Obuchowski 1997,
    doi:10.2307/2533958); Student's t with one degree less than there are bunches.

    Parameters
    ----------
    label : (n,) bool
    score : (n,) float64
    bunch : (n,) int64
        Day or person of each row.

    Returns
    -------
    low, high : float
        NaN where an outcome is missing or there are fewer than `MIN_BUNCHES`.
    """
    return _interval(_components(label, score), label, bunch, level)


def auc_difference_by(
    label: Bools, first: F64, second: F64, bunch: Ints, level: float = 0.95
) -> tuple[float, float]:
    """Return the confidence interval of AUC(first) - AUC(second) on the same rows."""
    found = _components(label, first) - _components(label, second)
    return _interval(found, label, bunch, level)


def mean_error_by(values: F64, bunch: Ints) -> float:
    """Return the standard error of the mean of (n,) values that come in bunches; NaN if too few."""
    _, inside = np.unique(bunch, return_inverse=True)
    count = int(inside.max(initial=-1)) + 1
    if count < MIN_BUNCHES:
        return float("nan")
    sums = np.bincount(inside, weights=values - values.mean())
    return float(np.sqrt((sums**2).sum() * count / (count - 1)) / len(values))


def lift_gain_by(
    label: Bools, first: F64, second: F64, share: float, bunch: Ints, seed: int, draws: int = 400
) -> tuple[float, float]:
    """Return the 95% interval of lift(first) - lift(second) in the best `share` of the rows.

    Bootstrap of whole bunches (Efron 1979): each draw weighs every bunch by how often it was drawn.
    Equal scores are taken in the order of their rows.
    """
    _, inside = np.unique(bunch, return_inverse=True)
    count = int(inside.max(initial=-1)) + 1
    if count < MIN_BUNCHES or not label.any():
        return (float("nan"), float("nan"))
    orders = [np.argsort(-score, kind="stable") for score in (first, second)]
    dice = np.random.default_rng(seed)
    gains = []
    for _ in range(draws):
        weight = np.bincount(dice.integers(0, count, count), minlength=count)[inside]
        if not (weight * label).any():
            continue
        ours, theirs = (_weighted_lift(label[o], weight[o], share) for o in orders)
        gains.append(ours - theirs)
    if not gains:
        return (float("nan"), float("nan"))
    low, high = np.quantile(gains, (0.025, 0.975))
    return (float(low), float(high))


def _weighted_lift(label: Bools, weight: Ints, share: float) -> float:
    """Lift of the first `share` of weighted rows that stand the best first."""
    reached = np.cumsum(weight)
    wanted = share * reached[-1]
    taken = np.clip(wanted - (reached - weight), 0, weight)
    return float((taken * label).sum() / wanted / ((weight * label).sum() / reached[-1]))


def _components(label: Bools, score: F64) -> F64:
    """Share of each row in the AUC: of the other outcome, how many it is on the right side of."""
    positives, negatives = int(label.sum()), int((~label).sum())
    found = np.full(len(label), np.nan)
    if not positives or not negatives:
        return found
    ranks = rankdata(score)
    found[label] = (ranks[label] - rankdata(score[label])) / negatives
    found[~label] = 1 - (ranks[~label] - rankdata(score[~label])) / positives
    return found


def _interval(found: F64, label: Bools, bunch: Ints, level: float) -> tuple[float, float]:
    _, inside = np.unique(bunch, return_inverse=True)
    count = int(inside.max(initial=-1)) + 1
    positives = int(label.sum())
    if count < MIN_BUNCHES or not 1 < positives < len(label) - 1:
        return (float("nan"), float("nan"))
    middle = float(found[label].mean())
    part = np.where(label, 1 / positives, 1 / (len(label) - positives))
    off = found - np.where(label, middle, found[~label].mean())
    sums = np.bincount(inside, weights=part * off)
    error = float(np.sqrt((sums**2).sum() * count / (count - 1)))
    width = float(t.ppf(0.5 + level / 2, count - 1)) * error
    return (middle - width, middle + width)
