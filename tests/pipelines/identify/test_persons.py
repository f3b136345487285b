import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.identify import identify
from pipelines.identify.persons import MAX_LEADS_PER_KEY, MAX_LEADS_PER_PERSON, ROLE_NAMES
from pipelines.store import Database, create_tables
from tests.oracles.persons import persons

COLUMNS = ("lead_key", "email_key", "phone_e164", "mobile_e164", "first_name", "last_name")
LEAD = st.fixed_dictionaries(
    {
        "email_key": st.sampled_from([None, "a@x.example", "b@x.example", "info@x.example"]),
        "phone_e164": st.sampled_from([None, "+15550001", "+15550002"]),
        "mobile_e164": st.sampled_from([None, "+15550002", "+15550003"]),
        "first_name": st.sampled_from([None, "José", "Jose", "J.", "Mary", ""]),
        "last_name": st.sampled_from([None, "Smith", "SMITH", "Jones"]),
    }
)


def _identified(db, leads):
    frame = pl.DataFrame(
        leads, schema=dict(zip(COLUMNS, [pl.Int64] + [pl.String] * 5, strict=True))
    )
    db.insert("lead", frame)
    result = identify(db)
    links = db.frame("SELECT lead_key, person_key, match_rule FROM dedupe_link")
    return result, dict(links.select("lead_key", "person_key").rows())


@given(leads=st.lists(LEAD, max_size=14))
def test_equals_the_slow_twin(leads):
    numbered = [{"lead_key": key, **lead} for key, lead in enumerate(leads)]
    with Database.memory(memory_gb=0.5) as db:
        create_tables(db)
        result, found = _identified(db, numbered)
        assert found == persons(numbered, role_names=ROLE_NAMES)
        assert result.persons == len(set(found.values()))
        rows = db.frame("SELECT person_key, representative_lead_key, lead_count FROM person")
        assert sum(rows["lead_count"]) == len(leads)
        for person, representative, _ in rows.rows():
            assert found[representative] == person


def _many(count, **same):
    blank = dict.fromkeys(COLUMNS)
    return [blank | {"lead_key": key} | same for key in range(count)]


def test_a_key_on_too_many_leads_joins_nobody(db):
    _, found = _identified(db, _many(MAX_LEADS_PER_KEY + 1, email_key="a@x.example"))
    assert len(set(found.values())) == MAX_LEADS_PER_KEY + 1


def test_a_household_is_not_one_person_even_through_a_nameless_third(db):
    leads = _many(3, phone_e164="+15550001", last_name="Smith")
    for lead, name in zip(leads, ("John", "Mary", None), strict=True):
        lead["first_name"] = name
    _, found = _identified(db, leads)
    assert len(set(found.values())) == 3


def test_an_oversized_component_is_reported_not_believed(db):
    chain = _many(2 * MAX_LEADS_PER_PERSON, first_name="Jo", last_name="Doe")
    for key, lead in enumerate(chain):
        lead["phone_e164"] = f"+1555{key // 2}"
        lead["mobile_e164"] = f"+1555{(key + 1) // 2}"
    result, found = _identified(db, chain)
    assert result.oversized_components == 1
    assert len(set(found.values())) == len(chain)


def test_the_representative_is_usable_and_reachable(db):
    leads = _many(3, email_key="a@x.example")
    leads[2]["phone_e164"] = "+15550001"
    db.insert(
        "lead",
        pl.DataFrame(leads, infer_schema_length=None).with_columns(
            pl.all().exclude("lead_key").cast(pl.String)
        ),
    )
    db.run("UPDATE lead SET is_deleted = (lead_key = 2)")
    identify(db)
    assert db.scalar("SELECT representative_lead_key FROM person") == 0
