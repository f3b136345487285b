import numpy as np
import phonenumbers
import polars as pl
import pytest

from pipelines.generate.block import block
from pipelines.generate.dice import Dice
from pipelines.generate.ids import salesforce_ids
from pipelines.generate.persons import EMAIL_KINDS, PHONE_KINDS
from pipelines.generate.phones import e164, numbers, spelled
from pipelines.generate.places import COUNTRY_CODES
from pipelines.generate.words import (
    DISPOSABLE_MAIL,
    FREE_MAIL,
    PLACEHOLDER_EMAILS,
    PLACEHOLDER_PHONES,
)


@pytest.fixture(scope="module")
def whole():
    return block(8, 0, 10**9)


@pytest.mark.parametrize("number", [0, 5])
@pytest.mark.parametrize("is_mobile", [False, True])
def test_numbers_are_valid_in_their_country(number, is_mobile):
    country = np.repeat(np.arange(len(COUNTRY_CODES)), 60)
    drawn = numbers(Dice(1, number), "test", country, is_mobile=is_mobile)
    for code, text in zip(country.tolist(), e164(drawn, country).to_list(), strict=True):
        parsed = phonenumbers.parse(text)
        assert phonenumbers.is_valid_number(parsed), text
        assert phonenumbers.region_code_for_number(parsed) == COUNTRY_CODES[code]


def test_spellings_mean_the_same_number():
    country = np.repeat(np.arange(len(COUNTRY_CODES)), 80)
    drawn = numbers(Dice(1, 0), "test", country, is_mobile=False)
    texts = spelled(np.random.default_rng(2), drawn, country).to_list()
    meant = e164(drawn, country).to_list()
    assert len({text[:2] for text in texts}) > 8
    for code, text, want in zip(country.tolist(), texts, meant, strict=True):
        # Exports write the international prefix of Europe everywhere.
        plain = "+" + text[2:] if text.startswith("00") else text
        parsed = phonenumbers.parse(plain, COUNTRY_CODES[code])
        assert phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == want


def test_addresses_belong_to_nobody(whole):
    emails = whole.points.email.drop_nulls()
    emails = emails.filter(~emails.is_in(list(PLACEHOLDER_EMAILS)))
    free = emails.filter(emails.str.split("@").list.last().is_in([*FREE_MAIL, *DISPOSABLE_MAIL]))
    rest = emails.filter(~emails.str.split("@").list.last().is_in([*FREE_MAIL, *DISPOSABLE_MAIL]))
    assert free.str.contains(r"fict\d+@").all()
    assert rest.str.ends_with(".example").all()
    assert free.len() > 1_000
    assert rest.len() > 1_000


def test_only_role_addresses_and_placeholders_are_shared(whole):
    own = ~np.isin(
        whole.people.email_kind, [EMAIL_KINDS.index(kind) for kind in ("role", "placeholder")]
    )
    emails = whole.points.email.filter(pl.Series(own)).drop_nulls()
    assert emails.n_unique() == emails.len()
    role = whole.people.email_kind == EMAIL_KINDS.index("role")
    assert whole.points.email.filter(pl.Series(role)).value_counts()["count"].max() > 1


def test_switchboards_and_households(whole):
    people, numbers_ = whole.people, whole.points.landline
    desk = numbers_.filter(pl.Series(people.phone_kind == PHONE_KINDS.index("switchboard")))
    assert desk.value_counts()["count"].max() > 20
    twins = np.flatnonzero(people.twin >= 0)
    assert twins.size > 100
    assert (people.last[twins] == people.last[people.twin[twins]]).all()
    assert (people.first[twins] != people.first[people.twin[twins]]).mean() > 0.9
    assert numbers_.gather(twins).equals(numbers_.gather(people.twin[twins]))
    direct = numbers_.filter(pl.Series(people.phone_kind == PHONE_KINDS.index("direct")))
    assert direct.n_unique() == direct.len()


def test_placeholder_phones_are_written(csv_world):
    text = (csv_world[0] / "leads_salesforce" / "part-00000.csv").read_text(errors="replace")
    assert all(f",{value}," in text for value in PLACEHOLDER_PHONES)


def test_salesforce_checksum_tells_capitals():
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    counter = np.array([0, 1, 61, 62, 3_843, 987_654_321, 62**9 - 1, 13_537_086_546_263_552])
    for text in salesforce_ids(counter % 62**9, "00Q5fA").to_list():
        assert len(text) == 18
        checks = ""
        for group in range(3):
            five = text[group * 5 : group * 5 + 5]
            checks += letters[sum(1 << i for i, c in enumerate(five) if "A" <= c <= "Z")]
        assert text[15:] == checks
