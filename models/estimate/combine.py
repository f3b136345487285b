"""Sums, differences and ratios of estimates that are independent of one another.

MOVER, the method of variance estimates recovery: what each limit is away from its value says how
far the result may be off in that direction, so an interval that is not symmetric stays so (Zou and
Donner 2008, doi:10.1002/sim.3095; ratios: Donner and Zou 2012, doi:10.1177/0962280210383082).
"""

from collections.abc import Sequence

import numpy as np

from models.estimate.share import NOTHING, Estimate


def linear(parts: Sequence[Estimate], factors: Sequence[float]) -> Estimate:
    """Estimate the sum of `parts`, each times its factor.

    Of the parts that count, the one that knows least says how many rows stand behind the sum.
    """
    used = [(part, factor) for part, factor in zip(parts, factors, strict=True) if factor]
    if not used or any(np.isnan(part.value) for part, _ in used):
        return NOTHING
    value = sum(factor * part.value for part, factor in used)
    ends = [
        (factor * (part.low if factor > 0 else part.high), factor * part.value,
         factor * (part.high if factor > 0 else part.low))
        for part, factor in used
    ]  # fmt: skip
    below = float(np.sqrt(sum((middle - low) ** 2 for low, middle, _ in ends)))
    above = float(np.sqrt(sum((high - middle) ** 2 for _, middle, high in ends)))
    return _stated(value, value - below, value + above, [part for part, _ in used])


def difference(first: Estimate, second: Estimate) -> Estimate:
    """Estimate first - second."""
    return linear((first, second), (1.0, -1.0))


def ratio(first: Estimate, second: Estimate) -> Estimate:
    """Estimate first / second, both 0 or more; infinite where the second may be 0.

    Parameters
    ----------
    first, second : Estimate
        With the intervals of `share_of`.
    """
    if np.isnan(first.value) or np.isnan(second.value):
        return NOTHING
    value = first.value / second.value if second.value else float("inf" if first.value else "nan")
    low = _limit(first.value, second.value, first.low, second.high, -1)
    high = _limit(first.value, second.value, first.high, second.low, 1)
    return _stated(value, low, high, (first, second))


def scaled(part: Estimate, factor: float) -> Estimate:
    """Estimate a part times a number that is known."""
    return linear((part,), (factor,)) if factor else _stated(0.0, 0.0, 0.0, (part,))


def _limit(top: float, bottom: float, top_end: float, bottom_end: float, sign: int) -> float:
    """Return one limit of top / bottom, from the end of each that pulls it that way."""
    if bottom_end <= 0:
        return float("inf")
    product = top * bottom
    above, below = top_end * (2 * top - top_end), bottom_end * (2 * bottom - bottom_end)
    if abs(below) < 1e-12 * bottom_end**2:
        return above / (2 * product) if product else 0.0
    root = float(np.sqrt(max(product**2 - above * below, 0.0)))
    return max((product + sign * root) / below, 0.0)


def _stated(value: float, low: float, high: float, parts: Sequence[Estimate]) -> Estimate:
    return Estimate(
        value,
        low,
        high,
        sum(part.rows for part in parts),
        sum(part.positives for part in parts),
        min(part.effective_rows for part in parts),
    )
