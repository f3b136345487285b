"""Dates as spreadsheets count them: days since 1899-12-30."""

from typing import Final

import polars as pl

EXCEL: Final = "excel"
"""The format of a mapping file that says that dates are such numbers."""
# From 1954 to 2064: what makes a column look like dates, where nobody has said so.
LIKELY_SERIAL: Final = r"^\s*[2-5][0-9]{4}(?:[.,][0-9]+)?\s*$"
_SERIAL: Final = r"^[0-9]{2,5}(?:[.,][0-9]+)?$"
# 1900 was no leap year, and Excel counts its 29 February: before 61 nobody can tell.
_FIRST, _DAY_S = 61, 86_400


def from_serials(text: pl.Series) -> pl.Series:
    """Write numbers of days as other programs write dates, to the second. Utf8 -> Utf8.

    Other cells stay: a spreadsheet leaves as text what it could not read. Null: a day before
    March 1900.
    """
    is_serial = pl.col("t").str.contains(_SERIAL)
    days = pl.when(is_serial).then(pl.col("t").str.replace(",", ".", literal=True))
    seconds = (days.cast(pl.Float64) * _DAY_S).round(0).cast(pl.Int64)
    clock = pl.datetime(1899, 12, 30) + pl.duration(seconds=seconds)
    written = (
        pl.when(seconds % _DAY_S == 0)
        .then(clock.dt.strftime("%Y-%m-%d"))
        .otherwise(clock.dt.strftime("%Y-%m-%d %H:%M:%S"))
    )
    is_known = seconds >= _FIRST * _DAY_S
    kept = pl.when(is_known).then(written).when(~is_serial).then("t")
    return text.to_frame("t").select(kept.alias("t"))["t"]
