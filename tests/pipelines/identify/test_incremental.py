from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.identify import identify
from pipelines.store import Database, create_tables
from tests.oracles.persons import persons
from tests.pipelines.identify.worlds import LEAD, insert, lead, stored

LOAD = st.fixed_dictionaries(
    {
        "leads": st.dictionaries(st.integers(1, 9), LEAD, max_size=5),
        "gone": st.sets(st.integers(1, 9), max_size=2),
    }
)
PACKAGE = "pipelines.identify"
ONE_FIRM = {"street": "1 Oak Ave", "postal_code": "1000"}


def _apply(db, world, load, number):
    """Merge one load: new leads get the next keys, known ones are replaced, some go."""
    for key in load["gone"] & set(world):
        del world[key]
        db.run("DELETE FROM lead WHERE lead_key = $key", key=key)
    for name, values in load["leads"].items():
        row = lead(name, batch_id=f"b{number}", **values)
        world[name] = row
        db.run("DELETE FROM lead WHERE lead_key = $key", key=name)
        insert(db, [row])


@settings(max_examples=10)
@given(loads=st.lists(LOAD, min_size=2, max_size=4))
def test_any_sequence_of_loads_ends_as_from_scratch(loads):
    with (
        patch(f"{PACKAGE}.persons.MAX_LEADS_PER_KEY", 3),
        patch(f"{PACKAGE}.components.MAX_LEADS_PER_PERSON", 4),
        patch(f"{PACKAGE}.changes._LARGE_SHARE", 2.0),
        Database.memory(memory_gb=0.5) as db,
    ):
        create_tables(db)
        world = {}
        for number, load in enumerate(loads):
            _apply(db, world, load, number)
            identify(db)
        with Database.memory(memory_gb=0.5) as fresh:
            create_tables(fresh)
            insert(fresh, list(world.values()))
            identify(fresh)
            assert stored(db) == stored(fresh)
        found = dict(db.frame("SELECT lead_key, person_key FROM dedupe_link").rows())
        assert found == persons(
            list(world.values()), max_leads=3, max_person=4,
            nameless=["info", "test"],
        )  # fmt: skip


@settings(max_examples=4)
@given(loads=st.lists(LOAD, min_size=2, max_size=4))
def test_so_it_does_with_names_compared_by_rules(loads):
    with (
        patch(f"{PACKAGE}.persons.MAX_LEADS_PER_KEY", 3),
        patch(f"{PACKAGE}.components.MAX_LEADS_PER_PERSON", 4),
        patch(f"{PACKAGE}.contradictions.MAX_LEADS_PER_PERSON", 4),
        patch(f"{PACKAGE}.changes._LARGE_SHARE", 2.0),
        TemporaryDirectory() as models,
        Database.memory(memory_gb=0.5) as db,
    ):
        create_tables(db)
        world = {}
        for number, load in enumerate(loads):
            named = {key: {**ONE_FIRM, **values} for key, values in load["leads"].items()}
            _apply(db, world, {**load, "leads": named}, number)
            identify(db, models=Path(models))
        with Database.memory(memory_gb=0.5) as fresh:
            create_tables(fresh)
            insert(fresh, list(world.values()))
            identify(fresh, models=Path(models))
            assert stored(db) == stored(fresh)


def _load(db, number, *leads):
    for one in leads:
        db.run("DELETE FROM lead WHERE lead_key = $key", key=one["lead_key"])
    insert(db, [one | {"batch_id": f"b{number}"} for one in leads])
    with patch(f"{PACKAGE}.changes._LARGE_SHARE", 2.0):
        return identify(db, run_id=f"run{number}")


def test_only_what_a_change_touches_is_looked_at(db):
    _load(db, 1, *(lead(key, email_key=f"e{key // 2}@x.example") for key in range(20)))
    result = _load(db, 2, lead(20, email_key="e3@x.example"))
    assert result.looked_at == 3
    assert _load(db, 3).looked_at == 0


def test_a_family_address_is_one_person_s_again_when_the_other_leaves(db):
    address = {"email_key": "a@x.example"}
    _load(db, 1, lead(1, first_name="Mary", **address), lead(2, first_name="John", **address),
          lead(3, **address))  # fmt: skip
    assert db.scalar("SELECT count(*) FROM person") == 3
    _load(db, 2, lead(2, first_name="John"))
    assert db.frame("SELECT person_key, lead_count FROM person ORDER BY 1").rows() == [
        (1, 2),
        (2, 1),
    ]


def test_an_initial_is_somebody_s_again_when_the_other_leaves(db):
    number = {"last_name": "Smith", "mobile_e164": "+31612398745"}
    names = ("J.", "John", "Jane")
    _load(db, 1, *(lead(key, first_name=name, **number) for key, name in enumerate(names)))
    assert db.scalar("SELECT count(*) FROM person") == 3
    _load(db, 2, lead(2, first_name="Jane", last_name="Smith"))
    assert db.frame("SELECT person_key, lead_count FROM person ORDER BY 1").rows() == [
        (0, 2),
        (2, 1),
    ]


def test_merges_and_splits_leave_a_trace_and_a_split_binds_for_good(db):
    _load(db, 1, lead(1, email_key="a@x.example"), lead(2, email_key="b@x.example"))
    _load(db, 2, lead(2, email_key="a@x.example"))
    _load(db, 3, lead(2, email_key="b@x.example"))
    assert db.frame(
        "SELECT from_person_key, into_person_key, kind, run_id FROM person_merge"
    ).rows() == [
        (2, 1, "merge", "run2"),
        (1, 2, "split", "run3"),
    ]
    assert db.frame("SELECT lead_key FROM bound_lead WHERE reason = 'split' ORDER BY 1").rows() == [
        (1,),
        (2,),
    ]


def test_a_smaller_key_that_joins_becomes_the_person_s_and_says_so(db):
    _load(db, 1, lead(1), lead(2, email_key="a@x.example"), lead(3, email_key="a@x.example"))
    _load(db, 2, lead(1, email_key="a@x.example"))
    assert db.frame(
        "SELECT from_person_key, into_person_key, kind, rule FROM person_merge"
    ).rows() == [(2, 1, "merge", "email")]
