from datetime import timedelta

import pytest

from pipelines.eligible import evaluate, reasons_of
from pipelines.eligible.reasons import Reason
from tests.pipelines.eligible.comparison import FEEDS, POLICIES
from tests.pipelines.eligible.worlds import AS_OF, store, world

PEOPLE = [{"lead_key": key, "email_key": f"p{key}@x.example", "country": "US"} for key in (1, 2, 3)]


def _reasons(db):
    db.run(
        "INSERT INTO bound_lead (group_key, lead_key, reason) VALUES (7,1,'split'),(7,2,'split')"
    )
    evaluate(db, policy=POLICIES["shipped"], feeds=FEEDS["none"], as_of=AS_OF)
    masks = db.frame("SELECT person_key, email_reasons FROM eligibility ORDER BY 1").rows()
    return {person: set(reasons_of(mask)) for person, mask in masks}


@pytest.mark.parametrize("status", ["opt_out", "objected_profiling"])
def test_a_refusal_binds_who_was_one_person_with_the_lead(status):
    rows = world(lead=PEOPLE, consent_event=[{"lead_key": 1, "status": status, "consent_id": "c"}])
    with store(rows) as db:
        found = _reasons(db)
    reason = Reason.OPTED_OUT if status == "opt_out" else Reason.ART21_OBJECTION
    assert [reason in found[key] for key in (1, 2, 3)] == [True, True, False]


def test_the_recontact_interval_survives_a_split():
    attempt = {"lead_key": 1, "at": AS_OF - timedelta(days=2), "attempt_id": "a"}
    with store(world(lead=PEOPLE, contact_attempt=[attempt])) as db:
        found = _reasons(db)
    assert [Reason.RECONTACT_INTERVAL in found[key] for key in (1, 2, 3)] == [True, True, False]
