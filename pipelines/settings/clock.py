"""The clock: the only place, with the runs, that knows what time it is."""

from datetime import UTC, date, datetime, time


def now() -> datetime:
    """Return the present UTC time, naive, as the store keeps it, in whole microseconds."""
    return datetime.now(UTC).replace(tzinfo=None)


def midnight(day: date) -> datetime:
    """Return midnight UTC of `day`: the `as_of` of that logical date."""
    return datetime.combine(day, time.min)


def today() -> date:
    """Return today's date in UTC."""
    return datetime.now(UTC).date()
