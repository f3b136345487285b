"""Events that name their lead by address or number: whose they are, whatever came first."""

from datetime import timedelta
from itertools import permutations

import pytest

from tests.pipelines.load.conftest import AT

DAY = timedelta(days=1)
CRM = {"source_system": "crm"}
LEAD = "source_id,email,phone,country\n"
EVENT = "lead_source_id,email,phone,country,activity_id,at\n"


def _owner(db, event="e"):
    found = "SELECT source_id FROM activity LEFT JOIN lead USING (lead_key) WHERE activity_id = $e"
    return db.scalar(found, e=event)


@pytest.mark.parametrize("event", [",ANN@x.example,,", ",,020 7946 0018,GB", ",,+44 20 7946 0018,"])
@pytest.mark.parametrize("is_event_first", [True, False])
def test_another_spelling_finds_the_lead_before_or_after_it_came(db, store, event, is_event_first):
    files = [
        (f"{LEAD}1,Ann <ann@X.example>,(020) 7946-0018,UK\n", "leads", "l.csv"),
        (f"{EVENT}{event},e,2024-01-01\n", "activities", "e.csv"),
    ]
    for content, kind, name in files[::-1] if is_event_first else files:
        store(content, kind, name, **CRM)
    assert _owner(db) == "1"


def test_of_several_leads_with_an_address_it_is_the_oldest_in_any_order(db, store):
    store(f"{LEAD}1,a@x.example,,\n2,a@x.example,,\n", **CRM)
    store(f"{EVENT},a@x.example,,,e,2024-01-01\n", "activities", "e.csv", **CRM)
    store(f"{LEAD}1,b@x.example,,\n", name="moved.csv", at=AT + DAY, **CRM)
    assert _owner(db) == "1", "what was attached stays"
    store(f"{EVENT},a@x.example,,,later,2024-01-01\n", "activities", "f.csv", **CRM)
    assert _owner(db, "later") == "2", "who has the address comes before who had it"
    store(f"{LEAD}2,c@x.example,,\n", name="both.csv", at=AT + 2 * DAY, **CRM)
    store(f"{EVENT},a@x.example,,,last,2024-01-01\n", "activities", "g.csv", **CRM)
    assert _owner(db, "last") == "1", "the oldest of those that had it"


def test_what_too_many_leads_share_is_nobodys(db, store):
    leads = "".join(f"{n},info@x.example,,\n" for n in range(21))
    store(LEAD + leads, **CRM)
    store(f"{EVENT},info@x.example,,,e,2024-01-01\n", "activities", "e.csv", **CRM)
    assert _owner(db) is None


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_the_id_decides_whatever_came_first(db, store, order):
    files = [
        (f"{LEAD}1,a@x.example,,\n", "leads", "one.csv"),
        (f"{LEAD}7,b@x.example,,\n", "leads", "seven.csv"),
        (f"{EVENT}7,a@x.example,,,e,2024-01-01\n", "activities", "e.csv"),
    ]
    for number in order:
        store(*files[number], **CRM)
    assert _owner(db) == "7"
    again = store(*files[2], **CRM)
    assert (again.loaded, again.updated, again.unchanged) == (0, 0, 1)


def test_one_own_id_in_two_sources_is_two_events(db, store):
    event = f"{EVENT}1,,,,e,2024-01-01\n"
    for source in ("crm", "dialler"):
        counts = store(event, "activities", f"{source}.csv", source_system=source)
        assert counts.loaded == 1
    assert db.scalar("SELECT count(*) FROM activity") == 2


def test_events_of_a_lead_that_was_deleted_or_merged_stay_its_own(db, store):
    head = "source_id,is_deleted,merged_into_id\n"
    store(f"{head}1,,\n2,,\n", **CRM)
    store(f"{EVENT}1,,,,e,2024-01-01\n", "activities", "e.csv", **CRM)
    store(f"{head}1,true,2\n", name="gone.csv", at=AT + DAY, **CRM)
    store(f"{EVENT}1,,,,f,2024-01-02\n", "activities", "f.csv", **CRM)
    assert (_owner(db), _owner(db, "f")) == ("1", "1")
