"""The guard before LightGBM: the right columns, in the right order, in the one dtype.

LightGBM aborts the whole process on column types it does not know, and checks neither names nor
order of Polars or NumPy input (stack.md, S3 and S4). So nothing reaches it but a float32 array
made here.
"""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import numpy as np
import numpy.typing as npt
import polars as pl

from models.errors import ModelRefusedError

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def booster_name(name: str) -> str:
    """Return a feature name as LightGBM can hold it: percent-encoded, one to one.

    LightGBM refuses ``:``, quotes and brackets in names and turns blanks into underscores.
    """
    return quote(name, safe="")


def check_columns(matrix: pl.DataFrame, names: Sequence[str]) -> None:
    """Check that a frame is the model matrix.

    Parameters
    ----------
    matrix : pl.DataFrame
        Shape (n, k); every column Float32, null = missing.
    names : sequence of str
        The k feature names in order.

    Raises
    ------
    ModelRefusedError
        Other columns, another order, or another dtype.
    """
    if matrix.columns != list(names):
        raise ModelRefusedError(
            _difference(matrix.columns, names),
            f"the {len(names)} features of the model in their order",
            "build the matrix with the feature set of this model",
        )
    wrong = [f"{name} ({dtype})" for name, dtype in matrix.schema.items() if dtype != pl.Float32]
    if wrong:
        raise ModelRefusedError(f"columns that are not Float32: {wrong[:5]}", "Float32 throughout")


def to_array(matrix: pl.DataFrame, names: Sequence[str], rows: Ints | None = None) -> F32:
    """Return the checked frame as a float32 array (n, k), column by column in memory.

    Null and NaN both become NaN: missing. With `rows`, (n,) positions, in that order: the one copy
    that training makes of all rows.

    Raises
    ------
    ModelRefusedError
        See `check_columns`.
    """
    check_columns(matrix, names)
    array = np.empty(matrix.shape, dtype=np.float32, order="F")
    for index, column in enumerate(matrix.iter_columns()):
        values = column.to_numpy()
        array[:, index] = values if rows is None else values[rows]
    return array


def check_finite(array: F32, names: Sequence[str]) -> None:
    """Refuse infinities, which no feature may give.

    Raises
    ------
    ModelRefusedError
        Naming the columns.
    """
    bad = [name for index, name in enumerate(names) if np.isinf(array[:, index]).any()]
    if bad:
        raise ModelRefusedError(f"infinite values in {bad[:5]}", "numbers or null")


def check_booster(booster: Any, names: Sequence[str]) -> None:  # noqa: ANN401 - lightgbm is untyped
    """Check that a booster was trained on these features in this order.

    Raises
    ------
    ModelRefusedError
        Its feature names differ.
    """
    held = list(booster.feature_name())
    wanted = [booster_name(name) for name in names]
    if held != wanted:
        raise ModelRefusedError(
            f"a booster with other features: {_difference(held, wanted)}",
            "the features of the manifest",
            "restore the model folder from a backup or train again",
        )


def _difference(found: Sequence[str], expected: Sequence[str]) -> str:
    missing = [name for name in expected if name not in set(found)]
    extra = [name for name in found if name not in set(expected)]
    if missing or extra:
        return f"columns missing {missing[:5]}, unknown {extra[:5]}"
    return "the columns in another order"
