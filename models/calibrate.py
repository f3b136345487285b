"""From raw scores to probabilities: isotonic where conversions are many, else Platt.

Both are kept as plain numbers in the manifest, are monotone in the raw score, and stay strictly
inside (0, 1). Order is always by raw score, so plateaus decide nothing.
"""

from dataclasses import dataclass, replace
from typing import Final, Literal, Self

import numpy as np
from scipy.optimize import isotonic_regression

from models.bend import Bend, belief
from models.bins import cut
from models.errors import ModelRefusedError
from models.matrix import F64, Bools
from models.wander import mean_over_levels

# A bin may not hold a handful of one outcome: its rate would be chance, and where the leads to be
# scored crowd there, chance would be multiplied. Twenty-five are known to a fifth; where there are
# more, a fortieth of them is, and the bins stay few.
MIN_BIN_OUTCOMES: Final = 25
MAX_BINS: Final = 40

# So many outcomes on a bent line does each bin start with, 1 / (p (1 - p)) rows each, by how far
# bins stray from it beyond chance: believed to a fifth at least, a fiftieth at most. Judgement.
LEAST_PRIOR: Final = 25
MOST_PRIOR: Final = 2500

# Lines of log-odds are kept as points at this distance, and go on so far beyond the last knots.
_STEP: Final = 0.125
_BEYOND: Final = 4.0

# Precision of the prior "slope 1" of Platt's line, that is a standard deviation of 0.5: some forty
# conversions weigh as much as the prior. Judgement, not source.
SLOPE_PRECISION: Final = 4.0

MIN_SLOPE: Final = 0.01
MIN_PROBABILITY: Final = 1e-9


@dataclass(frozen=True)
class Calibration:
    """A monotone map from raw score to probability.

    Parameters
    ----------
    method : {"isotonic", "platt"}
    x, y : tuple of float
        Isotonic: knots, raw score and probability, straight lines between and flat beyond.
        Platt: x is empty and y holds slope and intercept of the log-odds.
    rows, positives : int
        What it was fitted on.
    """

    method: Literal["isotonic", "platt"]
    x: tuple[float, ...]
    y: tuple[float, ...]
    rows: int
    positives: int

    def apply(self, raw: F64) -> F64:
        """Return probabilities, (n,) float64 in (0, 1), for raw scores (n,)."""
        if self.method == "isotonic":
            probability = np.interp(raw, self.x, self.y)
        else:
            slope, intercept = self.y
            probability = _sigmoid(slope * raw + intercept)
        return np.clip(probability, MIN_PROBABILITY, 1.0 - MIN_PROBABILITY)

    def shifted(self, shift: float) -> Self:
        """Return the same map with `shift` added to the log-odds it gives."""
        if self.method == "platt":
            return replace(self, y=(self.y[0], self.y[1] + shift))
        return self._with_odds(_odds(np.asarray(self.y)) + shift)

    def widened(self, variance: float) -> Self:
        """Return the map to the mean probability where the level varies by so much in log-odds."""
        if not variance:
            return self
        if self.method == "platt":
            # A line again, through what becomes of the usual odds and of a third and thrice them.
            usual = np.log((self.positives + 0.5) / (self.rows - self.positives + 0.5))
            low, high = mean_over_levels(usual + np.array([-1.0, 1.0]), variance).tolist()
            slope = (high - low) / 2
            line = (slope * self.y[0], slope * (self.y[1] - float(usual)) + (low + high) / 2)
            return replace(self, y=line)
        return self._with_odds(mean_over_levels(_odds(np.asarray(self.y)), variance))

    def _with_odds(self, odds: F64) -> Self:
        inside = np.clip(_sigmoid(odds), MIN_PROBABILITY, 1 - MIN_PROBABILITY)
        return replace(self, y=tuple(inside.tolist()))

    def to_json(self) -> dict[str, object]:
        """Return plain numbers and lists for the manifest."""
        return {
            "method": self.method,
            "x": list(self.x),
            "y": list(self.y),
            "rows": self.rows,
            "positives": self.positives,
        }

    @classmethod
    def from_json(cls, data: dict[str, object]) -> Self:
        """Rebuild what `to_json` gave.

        Raises
        ------
        ModelRefusedError
            The numbers are not a monotone map into (0, 1).
        """
        try:
            found = cls(**{**data, "x": tuple(data["x"]), "y": tuple(data["y"])})  # type: ignore[arg-type]
            sound = found._is_sound()
        except (TypeError, KeyError, ValueError) as error:
            raise ModelRefusedError("a calibration that cannot be read", "plain numbers") from error
        if not sound:
            raise ModelRefusedError("a calibration that is not monotone", "a map into (0, 1)")
        return found

    def _is_sound(self) -> bool:
        x, y = np.asarray(self.x, dtype=np.float64), np.asarray(self.y, dtype=np.float64)
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            return False
        if self.method == "platt":
            return len(x) == 0 and len(y) == 2 and y[0] > 0
        rising = bool((np.diff(x) > 0).all() and (np.diff(y) >= 0).all())
        return self.method == "isotonic" and len(x) == len(y) > 0 and rising


