"""A logistic regression as trees of one feature each, to be averaged with others and served alike.

A category has few values, and a column that a line adds up can be drawn in steps: so its sum is a
forest with one tree per feature, exact but for the height of a step where a number has more values
than steps. Whoever scores, explains or checks a model then needs to know of nothing but trees.
"""

from collections import deque
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from models.baselines import Logistic
from models.matrix import F32, F64, Ints

# Steps are equal shares of the rows, and where values are sparse equal lengths, of the number and
# of its logarithm: so the sum follows its line to R2 0.996 and more on public sets.
_STEPS_BY_ROWS: Final = 32
_STEPS_BY_LENGTH: Final = 12

_CATEGORICAL: Final = 1  # bits of decision_type, as LightGBM writes them
_MISSING_IS_NAN: Final = 2 << 2  # and goes right, for want of the bit that sends it left
_BEYOND: Final = 1e300  # LightGBM's own word for "no upper bound"


@dataclass(frozen=True)
class _Steps:
    """What one feature adds: a value for each step; the last step is "missing".

    Parameters
    ----------
    edges : (s - 2,) float64 or None
        Upper ends of all steps of a number but its highest; None for a category, whose step is its
        code.
    values : (s,) float64
        Log-odds.
    rows : (s,) int64
        Rows on each step, one at least: shares of reasons are divided by them.
    """

    edges: F64 | None
    values: F64
    rows: Ints


def trees_of(logistic: Logistic, matrix: F32, sizes: tuple[int, ...], rate: float) -> list[str]:
    """Write a fitted logistic regression as LightGBM trees.

    Parameters
    ----------
    matrix : (n, k) float32
        Rows to lay the steps by: those it was fitted on.
    sizes : tuple of int
        Values in the vocabulary of each category; 0 for a number.
    rate : float
        Of conversion in these rows: scales the gain of a split to that of a boosted tree.

    Returns
    -------
    list of str
        One tree each, without its first line; none where no feature tells anything.
    """
    found = []
    for index, size in enumerate(sizes):
        steps = _of_codes(logistic, matrix, index, size) if size else _of_numbers(
            logistic, matrix, index
        )  # fmt: skip
        if np.ptp(steps.values) > 0:
            found.append((index, steps))
    trees = []
    for number, (index, steps) in enumerate(found):
        base = 0.0 if number else logistic.intercept
        shifted = _Steps(steps.edges, steps.values + base, steps.rows)
        trees.append(_text(index, shifted, rate * (1 - rate)))
    return trees


def _of_codes(logistic: Logistic, matrix: F32, index: int, size: int) -> _Steps:
    codes = np.append(np.arange(size, dtype=np.float32), np.float32(np.nan))
    column = matrix[:, index]
    place = np.where(np.isnan(column), size, np.nan_to_num(column)).astype(np.int64)
    rows = np.bincount(place, minlength=size + 1)[: size + 1]
    return _Steps(None, logistic.adds(index, codes), np.maximum(rows, 1))


def _of_numbers(logistic: Logistic, matrix: F32, index: int) -> _Steps:
    column = matrix[:, index]
    known = column[~np.isnan(column)]
    missing = float(logistic.adds(index, np.array([np.nan], np.float32))[0])
    if not len(known):
        return _Steps(np.empty(0), np.array([missing, missing]), np.array([1, max(1, len(column))]))
    edges = _edges(known)
    step = np.searchsorted(edges, known, side="left")
    rows = np.bincount(step, minlength=len(edges) + 1)
    total = np.bincount(step, logistic.adds(index, known), minlength=len(edges) + 1)
    values = np.append(total / np.maximum(rows, 1), missing)
    rows = np.append(rows, len(column) - len(known))
    return _Steps(edges.astype(np.float64), values, np.maximum(rows, 1))


def _edges(known: F32) -> F32:
    values: F32 = np.unique(known)
    if len(values) <= _STEPS_BY_ROWS + 2 * _STEPS_BY_LENGTH:
        return values[:-1]
    shares = np.linspace(0, 1, _STEPS_BY_ROWS + 1)[1:-1]
    chosen = [np.quantile(known, shares, method="lower")]
    for scale in (values, np.sign(values) * np.log1p(np.abs(values))):
        lengths = np.linspace(scale[0], scale[-1], _STEPS_BY_LENGTH + 1)[1:-1]
        chosen.append(values[np.searchsorted(scale, lengths, side="right") - 1])
    edges = np.unique(np.concatenate(chosen)).astype(np.float32)
    return np.asarray(edges[edges < values[-1]], dtype=np.float32)


