import random

import polars as pl
import pytest

from pipelines.identify import fuzzy_model, identify
from pipelines.identify.comparisons import is_sound
from pipelines.identify.identity_columns import gather_identity
from pipelines.settings.config import IdentifySettings
from pipelines.store.linking import Linkage
from tests.pipelines.identify.worlds import insert, lead

NAMES = ("anna", "bert", "carla", "dirk", "emma", "frits", "greta", "hugo", "irma", "jonas")
TOWNS = ("utrecht", "leuven", "bremen", "lyon", "porto")


def _born(db, dates):
    frame = pl.DataFrame({"lead_key": list(dates), "Date of Birth": list(dates.values())})
    db.register("born_frame", frame)
    db.run("CREATE OR REPLACE TABLE lead_custom_crm AS SELECT * FROM born_frame")
    db.unregister("born_frame")


def _persons(db):
    return dict(db.frame("SELECT lead_key, person_key FROM dedupe_link").rows())


def test_few_leads_are_joined_by_plain_rules_and_it_can_be_switched_off(db, tmp_path):
    same = {"first_name": "Jane", "last_name": "Doe"}
    insert(db, [lead(1, **same), lead(2, **same), lead(3, **same)])
    _born(db, {1: "1970-01-02", 2: "1970-01-02", 3: "1971-01-02"})
    identify(db, models=tmp_path)
    assert _persons(db) == {1: 1, 2: 1, 3: 3}
    assert db.frame(
        "SELECT lead_key, match_rule FROM dedupe_link WHERE match_weight > 0"
    ).rows() == [
        (1, "fuzzy"),
        (2, "fuzzy"),
    ]
    identify(db, IdentifySettings(fuzzy=False), models=tmp_path, compare_all=True)
    assert _persons(db) == {1: 1, 2: 2, 3: 3}


ADDRESS = {"first_name": "John", "last_name": "Doe", "street": "1 Oak Ave", "city": "Salem"}


@pytest.mark.parametrize(
    ("one", "other", "persons"),
    [
        ({}, {}, 1),
        ({"last_name": "Doe Jr."}, {"last_name": "Doe Sr"}, 2),
        ({"last_name": "Doe II"}, {"last_name": None, "full_name": "John Doe, Senior"}, 2),
        ({"title": "Carpenter"}, {"title": "Physician"}, 2),
        ({"title": "Head of Sales"}, {"title": "head of sales"}, 1),
        ({"mobile_e164": "+15550001"}, {"mobile_e164": "+15559992"}, 2),
        ({"phone_e164": "+493023125801"}, {"phone_e164": "+493099887412"}, 2),
        ({"phone_e164": "+493023125801"}, {"phone_e164": "+4930000000"}, 1),
        ({"email_key": "j@x.example"}, {"email_key": "john.doe@x.example"}, 2),
        ({"email_key": "j@gmail.com"}, {"email_key": "john.doe@gmail.com"}, 1),
        ({"email_key": "j@nyc.rr.com"}, {"email_key": "john.doe@nyc.rr.com"}, 1),
    ],
)
def test_a_father_and_his_son_are_told_apart_by_what_differs(db, tmp_path, one, other, persons):
    insert(db, [lead(1, **ADDRESS | one), lead(2, **ADDRESS | other)])
    identify(db, models=tmp_path)
    assert len(set(_persons(db).values())) == persons


def test_names_of_any_script_are_compared(db, tmp_path):
    place = {"first_name": "Иван", "street": "ул. Ленина 5", "city": "Омск"}
    insert(db, [lead(1, last_name="Пётров", **place), lead(2, last_name="петров", **place),
                lead(3, last_name="Сидоров", **place)])  # fmt: skip
    identify(db, models=tmp_path)
    assert _persons(db) == {1: 1, 2: 1, 3: 3}


def _damaged(rng, text):
    place = rng.randrange(len(text))
    return text[:place] + rng.choice("abcdefgh") + text[place + 1 :]


@pytest.fixture
def duplicates(db):
    """Fill the store with 300 people, every second of them twice, the copy with mistakes."""
    rng = random.Random(4)  # noqa: S311 - not for secrets
    leads, born, truth = [], {}, {}
    for person in range(300):
        values = {
            "first_name": rng.choice(NAMES) + rng.choice("xyz"),
            "last_name": rng.choice(NAMES) + rng.choice(NAMES),
            "street": f"{rng.choice(NAMES)} street {rng.randrange(200)}",
            "city": rng.choice(TOWNS),
            "postal_code": f"{rng.randrange(1000, 1200)}",
        }
        date = f"{rng.randrange(1940, 2000)}-0{rng.randrange(1, 10)}-1{rng.randrange(10)}"
        for copy in range(1 + person % 2):
            key = len(leads) + 1
            if copy:
                wrong = rng.choice(sorted(values))
                values = values | {wrong: _damaged(rng, values[wrong])}
            leads.append(lead(key, batch_id="b1", **values))
            born[key], truth[key] = date, person
    insert(db, leads)
    _born(db, born)
    return truth


