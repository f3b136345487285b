import random
import re

import phonenumbers
import pytest

from pipelines.identify import identify
from pipelines.identify.made_up import MADE_UP_NUMBER
from pipelines.load.normalise.phone import ask_library
from tests.pipelines.identify.worlds import insert, lead

TYPED = [
    ("030 000000", "DE"), ("0123456789", "DE"), ("030 123456", "DE"), ("0151 23456789", "DE"),
    ("0171 1234567", "DE"), ("06 12345678", "NL"), ("01 23 45 67 89", "FR"),
    ("06 12 34 56 78", "FR"), ("06 00 00 00 00", "FR"), ("01 01 01 01 01", "FR"),
    ("0412 345 678", "AU"), ("0400 000 000", "AU"), ("0491 570 156", "AU"), ("98765 43210", "IN"),
    ("99999 99999", "IN"), ("612 345 678", "ES"), ("666 666 666", "ES"), ("333 1234567", "IT"),
    ("(212) 555-0123", "US"), ("(212) 555-1212", "US"), ("(212) 555-1234", "US"),
    ("(999) 999-9999", "DE"), ("212 222 2222", "US"), ("07700 900123", "GB"),
    ("01632 960960", "GB"), ("020 0000 0000", "GB"), ("(11) 91234-5678", "BR"),
    ("(11) 99999-9999", "BR"), ("079 123 45 67", "CH"), ("089 123123", "DE"),
    ("0912 345 678", "TW"), ("090-1234-5678", "JP"), ("5555 5555", "SG"),
]  # fmt: skip


def _is_made_up(number):
    return re.search(MADE_UP_NUMBER, number) is not None


@pytest.mark.parametrize(("text", "country"), TYPED)
def test_what_is_typed_to_get_past_a_field_is_nobody_s(text, country):
    code = phonenumbers.country_code_for_region(country)
    digits = re.sub("[^0-9]", "", text).lstrip("0") or "0"
    assert _is_made_up(ask_library(text, country)[0] or f"+{code}{digits}")


@pytest.mark.parametrize(
    "number",
    ["+493023125001", "+12125550456", "+442079460951", "+31612398745", "+33142683070",
     "+4989636480", "+16502530000", "+819012875634"],
)  # fmt: skip
def test_what_is_somebody_s_stays(number):
    assert not _is_made_up(number)


def test_hardly_any_number_is_made_up_by_chance():
    rng = random.Random(5)  # noqa: S311 - not for secrets
    numbers = [f"+4930{rng.randrange(10**8):08}" for _ in range(50_000)]
    assert sum(map(_is_made_up, numbers)) < 100


def test_namesakes_with_one_made_up_number_stay_apart(db, tmp_path):
    for kind, number in (("phone_e164", "+4930000000"), ("mobile_e164", "+33612345678")):
        db.run("DELETE FROM lead")
        db.run("DELETE FROM meta")
        same = {"first_name": "Jan", "last_name": "Maas", kind: number}
        insert(
            db, [lead(1, company="Acme", **same), lead(2, company="Other", **same), lead(3, **same)]
        )
        identify(db, models=tmp_path)
        assert db.scalar("SELECT count(*) FROM person") == 3


def test_a_change_of_the_rules_looks_at_all_leads_again(db, monkeypatch):
    same = {"first_name": "Jan", "last_name": "Maas", "phone_e164": "+31612398745", "batch_id": "b"}
    insert(db, [lead(1, **same), lead(2, **same)])
    identify(db)
    assert db.scalar("SELECT count(*) FROM person") == 1
    assert identify(db).looked_at == 0
    for module in ("changes", "persons", "spelling"):
        monkeypatch.setattr(f"pipelines.identify.{module}.MADE_UP_NUMBER", "98745$")
    assert identify(db).looked_at == 2
    assert db.scalar("SELECT count(*) FROM person") == 2
