import polars as pl
import pytest

from pipelines.load.normalise.ids import salesforce_18
from pipelines.load.normalise.numbers import number
from pipelines.load.normalise.party import party_type
from pipelines.load.normalise.place import (
    country_codes,
    country_of_domain,
    state_codes,
    subdivisions,
)
from pipelines.load.normalise.text import boolean, opt_out


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("US", "US"), ("usa", "US"), ("United States of America", "US"), ("U.S.A.", "US"),
        ("Deutschland", "DE"), ("DEU", "DE"), ("UK", "GB"), ("England", "GB"), ("Holland", "NL"),
        ("Côte d'Ivoire", "CI"), ("España", "ES"), ("base.nl", "NL"), ("Spain (ES)", "ES"),
        ("Georgia", "GE"), ("Congo", None),
        ("Congo, Democratic Republic of the", "CD"),
        ("EE.UU.", "US"), ("P.R. China", "CN"), ("Slovak Republic", "SK"),
        ("Macao SAR", "MO"), ("Mainland China", "CN"), ("EL", "GR"),
        ("", None), (None, None), ("Narnia", None),
    ],
)  # fmt: skip
def test_countries(given, expected):
    assert country_codes(pl.Series([given], dtype=pl.String)).item() == expected


def test_the_domain_tells_a_country_only_where_it_is_local():
    frame = pl.DataFrame({"d": ["acme.de", "acme.co.uk", "acme.io", "acme.com", None]})
    found = frame.select(country_of_domain("d")).to_series().to_list()
    assert found == ["DE", "GB", None, None, None]


@pytest.mark.parametrize(
    ("country", "given", "code"),
    [
        ("US", "N.Y.", "US-NY"), ("US", "Calif.", "US-CA"), ("US", "D. C.", "US-DC"),
        ("CA", "B.C.", "CA-BC"), ("CA", "Newfoundland", "CA-NL"), ("AU", "N.S.W.", "AU-NSW"),
        ("JP", "T\u014dky\u014d", "JP-13"), ("CN", "Guangdong", "CN-GD"), ("IN", "Odisha", "IN-OD"),
        ("NZ", "Hawke's Bay", "NZ-HKB"), ("ZA", "Gauteng", "ZA-GP"),
        ("PL", "\u0142\u00f3dzkie", "PL-10"),
        ("AR", "C\u00f3rdoba", "AR-X"), ("US", "Ontario", None),
        ("CA", "Newfoundland & Labrador", "CA-NL"), ("CA", "NWT", "CA-NT"),
        ("IN", "Tamilnadu", "IN-TN"), ("MX", "Edo. Mex.", "MX-MEX"), ("MX", "NL", "MX-NLE"),
        ("MX", "M\u00e9xico", None),
    ],
)  # fmt: skip
def test_states_as_people_write_them(country, given, code):
    assert subdivisions(pl.Series([given]), pl.Series([country])).item() == code


def test_states():
    states = pl.Series(["California", "ca", "Ontario", "Bayern", "Texas (US)", None])
    codes = pl.Series(["US", "US", "CA", "DE", "US", "US"])
    assert state_codes(states, subdivisions(states, codes)).to_list() == [
        "CA",
        "CA",
        "ON",
        "Bayern",
        "TX",
        None,
    ]


@pytest.mark.parametrize(
    ("text", "decimal", "expected"),
    [
        ("1234", ".", 1234), ("$1,234.50", ".", 1234.5), ("$342.09K", ".", 342_090),
        ("$1,117.10K", ".", 1_117_100), ("1.234,5", ",", 1234.5), ("€ 12,5", ",", 12.5),
        ("-5", ".", -5), ("1e3", ".", 1000), ("12,5", ".", None), ("1,23,4", ".", None),
        ("abc", ".", None), ("", ".", None), ("1.5.2", ".", None), ("51-200", ".", None),
    ],
)  # fmt: skip
def test_numbers(text, decimal, expected):
    found = number(pl.Series([text]), decimal).item()
    assert found == (pytest.approx(expected) if expected is not None else None)


def test_booleans_and_opt_outs_differ_in_what_they_do_with_other_words():
    frame = pl.DataFrame({"c": ["Yes", "0", "", None, "2020-01-01", "No"]})
    assert frame.select(boolean("c")).to_series().to_list() == [
        True,
        False,
        None,
        None,
        None,
        False,
    ]
    found = frame.select(opt_out("c")).to_series().to_list()
    assert found == [True, False, False, False, True, False]


def test_salesforce_ids_grow_to_18_characters():
    # The published example of Salesforce's own conversion.
    given = pl.Series(["0013000000Q2Txp", "00Q5f0000000000EAA", "short", None])
    found = salesforce_18(given).to_list()
    assert found[1:] == ["00Q5f0000000000EAA", "short", None]
    assert found[0] == "0013000000Q2Txp" + suffix("0013000000Q2Txp")


def suffix(short: str) -> str:
    """The rule written the slow way."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    blocks = [short[i : i + 5] for i in (0, 5, 10)]
    return "".join(
        letters[sum(1 << i for i, c in enumerate(b) if c.isascii() and c.isupper())] for b in blocks
    )


def test_party_types():
    frame = pl.DataFrame(
        {
            "company": ["Acme", "Acme", "Acme", None, None, "Acme"],
            "title": [None, "CFO", None, None, None, None],
            "email_domain": ["acme.example", None, "gmail.com", "gmail.com", "acme.example", "a.b"],
            "given": [None, None, None, None, None, "Sole trader"],
        },
        schema_overrides={"given": pl.String},
    )
    found = frame.select(party_type("given")).to_series().to_list()
    expected = ["organisation", "organisation", "unknown", "consumer", "unknown", "sole_trader"]
    assert found == expected
