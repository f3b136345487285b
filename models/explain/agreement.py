"""Would the score really move if the fact were another one? Only then a fact is a reason.

A contribution is an average over what else could be known; it may be positive where this lead
would score higher still with any other value. So every fact that a sentence would name is put to
the test: the lead is scored again with other values in its place.
"""

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from models.facts import Facts, FeatureFacts
from models.matrix import F32, F64, Bools, Ints

if TYPE_CHECKING:
    from models.model import Model

# The most frequent other values of a feature; eight bins of a number and the missing ones fit.
_MOST_VALUES: Final = 9


def agrees(
    model: "Model",
    array: F32,
    facts: Facts,
    members: tuple[Ints, ...],
    *,
    row: Ints,
    field: Ints,
    feature: Ints,
    sign: npt.NDArray[np.int8],
    raw: F64,
    min_rows: int,
) -> Bools:
    """Tell for every fact whether changing it moves the score the way its contribution says.

    The fact alone becomes what it is for other leads: the mean over their values must confirm, and
    neither the typical value (the most frequent other one where the lead's own is typical) nor, of
    a fact that speaks for the lead, its absence (where leads without it were learnt from) may
    contradict. Then all features of its field change together: that they are typical, or that
    nothing is known, must confirm.

    Parameters
    ----------
    array : (n, k) float32
    members : tuple of arrays
        Features of each field.
    row, field, feature, sign : (m,)
        The facts: whose, of which field, which feature is named, and +1 or -1.
    raw : (n,) float64
        Scores as they are.

    Returns
    -------
    (m,) bool
    """
    found = np.zeros(len(row), dtype=np.bool_)
    for index in np.unique(feature):
        own = np.flatnonzero(feature == index)
        moved = _named(model, array[row[own]], int(index), facts.of[index], raw[row[own]], min_rows)
        mean, swapped, absent = (moved * sign[own, None]).T
        # Absence may be a worse fact than a bad one: having written long ago, say.
        found[own] = (mean > 0) & (swapped >= 0) & ((absent >= 0) | (sign[own] < 0))
    for index in np.unique(field):
        own = np.flatnonzero((field == index) & found)
        moved = np.column_stack(
            [
                raw[row[own]]
                - model.raw_score(_replaced(array[row[own]], facts, members[index], to))
                for to in ("typical", "empty")
            ]
        )
        agreed = moved * sign[own, None]
        # Nothing moves where the field is typical as it is: then the fact alone has decided.
        found[own] = (agreed > 0).any(axis=1) | (agreed == 0).all(axis=1)
    return found


def _replaced(rows: F32, facts: Facts, columns: Ints, to: Literal["typical", "empty"]) -> F32:
    for column in columns:
        of = facts.of[column]
        rows[:, column] = of.values[of.typical if to == "typical" else of.empty]
    return rows


def _named(
    model: "Model", rows: F32, column: int, of: FeatureFacts, raw: F64, min_rows: int
) -> F64:
    """Return by how much each row lies above its score after each of the changes, (m, 3)."""
    order = np.argsort(-of.rows, kind="stable")
    most = order[of.rows[order] > 0][:_MOST_VALUES]
    others = np.unique(np.append(most, [of.typical, len(of.values) - 1]))
    tried = np.repeat(rows, len(others), axis=0)
    tried[:, column] = np.tile(of.values[others], len(rows))
    above = raw[:, None] - model.raw_score(tried).reshape(len(rows), len(others))
    is_other = of.cell_of(rows[:, column])[:, None] != others[None, :]
    weight = np.where(is_other, of.rows[others], 0).astype(np.float64)
    total = weight.sum(axis=1)
    mean = (above * weight).sum(axis=1) / np.where(total > 0, total, 1)
    # To the typical value; where that is the lead's own, to the most frequent other one.
    rank = np.where(others == of.typical, np.inf, of.rows[others].astype(np.float64))
    swapped = above[np.arange(len(rows)), np.argmax(np.where(is_other, rank, -1), axis=1)]
    missing = above[:, -1]
    is_told = (of.rows[-1] >= min_rows) & is_other[:, -1]
    return np.column_stack([mean, swapped, np.where(is_told, missing, mean)])
