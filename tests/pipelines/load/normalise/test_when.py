from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.normalise.when import (
    SHORT_YEAR,
    DateStyle,
    dates,
    is_day_only,
    run_twice,
    timestamps,
)


def read(text: str, **style: str) -> str | None:
    value = timestamps(pl.Series([text]), DateStyle(**style)).item()
    return value.isoformat(" ") if value else None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-12T09:14:05.000+0000", "2024-03-12 09:14:05"),
        ("2024-03-12T09:14:05Z", "2024-03-12 09:14:05"),
        ("2024-03-12T09:14:05+02:00", "2024-03-12 07:14:05"),
        ("2024-03-12 09:14:05-0530", "2024-03-12 14:44:05"),
        ("2024-03-12 09:14", "2024-03-12 09:14:00"),
        ("2024-03-12", "2024-03-12 00:00:00"),
        ("15 Apr, 2021 00:03:00", "2021-04-15 00:03:00"),
        ("1710234845000", "2024-03-12 09:14:05"),
        ("20240312", "2024-03-12 00:00:00"),
        ("1710234845", "2024-03-12 09:14:05"),
        ("Dienstag, 12. M\u00e4rz 2024 09:14 Uhr", "2024-03-12 09:14:00"),
        ("12 de marzo de 2024", "2024-03-12 00:00:00"),
        ("1er mai 2021", "2021-05-01 00:00:00"),
        ("12/mrt/2024", "2024-03-12 00:00:00"),
        ("March 12th, 2024 at 9:14 p.m.", "2024-03-12 21:14:00"),
        ("2024-03-12 09:14:05 UTC", "2024-03-12 09:14:05"),
        ("2024-03-12 09:14 EST", "2024-03-12 14:14:00"),
        ("Tue Mar 12 2024 09:14:05 GMT+0200 (CEST)", "2024-03-12 07:14:05"),
        ("2024-03-12T09:14:05+02:00[Europe/Berlin]", "2024-03-12 07:14:05"),
        ("Tue Mar 12 09:14:05 2024", "2024-03-12 09:14:05"),
        ("Tue Mar 12 09:14:05 EST 2024", "2024-03-12 14:14:05"),
        ("2024.03.12 09:14", "2024-03-12 09:14:00"),
        ("1970-01-01T00:00:01Z", "1970-01-01 00:00:01"),
    ],
)
def test_what_can_be_read_in_one_way_is_read(text, expected):
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "3/4/2024",
        "0000-00-00",
        "2024-02-30",
        "2300-01-01",
        "soon",
        "12",
        "2024-13-01",
        "2024-01-01 24:00",
        "0001-01-01",
        "44301",
        "12/31/20",
        "2024-03-12 09:14 CST",
        "March 2024",
    ],
)
def test_what_cannot_is_null(text):
    assert read(text) is None


def test_the_order_of_day_and_month_is_the_columns():
    assert read("3/4/2024", order="mdy") == "2024-03-04 00:00:00"
    assert read("3/4/2024", order="dmy") == "2024-04-03 00:00:00"
    assert read("3/15/2024 2:30 PM", order="mdy") == "2024-03-15 14:30:00"


def test_the_mapping_s_format_wins():
    assert read("04/03/24", format="%d/%m/%y") == "2024-03-04 00:00:00"
    assert read("2024-03-04", format="%Y-%d-%m") == "2024-04-03 00:00:00"


def test_serials_of_excel_are_read_where_the_mapping_says_so():
    assert read("45363.5", format="excel") == "2024-03-12 12:00:00"
    assert read("60", format="excel") is None, "Excel's 29 February 1900"
    assert read("45363,5", format="excel") == "2024-03-12 12:00:00"
    assert read("45363.0", format="excel") == "2024-03-12 00:00:00"
    assert read("2024-03-12 09:14:05", format="excel") == "2024-03-12 09:14:05"
    assert read("45363.5", format="excel", timezone="Europe/Berlin") == "2024-03-12 11:00:00"
    assert read("45363", format="excel", timezone="Europe/Berlin") == "2024-03-12 00:00:00"


