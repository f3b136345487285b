import phonenumbers
import polars as pl
import pytest
from phonenumbers import timezone

from pipelines.load.normalise.phone import phone_keys
from pipelines.load.normalise.place import subdivisions
from pipelines.load.normalise.zone import named_zones, zones


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("america_slash_new_york", "America/New_York"),
        ("us_slash_eastern", "America/New_York"),
        ("US/Pacific", "America/Los_Angeles"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("W. Europe Standard Time", "Europe/Berlin"),
        ("(GMT-08:00) Pacific Standard Time (America/Los_Angeles)", "America/Los_Angeles"),
        ("(GMT+01:00) Amsterdam", "Europe/Amsterdam"),
        ("GMT+2", None),
        ("Mars", None),
        (None, None),
    ],
)
def test_zones_are_known_by_many_names(given, expected):
    assert named_zones(pl.Series([given], dtype=pl.String)).item() == expected


# (zone as given, state, country, phone) -> zone and where it came from.
PLACES = [
    (("Europe/Paris", "NY", "US", "+13125550123"), ("Europe/Paris", "field")),
    (("nonsense", "NY", "US", "+13125550123"), ("America/New_York", "state")),
    ((None, "TX", "US", "+13125550123"), ("America/Chicago", "phone")),
    ((None, "TX", "US", "+18005550123"), (None, None)),
    ((None, "TX", "US", "+4930123456"), (None, None)),
    ((None, None, "DE", "+13125550123"), ("Europe/Berlin", "country")),
    ((None, "Canarias", "ES", None), ("Atlantic/Canary", "state")),
    ((None, None, "ES", None), (None, None)),
    ((None, None, "ES", "+34928123456"), ("Atlantic/Canary", "phone")),
    ((None, "Otago", "NZ", None), ("Pacific/Auckland", "state")),
    ((None, None, "NZ", None), (None, None)),
    ((None, "Xinjiang", "CN", None), ("Asia/Shanghai", "country")),
    ((None, None, None, None), (None, None)),
]


def test_the_field_then_state_then_country_then_phone():
    given, expected = zip(*PLACES, strict=True)
    schema = dict.fromkeys(("timezone", "state", "country", "phone"), pl.String)
    frame = pl.DataFrame(given, schema=schema, orient="row")
    lead = frame.with_columns(state_code=subdivisions(frame["state"], frame["country"]))
    phone = phone_keys(frame["phone"], frame["country"])
    assert zones(lead, (phone, phone.clear(n=phone.height))).rows() == list(expected)


def test_area_codes_tell_what_the_library_tells():
    numbers = [f"+1{area}5550123" for area in range(201, 990)]
    numbers += [f"+61{area}3550123" for area in range(200, 400)]
    numbers += [f"+55{area}35550123" for area in range(11, 99)]
    found = phone_keys(
        pl.Series(numbers), pl.Series([None], dtype=pl.String).new_from_index(0, len(numbers))
    )
    lead = pl.DataFrame({"timezone": None, "state_code": None, "country": found["region"]})
    lead = lead.with_columns(pl.col("timezone", "state_code").cast(pl.String))
    told = zones(lead, (found, found))
    checked = 0
    for number, (zone, source) in zip(found["e164"], told.rows(), strict=True):
        if source != "phone":
            continue
        names = timezone.time_zones_for_number(phonenumbers.parse(number))
        assert list(named_zones(pl.Series(names))) == [zone]
        checked += 1
    assert checked > 300


@pytest.mark.parametrize(
    ("state", "country", "expected"),
    [
        ("California", "US", "US-CA"), ("us-ny", "US", "US-NY"), ("Bayern", "DE", "DE-BY"),
        ("Bavaria", "DE", "DE-BY"), ("Noord-Holland", "NL", "NL-NH"), ("Scotland", "GB", "GB-SCT"),
        ("ny", "DE", None), ("CA", None, None), ("Texas (US)", "US", "US-TX"),
    ],
)  # fmt: skip
def test_states_have_their_code_where_the_country_is_known(state, country, expected):
    found = subdivisions(pl.Series([state]), pl.Series([country], dtype=pl.String))
    assert found.item() == expected