def test_mistyped_duplicates_are_found_by_a_model_that_is_kept(db, tmp_path, duplicates):
    identify(db, models=tmp_path)
    found = _persons(db)
    pairs = [(a, b, found[a] == found[b]) for a in duplicates for b in duplicates if a < b]
    right = sum(is_joined for a, b, is_joined in pairs if duplicates[a] == duplicates[b])
    wrong = sum(is_joined for a, b, is_joined in pairs if duplicates[a] != duplicates[b])
    assert right >= 0.9 * 150
    assert wrong == 0
    (model,) = (tmp_path / "identity").glob("*.json")
    kept = model.read_bytes()
    before = db.frame("SELECT * FROM dedupe_edge ORDER BY ALL").rows()
    identify(db, models=tmp_path, compare_all=True)
    assert model.read_bytes() == kept
    assert db.frame("SELECT * FROM dedupe_edge ORDER BY ALL").rows() == before
    key = len(duplicates) + 1
    insert(db, [lead(key, first_name=NAMES[0], last_name="nobodyelse", batch_id="b2")])
    assert identify(db, models=tmp_path).looked_at < 10
    assert db.frame("SELECT * FROM dedupe_edge ORDER BY ALL").rows() == before


def test_what_taught_nothing_is_not_learnt_from_again(db, tmp_path, duplicates, monkeypatch):
    monkeypatch.setattr(fuzzy_model, "is_sound", lambda model: False)
    identify(db, models=tmp_path)
    before = db.frame("SELECT * FROM dedupe_edge ORDER BY ALL").rows()
    monkeypatch.setattr(Linkage, "maximise", None)
    identify(db, models=tmp_path, compare_all=True)
    assert db.frame("SELECT * FROM dedupe_edge ORDER BY ALL").rows() == before


def test_leads_that_teach_nothing_are_left_alone(db, tmp_path):
    insert(db, [lead(key, first_name="A", last_name="B", company="C") for key in range(400)])
    assert identify(db, models=tmp_path).joined_leads == 0


def test_a_model_for_which_another_name_says_nothing_is_not_used():
    def comparison(name, *weights):
        levels = [{"m_probability": m, "u_probability": u} for m, u in weights]
        return {"output_column_name": name, "comparison_levels": [{"is_null_level": True}, *levels]}

    good = comparison("last_name", (0.9, 0.01), (0.1, 0.99))
    assert is_sound({"comparisons": [good]})
    assert not is_sound({"comparisons": [comparison("last_name", (0.02, 0.01), (0.98, 0.99))]})
    assert not is_sound({"comparisons": []})


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("DOB", "birth_date"),
        ("Birthdate", "birth_date"),
        ("Date of birth", "birth_date"),
        ("DOB__c", "birth_date"),
        ("SSN", "person_number"),
        ("National ID", "person_number"),
    ],
)
def test_a_personal_number_is_known_by_its_header_unless_too_many_have_it(db, header, field):
    values = {"lead_key": list(range(25)), header: ["same"] * 21 + ["a", "a", "b", None]}
    db.register("born_frame", pl.DataFrame(values))
    db.run("CREATE OR REPLACE TABLE lead_custom_crm AS SELECT * FROM born_frame")
    db.unregister("born_frame")
    gather_identity(db)
    found = db.frame(f"SELECT {field} FROM identity_value WHERE {field} IS NOT NULL ORDER BY 1")
    assert found[field].to_list() == ["a", "a", "b"]


def test_a_couple_at_one_address_is_two_and_a_mistyped_name_is_one(db, tmp_path, duplicates):
    key = len(duplicates) + 1
    home = {"last_name": "Haverkamp", "street": "7 Elm Road", "city": "lyon", "postal_code": "1017"}
    names = ("Martin", "Martina", "Martim")
    insert(db, [lead(key + place, first_name=name, batch_id="b1", **home)
                for place, name in enumerate(names)])  # fmt: skip
    identify(db, models=tmp_path)
    edges = db.frame("SELECT lead_key, other_lead_key FROM dedupe_edge").rows()
    assert (key + 1, key) not in edges
    assert (key + 2, key) in edges


def test_other_rules_judge_the_stored_pairs_again(db, tmp_path, duplicates, monkeypatch):
    identify(db, models=tmp_path)
    at_night = {"settings": IdentifySettings(fuzzy_leads=0), "models": tmp_path}
    before = db.frame("SELECT lead_key, other_lead_key FROM dedupe_edge ORDER BY ALL").rows()
    lead_key, other = before[0]
    db.run("UPDATE lead SET last_name = last_name || ' Jr' WHERE lead_key = $key", key=lead_key)
    db.run("UPDATE lead SET last_name = last_name || ' Sr' WHERE lead_key = $key", key=other)
    identify(db, **at_night)
    assert (
        db.frame("SELECT lead_key, other_lead_key FROM dedupe_edge ORDER BY ALL").rows() == before
    )
    monkeypatch.setattr("pipelines.identify.changes._RULES_VERSION", 999)
    identify(db, **at_night)
    found = db.frame("SELECT lead_key, other_lead_key FROM dedupe_edge ORDER BY ALL").rows()
    assert found == before[1:]
    bound = db.frame("SELECT lead_key FROM bound_lead WHERE reason = 'split'")["lead_key"]
    assert {lead_key, other} <= set(bound)
