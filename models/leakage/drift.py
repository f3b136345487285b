"""Training rows against the rows that will be scored: a column that differs was filled later.

TransmogrifAI's RawFeatureFilter, its thresholds kept: Jensen-Shannon divergence 0.90, difference in
fill rate 0.90, ratio of fill rates 20, at least 500 scoring rows. What is one value in all of them
can rank nobody, so leaving it out costs nothing.
"""

from typing import Final

import numpy as np

from models.leakage.column import Column
from models.leakage.finding import Note
from models.matrix import F32, F64
from models.params import LeakageSettings

MIN_SCORING_ROWS: Final = 500
_LEAST_FILL: Final = 0.001


def look_at_drift(
    column: Column,
    index: int,
    values: tuple[str, ...],
    scoring: F32,
    limits: LeakageSettings,
) -> list[Note]:
    """Compare one column with (m,) values of the rows to be scored.

    `values` are those of a category, empty for the others.
    """
    if len(scoring) < MIN_SCORING_ROWS:
        return []
    title = column.title
    before = column.rows / column.rows.sum()
    cell = column.cells.of(scoring)
    after = np.bincount(cell, minlength=column.cells.count) / len(scoring)
    filled, later = 1 - float(before[-1]), 1 - float(after[-1])
    ratio = filled / max(later, _LEAST_FILL)
    found = []
    if filled - later >= limits.drift_fill_difference or (
        ratio >= limits.drift_fill_ratio and filled >= limits.dead_cell_share
    ):
        found.append(
            f"{title} is filled for {filled:.1%} of the leads with a known outcome and for "
            f"{later:.1%} of those to be scored"
        )
    if (apart := divergence(before, after)) >= limits.drift_divergence:
        found.append(
            f"{title} of the leads with a known outcome has hardly a value in common with that of "
            f"those to be scored: Jensen-Shannon divergence {apart:.2f} of at most 1"
        )
    only = int(np.argmax(after))
    expected = (1 - float(before[only])) * len(scoring)
    if not found and after[only] == 1 and expected >= limits.dead_cell_share * len(scoring):
        found.append(
            f"{title} is {column.words(only, values)} in every one of {len(scoring):,} leads to be "
            f"scored, and something else in {expected / len(scoring):.1%} of those with a known "
            f"outcome"
        )
    return [Note(index, "leak", reason) for reason in found]


def divergence(first: F64, second: F64) -> float:
    """Jensen-Shannon divergence of two distributions, in bits: 0 = alike, 1 = nothing shared."""
    middle = (first + second) / 2
    return (_surprise(first, middle) + _surprise(second, middle)) / 2


def _surprise(share: F64, middle: F64) -> float:
    held = share > 0
    return float((share[held] * np.log2(share[held] / middle[held])).sum())
