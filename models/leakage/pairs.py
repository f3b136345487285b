"""Two columns that tell the outcome only together, each of them weak alone."""

from collections.abc import Sequence

import numpy as np

from models.cells import cut, tally
from models.leakage.column import FOLDS, Column, area_of, ranked_area
from models.leakage.crossing import Crossing
from models.leakage.finding import Note
from models.matrix import F32, F64, Bools, Ints
from models.params import LeakageSettings

_SMOOTHING_ROWS = 20.0
_ALIKE = 0.3  # overlap from which the difference of two numbers can tell what neither does
_WEAK = 0.6  # AUC below which a column is of no use without its partner


def look_at_pairs(
    columns: Sequence[Column],
    chosen: Sequence[int],
    crossing: Crossing,
    limits: LeakageSettings,
) -> list[Note]:
    """Find pairs whose cells rank far better than the sum of what each says."""
    found = []
    for at, first in enumerate(chosen):
        for second in chosen[at + 1 :]:
            together, apart = _areas(crossing.pair(first, second))
            if together >= limits.pair_auc and together - apart >= limits.pair_gain:
                found += _notes(columns, first, second, "", together, apart)
    return found


def look_at_differences(
    columns: Sequence[Column],
    chosen: Sequence[int],
    crossing: Crossing,
    values: F32,
    label: Bools,
    fold: Ints,
    limits: LeakageSettings,
) -> list[Note]:
    """Find pairs of numbers whose difference tells the outcome: two dates, two clocks.

    Parameters
    ----------
    values : (n, k) float32
    """
    numbers = [i for i in chosen if columns[i].feature.kind == "number"]
    found = []
    for at, first in enumerate(numbers):
        for second in numbers[at + 1 :]:
            if crossing.overlap(first, second) < _ALIKE:
                continue
            gap = values[:, first].astype(np.float64) - values[:, second]
            cells = cut(gap.astype(np.float32), "number", 20)
            counts = tally(cells.of(gap.astype(np.float32)), cells.count, label, fold, FOLDS)
            together = area_of(*counts)
            _, apart = _areas(crossing.pair(first, second))
            if together >= limits.pair_auc and together - apart >= limits.pair_gain:
                found += _notes(columns, first, second, "the difference of ", together, apart)
    return found


def _notes(
    columns: Sequence[Column], first: int, second: int, what: str, together: float, apart: float
) -> list[Note]:
    """Blame the useless partner; where both are of use, or neither is, the weaker or both."""
    weak = [i for i in (first, second) if columns[i].area < _WEAK]
    blamed = weak or [min((first, second), key=lambda i: columns[i].area)]
    names = " and ".join(sorted((columns[first].title, columns[second].title)))
    reason = (
        f"{what}{names} together rank conversions with AUC {together:.3f}, "
        f"taken one by one {apart:.3f}"
    )
    return [Note(index, "leak", reason) for index in blamed]


def _areas(tables: F64) -> tuple[float, float]:
    """AUC of the cells of a pair, and of the sum of the two columns; half judged by half."""
    together, apart = [], []
    for learnt, judged in ((tables[0], tables[1]), (tables[1], tables[0])):
        hits, misses = judged[1].ravel().astype(np.int64), judged[0].ravel().astype(np.int64)
        total = learnt.sum(axis=(1, 2))
        if not total.all():
            return float("nan"), float("nan")
        together.append(ranked_area(_log_odds(learnt[1], learnt[0], total).ravel(), hits, misses))
        across = _log_odds(learnt[1].sum(axis=1), learnt[0].sum(axis=1), total)
        down = _log_odds(learnt[1].sum(axis=0), learnt[0].sum(axis=0), total)
        apart.append(ranked_area((across[:, None] + down).ravel(), hits, misses))
    return float(np.mean(together)), float(np.mean(apart))


def _log_odds(hits: F64, misses: F64, total: F64) -> F64:
    share = total / total.sum()
    smoothed = np.log((hits + _SMOOTHING_ROWS * share[1]) / (misses + _SMOOTHING_ROWS * share[0]))
    return np.asarray(np.round(smoothed, 9), dtype=np.float64)
