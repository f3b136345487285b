"""What is known of people as columns of numbers, for models that add up."""

import math
from typing import Final

import numpy as np
import polars as pl

from models.matrix import F64, Bools

_MOST_LEVELS: Final = 12
_MOST_NUMBERS: Final = 40_000_000
_LEAST_COLUMNS: Final = 20
_READABLE: Final = 0.99
# A column of ids names people and tells nothing of them.
_NAMES: Final = 0.9


def design_of(frame: pl.DataFrame) -> F64:
    """Return (n, k) numbers for a frame of columns of text: numbers, their squares, and values.

    A column of few values has a column for each of its most frequent ones; a gap is a value of its
    own there, and the mean of a number. Columns that tell nothing are left out.
    """
    room = max(_LEAST_COLUMNS, _MOST_NUMBERS // max(frame.height, 1))
    found: list[F64] = []
    for column in frame.iter_columns():
        for one in _parts(column):
            if len(found) < room and float(one.std()) > 0:
                found.append(one)
    if not found:
        return np.zeros((frame.height, 0))
    return standardised(np.column_stack(found))


def standardised(columns: F64) -> F64:
    """Return (n, k) columns with mean 0 and deviation 1, cut at five; a gap is the mean."""
    known = np.isfinite(columns)
    count = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, columns, 0.0)
    centred = np.where(known, columns - filled.sum(axis=0) / count, 0.0)
    deviation = np.sqrt((centred**2).sum(axis=0) / count)
    held: F64 = np.clip(centred / np.where(deviation > 0, deviation, 1.0), -5, 5)
    return held


def imbalance_of(column: pl.Series, treated: Bools, weight: F64) -> float:
    """Return how many standard errors the arms of a campaign differ in a column, at most.

    What is known beforehand differs by chance alone; what is known only afterwards does not.
    """
    worst = 0.0
    for values in _parts(column):
        arms = []
        for arm in (treated, ~treated):
            share = weight[arm] / weight[arm].sum()
            mean = float((share * values[arm]).sum())
            arms.append((mean, float((share**2 * (values[arm] - mean) ** 2).sum())))
        (first, first_error), (second, second_error) = arms
        error = math.sqrt(first_error + second_error)
        worst = max(worst, abs(first - second) / error if error else 0.0)
    return worst


def _parts(column: pl.Series) -> list[F64]:
    """Return the (n,) columns of numbers that a column of text becomes."""
    text = column.cast(pl.String)
    number = text.cast(pl.Float64, strict=False)
    known = text.len() - text.null_count()
    different = text.n_unique()
    if not known or different < 2:
        return []
    is_number = number.is_finite().fill_null(value=False).sum() >= _READABLE * known
    if different <= _MOST_LEVELS or not is_number:
        if different > _NAMES * len(text):
            return []
        # In order of how often, then by name: the same on every machine.
        counts = text.value_counts().sort(["count", text.name], descending=[True, False])
        levels = counts[text.name].head(_MOST_LEVELS).to_list()
        return [_is(text, level) for level in levels]
    if number.n_unique() == len(text) and number.is_sorted():
        return []
    values = number.to_numpy().astype(np.float64)
    scaled = standardised(values[:, None])[:, 0]
    return [scaled, scaled**2]


def _is(text: pl.Series, level: str | None) -> F64:
    found = text.is_null() if level is None else (text == level).fill_null(value=False)
    return found.to_numpy().astype(np.float64)
