"""Call windows against a wall clock read minute by minute."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from pipelines.outreach.windows import CallWindows, zones_of_number
from pipelines.outreach.windows.closed_days import is_holiday
from pipelines.outreach.windows.places import whereabouts
from pipelines.settings.policy import load_policy
from tests.oracles.wall_clock import ALL_WEEK, clocks, days_of_change, may_call

# Awkward on purpose: across gaps and overlaps, over midnight, twice a day.
NIGHT_AND_DAY = ((30, 165), (540, 1080), (1320, 1440))
AWKWARD = {
    "house": {
        "open": ["mon-sun 00:30-02:45 09:00-18:00 22:00-24:00"],
        "holidays": "open",
    }
}
SAMPLE = (
    "America/New_York",
    "America/Santiago",  # moves at midnight
    "America/Vancouver",  # the machine's data and the package's may differ
    "Europe/London",
    "Europe/Dublin",  # winter is the exception
    "Africa/Casablanca",  # leaves summer time for Ramadan
    "Australia/Lord_Howe",  # by half an hour
    "Antarctica/Troll",  # by two hours
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
)


def row(**given: object) -> dict[str, object]:
    base: dict[str, object] = {
        "channel": "phone",
        "handler": "human",
        "country": None,
        "state_code": None,
        "timezone": None,
        "timezone_source": None,
        "party_type": "organisation",
        "language": None,
        "number_zones": (),
    }
    return base | given


def violations(zone: str, days: list[datetime]) -> int:
    windows = CallWindows(load_policy({"windows": AWKWARD, "zones": {"NL": [zone]}}))
    walls, asked, wrong = clocks([zone]), row(country="NL"), 0
    for day in days:
        for minute in range(24 * 60):
            at = day + timedelta(minutes=minute)
            found = windows.window(asked, at)
            right = may_call(at, walls, days=ALL_WEEK, hours=NIGHT_AND_DAY)
            wrong += (found is not None) != right
            assert found is None or found[0] <= at < found[1]
    return wrong


@pytest.mark.parametrize("zone", SAMPLE)
def test_a_sample_of_zones_minute_by_minute(zone: str) -> None:
    changes = days_of_change(ZoneInfo(zone), 2026, 2026)[:2]
    assert violations(zone, [*changes, datetime(2026, 6, 9)]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("part", range(8))
def test_every_zone_around_every_change_of_ten_years(part: int) -> None:
    from zoneinfo import available_timezones

    for zone in sorted(available_timezones() - {"localtime", "Factory"})[part::8]:
        days = days_of_change(ZoneInfo(zone), 2020, 2030)
        ordinary = [datetime(2026, 1, 14), datetime(2026, 7, 15)]
        assert violations(zone, [*days, *ordinary]) == 0, zone


def test_an_ordinary_day_of_the_shipped_windows() -> None:
    windows = CallWindows(load_policy())
    asked = row(country="NL")
    tuesday = datetime(2026, 11, 24)
    opens, closes = tuesday + timedelta(hours=8), tuesday + timedelta(hours=17)
    assert windows.window(asked, opens) == (opens, closes)
    assert windows.window(asked, closes - timedelta(microseconds=1)) == (opens, closes)
    assert windows.window(asked, opens - timedelta(microseconds=1)) is None
    assert windows.window(asked, closes) is None
    assert windows.opens(asked, closes) == opens + timedelta(days=1)
    assert windows.window(asked, datetime(2026, 11, 22, 12)) is None  # a Sunday


def test_a_window_without_end_spans_the_midnights() -> None:
    always = {"house": {"open": ["mon-sun 00:00-24:00"], "holidays": "open"}}
    windows = CallWindows(load_policy({"windows": always}))
    for hour in range(48):
        assert windows.window(row(country="NL"), datetime(2026, 3, 28) + timedelta(hours=hour))


@pytest.mark.parametrize(
    ("country", "state", "day", "is_closed"),
    [
        ("NL", None, date(2026, 4, 27), True),  # King's Day
        ("NL", None, date(2026, 4, 28), False),
        ("GB", None, date(2026, 4, 6), True),  # Easter Monday, not in Scotland
        ("GB", "GB-SCT", date(2026, 4, 6), False),
        ("DE", "DE-BY", date(2026, 1, 6), True),
        ("DE", "DE-NW", date(2026, 1, 6), False),
        ("DE", None, date(2026, 1, 6), True),
        ("US", "US-NY", date(2026, 7, 3), True),  # Independence Day, observed
        ("US", "US-NY", date(2026, 11, 26), True),
        ("US", "US-NY", date(2026, 11, 25), False),
        ("CA", "CA-ON", date(2026, 10, 12), True),  # Thanksgiving
        ("CA", "CA-QC", date(2026, 6, 24), True),
        ("CA", "CA-ON", date(2026, 6, 24), False),
    ],
)
def test_public_holidays(country: str, state: str | None, day: date, is_closed: bool) -> None:
    windows = CallWindows(load_policy())
    noon = datetime(day.year, day.month, day.day, 17 if country in {"US", "CA"} else 12)
    found = windows.window(row(country=country, state_code=state), noon)
    assert (found is None) == is_closed


def test_holidays_observed_across_the_year_and_countries_without_a_calendar() -> None:
    assert is_holiday("US", {"US-NY"}, date(2021, 12, 31))  # New Year's Day of 2022, a Saturday
    assert is_holiday("XX", (), date(2026, 6, 9))


def test_address_against_number_leaves_what_both_allow() -> None:
    windows = CallWindows(load_policy())
    number = zones_of_number("+12125550123", "US")
    assert number == ("America/New_York",)
    asked = row(country="US", state_code="US-WA", number_zones=number)
    walls = clocks(["America/New_York", "America/Los_Angeles"])
    for minute in range(0, 24 * 60, 5):
        at = datetime(2026, 6, 9) + timedelta(minutes=minute)
        assert (windows.window(asked, at) is not None) == may_call(at, walls)


def test_zones_too_far_apart_leave_no_call() -> None:
    windows = CallWindows(load_policy())
    asked = row(country="NL", number_zones=zones_of_number("+18085550100", "NL"))
    at = datetime(2026, 6, 8)
    assert all(windows.window(asked, at + timedelta(hours=h)) is None for h in range(100))
    assert windows.opens(asked, at) is None


def test_nobody_is_called_whose_zone_is_not_known() -> None:
    windows = CallWindows(load_policy())
    at = datetime(2026, 6, 9, 12)
    assert windows.window(row(), at) is None
    assert windows.window(row(number_zones=("Europe/Paris",)), at) is None  # no country
    assert windows.window(row(channel="email"), at) == (None, None)
    assert windows.window(row(channel="mail"), at) == (None, None)


def place(**given: object) -> tuple[str, ...]:
    base: dict[str, object] = {
        "country": "US",
        "state": None,
        "timezone": None,
        "timezone_source": None,
        "number_zones": (),
    }
    table = load_policy().zones
    return whereabouts(**(base | given), table=table).zones  # type: ignore[arg-type]


def test_where_somebody_may_be() -> None:
    chicago, denver, york = "America/Chicago", "America/Denver", "America/New_York"
    assert place(state="US-TX") == (chicago, denver)
    assert place(state="US-TX", number_zones=(chicago,)) == (chicago, denver)
    assert place(state="US-TX", timezone=chicago, timezone_source="field") == (chicago,)
    assert place(state="US-TX", timezone=york, timezone_source="field") == (chicago, denver, york)
    assert place(state="US-NY", number_zones=(denver,)) == (denver, york)
    assert place(number_zones=(denver,)) == (denver,)
    assert place(timezone=denver, timezone_source="phone") == (denver,)
    assert {"Pacific/Honolulu", york} < set(place())
    assert {"Europe/Amsterdam", york} == set(place(country="NL", number_zones=(york,)))
    assert place(country=None) == ()
    assert place(country="AU", timezone="Australia/Perth", timezone_source="state") == (
        "Australia/Perth",
    )


@pytest.mark.parametrize(
    ("number", "country", "zones"),
    [
        ("+12065550100", "US", ("America/Los_Angeles",)),
        ("+18005550100", "US", ()),
        ("+31612345678", "NL", ()),
        ("+31612345678", "DE", ("Europe/Amsterdam",)),
        ("+14165550100", "US", ("America/Toronto",)),
        ("not a number", "US", ()),
        (None, "US", ()),
    ],
)
def test_what_a_number_tells(number: str | None, country: str, zones: tuple[str, ...]) -> None:
    assert zones_of_number(number, country) == zones


def at_local(hour: int, minute: int = 0) -> datetime:
    """Return a Tuesday in New York's winter, UTC."""
    return datetime(2026, 1, 13, hour + 5, minute)


