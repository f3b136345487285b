"""Canary rows: made-up inputs whose raw scores were written down when the model was saved.

Whatever scores the model later, a newer LightGBM, another processor or a freshly compiled kernel,
must first give the same bits for them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from models.errors import ModelRefusedError
from models.kernel.text import Forest
from models.kernel.tree import CATEGORICAL, members

Matrix = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

ROWS: Final = 64
_FIX: Final = "restore the model folder from a backup, use the versions it names, or train again"
_SEED: Final = 20261122
# Of the values of a feature that splits: missing, zero, far outside; the rest lie at thresholds.
_SHARES: Final = (0.1, 0.1, 0.1, 0.7)
_MOST: Final = np.finfo(np.float32).max


@dataclass(frozen=True)
class Canary:
    """Rows and the raw scores that they must have.

    Parameters
    ----------
    matrix : (ROWS, k) float32
        NaN is missing, and where no split looks.
    raw_score : (ROWS,) float64
    """

    matrix: Matrix
    raw_score: Scores

    @classmethod
    def of(cls, forest: Forest, score: Callable[[Matrix], Scores]) -> Self:
        """Make rows from the thresholds and categories of a model, and score them."""
        rng = np.random.default_rng(_SEED)
        matrix = np.full((ROWS, len(forest.feature_names)), np.nan, np.float32)
        feature = np.concatenate([tree.split_feature for tree in forest.trees])
        decision = np.concatenate([tree.decision_type for tree in forest.trees])
        threshold = np.concatenate([tree.threshold for tree in forest.trees])
        is_set = (decision & CATEGORICAL) > 0
        for column in np.unique(feature):
            own = feature == column
            pool = _around(np.unique(threshold[own & ~is_set]))
            if (own & is_set).any():
                pool = np.concatenate([pool, _codes(forest, int(column))])
            kinds = rng.choice(4, ROWS, p=_SHARES)
            outside = rng.choice(np.array([-_MOST, _MOST, -1.0], np.float32), ROWS)
            matrix[:, column] = np.choose(
                kinds, [np.float32(np.nan), np.float32(0), outside, rng.choice(pool, ROWS)]
            )
        return cls(matrix, score(matrix))

    def check(self, scores: Scores, by: str) -> None:
        """Compare scores of the rows, bit for bit.

        Raises
        ------
        ModelRefusedError
            Naming what scored.
        """
        wrong = int((scores.view(np.int64) != self.raw_score.view(np.int64)).sum())
        if wrong:
            raise ModelRefusedError(
                f"other scores by {by} than when the model was saved, for {wrong} of"
                f" {len(scores)} canary rows",
                "the same bits",
                _FIX,
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain lists: columns with a value, their values, scores as exact hex floats."""
        used = np.flatnonzero(~np.isnan(self.matrix).all(axis=0))
        columns = [
            [None if np.isnan(value) else float(value) for value in self.matrix[:, column]]
            for column in used
        ]
        return {
            "columns": used.tolist(),
            "values": columns,
            "raw_score": [float(score).hex() for score in self.raw_score],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any], width: int) -> Self:
        """Rebuild what `to_json` gave, for a model of `width` features.

        Raises
        ------
        ModelRefusedError
            It is something else.
        """
        try:
            matrix = np.full((ROWS, width), np.nan, np.float32)
            matrix[:, data["columns"]] = np.array(data["values"], np.float32).reshape(-1, ROWS).T
            scores = np.array([float.fromhex(score) for score in data["raw_score"]])
        except (KeyError, TypeError, ValueError, IndexError, OverflowError) as error:
            raise ModelRefusedError(
                "canary rows that cannot be read", "plain lists", _FIX
            ) from error
        if scores.shape != (ROWS,):
            raise ModelRefusedError(f"{len(scores)} canary scores", f"{ROWS}", _FIX)
        return cls(matrix, scores)


def _around(thresholds: npt.NDArray[np.float64]) -> Matrix:
    """Return the float32 values at, just below and just above thresholds."""
    nearest = np.clip(thresholds, -_MOST, _MOST).astype(np.float32)
    low, high = (np.nextafter(nearest, np.float32(end)) for end in (-_MOST, _MOST))
    return np.unique(np.concatenate([low, nearest, high]))


def _codes(forest: Forest, column: int) -> Matrix:
    """Return the categories of the sets of a column and their neighbours, and 0.

    Codes that float32 cannot hold are left out: rounded, they would be other categories.
    """
    found = [np.zeros(1, np.int64)]
    for tree in forest.trees:
        is_own = (tree.split_feature == column) & ((tree.decision_type & CATEGORICAL) > 0)
        for number in tree.threshold[is_own].astype(np.int64):
            begin, end = tree.cat_boundaries[number : number + 2]
            found.append(members(tree.cat_threshold[begin:end].astype("<u4").tobytes()))
    known = np.unique(np.concatenate(found))
    codes = np.unique(np.concatenate([known - 1, known, known + 1]))
    values = codes.astype(np.float32)
    exact: Matrix = values[(codes >= 0) & (values.astype(np.int64) == codes)]
    return exact
