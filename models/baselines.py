"""What a model has to beat: a constant, and a logistic regression on the same features."""

import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy.linalg import LinAlgWarning
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from features.spec import Kind
from models.matrix import F32, F64, Bools

_MAX_LEVELS: Final = 30
_NEWTON_COLUMNS: Final = 300
_CLIP: Final = 5.0  # standard deviations; one money amount must not decide a line


class Logistic:
    """A ridge logistic regression with the usual care, fitted on the training block.

    Numbers: signed logarithm, standardised, missing = mean, clipped; plus "is missing" columns.
    Categories: one column per frequent code. Penalty C = 1.

    Parameters
    ----------
    kinds : sequence of {"number", "category", "flag"}
        Of the columns, in order.
    """

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = tuple(kinds)
        self._mean: list[float] = []
        self._spread: list[float] = []
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
            squeezed = _squeeze(known)
            self._mean.append(float(squeezed.mean()) if len(known) else 0.0)
            self._spread.append((float(squeezed.std()) if len(known) else 0.0) or 1.0)
        design = self._design(matrix)
        # Newton's steps are few, and dear only where columns are many.
        solver = "newton-cholesky" if design.shape[1] <= _NEWTON_COLUMNS else "lbfgs"
        self._model = LogisticRegression(C=1.0, max_iter=300, solver=solver)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # 300 rounds are near enough
            warnings.simplefilter("ignore", LinAlgWarning)  # it goes on with the other solver
            self._model.fit(design, label, sample_weight=weight)
        return self

    def raw_score(self, matrix: F32, chunk_rows: int = 200_000) -> F64:
        """Return log-odds, (n,) float64."""
        parts = [
            self._model.decision_function(self._design(matrix[start : start + chunk_rows]))
            for start in range(0, len(matrix), chunk_rows)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def _design(self, matrix: F32) -> F64:
        columns: list[F64] = []
        for index, kind in enumerate(self._kinds):
            column = matrix[:, index]
            missing = np.isnan(column)
            if self._has_missing[index]:
                columns.append(missing.astype(np.float64))
            if kind == "category":
                columns += [
                    (column == code).astype(np.float64) for code in range(self._levels[index])
                ]
            else:
                scaled = (_squeeze(column) - self._mean[index]) / self._spread[index]
                columns.append(np.where(missing, 0.0, np.clip(scaled, -_CLIP, _CLIP)))
        return np.column_stack(columns) if columns else np.zeros((len(matrix), 1))


def _squeeze(values: F32) -> F64:
    wide = values.astype(np.float64)
    return np.sign(wide) * np.log1p(np.abs(wide))
