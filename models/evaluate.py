"""How good a model is on the test block, beside the baselines it has to beat."""

from typing import Final

import numpy as np

from models import metrics as m
from models.calibrate import Calibration
from models.level import measure
from models.manifest import JSON, rounded
from models.matrix import F64, Bools

Z_95: Final = 1.96
_CUTS: Final = (0.01, 0.05, 0.1, 0.2, 0.5, 1.0)


def evaluate(label: Bools, raw: F64, calibration: Calibration) -> dict[str, JSON]:
    """Measure ranking by the raw score, and the probabilities as such.

    Parameters
    ----------
    label : (n,) bool
    raw : (n,) float64
        Raw score; decides order.
    calibration : Calibration
        Makes probabilities of it.

    Returns
    -------
    dict
        Figures rounded to six digits, null where the block cannot define one. ``reliability`` has
        a band per tenth of the rows; ``cuts`` the conversions expected and seen in the best 1, 5,
        10, 20, 50 and 100%; ``level`` says whether the base rate of the block lies elsewhere than
        expected, and how far off the probabilities are once their level is corrected.
    """
    probability = calibration.apply(raw)
    low, high = m.auc_interval(label, raw)
    table = m.bands(label, probability)
    slope, intercept = m.calibration_line(label, probability)
    expected, expected_low, expected_high = expected_conversions(probability, calibration)
    figures = {
        "auc": m.auc(label, raw),
        "auc_low": low,
        "auc_high": high,
        "average_precision": m.average_precision(label, raw),
        "lift_at_1pct": m.lift(label, raw, 0.01),
        "lift_at_10pct": m.lift(label, raw, 0.10),
        "log_loss": m.log_loss(label, probability),
        "brier": m.brier(label, probability),
        "calibration_error": m.calibration_error(table),
        "calibration_error_noise": m.calibration_noise(table),
        "calibration_slope": slope,
        "calibration_intercept": intercept,
        "base_rate": float(label.mean()) if len(label) else float("nan"),
        "expected_conversions": expected,
        "expected_conversions_low": expected_low,
        "expected_conversions_high": expected_high,
    }
    return {
        **{name: rounded(value) for name, value in figures.items()},
        "observed_conversions": int(label.sum()),
        "rows": len(label),
        "reliability": [_band(band) for band in table],
        "cuts": _cuts(label, raw, probability, calibration),
        "level": _level(label, probability),
    }


def expected_conversions(probability: F64, calibration: Calibration) -> tuple[float, float, float]:
    """Return how many of some leads will convert, and the bounds of a 95% interval.

    Parameters
    ----------
    probability : (n,) float64
        Calibrated; any cut of a list.
    calibration : Calibration
        What made them: its conversions bound how well the level is known.

    Returns
    -------
    expected, low, high : float
        Chance of each lead (Poisson-binomial, normal for the sum) and the uncertainty of the level
        together. A base rate that moves after the newest label is not in it.
    """
    expected = float(probability.sum())
    chance = float((probability * (1 - probability)).sum())
    rarer = max(1, min(calibration.positives, calibration.rows - calibration.positives))
    odds_side = float((probability * (1 - probability)).sum())  # d(sum) / d(intercept)
    width = Z_95 * float(np.sqrt(chance + odds_side**2 / rarer))
    return expected, max(0.0, expected - width), min(float(len(probability)), expected + width)


def _cuts(label: Bools, raw: F64, probability: F64, calibration: Calibration) -> list[JSON]:
    order = np.argsort(-raw, kind="stable")
    found: list[JSON] = []
    for share in _CUTS:
        best = order[: max(1, round(share * len(order)))]
        expected, low, high = expected_conversions(probability[best], calibration)
        found.append(
            {
                "share": share,
                "rows": len(best),
                "expected": rounded(expected),
                "expected_low": rounded(low),
                "expected_high": rounded(high),
                "observed": int(label[best].sum()),
            }
        )
    return found


def _level(label: Bools, probability: F64) -> dict[str, JSON]:
    level = measure(probability, label)
    logit = np.log(probability / (1 - probability))
    corrected = 1.0 / (1.0 + np.exp(-(logit + level.found)))
    table = m.bands(label, corrected)
    return {
        "has_moved": level.has_moved,
        "shift": rounded(level.found),
        "log_loss": rounded(m.log_loss(label, corrected)),
        "constant_log_loss": rounded(m.log_loss(label, np.full(len(label), label.mean()))),
        "calibration_error": rounded(m.calibration_error(table)),
        "calibration_error_noise": rounded(m.calibration_noise(table)),
    }


def ranking(label: Bools, score: F64) -> dict[str, JSON]:
    """Measure an order alone; NaN scores rank last, and no score at all gives nulls."""
    if not len(score) or np.isnan(score).all():
        return {"auc": None, "average_precision": None, "lift_at_10pct": None}
    filled = np.where(np.isnan(score), -np.inf, score)
    # Ranks, since a difference of infinities is no number.
    filled = np.unique(filled, return_inverse=True)[1].astype(np.float64)
    return {
        "auc": rounded(m.auc(label, filled)),
        "average_precision": rounded(m.average_precision(label, filled)),
        "lift_at_10pct": rounded(m.lift(label, filled)),
    }


def probabilities(label: Bools, probability: F64) -> dict[str, JSON]:
    """Measure a baseline that gives probabilities."""
    return {
        **ranking(label, probability),
        "log_loss": rounded(m.log_loss(label, probability)),
        "brier": rounded(m.brier(label, probability)),
    }


def _band(band: m.Band) -> dict[str, JSON]:
    rate = band.positives / band.rows
    low, high = _wilson(band.positives, band.rows)
    return {
        "rows": band.rows,
        "positives": band.positives,
        "probability_mean": rounded(band.probability_mean),
        "probability_low": rounded(band.probability_low),
        "probability_high": rounded(band.probability_high),
        "rate": rounded(rate),
        "rate_low": rounded(low),
        "rate_high": rounded(high),
    }


def _wilson(positives: int, rows: int) -> tuple[float, float]:
    """95% interval of a rate (Wilson 1927)."""
    rate, z2 = positives / rows, Z_95**2
    centre = (rate + z2 / (2 * rows)) / (1 + z2 / rows)
    half = Z_95 * np.sqrt(rate * (1 - rate) / rows + z2 / (4 * rows**2)) / (1 + z2 / rows)
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))
