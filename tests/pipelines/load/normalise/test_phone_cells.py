"""What stands around a number, and cells with several of them."""

import polars as pl
import pytest

from pipelines.load.normalise.phone import phone_keys
from pipelines.load.rows.phones import both_phones
from pipelines.settings.contact_keys import suppression_keys

# (as written, country, E.164): worked out by hand.
WRITTEN = [
    ("030 123456 Durchwahl 12", "DE", "+4930123456"),
    ("030 123456 DW 12", "DE", "+4930123456"),
    ("030 1234567 App. 12", "DE", "+49301234567"),
    ("8 (495) 123-45-67 \u0434\u043e\u0431. 12", "RU", "+74951234567"),
    ("01 42 68 53 00 poste 12", "FR", "+33142685300"),
    ("06 12345678 toestel 12", "NL", "+31612345678"),
    ("tel:+1-212-555-0123;ext=5", None, "+12125550123"),
    ("(030) 123456 (B\u00fcro)", "DE", "+4930123456"),
    ("Tel. 030 123456", "DE", "+4930123456"),
    ('="0301234567"', "DE", "+49301234567"),
    ("'+4930123456", "DE", "+4930123456"),
    ("4915123456789.0", "DE", "+4915123456789"),
    ("2125550123.0", "US", "+12125550123"),
    ("1-800-FLOWERS", "US", "+18003569377"),
    ("+49 (0) 30 123456", None, "+4930123456"),
    ("wa.me/4915123456789", "DE", "+4915123456789"),
    ("https://wa.me/4915123456789?text=Hi, Ann", "FR", "+4915123456789"),
    ("https://api.whatsapp.com/send?text=x&phone=%2B4915123456789", None, "+4915123456789"),
    ("whatsapp://send?phone=4915123456789", "DE", "+4915123456789"),
    ("whatsapp:+4915123456789", "US", "+4915123456789"),
    ("4915123456789@c.us", None, "+4915123456789"),
    ("viber://chat?number=%2B4915123456789", "DE", "+4915123456789"),
    ("tel:+49-30-901820;ext=12", None, "+4930901820"),
    ("tel:+4930901820;ext=12;isub=3", "FR", "+4930901820"),
    ("tel:030-901820;phone-context=+49", "FR", "+4930901820"),
    ("tel:+49%2030%20901820", None, "+4930901820"),
    ("sip:+4930901820@voice.example", "US", "+4930901820"),
    ("49 (0)30 901820", "DE", "+4930901820"),
    ("49(0)30901820", "FR", "+4930901820"),
    ("Tel. 44 (0)20 7946 0958", None, "+442079460958"),
    ("39 (0)6 6982 1234", None, "+390669821234"),
    ("4915123456789", "DE", "+4915123456789"),
    ("49 151 23456789", "DE", "+4915123456789"),
]
NO_NUMBER = [
    ("4,91512E+11", "DE"), ("4.91512345678E+11", "DE"), ("1.21256E+10", "US"), ("030 123456", None),
    ("030 123456 abends nach acht", "DE"), ("Fax 030 123456", "DE"), ("212-555-0123/0124", "US"),
    ("030 123456, 030 123457, 030 123458", "DE"),
]  # fmt: skip
# (phone, mobile) -> both in E.164, country DE.
SEVERAL = [
    (("030 123456 / 0151 23456789", None), ("+4930123456", "+4915123456789")),
    (("030 123456\n0151 23456789", None), ("+4930123456", "+4915123456789")),
    (("+49 30 123456 +49 151 23456789", None), ("+4930123456", "+4915123456789")),
    ((None, "0151 23456789 oder 030 123456"), ("+4930123456", "+4915123456789")),
    (("030 123456; 0151 23456789", "0151 23456789"), ("+4930123456", "+4915123456789")),
    (("030 123456; 0151 23456789", "0160 1234567"), (None, "+491601234567")),
    (("030 123456; n/a", None), ("+4930123456", None)),
    (("030 123456 / 123457", None), ("+4930123456", None)),
    (("030 / 1234567", None), ("+49301234567", None)),
    (("030 123456 ::: 0151 23456789", None), ("+4930123456", "+4915123456789")),
    (("tel:+4930123456;tel:+4915123456789", None), ("+4930123456", "+4915123456789")),
    (("wa.me/4915123456789, 030 123456", None), ("+4915123456789", "+4930123456")),
    (("49 (0)30 123456; 49 (0)151 23456789", None), ("+4930123456", "+4915123456789")),
    (("Tel 030 123456, Fax 030 123457", None), ("+4930123456", None)),
]


@pytest.mark.parametrize(("given", "country", "expected"), WRITTEN)
def test_a_number_is_read_out_of_its_cell_and_can_be_suppressed_as_written(
    given, country, expected
):
    found = phone_keys(pl.Series([given]), pl.Series([country], dtype=pl.String))
    assert found["e164"].item() == expected
    assert f"phone:{expected}" in suppression_keys("phone", given, region=country)


@pytest.mark.parametrize(("given", "country"), NO_NUMBER)
def test_a_damaged_number_is_none_rather_than_another(given, country):
    found = phone_keys(pl.Series([given]), pl.Series([country], dtype=pl.String))
    assert found["e164"].item() is None


def test_two_numbers_take_both_places_or_none():
    cells, expected = zip(*SEVERAL, strict=True)
    phones, mobiles = zip(*cells, strict=True)
    country = pl.Series(["DE"] * len(cells))
    found = both_phones(
        pl.Series(phones, dtype=pl.String), pl.Series(mobiles, dtype=pl.String), country
    )
    assert list(zip(found[0]["e164"], found[1]["e164"], strict=True)) == list(expected)
    for (text, _), keys in SEVERAL:
        if text is not None and keys[0] is not None:
            mine = suppression_keys("phone", text, region="DE")
            assert {f"phone:{k}" for k in keys if k} <= set(mine)