@dataclass(frozen=True)
class _Splits:
    """Splits in the order in which LightGBM would grow them.

    Parameters
    ----------
    left, right : list of int
        Children: splits, or ~leaf.
    first, middle, last : list of int
        Split i parts the steps [first, last) at `middle`.
    step_of : list of int
        The step that each leaf stands for.
    """

    left: list[int]
    right: list[int]
    first: list[int]
    middle: list[int]
    last: list[int]
    step_of: list[int]


def _halved(count: int, *, is_set: bool) -> _Splits:
    """Halve the steps until each is alone; "missing", the last, is always on the far right.

    Split n leaves the number of the leaf to what lies left of it, and what lies right becomes leaf
    n + 1.
    """
    found = _Splits([], [], [], [], [], [0] * count)
    above: dict[int, tuple[list[int], int]] = {}
    waiting = deque([(0, 0, count)])
    while waiting:
        leaf, first, last = waiting.popleft()
        found.step_of[leaf] = first
        if last - first == 1:
            continue
        # No threshold tells a missing number from the highest: it parts first.
        middle = (first + last) // 2 if is_set or last < count else last - 1
        node = len(found.middle)
        if leaf in above:
            side, parent = above[leaf]
            side[parent] = node
        found.left.append(~leaf)
        found.right.append(~(node + 1))
        found.first.append(first)
        found.middle.append(middle)
        found.last.append(last)
        above[leaf], above[node + 1] = (found.left, node), (found.right, node)
        waiting += [(leaf, first, middle), (node + 1, middle, last)]
    return found


def _text(feature: int, steps: _Steps, spread: float) -> str:
    """Write one tree; `spread` is the variance of an outcome, LightGBM's weight of a row."""
    is_set = steps.edges is None
    grown = _halved(len(steps.values), is_set=is_set)
    first, middle, last = (np.array(ends) for ends in (grown.first, grown.middle, grown.last))
    rows = np.append(0, np.cumsum(steps.rows))
    sums = np.append(0.0, np.cumsum(steps.rows * steps.values))
    inside, lower, higher = (
        rows[last] - rows[first], rows[middle] - rows[first], rows[last] - rows[middle]
    )  # fmt: skip
    apart = (sums[middle] - sums[first]) / lower - (sums[last] - sums[middle]) / higher
    decision = _MISSING_IS_NAN + (_CATEGORICAL if is_set else 0)
    lines = {
        "num_leaves": str(len(steps.values)),
        "num_cat": str(len(middle) if is_set else 0),
        "split_feature": _joined("%d", np.full(len(middle), feature)),
        "split_gain": _joined("%g", spread * lower * higher / inside * apart**2),
        "threshold": _joined("%.17g", _thresholds(steps, middle)),
        "decision_type": _joined("%d", np.full(len(middle), decision)),
        "left_child": _joined("%d", np.array(grown.left)),
        "right_child": _joined("%d", np.array(grown.right)),
        "leaf_value": _joined("%.17g", steps.values[grown.step_of]),
        "leaf_weight": _joined("%.17g", steps.rows[grown.step_of] * spread),
        "leaf_count": _joined("%d", steps.rows[grown.step_of]),
        "internal_value": _joined("%g", (sums[last] - sums[first]) / inside),
        "internal_weight": _joined("%g", inside * spread),
        "internal_count": _joined("%d", inside),
    }
    if is_set:
        sets = [_words(*ends) for ends in zip(grown.first, grown.middle, strict=True)]
        lines["cat_boundaries"] = _joined("%d", np.cumsum([0, *map(len, sets)]))
        lines["cat_threshold"] = " ".join(str(word) for words in sets for word in words)
    lines |= {"is_linear": "0", "shrinkage": "1"}
    return "\n".join(f"{key}={value}" for key, value in lines.items())


def _thresholds(steps: _Steps, middle: Ints) -> F64:
    """Upper end of what goes left; the number of the set for a category."""
    if steps.edges is None:
        return np.arange(len(middle), dtype=np.float64)
    return np.asarray(np.append(steps.edges, _BEYOND)[middle - 1], dtype=np.float64)


def _words(start: int, stop: int) -> list[int]:
    """Bit set of the codes from `start` to before `stop`, in words of 32."""
    bits = (1 << stop) - (1 << start)
    return [bits >> 32 * word & 0xFFFFFFFF for word in range((stop + 31) // 32)]


def _joined(form: str, numbers: npt.NDArray[Any]) -> str:
    return " ".join([form] * len(numbers)) % tuple(numbers.tolist())
