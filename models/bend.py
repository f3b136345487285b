"""A line of log-odds that may bend once: what bins of a calibration are drawn to."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from models.matrix import F64, Bools

# Shares of the rarer outcome below the three knots; beyond the outer ones the curve runs straight.
_KNOT_SHARES: Final = (0.02, 0.5, 0.98)

_GRID: Final = 201
_STEPS: Final = 50


@dataclass(frozen=True)
class Bend:
    """A natural cubic spline of three knots: straight where nothing bends it.

    Parameters
    ----------
    knots : three floats or none
        Raw scores; none = a straight line.
    weights : tuple of float
        Intercept, slope, and what the bend counts for.
    """

    knots: tuple[float, ...]
    weights: tuple[float, ...]

    def odds(self, raw: F64) -> F64:
        """Return log-odds, (n,) float64, for raw scores (n,)."""
        found: F64 = _basis(raw, self.knots) @ np.asarray(self.weights)
        return found

    @classmethod
    def of(cls, raw: F64, label: Bools, slope: float, intercept: float, least: float) -> Self:
        """Bend a fitted line by maximum likelihood.

        Parameters
        ----------
        raw : (n,) float64
        label : (n,) bool
        slope, intercept : float
            The straight line, which is the answer where the bend would fall anywhere, or rise less
            than `least` per unit of raw score.
        """
        straight = cls((), (intercept, slope))
        rarer = raw[label] if label.sum() * 2 <= len(label) else raw[~label]
        if len(rarer) < len(_KNOT_SHARES):
            return straight
        knots = tuple(float(knot) for knot in np.quantile(rarer, _KNOT_SHARES))
        if not knots[0] < knots[1] < knots[2]:
            return straight
        design = _basis(raw, knots)
        weights = np.array([intercept, slope, 0.0])
        for _ in range(_STEPS):
            chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -500, 500)))
            curvature = (design * (chance * (1 - chance))[:, None]).T @ design
            try:
                step = np.linalg.solve(curvature, design.T @ (chance - label))
            except np.linalg.LinAlgError:
                return straight
            weights = weights - step
            if np.abs(step).max() < 1e-8:
                break
        else:
            return straight
        bent = cls(knots, tuple(weights.tolist()))
        grid = np.linspace(knots[0] - 1, knots[2] + 1, _GRID)
        rises = np.diff(bent.odds(grid)) >= least * np.diff(grid)
        return bent if bool(rises.all()) else straight


def _basis(raw: F64, knots: tuple[float, ...]) -> F64:
    """Return (n, 2) for a line, (n, 3) for a curve: one, raw score, bend."""
    line = [np.ones_like(raw), raw]
    if not knots:
        return np.column_stack(line)
    first, middle, last = knots
    past = [np.maximum(raw - knot, 0.0) ** 3 for knot in knots]
    from_first = (past[0] - past[2]) / (last - first)
    from_middle = (past[1] - past[2]) / (last - middle)
    return np.column_stack([*line, (from_first - from_middle) / (last - first) ** 2])


def belief(seen: F64, expected: F64, spread: F64, least: float, most: float) -> float:
    """Return how many outcomes a line is worth, by how far bins stray from it beyond chance.

    Parameters
    ----------
    seen, expected, spread : (b,) float64
        Conversions of each bin, those the line expects, and their variance by chance.
    least, most : float
        Bounds of the answer.

    Returns
    -------
    float
        One over the variance of log-odds around the line (DerSimonian and Laird 1986,
        doi:10.1016/0197-2456(86)90046-2).
    """
    total = float(spread.sum())
    beyond = float(((seen - expected) ** 2 / spread).sum()) - len(spread)
    room = total - float((spread**2).sum()) / total
    variance = beyond / room if room > 0 else 0.0
    return float(np.clip(1.0 / variance, least, most)) if variance > 1.0 / most else most