def fit(raw: F64, label: Bools, isotonic_min_positives: int) -> Calibration:
    """Fit a calibration on rows that training did not see.

    Parameters
    ----------
    raw : (n,) float64
        Raw scores (log-odds).
    label : (n,) bool
    isotonic_min_positives : int
        With so many conversions and as many others: isotonic; below, isotonic overfits
        (Niculescu-Mizil and Caruana 2005, doi:10.1145/1102351.1102430) and Platt's line serves.
    """
    rarer = min(int(label.sum()), int((~label).sum()))
    if rarer >= isotonic_min_positives:
        return _isotonic(raw, label)
    return _platt(raw, label)


def _isotonic(raw: F64, label: Bools) -> Calibration:
    order = np.argsort(raw, kind="stable")
    score, hit = raw[order], label[order].astype(np.float64)
    rarer = min(int(hit.sum()), int((1 - hit).sum()))
    starts = cut(score, hit, max(MIN_BIN_OUTCOMES, rarer // MAX_BINS))
    rows = np.diff(np.append(starts, len(score)))
    slope, intercept = _line(raw, label)
    bend = Bend.of(raw, label, slope, intercept, MIN_SLOPE)
    seen, on_line = np.add.reduceat(hit, starts), _sigmoid(bend.odds(score))
    on_line = np.add.reduceat(on_line, starts) / rows
    one_outcome = np.maximum(on_line * (1 - on_line), 1e-12)
    worth = belief(seen, rows * on_line, rows * one_outcome, LEAST_PRIOR, MOST_PRIOR)
    prior_rows = worth / one_outcome
    weights = rows + prior_rows
    rates = (seen + prior_rows * on_line) / weights
    found = isotonic_regression(rates, weights=weights)
    first = found.blocks[:-1]
    count = np.add.reduceat(rows, first).astype(np.float64)
    # Centred: a plateau becomes one knot at the mean of its scores (Oron and Flournoy 2017,
    # doi:10.1080/19466315.2017.1286256), less biased at the ends than the steps themselves.
    knots = np.add.reduceat(np.add.reduceat(score, starts), first) / count
    # The mean rate of a wide bin lies above the rate at its mean score: what a bin tells is how far
    # it lies from the line.
    usual = np.add.reduceat(rows * on_line, first) / count
    usual = np.clip(usual, MIN_PROBABILITY, 1 - MIN_PROBABILITY)
    odds = bend.odds(knots) + _odds(_inside(found.x[first], count)) - _odds(usual)
    x, y = _drawn_out(knots, np.maximum.accumulate(odds), bend)
    return Calibration("isotonic", tuple(x.tolist()), tuple(y.tolist()), len(raw), int(label.sum()))


def _drawn_out(knots: F64, odds: F64, bend: Bend) -> tuple[F64, F64]:
    """Join the knots by straight lines of log-odds, and go on beyond them as the bent line does.

    Leads nobody chose to contact crowd below the lowest knot; a flat end would give all of them
    the rate of the best among them.
    """
    far = np.arange(_STEP, _BEYOND + _STEP / 2, _STEP)
    below, above = knots[0] - far[::-1], knots[-1] + far
    start, end = bend.odds(knots[[0, -1]])
    x = np.concatenate([below, knots, above])
    y = np.concatenate(
        [bend.odds(below) - start + odds[0], odds, bend.odds(above) - end + odds[-1]]
    )
    inner = np.arange(knots[0], knots[-1], _STEP)
    grid = np.unique(np.concatenate([x, inner]))
    return grid, np.clip(_sigmoid(np.interp(grid, x, y)), MIN_PROBABILITY, 1 - MIN_PROBABILITY)


def _inside(rates: F64, count: F64) -> F64:
    """Move plateaus of 0 and 1 inside by half a row, never past a neighbour."""
    inside = np.array(rates, dtype=np.float64)
    if inside[0] <= 0:
        above = inside[1] / 2 if len(inside) > 1 else 0.5
        inside[0] = min(0.5 / (count[0] + 1), above)
    if inside[-1] >= 1:
        below = (1 - inside[-2]) / 2 if len(inside) > 1 else 0.5
        inside[-1] = 1 - min(0.5 / (count[-1] + 1), below)
    return inside


def _platt(raw: F64, label: Bools) -> Calibration:
    return Calibration("platt", (), _line(raw, label), len(raw), int(label.sum()))


def _line(raw: F64, label: Bools) -> tuple[float, float]:
    """Slope and intercept of Platt's line, the slope never below `MIN_SLOPE`."""
    slope, intercept = logistic_line(raw, label, SLOPE_PRECISION)
    if slope < MIN_SLOPE:
        # A score that does not rank: nearly constant, never upside down.
        slope = MIN_SLOPE
        rate = (label.sum() + 0.5) / (len(label) + 1)
        intercept = float(np.log(rate / (1 - rate)) - slope * raw.mean()) if len(raw) else 0.0
    return float(slope), float(intercept)


def _odds(rate: F64) -> F64:
    return np.asarray(np.log(rate / (1 - rate)), dtype=np.float64)


def _sigmoid(odds: F64) -> F64:
    with np.errstate(over="ignore"):
        return np.asarray(1.0 / (1.0 + np.exp(-odds)), dtype=np.float64)


def best_shift(label: Bools, raw: F64) -> float:
    """Return what to add to log-odds so that they expect as many conversions as there were.

    Parameters
    ----------
    label : (n,) bool
    raw : (n,) float64

    Returns
    -------
    float
        A prior of one row at the rate of one half keeps it finite where one outcome is missing.
    """
    shift = 0.0
    wanted = float(label.sum()) + 0.5
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-np.clip(raw + shift, -500, 500)))
        middle = 1.0 / (1.0 + np.exp(-shift))
        gap = wanted - float(chance.sum()) - middle
        slope = float((chance * (1 - chance)).sum()) + middle * (1 - middle)
        step = float(np.clip(gap / max(slope, 1e-12), -2.0, 2.0))
        shift += step
        if abs(step) < 1e-9:
            break
    return shift


