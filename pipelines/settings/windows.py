"""Call windows: at which hours of the day a person may be called, where the person is.

The shipped rows are in `windows_default.toml`; they are part of the policy table.
"""

import re
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipelines.settings.channels import (
    CALLED,
    PARTY_CLASSES,
    REGION_OF_COUNTRY,
    Channel,
    PartyClass,
    Place,
)

Span = tuple[int, int]
"""Minutes of the day, from and up to: 09:00-18:00 is (540, 1080)."""

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LINE: Final = re.compile(r"([a-z]{3})(?:-([a-z]{3}))?((?: \d{2}:\d{2}-\d{2}:\d{2})+)")
_EXAMPLE: Final = "mon-fri 09:00-12:00 13:00-18:00"


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{name} is no IANA time zone; expected one such as Europe/Paris"
        ) from None
    return name


def _place(place: str) -> str:
    country = place[:2]
    if country in REGION_OF_COUNTRY:
        region = REGION_OF_COUNTRY[country]
        raise ValueError(f"{place} names no place; expected {region}{place[2:]}")
    return place


Zone = Annotated[str, AfterValidator(_zone)]
WindowPlace = Annotated[Place, AfterValidator(_place)]
Zones = dict[WindowPlace, Annotated[tuple[Zone, ...], Field(min_length=1)]]
"""Place -> every time zone that lies in it."""


class Window(BaseModel):
    """Hours at which some people may be called; every window that holds for a person binds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: Annotated[str, Field(min_length=1)]
    """Name of the rule in words, with its legal source."""
    version: Annotated[str, Field(min_length=1)]
    """Version of the row; change it with the row."""
    places: tuple[WindowPlace, ...] = ()
    """Where it holds: regions (US, UK) and states (US-KY); none: everywhere."""
    channels: Annotated[tuple[Channel, ...], Field(min_length=1)] = ("phone", "ai_voice", "sms")
    """Channels it holds for."""
    parties: Annotated[tuple[PartyClass, ...], Field(min_length=1)] = PARTY_CLASSES
    """Classes of party it holds for."""
    open: tuple[str, ...]
    """Days and hours by the clock of the person, such as `mon-fri 09:00-12:00 13:00-18:00`."""
    holidays: Literal["closed", "open"] = "closed"
    """Whether public holidays of the place are like any other day."""
    is_contested: bool = False
    """The row is contested or from memory; counsel must look at it first."""

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        self.week()
        return self

    def week(self) -> tuple[tuple[Span, ...], ...]:
        """Return the open spans of each day, Monday first, sorted; touching ones are one.

        Raises
        ------
        ValueError
            A line of `open` cannot be meant.
        """
        week: list[list[Span]] = [[] for _ in _DAYS]
        for line in self.open:
            first, last, spans = _read(line)
            for day in range(first, last + 1):
                week[day].extend(spans)
        return tuple(joined(spans) for spans in week)

    def holds(self, region: str, states: frozenset[str], channel: str, party: str) -> bool:
        """Tell whether it binds for a person in one of `states` (US-KY) of `region`."""
        if channel not in self.channels or party not in self.parties:
            return False
        return not self.places or region in self.places or not states.isdisjoint(self.places)


def _covers_calls(windows: dict[str, Window]) -> dict[str, Window]:
    everywhere = [
        w for w in windows.values() if not w.places and set(w.parties) == set(PARTY_CLASSES)
    ]
    for channel in sorted(CALLED):
        if not any(channel in window.channels for window in everywhere):
            raise ValueError(f"no window holds for {channel} everywhere; expected one, as `house`")
    return windows


Windows = Annotated[dict[str, Window], AfterValidator(_covers_calls)]
"""Name -> call window. One at least holds everywhere for every channel that rings."""


def joined(spans: list[Span]) -> tuple[Span, ...]:
    """Return the spans sorted, those that touch or overlap as one."""
    found: list[Span] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return tuple(found)


def _read(line: str) -> tuple[int, int, list[Span]]:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ValueError(f"{line!r} names no hours; expected days and hours as {_EXAMPLE!r}")
    first, last, hours = match.group(1), match.group(2) or match.group(1), match.group(3)
    unknown = next((day for day in (first, last) if day not in _DAYS), None)
    if unknown is not None:
        raise ValueError(f"{line!r}: {unknown} is no day; expected one of {', '.join(_DAYS)}")
    days = _DAYS.index(first), _DAYS.index(last)
    if days[0] > days[1]:
        raise ValueError(f"{line!r} ends before it begins; a week goes from mon to sun")
    return *days, [_span(line, text) for text in hours.split()]


def _span(line: str, text: str) -> Span:
    begin, end = (_minutes(line, moment) for moment in text.split("-"))
    if begin >= end:
        raise ValueError(f"{line!r} ends before it begins; past midnight takes two days")
    return begin, end


def _minutes(line: str, moment: str) -> int:
    hour, minute = int(moment[:2]), int(moment[3:])
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise ValueError(f"{line!r}: {moment} is no time of day; expected 00:00 to 24:00")
    return hour * 60 + minute
