"""Estimates as JSON and as words: a number with its interval, or that there is too little."""

import math
from typing import Any

from models.estimate import Estimate

TOO_FEW = "too few to say"


def as_json(estimate: Estimate) -> dict[str, Any]:
    """Return value and interval, null where there are too few rows or nothing bounds them."""
    return {
        "value": _number(estimate.value, estimate),
        "low": _number(estimate.low, estimate),
        "high": _number(estimate.high, estimate),
        "rows": estimate.rows,
        "effective_rows": round(estimate.effective_rows, 1),
        "positives": estimate.positives,
        "is_enough": estimate.is_enough,
    }


def in_words(estimate: Estimate, *, is_share: bool = True, sign: str = "") -> str:
    """Return ``1.70% (1.52% to 1.90%)``, or that there is too little.

    Parameters
    ----------
    is_share : bool
        In percent; else a plain number.
    sign : str
        ``+`` for what is gained or lost.
    """
    if not estimate.is_enough:
        return TOO_FEW

    def shown(number: float) -> str:
        if math.isinf(number):
            return "no limit"
        return f"{number:{sign}.3%}" if is_share else f"{number:{sign}.3g}"

    return f"{shown(estimate.value)} ({shown(estimate.low)} to {shown(estimate.high)})"


def _number(number: float, estimate: Estimate) -> float | None:
    return number if estimate.is_enough and math.isfinite(number) else None
