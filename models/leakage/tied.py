"""Columns made from the outcome: once it is known, they have to do with nothing else.

What leads to a conversion hangs together with other things known of a lead, and still does among
the leads that converted and among those that did not (where it does not hang together with them,
looking at one outcome makes it: who converted without one cause had another). A copy of the
outcome, however noisy, or a value filled in because of it, is related to the rest through the
outcome alone: within either outcome nothing is left. Graphical models call that screening off
(Pearl 1988, Probabilistic Reasoning in Intelligent Systems, ch. 3).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.leakage.column import Column
from models.leakage.crossing import Crossing
from models.matrix import F64, Bools
from models.params import LeakageSettings

_MIN_CELL: Final = 20  # rows of one outcome in a cell, for a chi-square that can be trusted
_SAME: Final = 0.5  # overlap from which two columns are one fact told twice
_RELATED: Final = 5.0  # standard errors: the rest tells the outcome, and so does this column
_APART: Final = 3.0  # standard errors within one outcome; both together: 2.5
_APART_TOGETHER: Final = 2.5
_LEFT: Final = 0.4  # share of the relation that may be left within either outcome
_TABLE: Final = 4.0  # standard errors of the closest relation with a single column


@dataclass(frozen=True)
class Candidate:
    """A column, or whether it is filled, that could be made from the outcome.

    Parameters
    ----------
    column : int
        Position of the column.
    block : int
        Position in the crossing.
    evidence : (n,) float64
        Log-odds of each row's cell.
    area : float
    words : str
    """

    column: int
    block: int
    evidence: F64
    area: float
    words: str


def made_from_outcome(
    candidates: Sequence[Candidate],
    total: F64,
    label: Bools,
    crossing: Crossing,
    columns: Sequence[Column],
    trusted: Sequence[int],
    limits: LeakageSettings,
) -> list[Candidate]:
    """Return the candidates that nothing but the outcome ties to the rest.

    Parameters
    ----------
    total : (n,) float64
        Evidence of all trusted columns together.
    trusted : sequence of int
        Columns that the others are held against.
    """
    found = []
    for candidate in candidates:
        if candidate.area < limits.made_auc:
            continue
        rest = total - sum(
            columns[j].evidence[columns[j].cell]
            for j in trusted
            if j == candidate.column or crossing.overlap(candidate.block, j) >= _SAME
        )
        related = _correlation_z(candidate.evidence, rest)
        if related < _RELATED:
            continue  # the rest tells nothing of the outcome: no way to see
        within = [_correlation_z(candidate.evidence[m], rest[m]) for m in (~label, label)]
        sizes = np.sqrt([(~label).sum(), label.sum()])
        pooled = float((np.array(within) * sizes).sum() / np.sqrt((sizes**2).sum()))
        if max(map(abs, within)) > _APART or abs(pooled) > _APART_TOGETHER:
            continue
        if abs(pooled) + 1 > _LEFT * related:
            continue  # too few rows to tell nothing from half of it
        others = (j for j in trusted if j != candidate.column)
        if all(_closest(crossing, candidate, j) <= _TABLE for j in others):
            found.append(candidate)
    return found


def _closest(crossing: Crossing, candidate: Candidate, other: int) -> float:
    """Largest standard normal score of a chi-square within one outcome; 0 for the same fact."""
    if crossing.overlap(candidate.block, other) >= _SAME:
        return 0.0
    tables = crossing.pair(candidate.block, other).sum(axis=0)
    return max(_chi_square_z(tables[0]), _chi_square_z(tables[1]))


def _chi_square_z(table: F64) -> float:
    """Return the normal score of a chi-square of independence (Wilson and Hilferty 1931)."""
    table = table[table.sum(axis=1) >= _MIN_CELL][:, table.sum(axis=0) >= _MIN_CELL]
    free = (table.shape[0] - 1) * (table.shape[1] - 1)
    if min(table.shape) < 2 or table.sum(axis=0).min() == 0 or table.sum(axis=1).min() == 0:
        return 0.0
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    value = ((table - expected) ** 2 / expected).sum() / free
    return float((np.cbrt(value) - (1 - 2 / (9 * free))) / np.sqrt(2 / (9 * free)))


def _correlation_z(first: F64, second: F64) -> float:
    """Correlation times the root of the rows; 0 where one is constant."""
    if len(first) < 2 or first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1] * np.sqrt(len(first)))