def test_zones():
    zone = "Europe/Amsterdam"
    assert read("2024-07-01 12:00", timezone=zone) == "2024-07-01 10:00:00"
    assert read("2024-07-01T12:00:00Z", timezone=zone) == "2024-07-01 12:00:00"
    assert read("2026-03-29 02:30", timezone=zone) is None, "this clock never was"
    assert read("2026-10-25 02:30", timezone=zone) == "2026-10-25 00:30:00", "the earlier of two"
    assert read("2024-07-01", timezone=zone) == "2024-07-01 00:00:00", "a day is not shifted"


def test_mixed_formats_in_one_column_each_keep_their_row():
    texts = ["2024-03-12", None, "15 Apr 2021", "2024-03-12T09:14:05Z", "bad"] * 400
    found = dates(pl.Series(texts), DateStyle()).cast(pl.String).to_list()
    assert found == ["2024-03-12", None, "2021-04-15", "2024-03-12", None] * 400


ZONES = ("UTC", "Europe/Amsterdam", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu")


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2037, 12, 31)),
    st.sampled_from(ZONES),
)
def test_zones_agree_with_zoneinfo(clock, name):
    clock = clock.replace(microsecond=0)
    zone = ZoneInfo(name)
    utc = clock.replace(tzinfo=zone).astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
    back = utc.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone).replace(tzinfo=None)
    expected = utc if back - clock == timedelta(0) else None
    found = timestamps(pl.Series([clock.isoformat(" ")]), DateStyle(name)).item()
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-12T09:14:05[Europe/Berlin]",
        "2024-03-12T09:14:05+99:00",
        "2024-03-12T09:14:60",
        "2016-12-31T23:59:60Z",
        "1970-01-01 00:00:00",
        "1970-01-01",
        "1900-01-01T00:00:00Z",
        "Tue Mar 12 09:14:05 CST 2024",
    ],
)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin"])
def test_what_would_be_shifted_or_is_no_date_is_none(text, zone):
    assert read(text, timezone=zone) is None
    among = pl.Series(["2024-03-12 09:14:05"] * 3 + [text])
    assert timestamps(among, DateStyle(zone))[-1] is None


@pytest.mark.parametrize(
    ("zone", "doubled"),
    [
        ("Europe/Berlin", ["2024-10-27 02:00:00", "27 Oct 2024 02:59"]),
        ("Australia/Lord_Howe", ["2024-04-07 01:30:00", "2024-04-07 01:59:59"]),
        ("America/Havana", ["2024-11-03 00:00:00", "2024-11-03 00:59:59"]),
        ("UTC", []),
    ],
)
def test_clocks_that_a_zone_ran_twice_are_counted(zone, doubled):
    plain = [
        "2024-10-27 03:00:00", "2024-10-27 01:59:59", "2024-10-27 02:30:00+02:00", "2024-11-03",
        "2024-04-07 01:29:59", "2024-04-07 02:00:00", "1729989000", None, "nonsense",
    ]  # fmt: skip
    values, style = pl.Series(plain + doubled), DateStyle(zone)
    assert run_twice(values, timestamps(values, style), style) == len(doubled)


BASIC = [
    ("20240312T091405Z", datetime(2024, 3, 12, 9, 14, 5)),
    ("20240312T0914", datetime(2024, 3, 12, 9, 14)),
    ("20240312T091405+0100", datetime(2024, 3, 12, 8, 14, 5)),
    ("2024-03-12T091405Z", datetime(2024, 3, 12, 9, 14, 5)),
    ("1710234845.25", datetime(2024, 3, 12, 9, 14, 5, 250_000)),
    ("2024-03-12 9:14:05 a.m.", datetime(2024, 3, 12, 9, 14, 5)),
]


@pytest.mark.parametrize(("text", "expected"), BASIC)
def test_what_programs_write_without_signs_is_read(text, expected):
    assert read(text) == expected.isoformat(" ")
    assert not is_day_only(pl.Series([text])).item()


@pytest.mark.parametrize("text", ["20240312T251405Z", "20240230T091405Z", "20240312T09140", "1.5"])
def test_what_is_near_it_and_impossible_is_none(text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "is_short"),
    [("12-Mar-24", True), ("12 Mar 24 9:14", True), ("3/4/24", True), ("12-Mar-2024", False),
     ("12 Mar 2024", False), ("20 Okt. 1999", False), ("24-03-2012", False), ("1 Mai 21", True)],
)  # fmt: skip
def test_years_of_two_digits_are_seen_to_be_asked_for(text, is_short):
    assert pl.Series([text]).str.contains(SHORT_YEAR).item() == is_short
