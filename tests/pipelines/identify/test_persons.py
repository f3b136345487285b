import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identify import identify
from pipelines.identify.components import MAX_LEADS_PER_PERSON
from pipelines.identify.points import MAX_LEADS_PER_KEY, NAMELESS
from pipelines.store import Database, create_tables
from tests.oracles.persons import persons
from tests.pipelines.identify.worlds import LEAD, insert, lead


def _identified(db, leads):
    insert(db, leads)
    result = identify(db)
    links = db.frame("SELECT lead_key, person_key, match_rule FROM dedupe_link")
    return result, dict(links.select("lead_key", "person_key").rows())


def _count(db, leads):
    return len(set(_identified(db, leads)[1].values()))


@settings(max_examples=12)
@given(leads=st.lists(LEAD, max_size=12))
def test_equals_the_slow_twin(leads):
    numbered = [lead(key, **values) for key, values in enumerate(leads)]
    with Database.memory(memory_gb=0.5) as db:
        create_tables(db)
        result, found = _identified(db, numbered)
        assert found == persons(numbered, nameless=NAMELESS)
        assert result.persons == len(set(found.values()))
        rows = db.frame("SELECT person_key, representative_lead_key, lead_count FROM person")
        assert sum(rows["lead_count"]) == len(leads)
        for person, representative, _ in rows.rows():
            assert found[representative] == person


def test_a_key_on_too_many_leads_joins_nobody(db):
    leads = [lead(key, email_key="a@x.example") for key in range(MAX_LEADS_PER_KEY + 1)]
    assert _count(db, leads) == MAX_LEADS_PER_KEY + 1
    assert db.frame("SELECT kind, reason, leads FROM shared_point").rows() == [
        ("email", "crowded", MAX_LEADS_PER_KEY + 1)
    ]


@pytest.mark.parametrize(
    "address", ["info@x.example", "noemail+web@x.example", "test@x.example", "büro@x.example"]
)
def test_an_address_of_nobody_joins_nobody(db, address):
    assert _count(db, [lead(1, email_key=address), lead(2, email_key=address)]) == 2


def test_a_household_is_not_one_person_even_through_a_nameless_third(db):
    named = [("John", "Smith"), ("Mary", "Smith"), (None, None)]
    for kind in ("phone_e164", "email_key"):
        db.run("DELETE FROM lead")
        db.run("DELETE FROM meta")
        leads = [
            lead(key, first_name=first, last_name=last, **{kind: "+15550001"})
            for key, (first, last) in enumerate(named)
        ]
        assert _count(db, leads) == 3


@pytest.mark.parametrize(
    ("first", "last"), [("Jon", "Smith"), ("Smith", "John"), ("John", "Jones"), (None, None)]
)
def test_one_address_and_one_possible_name_are_one_person(db, first, last):
    leads = [
        lead(1, email_key="a@x.example", first_name="John", last_name="Smith"),
        lead(2, email_key="a@x.example", first_name=first, last_name=last),
    ]
    assert _count(db, leads) == 1


@pytest.mark.parametrize(("other", "persons"), [("Doe Sr.", 2), ("Doe, Junior", 1), ("Doe", 2)])
@pytest.mark.parametrize("kind", ["phone_e164", "email_key"])
def test_a_father_and_his_son_share_a_point_and_a_name(db, kind, other, persons):
    same = {"first_name": "John", kind: "j@x.example"}
    leads = [lead(1, last_name="Doe Jr", **same), lead(2, last_name=other, **same)]
    # one address of father and son may as well be one person's who left the suffix out
    is_left_out = other == "Doe" and kind == "email_key"
    assert _count(db, leads) == (1 if is_left_out else persons)


def test_namesakes_at_one_switchboard_are_told_apart_by_their_mobiles(db):
    same = {"phone_e164": "+15550001", "first_name": "Jan", "last_name": "Maas"}
    leads = [lead(1, mobile_e164="+15550008", **same), lead(2, mobile_e164="+15550009", **same)]
    assert _count(db, leads) == 2


PLACE = {"first_name": "Jan", "last_name": "Maas", "phone_e164": "+15550001"}


@pytest.mark.parametrize(
    ("one", "other", "persons"),
    [
        ({}, {}, 1),
        (
            {"first_name": "Test", "last_name": "Test"},
            {"first_name": "Test", "last_name": "Test"},
            2,
        ),
        ({"first_name": "N/A", "last_name": "N/A"}, {"first_name": "N/A", "last_name": "N/A"}, 2),
        # a son has an address of his own at the host, or at another without a firm in common
        ({"email_key": "jan@x.example"}, {"email_key": "jan2@x.example", "company": "Acme"}, 2),
        ({"email_key": "jan@x.example", "company": "Self"}, {"email_key": "j@y.example"}, 2),
        ({"email_key": "jan@x.example"}, {"email_key": "jan+web@x.example"}, 1),
        ({"city": "Ghent", "company": "n/a"}, {"city": "Lille", "company": "Self"}, 2),
        ({"city": "Ghent", "company": "Acme"}, {"city": "Lille", "company": "ACME"}, 1),
        # his own mobile says more than any of these
        ({"mobile_e164": "+15550001", "city": "Ghent"}, {"city": "Lille"}, 1),
    ],
)
def test_a_landline_and_a_name_are_one_person_unless_something_else_differs(
    db, one, other, persons
):
    assert _count(db, [lead(1, **PLACE | one), lead(2, **PLACE | other)]) == persons


