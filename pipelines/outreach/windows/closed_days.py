"""Public holidays: days on which nobody is called."""

from collections.abc import Iterable
from datetime import date
from functools import cache


def is_holiday(country: str, states: Iterable[str], day: date) -> bool:
    """Tell whether `day` is a public holiday of the country, or of one of its states.

    Parameters
    ----------
    country : str
        ISO 3166-1 alpha-2.
    states : iterable of str
        ISO 3166-2 codes, such as US-CA, that a person may be in. One that has no calendar of its
        own, or none at all: any holiday of any state counts.

    Notes
    -----
    Of a country without a calendar every day is one: nobody can tell which days are not.
    """
    known = _parts(country)
    if known is None:
        return True
    parts = frozenset(state.partition("-")[2] for state in states)
    if not parts or not known.issuperset(parts):
        parts = known
    return day in _days(country, parts, day.year)


@cache
def _parts(country: str) -> frozenset[str] | None:
    """Return the states that have a calendar; None: the country itself has none."""
    from holidays import country_holidays  # as rarely needed as it is large

    try:
        return frozenset(country_holidays(country).subdivisions)
    except NotImplementedError:
        return None


@cache
def _days(country: str, parts: frozenset[str], year: int) -> frozenset[date]:
    found = set(_calendar(country, None, year))
    for part in parts:
        found |= _calendar(country, part, year)
    return frozenset(found)


@cache
def _calendar(country: str, part: str | None, year: int) -> frozenset[date]:
    from holidays import country_holidays

    # Observed days of a year may lie in its neighbour, and come with either.
    calendar = country_holidays(country, subdiv=part, years=range(year - 1, year + 2))
    return frozenset(day for day in calendar if day.year == year)
