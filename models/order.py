"""Which rows are earlier and which later, where no row has a date: from what the data show.

A file is often in the order in which its leads came, and then a model has to be judged on the later
ones. But a file can also be sorted by a column, or by the outcome, or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.stats import spearmanr

from features.featureset import FeatureSet
from features.spec import Kind
from models.baselines import Logistic
from models.manifest import JSON, rounded
from models.matrix import F32, F64, Bools, Ints
from models.metrics import auc
from models.params import TrainSettings
from models.split import mix

Basis = Literal["as_of", "created_at", "record_number", "none"]

# Judgement, from ten public sets: features tell the first half of a file from the last with an AUC
# of 0.46 to 0.53 where rows are shuffled, and of 0.62 to 0.98 where they stand in order of time.
MIN_AUC: Final = 0.56
# The outcome alone: 0.51 to 0.70 in files in order of time; 1.0 where a file is sorted by it.
MAX_OUTCOME_AUC: Final = 0.85

_MIN_KNOWN: Final = 0.95  # share of rows with a creation date, or a number
_MIN_DAYS: Final = 20  # creation days; fewer are exports of the day, not a history
_COUNTS: Final = 0.99  # rank correlation of a column that numbers the rows with their place
_POINTS: Final = 0.9  # rank correlation that tells which end of a file is the newer one
_SORTED: Final = 0.999  # share of neighbours in order
_MOST_TIMES: Final = 366  # different values up to which a sorted number may be a period
_MIN_ROWS: Final = 200
_SAMPLE_ROWS: Final = 20_000
_DAY_S: Final = 86_400.0


@dataclass(frozen=True)
class Order:
    """What tells earlier rows from later ones.

    Parameters
    ----------
    basis : {"as_of", "created_at", "record_number", "none"}
    time : (n,) int64 or None
        Larger = later, equal = not told apart; None = nothing tells.
    is_reversed : bool
        The file has its newest rows first.
    evidence : float
        AUC with which the features tell the first half of the file from the last; NaN = not asked.
    reason : str
        In words.
    """

    basis: Basis
    time: Ints | None
    is_reversed: bool
    evidence: float
    reason: str

    def to_json(self) -> dict[str, JSON]:
        """Return the entry of the manifest."""
        return {
            "basis": self.basis,
            "is_reversed": self.is_reversed,
            "evidence_auc": rounded(self.evidence),
            "reason": self.reason,
        }


def find_order(
    matrix: F32,
    features: FeatureSet,
    label: Bools,
    group: Ints,
    at: npt.NDArray[np.datetime64] | None,
    newest: F64,
    serial: F64 | None,
    params: TrainSettings,
) -> Order:
    """Find the order of time among rows that stand in the order of their file.

    Parameters
    ----------
    matrix : (n, k) float32
    label : (n,) bool
    group : (n,) int64
        Person: duplicates are asked about together.
    at : (n,) datetime64 or None
        Where it is known there is nothing to find.
    newest : (n,) float64
        Seconds since 1970 at which a lead was created, NaN = unknown.
    serial : (n,) float64 or None
        The number that the source gave the record, NaN = none.

    Returns
    -------
    Order
    """
    if at is not None:
        return Order("as_of", at.astype(np.int64), False, float("nan"), "rows have dates")
    days = np.floor(newest / _DAY_S)
    known = ~np.isnan(days)
    if len(label) and known.mean() >= _MIN_KNOWN and len(np.unique(days[known])) >= _MIN_DAYS:
        time = np.where(known, days, days[known].min()).astype(np.int64)
        return Order("created_at", time, False, float("nan"), "leads have creation dates")
    return _of_file(matrix, features, label, group, newest, serial, params)


def _of_file(
    matrix: F32,
    features: FeatureSet,
    label: Bools,
    group: Ints,
    newest: F64,
    serial: F64 | None,
    params: TrainSettings,
) -> Order:
    rows = len(label)
    place = np.arange(rows)
    if rows < _MIN_ROWS:
        return _none("too few rows to tell whether the file has an order")
    by_outcome = auc(label, place.astype(np.float64))
    if not 1 - MAX_OUTCOME_AUC <= by_outcome <= MAX_OUTCOME_AUC:
        return _none("the file is sorted by the outcome")
    for index, feature in enumerate(features.features):
        if _is_sort_key(matrix[:, index], feature.kind):
            return _none(f"the file is sorted by {feature.title}")
    clocks = counting_columns(matrix, features.kinds, place)
    evidence = _evidence(matrix, features, clocks, group, params.seed)
    if not evidence >= MIN_AUC:
        return _none("first and last rows of the file are alike: no order of time", evidence)
    numbers = [newest, *([] if serial is None else [serial])]
    numbers += [matrix[:, index].astype(np.float64) for index in clocks]
    is_reversed = any(_correlation(values, place) < -_POINTS for values in numbers)
    end = "its first rows are the newest" if is_reversed else "its last rows are the newest"
    reason = f"first and last rows of the file differ (AUC {evidence:.2f}), so it has an order: "
    time = place[::-1].copy() if is_reversed else place
    return Order("record_number", time, is_reversed, evidence, reason + end)


def counting_columns(matrix: F32, kinds: Sequence[Kind], time: Ints) -> tuple[int, ...]:
    """Return the positions of columns that only number the rows: different values, in order.

    Such a column says when a lead came and nothing about it, and every lead to come lies beyond
    all it was learnt from.
    """
    found = []
    for index, kind in enumerate(kinds):
        if kind != "number" or len(time) < _MIN_ROWS:
            continue
        known = matrix[~np.isnan(matrix[:, index]), index]
        is_unlike = len(known) >= _MIN_KNOWN * len(time) and len(np.unique(known)) >= _COUNTS * len(
            known
        )
        if is_unlike and abs(_correlation(matrix[:, index].astype(np.float64), time)) >= _COUNTS:
            found.append(index)
    return tuple(found)


def _is_sort_key(column: F32, kind: Kind) -> bool:
    """Whether somebody sorted the file by a column that is no clock and no period."""
    known = column[~np.isnan(column)]
    values = np.unique(known)
    if len(known) < _MIN_KNOWN * len(column) or len(values) < 3:
        return False
    if kind == "category":
        runs = 1 + int((np.diff(known) != 0).sum())
        # A handful of long runs may be months; a run each of very many values is a sorted list.
        return len(values) > 12 and runs <= 1.05 * len(values)
    steps = np.diff(known)
    is_sorted = max((steps >= 0).mean(), (steps <= 0).mean()) >= _SORTED
    return bool(is_sorted and _MOST_TIMES < len(values) < _COUNTS * len(known))


def _evidence(
    matrix: F32, features: FeatureSet, clocks: tuple[int, ...], group: Ints, seed: int
) -> float:
    """AUC of "from the last half", by a logistic regression that saw other persons."""
    kept = [i for i in range(matrix.shape[1]) if i not in clocks]
    rows = np.unique(np.linspace(0, len(group) - 1, min(len(group), _SAMPLE_ROWS)).astype(np.int64))
    if not kept:
        return float("nan")
    kinds = [features.kinds[index] for index in kept]
    sample, is_late = matrix[np.ix_(rows, np.array(kept))], rows >= len(group) / 2
    fold = mix(group[rows], seed) % np.uint64(2) == 0
    score = np.full(len(rows), np.nan)
    for held in (fold, ~fold):
        if held.all() or not held.any() or len(np.unique(is_late[~held])) < 2:
            return float("nan")
        score[held] = Logistic(kinds).fit(sample[~held], is_late[~held]).raw_score(sample[held])
    return auc(is_late, score)


def _correlation(values: F64, place: Ints) -> float:
    known = ~np.isnan(values)
    if known.mean() < _MIN_KNOWN or np.ptp(values[known]) == 0:
        return 0.0
    return float(spearmanr(values[known], place[known]).statistic)


def _none(reason: str, evidence: float = float("nan")) -> Order:
    return Order("none", None, False, evidence, reason)
