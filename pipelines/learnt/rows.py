"""Estimates as rows of a table, with the words that are said about them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.estimate import Estimate

TOO_FEW = "too few to say"
# Of two that are compared one was hardly given a chance below this share of the other's contacts.
AS_OFTEN = 0.8


@dataclass(frozen=True)
class Row:
    """One figure.

    Parameters
    ----------
    keys : Mapping of str to value
        Columns of the table besides those that all estimates have.
    is_enough : bool or None
        Whether it may be said at all; None: the estimate itself knows.
    style : str
        How the number is written: ``.2%``, ``.2f``.
    unsaid : str
        What stands in its place where it may not be said; before `more`, which stands always.
    """

    keys: Mapping[str, Any]
    estimate: Estimate
    style: str = ".2%"
    is_enough: bool | None = None
    more: str = ""
    unsaid: str = TOO_FEW

    def to_row(self, run_id: str) -> dict[str, Any]:
        """Return it as a row of its table; null: too few to say, or nothing bounds it."""
        found = self.estimate
        said = found.is_enough if self.is_enough is None else self.is_enough
        return {
            "run_id": run_id,
            **self.keys,
            "value": _finite(found.value) if said else None,
            "low": _finite(found.low) if said else None,
            "high": _finite(found.high) if said else None,
            "people": found.rows,
            "conversions": float(found.positives),
            "effective_people": float(found.effective_rows),
            "words": (self._words() if said else self.unsaid) + self.more,
        }

    def _words(self) -> str:
        found = self.estimate
        if math.isnan(found.low):
            return format(found.value, self.style)
        ends = " to ".join(
            format(end, self.style) if math.isfinite(end) else "no limit"
            for end in (found.low, found.high)
        )
        value = format(found.value, self.style) if math.isfinite(found.value) else "no number"
        return f"{value} ({ends})"


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
