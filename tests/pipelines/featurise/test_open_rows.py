from datetime import date, datetime

import pytest

from pipelines.featurise import open_rows
from tests.pipelines.featurise.worlds import fill

AS_OF = date(2025, 2, 1)
KEYS = range(2, 10)


@pytest.fixture
def backlog(db):
    """Leads 2 to 9: two sources, one labelled, one with an outcome, a person who objected."""
    leads = {
        key: {
            "source_system": "bank" if key < 8 else "crm",
            "created_at": datetime(2024, 1, 1),
            "is_dated": key >= 8,
            "person_key": 4 if key in (4, 5) else None,
        }
        for key in KEYS
    }
    fill(
        db,
        {
            "lead": leads,
            "activity": [],
            "contact_attempt": [],
            "static_label": [{"lead_key": 2, "source_system": "bank", "is_positive": False}],
            "outcome": [{"lead_key": 3, "milestone": "lost", "at": datetime(2024, 2, 1)}],
            "consent_event": [{"lead_key": 5, "status": "objected_profiling"}],
        },
    )
    return db


def drawn(db, source, most=100):
    table = open_rows(db, source_system=source, as_of=AS_OF, most=most)
    return db.frame(f"SELECT lead_key, as_of FROM {table}").rows()


def test_only_leads_whose_outcome_nobody_knows_and_who_did_not_object(backlog):
    at = datetime(2025, 2, 1)
    assert drawn(backlog, "bank") == [(6, at), (7, at)]
    assert drawn(backlog, None) == [(8, at), (9, at)]
    assert drawn(backlog, "nobody") == []


def test_about_so_many_are_drawn_and_always_the_same(db):
    leads = {
        key: {"source_system": "s", "created_at": datetime(2024, 1, 1), "is_dated": True,
              "person_key": None}
        for key in range(1000)
    }  # fmt: skip
    empty = ("activity", "contact_attempt", "static_label", "outcome", "consent_event")
    fill(db, {"lead": leads, **{table: [] for table in empty}})
    some = drawn(db, "s", most=200)
    assert 150 < len(some) < 250
    assert some == sorted(some) == drawn(db, "s", most=200)
    assert len(drawn(db, "s", most=1000)) == 1000


def test_whose_retention_review_is_due_is_left_out(db):
    old, new = datetime(2019, 1, 1), datetime(2024, 6, 1)
    leads = {
        key: {"source_system": "crm", "created_at": at, "is_dated": True, "country": country,
              "person_key": None}
        for key, (at, country) in enumerate([(old, "DE"), (new, "DE"), (old, "US"), (old, "DE")])
    }  # fmt: skip
    empty = ("contact_attempt", "static_label", "outcome", "consent_event")
    wrote = {"lead_key": 3, "at": new, "direction": "in", "channel": "email"}
    fill(db, {"lead": leads, "activity": [wrote], **{table: [] for table in empty}})
    rule = {"source_system": None, "as_of": AS_OF, "most": 100}
    table = open_rows(db, **rule, retention_months=24, retention_countries=["DE"])
    assert db.frame(f"SELECT lead_key FROM {table}")["lead_key"].to_list() == [1, 2, 3]
    assert db.frame(f"SELECT lead_key FROM {open_rows(db, **rule)}").height == 4