def test_every_rule_that_may_hold_binds() -> None:
    wide = {"windows": {"house": {"open": ["mon-sun 07:00-22:00"]}}}
    windows = CallWindows(load_policy(wide))

    def is_open(at: datetime, **given: object) -> bool:
        return windows.window(row(country="US", **given), at) is not None

    assert is_open(at_local(8), state_code="US-NY")
    assert not is_open(at_local(7, 59), state_code="US-NY")  # the law, whatever the house says
    assert not is_open(at_local(9, 59), state_code="US-KY")
    assert is_open(at_local(16), state_code="US-ME", channel="ai_voice")
    assert not is_open(at_local(17), state_code="US-ME", channel="ai_voice")
    assert is_open(at_local(17), state_code="US-ME", channel="phone")
    # Whose state is not known may be in Kentucky.
    assert not is_open(at_local(9), number_zones=("America/New_York",))
    assert is_open(at_local(9), number_zones=("America/Los_Angeles",)) is False
    assert not is_open(datetime(2026, 1, 11, 18), state_code="US-AL")  # a Sunday
    assert is_open(datetime(2026, 1, 11, 18), state_code="US-NY")


def test_a_home_that_adds_a_country_keeps_its_stricter_hours() -> None:
    windows = CallWindows(load_policy())
    consumer, firm = row(country="FR", party_type="unknown"), row(country="FR")
    lunch = datetime(2026, 6, 9, 11, 30)
    assert windows.window(consumer, lunch) is None
    assert windows.window(firm, lunch) is not None


