"""Where somebody may be: every time zone and state that the address and the number leave open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import phonenumbers
from phonenumbers import timezone as number_zone

from pipelines.settings.channels import region_of
from pipelines.settings.windows import Zones

_NOWHERE: Final = "Etc/Unknown"


@dataclass(frozen=True)
class Whereabouts:
    """Candidates, all of which a call must be right for.

    Attributes
    ----------
    zones : tuple of str
        IANA names, sorted; empty: nobody knows.
    states : frozenset of str
        States as in the policy (US-KY, UK-SCT); empty where the country has none listed.
    """

    zones: tuple[str, ...]
    states: frozenset[str]


def zones_of_number(number: str | None, country: str | None) -> tuple[str, ...]:
    """Return the zones that a number speaks for; empty: it says nothing beyond its country.

    Parameters
    ----------
    number : str or None
        E.164.
    country : str or None
        Country of its owner, ISO 3166-1 alpha-2. A mobile or toll-free number of that country says
        nothing; one of another country that the person may be there.
    """
    if number is None:
        return ()
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    if phonenumbers.is_number_geographical(parsed):
        named = number_zone.time_zones_for_geographical_number(parsed)
        found = {name for name in named if name != _NOWHERE}
        if found:
            return tuple(sorted(found))
    home = phonenumbers.region_code_for_number(parsed)
    if home is None or home == country:
        return ()
    return _zones_of_countries().get(home, ())


def whereabouts(
    *,
    country: str | None,
    state: str | None,
    timezone: str | None,
    timezone_source: str | None,
    number_zones: Iterable[str],
    table: Zones,
) -> Whereabouts:
    """Return where a person may be.

    A zone given for the person is believed where it lies in the state or, without a state, in the
    country; a state names its zones, a country all of its own. The number narrows only a country:
    people keep theirs when they move. What disagrees stays a candidate beside the rest.

    Parameters
    ----------
    country, state : str or None
        ISO 3166-1 alpha-2 and ISO 3166-2.
    timezone, timezone_source : str or None
        As in table `lead`.
    number_zones : iterable of str
        As :func:`zones_of_number` gives them.
    table : mapping
        The zones of the policy.
    """
    given = {timezone} if timezone and timezone_source == "field" else set()
    heard = set(number_zones)
    if timezone and timezone_source == "phone":
        heard = heard or {timezone}
    named_state = _as_region(state)
    of_state = set(table.get(named_state or "", ()))
    if not of_state and timezone and timezone_source == "state":
        of_state = {timezone}
    of_country = _of_country(country, table)
    if of_state or given:
        around = of_state or of_country
        zones = (given if given and given <= around else given | around) | heard
    elif heard and heard <= of_country:
        zones = heard
    else:
        zones = of_country | heard
    return Whereabouts(tuple(sorted(zones)), _states(country, named_state, zones, table))


def _of_country(country: str | None, table: Zones) -> set[str]:
    if country is None:
        return set()
    return set(table.get(region_of(country)) or _zones_of_countries().get(country, ()))


def _states(
    country: str | None, state: str | None, zones: set[str], table: Zones
) -> frozenset[str]:
    """Return the state, or every listed one of the country that lies in one of the zones."""
    if state is not None:
        return frozenset({state})
    start = f"{region_of(country)}-" if country else "-"
    listed = {place: own for place, own in table.items() if place.startswith(start)}
    near = {place for place, own in listed.items() if not zones.isdisjoint(own)}
    return frozenset(near or listed)


def _as_region(state: str | None) -> str | None:
    if not state:
        return None
    country, dash, part = state.partition("-")
    return f"{region_of(country)}{dash}{part}"


@cache
def _zones_of_countries() -> Mapping[str, tuple[str, ...]]:
    """Return ISO 3166-1 alpha-2 -> zones of the country, from the table of the zone data."""
    text = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in text.splitlines():
        if line and not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            found[country].append(zone)
    return {country: tuple(names) for country, names in found.items()}
