"""What a model has to beat: a constant, and a logistic regression on the same features."""

import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.linalg import LinAlgWarning
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from features.featureset import FeatureSet
from features.spec import Kind
from models.matrix import F32, F64, Bools

_MAX_LEVELS: Final = 30
_NEWTON_COLUMNS: Final = 300
# Rows times columns squared, what a Newton step costs: some 2 s for all steps on two cores. The
# rarer outcome is kept whole up to half of the rows, so 27,000 rows of 380 columns still tell.
_MOST_WORK: Final = 4_000_000_000
_LEAST_ROWS: Final = 10_000
_CLIP: Final = 5.0  # standard deviations; one money amount must not decide a line


class Logistic:
    """A ridge logistic regression with the usual care, fitted on the training block.

    Numbers: as they are and their signed logarithm, both standardised, missing = mean, clipped;
    plus "is missing" columns. Either alone lost 0.01 to 0.03 of AUC on some of twelve public sets.
    Categories: one column per frequent code. Penalty C = 1.

    Parameters
    ----------
    kinds : sequence of {"number", "category", "flag"}
        Of the columns, in order.
    monotone : sequence of int, optional
        1 = more never means less likely, -1 = never more likely: such a number counts by its
        logarithm alone, and is left out where that goes the other way.
    """

    def __init__(self, kinds: Sequence[Kind], monotone: Sequence[int] = ()) -> None:
        self._kinds = tuple(kinds)
        self._monotone = tuple(monotone) or (0,) * len(self._kinds)
        self._scales: list[tuple[tuple[float, float], ...]] = []
        self._has_missing: list[bool] = []
        self._levels: list[int] = []

    def fit(self, matrix: F32, label: Bools, weight: F32 | None = None) -> "Logistic":
        """Fit on (n, k) float32 rows with both outcomes; `weight` (n,) or None = 1 each."""
        for index, kind in enumerate(self._kinds):
            column = matrix[:, index]
            known = column[~np.isnan(column)]
            self._has_missing.append(0 < len(known) < len(column))
            self._levels.append(
                min(int(known.max()) + 1, _MAX_LEVELS) if kind == "category" and len(known) else 0
            )
            # Of two values, or where only the direction counts, one shape says all.
            told = 1 if self._monotone[index] or _has_two_values(known) else len(_SHAPES)
            self._scales.append(tuple(_scale(shape(known)) for shape in _SHAPES[:told]))
        self._is_left_out = [False] * len(self._kinds)
        self._solve(matrix, label, weight)
        while wrong := [i for i in range(len(self._kinds)) if self._goes_wrong(i)]:
            for index in wrong:
                self._is_left_out[index] = True
            self._solve(matrix, label, weight)
        return self

    def _goes_wrong(self, index: int) -> bool:
        """Whether the log-odds fall with a number that must not lower them, or rise."""
        if not self._monotone[index] or self._is_left_out[index]:
            return False
        low, high = self.adds(index, np.array([-1e30, 1e30], np.float32))
        return bool(self._monotone[index] * (high - low) < 0)

    def _solve(self, matrix: F32, label: Bools, weight: F32 | None) -> None:
        design = self._design(matrix)
        # Newton's steps are few, and dear only where columns are many.
        solver = "newton-cholesky" if design.shape[1] <= _NEWTON_COLUMNS else "lbfgs"
        self._model = LogisticRegression(C=1.0, max_iter=300, solver=solver)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # 300 rounds are near enough
            warnings.simplefilter("ignore", LinAlgWarning)  # it goes on with the other solver
            self._model.fit(design, label, sample_weight=weight)

    def raw_score(self, matrix: F32, chunk_rows: int = 200_000) -> F64:
        """Return log-odds, (n,) float64."""
        parts = [
            self._model.decision_function(self._design(matrix[start : start + chunk_rows]))
            for start in range(0, len(matrix), chunk_rows)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    @property
    def intercept(self) -> float:
        """Log-odds of a row to which no feature adds anything."""
        return float(self._model.intercept_[0])

    def adds(self, index: int, values: F32) -> F64:
        """Return what values (n,) of one feature, NaN = missing, add to the log-odds."""
        columns = self._columns(index, values)
        first = sum(len(self._columns(i, values[:0])) for i in range(index))
        weights = self._model.coef_[0, first : first + len(columns)]
        return np.asarray(np.column_stack(columns) @ weights if columns else np.zeros(len(values)))

    def _design(self, matrix: F32) -> F64:
        columns = [c for i in range(len(self._kinds)) for c in self._columns(i, matrix[:, i])]
        return np.column_stack(columns) if columns else np.zeros((len(matrix), 1))

    def _columns(self, index: int, values: F32) -> list[F64]:
        """Return the columns that stand for one feature."""
        missing = np.isnan(values)
        columns = [missing.astype(np.float64)] if self._has_missing[index] else []
        if self._kinds[index] == "category":
            columns += [(values == code).astype(np.float64) for code in range(self._levels[index])]
        elif not self._is_left_out[index]:
            for shape, (mean, spread) in zip(_SHAPES, self._scales[index], strict=False):
                scaled = np.clip((shape(values) - mean) / spread, -_CLIP, _CLIP)
                columns.append(np.where(missing, 0.0, scaled))
        return columns


def affordable_rows(features: FeatureSet, most: int) -> int:
    """Return how many rows a fit should see: `most`, or fewer where columns are many."""
    known = features.vocabulary.values
    width = sum(
        1 + min(len(known[name]), _MAX_LEVELS) if kind == "category" else 1 + len(_SHAPES)
        for name, kind in zip(features.names, features.kinds, strict=True)
    )
    return min(most, max(_LEAST_ROWS, _MOST_WORK // max(1, width) ** 2))


def _squeeze(values: F32) -> F64:
    wide = values.astype(np.float64)
    return np.sign(wide) * np.log1p(np.abs(wide))


def _as_is(values: F32) -> F64:
    return values.astype(np.float64)


def _has_two_values(known: F32) -> bool:
    return not len(known) or bool(((known == known.min()) | (known == known.max())).all())


def _scale(known: F64) -> tuple[float, float]:
    """Mean and standard deviation, 0 and 1 where there is none."""
    return (float(known.mean()), float(known.std()) or 1.0) if len(known) else (0.0, 1.0)


_SHAPES: Final = (_squeeze, _as_is)
