"""When one person may be called: what every window, zone and holiday that may hold leaves open."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce
from typing import Any, Final
from zoneinfo import ZoneInfo

from pipelines.outreach.windows.clocks import Moments, clocks, common, moments_of_day, together
from pipelines.outreach.windows.closed_days import is_holiday
from pipelines.outreach.windows.places import Whereabouts, whereabouts
from pipelines.settings.channels import party_class, region_of
from pipelines.settings.policy import PolicyTable
from pipelines.settings.windows import Window

_DAY: Final = timedelta(days=1)
_CACHED: Final = 16_384


class CallWindows:
    """The call windows of a policy, asked row by row; answers are kept per place and day.

    Parameters
    ----------
    policy : PolicyTable
        Its windows and zones count.
    """

    def __init__(self, policy: PolicyTable) -> None:
        self._windows = tuple(policy.windows.values())
        self._weeks = {id(window): window.week() for window in self._windows}
        self._zones = policy.zones
        # States whose zones nobody lists: whose state is not known may be in any of them.
        named = {name for window in self._windows for name in window.places if "-" in name}
        self._unplaced = frozenset(named - policy.zones.keys())
        self._moments = lru_cache(maxsize=_CACHED)(self._moments_around)

    def window(
        self, row: Mapping[str, Any], at: datetime
    ) -> tuple[datetime | None, datetime | None] | None:
        """Return the open window that `at` lies in; None: nobody may call now.

        Parameters
        ----------
        row : mapping
            channel, country, state_code, timezone, timezone_source, party_type of a lead, and
            number_zones: the zones of the number that is called, where they were looked up.
        at : datetime
            UTC, naive.

        Returns
        -------
        tuple of datetime or None, or None
            UTC, naive: not before, not after; both None where no window binds: at any time.
        """
        moments = self._around(row, at)
        if moments is None:
            return None, None
        return next(((begin, end) for begin, end in moments if begin <= at < end), None)

    def opens(self, row: Mapping[str, Any], at: datetime) -> datetime | None:
        """Return when the next window after `at` opens, within ten days; None: none does."""
        for day in range(11):
            for begin, _ in self._around(row, at + day * _DAY) or ():
                if begin > at:
                    return begin
        return None

    def binding(
        self, region: str, states: frozenset[str], channel: str, party: str
    ) -> tuple[Window, ...]:
        """Return every window that binds; a person may be in any of `states`."""
        return tuple(w for w in self._windows if w.holds(region, states, channel, party))

    def _around(self, row: Mapping[str, Any], at: datetime) -> Moments | None:
        return self._moments(
            row["channel"],
            party_class(row["party_type"]),
            row["country"],
            row["state_code"],
            row["timezone"],
            row["timezone_source"],
            tuple(row.get("number_zones") or ()),
            at.date(),
        )

    def _moments_around(
        self,
        channel: str,
        party: str,
        country: str | None,
        state: str | None,
        timezone: str | None,
        timezone_source: str | None,
        number_zones: tuple[str, ...],
        day: date,
    ) -> Moments | None:
        place = whereabouts(
            country=country,
            state=state,
            timezone=timezone,
            timezone_source=timezone_source,
            number_zones=number_zones,
            table=self._zones,
        )
        region = region_of(country) if country else ""
        unplaced = {name for name in self._unplaced if name.startswith(f"{region}-")}
        states = place.states if state else place.states | unplaced
        windows = self.binding(region, states, channel, party)
        if not windows:
            return None
        if not place.zones or country is None:
            return ()
        by_clock = (
            self._by_clock(clock, windows, country, place, day)
            for zone in place.zones
            for clock in clocks(zone)
        )
        return reduce(common, by_clock)

    def _by_clock(
        self,
        clock: ZoneInfo,
        windows: tuple[Window, ...],
        country: str,
        place: Whereabouts,
        day: date,
    ) -> Moments:
        """Return what is open around `day` of UTC by one clock.

        Days of the calendar before and after it lie within it too, far east and far west.
        """
        spans: list[tuple[datetime, datetime]] = []
        for local_day in (day - _DAY, day, day + _DAY):
            is_off = is_holiday(country, place.states, local_day)
            hours = (
                ()
                if is_off and window.holidays == "closed"
                else self._weeks[id(window)][local_day.weekday()]
                for window in windows
            )
            opened: Moments = reduce(
                common, (moments_of_day(clock, local_day, each) for each in hours)
            )
            spans += opened
        return together(spans)
