"""Times that a file stores as times: what their text would be read as, without writing it."""

from datetime import date, datetime

import polars as pl

from pipelines.load.normalise.when import is_date, is_day_only

_DAYS = date.min, date.max
_CLOCKS = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 - naive, as UTC is here


def native_timestamps(values: pl.Series) -> pl.Series:
    """Keep the times that `timestamps` would read. Datetime or Date -> Datetime(us), UTC."""
    if values.dtype == pl.Date:
        # A day far enough away would come round as another one.
        values = values.set(~values.is_between(*_DAYS), None)
    clock = values.cast(pl.Datetime("us")).alias("v").to_frame()
    return clock.select(pl.when(is_date("v")).then("v"))["v"].alias(values.name)


def days_only(values: pl.Series) -> pl.Series:
    """Tell which cells give a day without a clock. Utf8, Datetime or Date -> Boolean."""
    if values.dtype == pl.String:
        return is_day_only(values)
    if values.dtype == pl.Date:
        return values.is_not_null()
    return pl.repeat(False, len(values), dtype=pl.Boolean, eager=True).alias(values.name)


def as_written(frame: pl.DataFrame) -> pl.DataFrame:
    """Give what is no text in a frame as the text that a reader without types would have given."""
    texts = []
    for name, dtype in frame.schema.items():
        cell = pl.col(name)
        if dtype.is_integer():
            texts.append(cell.cast(pl.String))
        elif dtype == pl.Date or isinstance(dtype, pl.Datetime):
            first, last = _DAYS if dtype == pl.Date else _CLOCKS
            known = pl.when(cell.is_between(first, last)).then(cell)
            if dtype == pl.Date:
                text = known.cast(pl.String)
            else:
                text = known.dt.to_string("%Y-%m-%d %H:%M:%S%.6f")
                text = text.str.strip_chars_end("0").str.strip_chars_end(".")
            # A time that no calendar has is the number that it is.
            texts.append(pl.coalesce(text, cell.to_physical().cast(pl.String)).alias(name))
    return frame.with_columns(texts)
