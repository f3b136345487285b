"""Turns every split of a forest into tests of one value that decide as LightGBM does.

LightGBM widens each value to float64, sets what lies within +-1e-35 to zero, and then decides by
missing type, default side, threshold or category set (`src/io/tree.cpp`, `include/LightGBM/tree.h`,
`NumericalDecision`, `CategoricalDecision`). All of it comes down to one kind of test on the value
as it came, `value <= t`, with NaN counted as true or as false, or to being in a set of categories.
A plain split is one such test. Zero as missing may be a chain of them:

    x[n] = tail;  x[i] = constant[i] where test[i] holds, else x[i + 1];  go left where x[0]
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from models.kernel.engine import IN_SET, IN_TABLE, ORDERED, UNORDERED
from models.kernel.tree import (
    CATEGORICAL,
    DEFAULT_LEFT,
    MISSING_NAN,
    MISSING_ZERO,
    Tree,
)

Floats = npt.NDArray[np.floating[Any]]  # float32 or float64
Ints = npt.NDArray[np.int64]

# LightGBM's kZeroThreshold, a float32 literal: |value| up to it counts as zero.
ZERO = np.float32(1e-35)


@dataclass(frozen=True)
class Tests:
    """The tests of s splits; each split has a chain of tests and a tail.

    Attributes
    ----------
    feature, threshold, kind : (r,)
        The tests: `value[feature] <= threshold` with NaN as no (ORDERED) or as yes (UNORDERED), or
        `value[feature]` in a set: the threshold is then its row in `sets` (IN_SET) or its number in
        `large_sets` (IN_TABLE).
    chain_start : (s + 1,) int64
        Split i owns the chain entries [chain_start[i], chain_start[i + 1]); most own none.
    chain_test, chain_constant : (c,) int64
        Which test, and what the split says where it holds: 1 left, 0 right.
    tail : (s,) int64
        The test that decides where no test of the chain holds; -1 for "right".
    sets : (m, 32) uint16
        Bit sets: category c is in if bit c % 16 of word c // 16 is set.
    large_sets : tuple of bytes
        Bit sets of any length: category c is in if bit c % 8 of byte c // 8 is set.
    """

    feature: Ints
    threshold: Floats
    kind: Ints
    chain_start: Ints
    chain_test: Ints
    chain_constant: Ints
    tail: Ints
    sets: npt.NDArray[np.uint16]
    large_sets: tuple[bytes, ...]


def tests_of(
    trees: Sequence[Tree], dtype: type[np.float32] | type[np.float64], most_categories: int
) -> Tests:
    """Find the tests of all splits of `trees`, in order, for values of `dtype`.

    Parameters
    ----------
    most_categories : int
        Sets of categories below this are kept in `sets`, others in `large_sets`.
    """
    feature = np.concatenate([tree.split_feature for tree in trees])
    decision = np.concatenate([tree.decision_type for tree in trees])
    threshold = np.concatenate([tree.threshold for tree in trees])
    is_categorical = (decision & CATEGORICAL) > 0
    is_left = (decision & DEFAULT_LEFT) > 0
    missing = decision >> 2
    is_low = threshold < 0  # zero goes right
    is_nan_true = np.where(missing == MISSING_NAN, is_left, ~is_low)
    # Zero as missing needs more than one test only where zero's default side is not its own.
    is_zero_kept_left = (missing == MISSING_ZERO) & is_left & is_low
    is_zero_kept_right = (missing == MISSING_ZERO) & ~is_left & ~is_low
    is_nan_true &= ~is_zero_kept_right
    kind = np.where(is_nan_true, UNORDERED, ORDERED)
    parts = _Parts(feature, rounded(threshold, dtype), kind)
    parts.keep_zero(np.flatnonzero(is_zero_kept_left & ~is_categorical), is_left=True)
    parts.keep_zero(np.flatnonzero(is_zero_kept_right & ~is_categorical), is_left=False)
    starts = np.cumsum([0, *(len(tree.split_feature) for tree in trees)])
    for split in np.flatnonzero(is_categorical):
        tree = trees[int(np.searchsorted(starts, split, side="right")) - 1]
        parts.category_set(int(split), _words(tree, int(threshold[split])), most_categories)
    return parts.finished()


def rounded(threshold: npt.NDArray[np.float64], dtype: type) -> Floats:
    """Largest values of `dtype` that LightGBM would still send left at `value <= threshold`.

    Thresholds inside +-1e-35 move to its rim: values in there all count as zero. Others round down.
    """
    rim = float(ZERO)
    with np.errstate(over="ignore", under="ignore"):  # infinity and denormals are right here
        values: Floats = threshold.astype(dtype)
        down = np.nextafter(values, dtype(-np.inf))
    values = np.where(values.astype(np.float64) > threshold, down, values)
    values = np.where((threshold >= 0) & (threshold <= rim), dtype(rim), values)
    below_zero = np.nextafter(dtype(-rim), dtype(-np.inf))
    result: Floats = np.where((threshold < 0) & (threshold >= -rim), below_zero, values)
    return result


def _words(tree: Tree, number: int) -> bytes:
    """Return category set `number` of a tree, without the empty words at its end."""
    begin, end = tree.cat_boundaries[number : number + 2]
    return tree.cat_threshold[begin:end].astype("<u4").tobytes().rstrip(b"\0")


class _Parts:
    """Collects tests and chains; the test of plain split i is test i."""

    def __init__(self, feature: Ints, threshold: Floats, kind: Ints) -> None:
        self._dtype = threshold.dtype.type
        self._features = [feature]
        self._thresholds = [threshold]
        self._kinds = [kind]
        self._count = len(feature)
        self._tail = np.arange(len(feature))
        self._length = np.zeros(len(feature), np.int64)
        # Chains as (split, test, constant) in the order of each split's chain.
        self._split: list[Ints] = []
        self._test: list[Ints] = []
        self._constant: list[Ints] = []
        self._sets: dict[bytes, int] = {}
        self._large_sets: dict[bytes, int] = {}

    def _add(self, feature: Ints, threshold: Floats, kind: int) -> Ints:
        """Add tests and return their numbers."""
        numbers = np.arange(self._count, self._count + len(feature))
        self._features.append(feature)
        self._thresholds.append(threshold)
        self._kinds.append(np.full(len(feature), kind))
        self._count += len(feature)
        return numbers

    def _chain(self, split: Ints, tests: Ints, constants: Ints) -> None:
        self._split.append(split)
        self._test.append(tests)
        self._constant.append(constants)
        np.add.at(self._length, split, 1)

    def keep_zero(self, splits: Ints, *, is_left: bool) -> None:
        """Send zero (and NaN) of `splits` to the other side than their threshold would."""
        count = len(splits)
        if not count:
            return
        feature = self._features[0][splits]
        rim = np.array([float(ZERO)] * count, self._dtype)
        below = np.nextafter(-rim, self._dtype(-np.inf))
        is_below = self._add(feature, below, ORDERED)
        is_not_above = self._add(feature, rim, UNORDERED)
        own = splits.astype(np.int64)
        pair = np.repeat(own, 2)
        constants = np.tile(np.array([1, 0], np.int64), count)
        if is_left:  # left below the threshold; not above zero but not below it either: left
            self._chain(pair, np.column_stack([own, is_below]).ravel(), constants)
            self._tail[splits] = is_not_above
        else:  # left below zero; right at zero; else by the threshold
            self._chain(pair, np.column_stack([is_below, is_not_above]).ravel(), constants)

    def category_set(self, split: int, words: bytes, most_categories: int) -> None:
        """Send the categories of a set left."""
        if not words:  # nothing goes left
            self._tail[split] = -1
            return
        is_small = 8 * len(words) <= most_categories
        sets = self._sets if is_small else self._large_sets
        # The test of the split itself, which nobody has used yet, becomes the set's.
        self._kinds[0][split] = IN_SET if is_small else IN_TABLE
        self._thresholds[0][split] = sets.setdefault(words, len(sets))

    def finished(self) -> Tests:
        sets = np.zeros((len(self._sets), 32), np.uint16)
        for words, number in self._sets.items():
            sets[number].view(np.uint8)[: len(words)] = np.frombuffer(words, np.uint8)
        none = np.empty(0, np.int64)
        order = np.argsort(np.concatenate([none, *self._split]), kind="stable")
        chain = np.concatenate([none, *self._test])[order]
        # The plain test of a category split decides nothing: leave such tests out.
        used = np.union1d(chain, self._tail[self._tail >= 0])
        return Tests(
            feature=np.concatenate(self._features)[used],
            threshold=np.concatenate(self._thresholds)[used],
            kind=np.concatenate(self._kinds)[used],
            chain_start=np.concatenate([[0], np.cumsum(self._length)]).astype(np.int64),
            chain_test=np.searchsorted(used, chain),
            chain_constant=np.concatenate([none, *self._constant])[order],
            tail=np.where(self._tail < 0, -1, np.searchsorted(used, self._tail)),
            sets=sets,
            large_sets=tuple(self._large_sets),
        )
