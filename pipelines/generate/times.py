"""The world's time: seconds since 1970 UTC, from October 2000 to October 2026."""

from datetime import UTC, date, datetime
from typing import Final

import numpy as np

from pipelines.generate.dice import Floats, Ints

T_START: Final = date(2000, 10, 1)
T_END: Final = date(2026, 10, 1)
DAY_S: Final = 86_400
HORIZON_DAYS: Final = 90
# "Has not happened and will not": later than anything, and far from overflow when days are added.
NEVER_S: Final = 1 << 40


def seconds(day: date) -> int:
    """Seconds since 1970 of midnight UTC of a day."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


START_S: Final = seconds(T_START)
END_S: Final = seconds(T_END)


def midnight(at_s: Ints) -> Ints:
    """Midnight UTC of the day that holds each moment."""
    return at_s - at_s % DAY_S


def years_between(from_s: Ints, to_s: Ints) -> Floats:
    """Years of 365.25 days from one moment to the other."""
    return (to_s - from_s) / (DAY_S * 365.25)


def year_of(at_s: Ints) -> Ints:
    """Calendar year of each moment."""
    return at_s.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970
