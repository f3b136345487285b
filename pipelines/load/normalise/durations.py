"""Durations: numbers in the unit of their column, and clocks such as 00:03:25."""

import polars as pl

from pipelines.load.normalise.numbers import number

_CLOCK = r"^(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,][0-9]+)?$"


def seconds(values: pl.Series, decimal: str, scale: float) -> pl.Series:
    """Read durations. Utf8 -> Float64 seconds; null: no duration.

    Parameters
    ----------
    decimal : str
        Character that separates decimals.
    scale : float
        Seconds in the unit of a plain number. A clock is hours, minutes and seconds whatever the
        unit of the column.
    """
    plain = number(values, decimal) * scale
    is_clock = values.str.contains(":", literal=True).fill_null(value=False)
    if not is_clock.any():
        return plain.alias(values.name)
    part = [values.str.extract(_CLOCK, group).cast(pl.Int64, strict=False) for group in (1, 2, 3)]
    clock = (part[0].fill_null(0) * 3600 + part[1] * 60 + part[2]).cast(pl.Float64)
    return plain.zip_with(~is_clock, clock).alias(values.name)