def test_where_two_sets_of_zone_data_disagree_both_bind(monkeypatch: pytest.MonkeyPatch) -> None:
    both = (ZoneInfo("Europe/Amsterdam"), ZoneInfo("Europe/Moscow"))
    monkeypatch.setattr("pipelines.outreach.windows.opening.clocks", lambda _: both)
    windows = CallWindows(load_policy())
    for minute in range(0, 24 * 60, 5):
        at = datetime(2026, 6, 9) + timedelta(minutes=minute)
        is_open = windows.window(row(country="NL"), at) is not None
        assert is_open == may_call(at, list(both))


def test_a_state_that_nobody_lists_binds_whoever_may_be_in_it() -> None:
    own = {"rule": "ours", "version": "1", "places": ["NL-NH"], "open": ["mon-fri 12:00-14:00"]}
    windows = CallWindows(load_policy({"windows": {"ours": own}}))
    early, noon = datetime(2026, 6, 9, 8), datetime(2026, 6, 9, 11)
    assert windows.window(row(country="NL"), early) is None
    assert windows.window(row(country="NL"), noon) is not None
    assert windows.window(row(country="NL", state_code="NL-NH"), early) is None
    assert windows.window(row(country="NL", state_code="NL-UT"), early) is not None
    assert windows.window(row(country="BE"), early) is not None