def logistic_line(x: F64, label: Bools, slope_precision: float) -> tuple[float, float]:
    """Fit P(label) = sigmoid(slope * x + intercept) by Newton's method.

    Parameters
    ----------
    x : (n,) float64
    label : (n,) bool
    slope_precision : float
        Precision of a normal prior around slope 1; 0 = none. The intercept has a prior of one
        row's weight, so that one class alone still has an answer.

    Returns
    -------
    slope, intercept : float
    """
    design = np.column_stack([x, np.ones_like(x)])
    centre, precision = np.array([1.0, 0.0]), np.array([slope_precision, 1e-3])
    weights = centre.copy()

    def loss(w: F64) -> float:
        line = design @ w
        fitted = np.logaddexp(0.0, np.where(label, -line, line)).sum()
        return float(fitted + 0.5 * (precision * (w - centre) ** 2).sum())

    current = loss(weights)
    for _ in range(100):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -500, 500)))
        gradient = design.T @ (chance - label) + precision * (weights - centre)
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design + np.diag(
            precision + 1e-12
        )
        step = np.linalg.solve(curvature, gradient)
        scale = 1.0
        while (ahead := loss(weights - scale * step)) > current and scale > 1e-6:
            scale /= 2
        weights = weights - scale * step
        if current - ahead < 1e-10 * max(1.0, abs(current)):
            break
        current = ahead
    return float(weights[0]), float(weights[1])
