"""The plain way to score: every row down every tree at once, in NumPy alone.

Too slow for many rows and quick for a few: it needs neither LightGBM nor a compiled kernel.
"""

import numpy as np
import numpy.typing as npt

from models.kernel.tree import CATEGORICAL, DEFAULT_LEFT, MISSING_NAN, MISSING_ZERO, Tree

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_ZERO = float(np.float32(1e-35))  # LightGBM's kZeroThreshold: |value| up to it counts as zero


def scores(trees: tuple[Tree, ...], matrix: npt.NDArray[np.float32]) -> Floats:
    """Return raw scores, (n,) float64, of a matrix (n, k): the bits of every other route.

    Trees with linear models are not for this way.
    """
    walk = _Walk(trees)
    total = np.zeros(len(matrix))
    for values in walk.leaf_values(matrix.astype(np.float64)).T:
        total += values  # tree after tree, as LightGBM adds them
    return total


class _Walk:
    """All splits of a forest in one table; children >= 0 are splits, ~child a leaf."""

    def __init__(self, trees: tuple[Tree, ...]) -> None:
        splits = np.cumsum([0, *(len(tree.split_feature) for tree in trees)])
        leaves = np.cumsum([0, *(len(tree.leaf_value) for tree in trees)])
        words = np.cumsum([0, *(len(tree.cat_threshold) for tree in trees)])
        self._root = np.where(np.diff(splits) > 0, splits[:-1], ~leaves[:-1])
        self._children = np.stack(
            [
                np.concatenate(
                    [_moved(c, s, f) for c, s, f in zip(side, splits, leaves, strict=False)]
                )
                for side in (
                    [tree.right_child for tree in trees],
                    [tree.left_child for tree in trees],
                )
            ]
        )
        self._feature = np.concatenate([tree.split_feature for tree in trees])
        self._decision = np.concatenate([tree.decision_type for tree in trees])
        self._threshold = np.concatenate([tree.threshold for tree in trees])
        self._leaf_value = np.concatenate([tree.leaf_value for tree in trees])
        self._words = np.concatenate([tree.cat_threshold for tree in trees]).astype(np.int64)
        self._first = np.zeros(len(self._feature), np.int64)
        self._end = np.zeros(len(self._feature), np.int64)
        for tree, split, word in zip(trees, splits, words, strict=False):
            own = np.flatnonzero(tree.decision_type & CATEGORICAL)
            number = tree.threshold[own].astype(np.int64)
            self._first[split + own] = word + tree.cat_boundaries[number]
            self._end[split + own] = word + tree.cat_boundaries[number + 1]

    def leaf_values(self, matrix: Floats) -> Floats:
        """Return the leaf value of each row (down) in each tree (across)."""
        place = np.tile(self._root, (len(matrix), 1))
        while True:
            row, tree = np.nonzero(place >= 0)
            if not len(row):
                values: Floats = self._leaf_value[~place]
                return values
            split = place[row, tree]
            value = matrix[row, self._feature[split]]
            place[row, tree] = self._children[self._goes_left(split, value).astype(np.int64), split]

    def _goes_left(self, split: Ints, value: Floats) -> npt.NDArray[np.bool_]:
        decision = self._decision[split]
        missing = decision >> 2
        is_nan = np.isnan(value)
        plain = np.where(is_nan, 0.0, value)
        is_missing = np.where(
            missing == MISSING_NAN, is_nan, (missing == MISSING_ZERO) & (np.abs(plain) <= _ZERO)
        )
        plain = np.where(np.abs(plain) <= _ZERO, 0.0, plain)
        is_left = np.where(
            is_missing, (decision & DEFAULT_LEFT) > 0, plain <= self._threshold[split]
        )
        of_set = np.flatnonzero(decision & CATEGORICAL)
        is_left[of_set] = self._is_in_set(split[of_set], value[of_set])
        return is_left

    def _is_in_set(self, split: Ints, value: Floats) -> npt.NDArray[np.bool_]:
        """Decimals are cut off; NaN and what no set can hold is in none."""
        is_code = (value > -1) & (value < 2**31)
        code = np.where(is_code, value, 0).astype(np.int64)
        word = self._first[split] + code // 32
        is_code &= word < self._end[split]
        held = self._words[np.where(is_code, word, 0)] if len(self._words) else np.zeros_like(word)
        return is_code & ((held >> (code % 32) & 1) > 0)


def _moved(children: Ints, splits: int, leaves: int) -> Ints:
    """Children of one tree as places in the table of all."""
    return np.where(children >= 0, children + splits, children - leaves)
