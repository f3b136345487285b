"""The fast path must say exactly what `phonenumbers` says; what is spelled alike is alike."""

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.normalise.phone import ask_library, phone_keys
from pipelines.settings.contact_keys import suppression_keys
from tests.pipelines.spellings import DECORATED, decorated

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
COMMON = ["US", "CA", "GB", "DE", "FR", "NL", "ES", "IT", "AU", "BE", "BR", "IN", "JP", "MX", "RU"]
SHAPES = [
    "+{cc}{n}",
    "+{cc} {n}",
    "00{cc}{n}",
    "+{cc} (0){n}",
    "{n}",
    "0{n}",
    "1{n}",
    "{cc}{n}",
    "({n})",
    "{n} ext 12",
    "{n} x3",
    "011{cc}{n}",
    "tel:+{cc}{n}",
    "{n}/{n}",
]


@st.composite
def numbers(draw):
    code = draw(st.sampled_from(COMMON) | st.sampled_from(REGIONS))
    kind = draw(st.sampled_from([0, 1, 2, 3, 6]))
    example = phonenumbers.example_number_for_type(code, kind) or phonenumbers.example_number(code)
    digits = phonenumbers.national_significant_number(example)
    kept = draw(st.integers(0, len(digits)))
    tail = draw(st.text("0123456789", min_size=0, max_size=len(digits) - kept + 1))
    shape = draw(st.sampled_from(SHAPES))
    text = shape.format(cc=phonenumbers.country_code_for_region(code), n=digits[:kept] + tail)
    return text, draw(st.sampled_from([code, code, code, None, "US"]))


@given(st.lists(numbers(), min_size=1, max_size=40))
def test_generated_numbers(pairs):
    texts, codes = zip(*pairs, strict=True)
    found = phone_keys(pl.Series(texts), pl.Series(codes, dtype=pl.String))
    expected = [ask_library(text.strip(), code) for text, code in pairs]
    assert found.rows() == expected


@pytest.mark.parametrize("form", ["E164", "INTERNATIONAL", "NATIONAL", "RFC3966"])
def test_every_example_of_every_country(form):
    style = getattr(phonenumbers.PhoneNumberFormat, form)
    pairs = [
        (phonenumbers.format_number(example, style), code)
        for code in REGIONS
        for kind in phonenumbers.PhoneNumberType.values()
        if (example := phonenumbers.example_number_for_type(code, kind)) is not None
    ]
    texts, codes = zip(*pairs, strict=True)
    found = phone_keys(pl.Series(texts), pl.Series(codes))
    assert found.rows() == [ask_library(*pair) for pair in pairs]


@pytest.mark.parametrize("text", ["none", "n/a", "-", "0000000000", "1234567890", "", None])
def test_what_is_no_number_has_no_key(text):
    assert phone_keys(pl.Series([text], dtype=pl.String), pl.Series(["US"]))["e164"].item() is None


def test_the_row_order_is_kept_and_the_extension_ignored():
    texts = ["+49 30 123456", None, "(202) 555-0143 x12", "+31 6 12345678"]
    found = phone_keys(pl.Series(texts), pl.Series(["DE", "DE", "US", None]))
    assert found["e164"].to_list() == ["+4930123456", None, "+12025550143", "+31612345678"]
    assert found["line_type"].to_list() == ["landline", None, "unknown", "mobile"]


@pytest.mark.parametrize(
    ("text", "country"),
    [("0 02015550591", None), ("(00)2015550591", None), ("0 0 49 30 123456", "DE"),
     ("0-049 30 123456", "DE"), ("(00 49) 30 123456", None)],
)  # fmt: skip
def test_two_zeros_apart_are_the_plus_only_where_a_country_dials_them(text, country):
    found = phone_keys(pl.Series([text]), pl.Series([country], dtype=pl.String))
    assert found.rows() == [ask_library(text, country)]


@pytest.mark.parametrize(("given", "country", "expected"), DECORATED)
def test_decorated_numbers(given, country, expected):
    assert phone_keys(pl.Series([given]), pl.Series([country]))["e164"].item() == expected


@given(st.data(), st.lists(numbers(), min_size=1, max_size=10))
def test_decoration_changes_nothing_and_both_sides_agree(data, pairs):
    """Whatever the loader makes a key of is suppressed under that key, however it is typed."""
    dressed = [data.draw(decorated(text)) for text, _ in pairs]
    codes = pl.Series([code for _, code in pairs], dtype=pl.String)
    found = phone_keys(pl.Series(dressed), codes)
    assert found.rows() == phone_keys(pl.Series([text for text, _ in pairs]), codes).rows()
    for text, (_, code), key in zip(dressed, pairs, found["e164"], strict=True):
        if key is not None:
            assert f"phone:{key}" in suppression_keys("phone", text, region=code)


def test_a_number_is_read_alike_whatever_stands_beside_it():
    cells = ["+1 506-555-1341", "4185558065", None, "(0)30 123456", "0123 45", "+44 20 7946 0958",
             "tel: 030 901820", "2025550143", "+49 30 901820", "", "1-800-FLOWERS"]  # fmt: skip
    countries = ["CA", "CA", "DE", "DE", None, None, "DE", "US", "FR", "GB", "US"]
    values, country = pl.Series("phone", cells), pl.Series("country", countries)
    together = phone_keys(values, country)
    alone = [phone_keys(values.slice(i, 1), country.slice(i, 1)) for i in range(len(cells))]
    assert together.equals(pl.concat(alone), null_equal=True)
    assert together["e164"].null_count() == 3
