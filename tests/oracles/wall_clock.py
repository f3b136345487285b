"""Oracle of call windows: look at every clock that may hang on the wall, minute by minute."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

ALL_WEEK = frozenset(range(7))
WORK_DAYS = frozenset(range(5))


def machine_clock(zone: str) -> ZoneInfo:
    return ZoneInfo(zone)


def packaged_clock(zone: str) -> ZoneInfo:
    with files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as stream:
        return ZoneInfo.from_file(stream, key=zone)


def clocks(zones: list[str]) -> list[ZoneInfo]:
    return [make(zone) for zone in zones for make in (machine_clock, packaged_clock)]


def may_call(
    at: datetime,
    walls: list[ZoneInfo],
    *,
    days: frozenset[int] = WORK_DAYS,
    hours: tuple[tuple[int, int], ...] = ((540, 1080),),
    holidays: frozenset[date] = frozenset(),
) -> bool:
    """Tell whether every clock shows, at `at` (UTC, naive), a day and a minute that is open."""
    for wall in walls:
        local = at.replace(tzinfo=UTC).astimezone(wall)
        minute = local.hour * 60 + local.minute
        if local.weekday() not in days or local.date() in holidays:
            return False
        if not any(begin <= minute < end for begin, end in hours):
            return False
    return bool(walls)


def days_of_change(wall: ZoneInfo, first: int, last: int) -> list[datetime]:
    """Return the UTC midnights before which or after which the clock was moved."""
    day, end = datetime(first, 1, 1), datetime(last + 1, 1, 1)
    found = []
    while day < end:
        here = day.replace(tzinfo=UTC).astimezone(wall).utcoffset()
        there = (day + timedelta(days=1)).replace(tzinfo=UTC).astimezone(wall).utcoffset()
        if here != there:
            found.append(day)
        day += timedelta(days=1)
    return found
