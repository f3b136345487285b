"""A line of log-odds that may bend: what bins of a calibration are drawn to."""

import itertools
from dataclasses import dataclass
from typing import Final, Self

import numpy as np

from models.matrix import F64, Bools

# Shares of the rarer outcome below the knots; beyond the outer ones the curve runs straight. Leads
# nobody chose to contact crowd below nearly all that converted: where enough did there, knots are
# set there (in a generated million their lowest tenth was said 16% too low, with them 3%).
_KNOT_SHARES: Final = (0.02, 0.5, 0.98)
_MORE_SHARES: Final = (0.003, 0.02, 0.1, 0.5, 0.98)
_LEAST_BELOW: Final = 50  # of the rarer outcome below the first knot

_GRID: Final = 201
_STEPS: Final = 50
_AT_REST: Final = 1e-7


@dataclass(frozen=True)
class Bend:
    """A natural cubic spline: straight where nothing bends it.

    Parameters
    ----------
    knots : three floats, five or none
        Raw scores; none = a straight line.
    weights : tuple of float
        Intercept, slope, and what each bend counts for.
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
        choices: list[tuple[float, ...]] = [_KNOT_SHARES] if len(rarer) >= len(_KNOT_SHARES) else []
        if _MORE_SHARES[0] * len(rarer) >= _LEAST_BELOW:
            choices.insert(0, _MORE_SHARES)
        for shares in choices:
            knots = tuple(float(knot) for knot in np.quantile(rarer, shares))
            bent = cls._bent(raw, label, straight, knots)
            if bent is not None and bent._rises(least):
                return bent
        return straight

    @classmethod
    def _bent(cls, raw: F64, label: Bools, line: Self, knots: tuple[float, ...]) -> Self | None:
        """Fit by Newton's method from a line; None where it does not come to rest."""
        if not all(low < high for low, high in itertools.pairwise(knots)):
            return None
        design = _basis(raw, knots)
        weights = np.zeros(design.shape[1])
        weights[:2] = line.weights
        for _ in range(_STEPS):
            chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -500, 500)))
            curvature = (design * (chance * (1 - chance))[:, None]).T @ design
            try:
                step = np.linalg.solve(curvature, design.T @ (chance - label))
            except np.linalg.LinAlgError:
                return None
            weights = weights - step
            if np.abs(step).max() < _AT_REST:
                return cls(knots, tuple(weights.tolist()))
        return None

    def _rises(self, least: float) -> bool:
        grid = np.linspace(self.knots[0] - 1, self.knots[-1] + 1, _GRID)
        return bool((np.diff(self.odds(grid)) >= least * np.diff(grid)).all())


def _basis(raw: F64, knots: tuple[float, ...]) -> F64:
    """Return (n, 2) for a line, (n, knots) for a curve: one, raw score, bends."""
    line = [np.ones_like(raw), raw]
    if not knots:
        return np.column_stack(line)
    *inner, last = knots
    past_last = np.maximum(raw - last, 0.0) ** 3
    bends = [(np.maximum(raw - knot, 0.0) ** 3 - past_last) / (last - knot) for knot in inner]
    scale = (last - knots[0]) ** 2
    return np.column_stack([*line, *((bend - bends[-1]) / scale for bend in bends[:-1])])


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
