"""Metrics of a ranking and of probabilities, on plain arrays.

Everywhere `label` is (n,) bool and `score` (n,) float64, larger = more likely; ties count by
their expectation under random order, so a constant has AUC 0.5 and lift 1. A metric that the
data cannot define is NaN.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm, rankdata

from models.calibrate import best_shift, logistic_line
from models.matrix import F64, Bools

EPSILON: Final = 1e-15


def auc(label: Bools, score: F64) -> float:
    """Area under the ROC curve: chance that a conversion outranks a non-conversion."""
    positives, negatives = int(label.sum()), int((~label).sum())
    if not positives or not negatives:
        return float("nan")
    ranks = rankdata(score)
    return float((ranks[label].sum() - positives * (positives + 1) / 2) / positives / negatives)


def auc_interval(label: Bools, score: F64, level: float = 0.95) -> tuple[float, float]:
    """Confidence interval of the AUC.

    DeLong's variance by mid-ranks (Sun and Xu 2014, doi:10.1109/LSP.2014.2337313), on the logit
    scale so that it stays inside (0, 1).
    """
    positives, negatives = int(label.sum()), int((~label).sum())
    if positives < 2 or negatives < 2:
        return (float("nan"), float("nan"))
    ranks = rankdata(score)
    above = (ranks[label] - rankdata(score[label])) / negatives
    below = 1 - (ranks[~label] - rankdata(score[~label])) / positives
    area = float(above.mean())
    error = float(np.sqrt(above.var(ddof=1) / positives + below.var(ddof=1) / negatives))
    if not 0 < area < 1 or error == 0:
        return (area, area)
    logit, width = np.log(area / (1 - area)), norm.ppf(0.5 + level / 2) * error / area / (1 - area)
    return (float(1 / (1 + np.exp(width - logit))), float(1 / (1 + np.exp(-width - logit))))


def auc_difference(
    label: Bools, first: F64, second: F64, level: float = 0.95
) -> tuple[float, float]:
    """Confidence interval of AUC(first) - AUC(second) on the same rows.

    DeLong's paired variance (DeLong et al. 1988, doi:10.2307/2531595), by mid-ranks.
    """
    positives, negatives = int(label.sum()), int((~label).sum())
    if positives < 2 or negatives < 2:
        return (float("nan"), float("nan"))
    above, below = np.zeros(positives), np.zeros(negatives)
    for score, sign in ((first, 1.0), (second, -1.0)):
        ranks = rankdata(score)
        above += sign * (ranks[label] - rankdata(score[label])) / negatives
        below += sign * (1 - (ranks[~label] - rankdata(score[~label])) / positives)
    error = float(np.sqrt(above.var(ddof=1) / positives + below.var(ddof=1) / negatives))
    middle, width = float(above.mean()), float(norm.ppf(0.5 + level / 2)) * error
    return (middle - width, middle + width)


def average_precision(label: Bools, score: F64) -> float:
    """Mean precision over the recall steps, equal scores as one step."""
    positives = int(label.sum())
    if not positives:
        return float("nan")
    order = np.argsort(-score, kind="stable")
    hits = np.cumsum(label[order])
    ends = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    precision, recall = hits[ends] / (ends + 1), hits[ends] / positives
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def lift(label: Bools, score: F64, share: float = 0.1) -> float:
    """Conversion rate of the best `share` of rows, divided by the rate of all."""
    rows, positives = len(label), int(label.sum())
    if not positives:
        return float("nan")
    wanted = max(1.0, share * rows)
    order = np.argsort(-score, kind="stable")
    sizes = np.diff(np.append(np.flatnonzero(np.diff(score[order])) + 1, rows), prepend=0)
    starts = np.cumsum(sizes) - sizes
    hits = np.add.reduceat(label[order].astype(np.float64), starts)
    taken = np.clip((wanted - starts) / sizes, 0.0, 1.0)
    return float((hits * taken).sum() / wanted / (positives / rows))


def log_loss(label: Bools, probability: F64) -> float:
    """Mean negative log-likelihood, natural logarithm."""
    return float(losses(label, probability).mean()) if len(label) else float("nan")


def levelled_loss(label: Bools, raw: F64) -> float:
    """Mean log loss of log-odds after the shift that suits these rows best.

    What is left of a score's log loss when the base rate is somebody else's business.
    """
    if not len(label):
        return float("nan")
    return log_loss(label, 1.0 / (1.0 + np.exp(-(raw + best_shift(label, raw)))))


def fitted_losses(label: Bools, raw: F64) -> F64:
    """Log loss of each row after the straight line through the log-odds that suits all best.

    What a score tells, whatever its level and its sharpness: calibration sees to those; (n,).
    """
    slope, intercept = logistic_line(raw, label, slope_precision=1e-3)
    return losses(label, 1.0 / (1.0 + np.exp(-(slope * raw + intercept))))


def losses(label: Bools, probability: F64) -> F64:
    """Negative log-likelihood of each row, (n,) float64."""
    safe = np.clip(probability, EPSILON, 1 - EPSILON)
    return -np.log(np.where(label, safe, 1 - safe))


def brier(label: Bools, probability: F64) -> float:
    """Mean squared distance of probability and outcome."""
    return float(np.mean((probability - label) ** 2)) if len(label) else float("nan")


@dataclass(frozen=True)
class Band:
    """One band of rows of about equal count, by probability."""

    rows: int
    positives: int
    probability_mean: float
    probability_low: float
    probability_high: float


def bands(label: Bools, probability: F64, count: int = 10) -> tuple[Band, ...]:
    """Reliability by bands of about equal row counts, lowest first; equal values stay together."""
    if not len(label):
        return ()
    edges = np.unique(np.quantile(probability, np.linspace(0, 1, count + 1)[1:-1]))
    band = np.searchsorted(edges, probability, side="left")
    found = []
    for index in np.unique(band):
        inside = band == index
        values = probability[inside]
        found.append(
            Band(
                rows=int(inside.sum()),
                positives=int(label[inside].sum()),
                probability_mean=float(values.mean()),
                probability_low=float(values.min()),
                probability_high=float(values.max()),
            )
        )
    return tuple(found)


def calibration_error(table: tuple[Band, ...]) -> float:
    """Mean distance of probability and rate over equal-count bands (expected calibration error)."""
    rows = sum(band.rows for band in table)
    off = sum(abs(band.probability_mean * band.rows - band.positives) for band in table)
    return off / rows if rows else float("nan")


def calibration_noise(table: tuple[Band, ...]) -> float:
    """Calibration error that a perfectly calibrated model would show on so few rows.

    Mean absolute deviation of a normal with the binomial variance of each band.
    """
    rows = sum(band.rows for band in table)
    spread = sum(
        np.sqrt(band.rows * band.probability_mean * (1 - band.probability_mean)) for band in table
    )
    return float(np.sqrt(2 / np.pi) * spread / rows) if rows else float("nan")


def calibration_line(label: Bools, probability: F64) -> tuple[float, float]:
    """Slope and intercept of the outcome on the log-odds (Cox 1958): 1 and 0 when calibrated."""
    if label.all() or not label.any() or np.ptp(probability) == 0:
        return (float("nan"), float("nan"))
    safe = np.clip(probability, EPSILON, 1 - EPSILON)
    return logistic_line(np.log(safe / (1 - safe)), label, slope_precision=0.0)
