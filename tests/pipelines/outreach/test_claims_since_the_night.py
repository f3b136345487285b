"""What a claim sees that the night did not: what was loaded since, and what has lapsed."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.settings.policy import load_policy
from pipelines.store.ledger import claims
from tests.pipelines.outreach.worlds import (
    AT,
    PEOPLE,
    add,
    claim_of,
    leads_of,
    publish,
    ready_of,
    say,
    take_of,
)

MORNING = datetime(2026, 1, 2, 9)
LONG_AGO = datetime(2025, 1, 2, 9)
ATTEMPT = {"attempt_id": "a", "lead_key": 0, "channel": "phone", "at": MORNING}
OUTCOME = {"outcome_id": "o", "lead_key": 0, "milestone": "opportunity", "occurred_at": MORNING}
TOUCH = {"lead_key": 0, "channel": "email", "direction": "out"}
BOUNCE = {
    "attempt_id": "a",
    "channel": "email",
    "contact_key": "p0@example.com",
    "disposition": "bounced",
    "at": MORNING,
}
UNCONFIRMED = {
    "consent_id": "c",
    "channel": "email",
    "status": "opt_in",
    "is_confirmed": False,
    "batch_id": "new",
}
NEW_BATCH = (
    "INSERT INTO load_file BY NAME SELECT 'new' AS batch_id, TIMESTAMP '2026-01-02 10:00'"
    " AS loaded_at"
)
LATER = {
    "an opportunity": [("outcome", OUTCOME)],
    "an opportunity of long ago": [
        ("outcome", OUTCOME | {"occurred_at": LONG_AGO, "batch_id": "new"})
    ],
    "a conversion": [("outcome", OUTCOME | {"milestone": "won"})],
    "a customer": [("customer", {"contact_key": "p0@example.com", "status": "customer"})],
    "a customer's account": [
        ("customer", {"domain": "firm0.test", "status": "open_opportunity", "batch_id": "new"})
    ],
    "an entry of a register": [
        ("registry", {"registry": "us_dnc", "contact_key": "+15550001000", "batch_id": "new"})
    ],
    "a consent that nobody confirmed": [("consent_event", UNCONFIRMED | {"lead_key": 0})],
    "a consent of the address that nobody confirmed": [
        ("consent_event", UNCONFIRMED | {"contact_key": "p0@example.com"})
    ],
    "a bounce": [("contact_attempt", BOUNCE)],
    "an approach": [
        ("contact_attempt", ATTEMPT | {"disposition": "no_answer", "at": datetime(2025, 12, 27)})
    ],
    "a third approach in a year": [
        ("activity", TOUCH | {"activity_id": str(month), "at": datetime(2025, month, 1)})
        for month in (4, 5, 6)
    ],
    "a complaint": [("contact_attempt", ATTEMPT | {"disposition": "complaint"})],
    "another country": [
        ("lead_snapshot", {"lead_key": 0, "changed": "country", "batch_id": "new"})
    ],
    "a repair": [("salvaged_row", {"batch_id": "b", "lead_key": 0})],
}


@pytest.mark.parametrize("what", LATER)
def test_what_became_known_since_the_night_holds_back(ledger, snapshot, listed, what):
    say(
        snapshot,
        NEW_BATCH,
        "UPDATE lead SET email_domain = 'firm0.test' WHERE lead_key = 0"
        if "account" in what
        else "SELECT 1",
    )
    for table, row in LATER[what]:
        add(snapshot, table, **row)
    assert leads_of(claim_of(ledger, snapshot, listed, PEOPLE)) == list(range(1, PEOPLE - 5))


def test_who_was_deleted_since_the_night_is_not_handed_out(ledger, snapshot, listed):
    say(snapshot, "UPDATE lead SET is_deleted = true WHERE lead_key = 0")
    assert leads_of(claim_of(ledger, snapshot, listed, 1)) == [1]


KNOWN = {
    "an opportunity that the night has weighed": [
        ("outcome", OUTCOME | {"occurred_at": LONG_AGO, "batch_id": "old"})
    ],
    "an old approach": [
        ("contact_attempt", ATTEMPT | {"disposition": "no_answer", "at": datetime(2025, 12, 18)})
    ],
    "two approaches this year": LATER["a third approach in a year"][:2],
    "another title": [
        ("lead_snapshot", {"lead_key": 0, "changed": "title,rating", "batch_id": "new"})
    ],
    "a change that the night has weighed": [
        ("lead_snapshot", {"lead_key": 0, "changed": "country", "batch_id": "old"})
    ],
    "a consent that the night knew as not confirmed": [
        ("consent_event", UNCONFIRMED | {"lead_key": 0, "batch_id": "old"})
    ],
    "a bounce of long ago": [("contact_attempt", BOUNCE | {"at": LONG_AGO})],
}


@pytest.mark.parametrize("what", KNOWN)
def test_what_the_night_has_weighed_does_not(ledger, snapshot, listed, what):
    say(snapshot, NEW_BATCH)
    for table, row in KNOWN[what]:
        add(snapshot, table, **row)
    assert leads_of(claim_of(ledger, snapshot, listed, count=1)) == [0]


def test_consent_that_ends_today_is_no_ground_from_then_on(ledger, tmp_path, listed):
    snapshot = publish(tmp_path / "de.duckdb", country=pl.lit("DE"))
    for lead in range(PEOPLE):
        add(
            snapshot,
            "consent_event",
            consent_id=f"c{lead}",
            lead_key=lead,
            channel="email",
            status="opt_in",
            # two years ago at noon
            captured_at=AT.replace(year=2024) if lead == 1 else datetime(2025, 6, 1),
            effective_to=datetime(2026, 1, 2, 11) if lead == 0 else None,
        )
    ready = ready_of(snapshot, listed)
    assert leads_of(take_of(ledger, ready, 1)) == [2]
    claims.release(ledger, [row[0] for row in ledger.rows("SELECT claim_id FROM claim")], AT)
    assert leads_of(take_of(ledger, ready, 3, at=AT - timedelta(hours=2))) == [0, 1, 2]


def test_a_register_that_gets_too_old_today_blocks_from_then_on(ledger, snapshot, listed):
    listed = listed.with_columns(channel=pl.lit("phone"), handler=pl.lit("human"))
    add(
        snapshot,
        "registry",
        registry="us_dnc",
        contact_key="+12125550000",
        screened_at=datetime(2025, 12, 2, 11),
        ingested_at=datetime(2025, 12, 3),
    )
    ready, lane = ready_of(snapshot, listed), {"channel": "phone", "handler": "human"}
    assert leads_of(take_of(ledger, ready, 1, at=AT - timedelta(hours=2), **lane)) == [0]
    late = take_of(ledger, ready, 1, **lane)
    assert (leads_of(late), late.withheld) == ([], PEOPLE - 1)


def test_a_row_that_the_policy_forbids_by_now_is_withheld(ledger, snapshot, listed):
    policy = load_policy({"US": {"email": {"basis": "forbidden"}}})
    assert leads_of(take_of(ledger, ready_of(snapshot, listed, policy=policy))) == []


@pytest.mark.parametrize("purpose", ["deceased", " Under_Age"])
def test_who_died_or_is_under_age_is_so_on_every_channel(ledger, snapshot, listed, purpose):
    refused = {"consent_id": "c", "lead_key": 0, "channel": "sms", "status": "opt_out"}
    add(snapshot, "consent_event", **refused, purpose=purpose)
    assert leads_of(claim_of(ledger, snapshot, listed, 1)) == [1]


def test_consent_that_counts_from_its_last_use_ends_by_it(ledger, tmp_path, listed):
    snapshot = publish(tmp_path / "de.duckdb", country=pl.lit("DE"))
    granted = {"channel": "email", "status": "opt_in", "captured_at": datetime(2023, 1, 2)}
    # two years ago at eleven, and one that goes on
    for lead, used in enumerate((datetime(2024, 1, 2, 11), datetime(2024, 6, 1))):
        add(snapshot, "consent_event", consent_id=f"c{lead}", lead_key=lead, **granted)
        add(snapshot, "activity", activity_id=f"a{lead}", **(TOUCH | {"lead_key": lead}), at=used)
    ready = ready_of(snapshot, listed)
    assert leads_of(take_of(ledger, ready, 1)) == [1]
    assert leads_of(take_of(ledger, ready, 1, at=AT - timedelta(hours=2))) == [0]


def test_a_date_of_birth_that_came_since_the_night_closes_every_channel(ledger, snapshot, listed):
    say(
        snapshot,
        "CREATE TABLE lead_custom_s (lead_key BIGINT, birthdate VARCHAR)",
        "INSERT INTO lead_custom_s VALUES (0, '2012-05-06'), (1, '1990-05-06')",
    )
    assert leads_of(claim_of(ledger, snapshot, listed, count=2)) == [1, 2]