COUPLES = [
    ("Paul", "Paula"), ("Mario", "Maria"), ("Peter", "Petra"), ("Andreas", "Andrea"),
    ("Christian", "Christine"), ("Georg", "Georgina"), ("Jean", "Jeanne"), ("Claude", "Claudia"),
    ("Stefan", "Stefanie"), ("Julian", "Julia"), ("Michel", "Michelle"), ("Юлий", "Юлия"),
    ("Александр", "Александра"), ("Paul Otto", "Paula"),
]  # fmt: skip


@pytest.mark.parametrize("names", COUPLES)
@pytest.mark.parametrize("kind", ["email_key", "phone_e164", "mobile_e164"])
def test_a_couple_whose_names_are_much_alike_is_two(db, kind, names):
    same = {"last_name": "Maas", kind: "+15550001"}
    assert _count(db, [lead(key, first_name=name, **same) for key, name in enumerate(names)]) == 2


@pytest.mark.parametrize(
    ("one", "other", "by_phone"),
    [
        ("Alex", "Alexander", 1), ("J.", "John", 1), ("John", "John A.", 1), ("Sara", "Sarah", 1),
        ("Jean", "Jean-Luc", 1), ("Mary Jo", "Mary-Jo", 1), ("John A", "John Andrew", 1),
        ("Jan", "Janet", 2), ("Dan", "Daniela", 2), ("Marc", "Marcel", 2), ("Jon", "John", 2),
    ],
)  # fmt: skip
def test_a_number_wants_the_name_or_what_is_short_for_it(db, one, other, by_phone):
    for kind, count in (("mobile_e164", by_phone), ("email_key", 1)):
        db.run("DELETE FROM lead")
        db.run("DELETE FROM meta")
        same = {"last_name": "Maas", kind: "+15550001"}
        leads = [lead(1, first_name=one, **same), lead(2, first_name=other, **same)]
        assert _count(db, leads) == count


@pytest.mark.parametrize("kind", ["email_key", "mobile_e164"])
def test_an_initial_chains_no_two_people(db, kind):
    same = {"last_name": "Smith", kind: "+15550001"}
    leads = [lead(key, first_name=name, **same) for key, name in enumerate(("John", "J.", "Jane"))]
    assert _count(db, [*leads, lead(3, first_name="John", **same)]) == 3


def test_names_that_are_short_for_each_other_in_a_row_are_one(db):
    same = {"last_name": "Smith", "mobile_e164": "+15550001"}
    names = ("A.", "Alex", "Alexander")
    assert _count(db, [lead(key, first_name=name, **same) for key, name in enumerate(names)]) == 1


def test_what_the_source_has_merged_is_one_person_whoever_tells(db):
    db.run(
        "INSERT INTO lead_merge (source_system, absorbed_id, master_id) VALUES ('crm','s3','s1')"
    )
    leads = [lead(1), lead(2, merged_into_id="s1"), lead(3), lead(4, merged_into_id="s9")]
    _, found = _identified(db, leads)
    assert found == {1: 1, 2: 1, 3: 1, 4: 4}
    assert db.frame("SELECT DISTINCT rule FROM dedupe_edge").rows() == [("source_merge",)]


def test_an_oversized_component_is_reported_not_believed_and_bound_together(db):
    chain = [
        lead(
            key,
            first_name="Jo",
            last_name="Doe",
            email_key=f"e{key // 2}@x.example",
            mobile_e164=f"+1555{(key + 1) // 2}",
        )
        for key in range(2 * MAX_LEADS_PER_PERSON)
    ]
    result, found = _identified(db, chain)
    assert result.oversized_components == 1
    assert len(set(found.values())) == len(chain)
    bound = db.frame("SELECT lead_key FROM bound_lead WHERE reason = 'oversized'")
    assert sorted(bound["lead_key"]) == sorted(found)


def test_the_representative_is_usable_and_reachable(db):
    leads = [lead(key, email_key="a@x.example") for key in range(3)]
    leads[2]["phone_e164"] = "+15550001"
    insert(db, leads)
    db.run("UPDATE lead SET is_deleted = (lead_key = 2)")
    identify(db)
    assert db.scalar("SELECT representative_lead_key FROM person") == 0
