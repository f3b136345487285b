"""How often a value occurs: amounts that are rounded, or repeated, once somebody has bought.

A number of many values says nothing in the order of its bins when only its last digits tell. But
what is rounded occurs more often than what is not, whatever the digits, and bins fine enough for
round numbers learn each of them.
"""

from typing import Final

import numpy as np

from models.cells import cut, tally
from models.leakage.column import FOLDS, Column, area_of
from models.leakage.finding import Note, Verdict
from models.matrix import F32, Bools, Ints
from models.params import LeakageSettings

_LEAST_VALUES: Final = 100  # of fewer, each has a cell of its own in the other checks
_BINS: Final = 20


def look_at_crowds(
    column: Column,
    index: int,
    values: F32,
    tied: Ints,
    label: Bools,
    fold: Ints,
    limits: LeakageSettings,
) -> list[Note]:
    """Find a number whose values tell by how many leads share them, beyond what they tell as such.

    Parameters
    ----------
    values : (n,) float32
    tied : (n,) int64
        Whoever stands in the file more than once (a row per order) counts once per value.
    label : (n,) bool
    fold : (n,) int64
    """
    if column.feature.kind != "number":
        return []
    distinct, which = np.unique(values, return_inverse=True)
    if np.count_nonzero(~np.isnan(distinct)) < _LEAST_VALUES:
        return []
    whose, who = np.unique(tied, return_inverse=True)
    pairs = np.unique(which.astype(np.int64) * len(whose) + who)
    times = np.bincount(pairs // len(whose))
    shared = np.where(np.isnan(values), np.nan, times[which]).astype(np.float32)
    cells = cut(shared, "number", _BINS)
    area = area_of(*tally(cells.of(shared), cells.count, label, fold, FOLDS))
    if area < limits.suspect_auc or area - column.area < limits.part_jump:
        return []
    verdict: Verdict = "leak" if area >= limits.leak_auc else "suspect"
    reason = (
        f"how many leads share the value of {column.title} ranks conversions with AUC {area:.3f}, "
        f"the value itself with {column.area:.3f}: was it rounded or copied after the outcome?"
    )
    return [Note(index, verdict, reason, is_late=True)]
