"""Brings what callers hold, a matrix or Polars, Arrow and NumPy columns, to addresses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from models.errors import ModelRefusedError

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


class ArrowArray(Protocol):
    """A `pyarrow.Array` or `ChunkedArray`, or another type that hands out Arrow data."""

    def __len__(self) -> int:
        """Return the number of values."""


Column = pl.Series | Array | ArrowArray

_FIX = "give one float32 value per row and feature, in the order of the model"


@dataclass(frozen=True)
class Rows:
    """n rows of k features, all float32 or all float64, wherever they lie.

    Attributes
    ----------
    dtype : float32 or float64
    count : int
    address, stride : (k,) int64
        Where row 0 of each feature is, and bytes from row to row.
    is_row_major : bool
        Whether the features of a row lie side by side.
    parts : tuple of arrays
        What the addresses point into: one matrix (n, k), or k columns (n,).
    """

    dtype: type[np.float32] | type[np.float64]
    count: int
    address: Ints
    stride: Ints
    is_row_major: bool
    parts: tuple[Array, ...]

    def as_matrix(self) -> Array:
        """Return the rows as one matrix (n, k), for LightGBM."""
        if len(self.parts) == 1 and self.parts[0].ndim == 2:
            return self.parts[0]
        return np.column_stack(self.parts)


def rows_of_matrix(matrix: Array, width: int) -> Rows:
    """Check a matrix of `width` features; other numbers become float32, as LightGBM does it."""
    if not isinstance(matrix, np.ndarray) or matrix.ndim != 2 or matrix.shape[1] != width:
        shape = getattr(matrix, "shape", type(matrix).__name__)
        raise ModelRefusedError(f"a matrix of shape {shape}", f"(rows, {width})", _FIX)
    if matrix.dtype not in (np.float32, np.float64):
        matrix = _numbers(matrix).astype(np.float32)
    matrix = np.require(matrix, requirements="A")
    down, across = matrix.strides
    return Rows(
        dtype=matrix.dtype.type,
        count=len(matrix),
        address=matrix.ctypes.data + across * np.arange(width),
        stride=np.full(width, down),
        is_row_major=across == matrix.itemsize,
        parts=(matrix,),
    )


def rows_of_columns(columns: Sequence[Column], width: int) -> Rows:
    """Check one column per feature, of one length; null is NaN.

    Float32 columns without nulls are not copied. One column that float32 cannot hold (float64,
    integers of 32 or 64 bits) makes all of them float64.
    """
    if len(columns) != width:
        raise ModelRefusedError(f"{len(columns)} columns", f"{width}", _FIX)
    arrays = [_column(column) for column in columns]
    if any(array.ndim != 1 or len(array) != len(arrays[0]) for array in arrays):
        raise ModelRefusedError("columns of several lengths or shapes", "one length", _FIX)
    dtype = np.result_type(np.float32, *(array.dtype for array in arrays)).type
    if dtype not in (np.float32, np.float64):
        raise ModelRefusedError("columns beyond float64", "float32", _FIX)
    parts = [np.require(array.astype(dtype, copy=False), requirements="A") for array in arrays]
    return Rows(
        dtype=dtype,
        count=len(parts[0]),
        address=np.array([part.ctypes.data for part in parts]),
        stride=np.array([part.strides[0] for part in parts]),
        is_row_major=False,
        parts=tuple(parts),
    )


def _column(column: Column) -> Array:
    """One column as floats or integers, without a copy where it has no nulls."""
    if isinstance(column, np.ndarray):
        return _numbers(column)
    is_arrow = hasattr(column, "__arrow_c_array__") or hasattr(column, "__arrow_c_stream__")
    is_other = is_arrow and not isinstance(column, pl.Series)
    series = pl.from_arrow(column) if is_other else column
    if not isinstance(series, pl.Series):
        raise ModelRefusedError(f"a column of type {type(column).__name__}", "an array", _FIX)
    if series.dtype in (pl.Boolean, pl.Null):
        series = series.cast(pl.Float32)
    elif series.dtype.is_decimal():
        series = series.cast(pl.Float64)
    return _numbers(series.to_numpy())


def _numbers(array: Array) -> Array:
    if array.dtype.kind not in "fiub":
        raise ModelRefusedError(f"values of type {array.dtype}", "float32", _FIX)
    return array
