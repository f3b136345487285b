"""Which moments, in UTC, a clock on somebody's wall shows given hours of a day."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final
from zoneinfo import ZoneInfo

from pipelines.settings.windows import Span

Moments = tuple[tuple[datetime, datetime], ...]
"""Spans of UTC, naive, sorted and apart: from and up to."""

# Offsets from UTC lie between -12 and +14 hours.
_BEFORE: Final = timedelta(hours=-14)
_AFTER: Final = timedelta(hours=36)
# No clock has ever been moved there and back within so little.
_STEP: Final = timedelta(hours=2)
_SECOND: Final = timedelta(seconds=1)
_CACHED: Final = 16_384


@cache
def clocks(zone: str) -> tuple[ZoneInfo, ...]:
    """Return the zone by the data of the machine and by that of the `tzdata` package.

    Zone data changes several times a year: where the two disagree, a call must be right by both.
    """
    own = ZoneInfo(zone)
    packaged = files("tzdata").joinpath("zoneinfo", *zone.split("/"))
    if not packaged.is_file():
        return (own,)
    with packaged.open("rb") as stream:
        return own, ZoneInfo.from_file(stream, key=zone)


@lru_cache(maxsize=_CACHED)
def moments_of_day(clock: ZoneInfo, day: date, hours: tuple[Span, ...]) -> Moments:
    """Return when a clock shows `day` and a time within `hours`.

    An hour that the clock skips holds nothing, and one that it shows twice counts both times.

    Parameters
    ----------
    clock : ZoneInfo
        One of :func:`clocks`.
    hours : tuple of (int, int)
        Minutes of the day, from and up to; 1440 is midnight.
    """
    midnight = datetime.combine(day, time.min)
    return together(
        [
            (begin, end)
            for since, until, offset in _offsets(clock, day)
            for opens, closes in hours
            if (begin := max(since, midnight + timedelta(minutes=opens) - offset))
            < (end := min(until, midnight + timedelta(minutes=closes) - offset))
        ]
    )


def common(one: Moments, other: Moments) -> Moments:
    """Return the moments that are in both."""
    return tuple(
        (begin, end)
        for first in one
        for second in other
        if (begin := max(first[0], second[0])) < (end := min(first[1], second[1]))
    )


def together(moments: list[tuple[datetime, datetime]]) -> Moments:
    """Return the moments sorted; spans that touch or overlap are one."""
    found: list[tuple[datetime, datetime]] = []
    for begin, end in sorted(moments):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


@lru_cache(maxsize=_CACHED)
def _offsets(clock: ZoneInfo, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Return the spans of UTC around `day` in which the clock keeps one offset, and the offset."""
    found = []
    midnight = datetime.combine(day, time.min)
    since, last = midnight + _BEFORE, midnight + _AFTER
    offset = _offset(clock, since)
    moment = since
    while moment < last:
        following = moment + _STEP
        if (coming := _offset(clock, following)) != offset:
            change = _change(clock, moment, following)
            found.append((since, change, offset))
            since, offset = change, coming
        moment = following
    return (*found, (since, last, offset))


def _change(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    offset = _offset(clock, before)
    while after - before > _SECOND:
        middle = before + _SECOND * ((after - before) // _SECOND // 2)
        if _offset(clock, middle) == offset:
            before = middle
        else:
            after = middle
    return after


def _offset(clock: ZoneInfo, moment: datetime) -> timedelta:
    offset = moment.replace(tzinfo=UTC).astimezone(clock).utcoffset()
    return offset if offset is not None else timedelta()
