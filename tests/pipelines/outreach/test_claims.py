import hashlib
import threading
from datetime import timedelta

import polars as pl
import pytest

from pipelines.errors import LockedError, RefusedError, UsageError
from pipelines.outreach import Terms, kind_of, suppress
from pipelines.outreach.clearance import Clearance
from pipelines.outreach.handed_rows import contact_points, handed_frame
from pipelines.store import Database
from pipelines.store.ledger import Ledger, claims
from tests.pipelines.outreach.worlds import (
    AT,
    PEOPLE,
    SECRET,
    add,
    claim_of,
    leads_of,
    ready_of,
    say,
    take_of,
)


def test_the_best_leave_first_with_the_contact_point_of_the_channel(ledger, snapshot, listed):
    ready = ready_of(snapshot, listed)
    mails, calls = take_of(ledger, ready), take_of(ledger, ready, channel="phone", handler="human")
    with Database.open(snapshot, read_only=True) as db:
        points = contact_points(db, mails.rows) | contact_points(db, calls.rows)
    assert [row["rank"] for row in mails.rows] == [1, 2, 3]
    frame = handed_frame([*mails.rows, *calls.rows], points)
    assert frame["contact_point"].to_list() == [
        "P0@example.com",
        "P1@example.com",
        "P2@example.com",
        "+15550001015",
        "+15550001016",
        "+15550001017",
    ]


def test_no_contact_point_is_in_the_ready_list(snapshot, listed):
    text = str(ready_of(snapshot, listed).to_dicts())
    assert "example" not in text
    assert "5550001" not in text


def test_nobody_is_handed_out_twice(ledger, snapshot, listed):
    ready = ready_of(snapshot, listed)
    seen = [lead for _ in range(6) for lead in leads_of(take_of(ledger, ready, 4))]
    assert sorted(seen) == list(range(PEOPLE - 5))


def test_a_released_claim_may_be_claimed_again(ledger, snapshot, listed):
    ready = ready_of(snapshot, listed)
    first = take_of(ledger, ready, 1).rows
    claims.release(ledger, [row["claim_id"] for row in first], AT)
    assert leads_of(take_of(ledger, ready, 1)) == [0]


@pytest.mark.parametrize(("is_export", "again"), [(False, [0]), (True, [1])])
def test_a_lease_that_ran_out_returns_unless_it_left_as_a_file(
    ledger, snapshot, listed, is_export, again
):
    ready = ready_of(snapshot, listed)
    terms = Terms(timedelta(hours=1), timedelta(days=14), 3, is_export)
    assert leads_of(take_of(ledger, ready, 1, terms=terms)) == [0]
    almost, after = AT + timedelta(minutes=59), AT + timedelta(minutes=61)
    assert leads_of(take_of(ledger, ready, 1, at=almost)) == [1]
    assert leads_of(take_of(ledger, ready, 1, at=after)) == ([2] if is_export else again)


@pytest.mark.parametrize(
    ("kind", "value", "channel"),
    [
        ("email", "p0@example.com", None),
        ("email", "p0@example.com", "email"),
        ("email", "P0+news@Example.com", None),
        ("domain", "example.com", None),
        ("phone", "+1 555 000 1000", None),
        ("hash", hashlib.sha256(b"p0@example.com").hexdigest(), None),
        ("hash", hashlib.md5(b"15550001000").hexdigest().upper(), None),  # noqa: S324
    ],
)
def test_a_suppression_a_second_ago_is_honoured(ledger, snapshot, listed, kind, value, channel):
    ready = ready_of(snapshot, listed)
    suppress(ledger, SECRET, [(kind, value, channel)], reason="said no", source="test", at=AT)
    result = take_of(ledger, ready, 1)
    assert 0 not in leads_of(result)
    assert result.withheld >= 1


def test_a_suppression_of_another_channel_does_not_bind(ledger, snapshot, listed):
    suppress(ledger, SECRET, [("email", "p0@example.com", "sms")], reason="r", source="t", at=AT)
    assert leads_of(claim_of(ledger, snapshot, listed, count=1)) == [0]


@pytest.mark.parametrize("channel", ["ai_voice", "sms"])
def test_no_to_calls_is_no_to_calls_by_a_machine_and_to_texts(ledger, snapshot, listed, channel):
    listed = listed.with_columns(channel=pl.lit(channel), handler=pl.lit("ai"))
    suppress(ledger, SECRET, [("phone", "+15550001000", "phone")], reason="r", source="t", at=AT)
    assert leads_of(claim_of(ledger, snapshot, listed, count=1, channel=channel)) == [1]


def test_a_duplicates_opt_out_binds_the_person(ledger, snapshot, listed):
    # loaded at noon: another lead turns out to be person 0, and has said no
    say(snapshot, "UPDATE dedupe_link SET person_key = 0 WHERE lead_key = 19")
    add(snapshot, "consent_event", consent_id="c", lead_key=19, channel="email", status="opt_out")
    assert 0 not in leads_of(claim_of(ledger, snapshot, listed))


def test_a_person_of_whom_another_lead_is_out_is_out(ledger, snapshot, listed):
    assert leads_of(claim_of(ledger, snapshot, listed, count=1)) == [0]
    say(snapshot, "UPDATE dedupe_link SET person_key = 0 WHERE lead_key IN (1, 2)")
    assert leads_of(claim_of(ledger, snapshot, listed, count=1)) == [3]


def test_two_leads_that_turn_out_to_be_one_person_do_not_leave_together(ledger, snapshot, listed):
    say(snapshot, "UPDATE dedupe_link SET person_key = 0 WHERE lead_key = 1")
    assert leads_of(claim_of(ledger, snapshot, listed)) == [0, 2, 3]


def test_who_was_one_person_once_refuses_together_and_is_claimed_once(ledger, snapshot, listed):
    say(
        snapshot,
        "INSERT INTO bound_lead (group_key, lead_key, reason) VALUES"
        " (1, 0, 'split'), (1, 19, 'split'), (2, 1, 'oversized'), (2, 2, 'oversized'),"
        " (1, 3, 'oversized')",
    )
    add(snapshot, "consent_event", consent_id="c", lead_key=19, channel="email", status="opt_out")
    assert leads_of(claim_of(ledger, snapshot, listed, count=1)) == [1]
    assert leads_of(claim_of(ledger, snapshot, listed, count=2)) == [3, 4]


def test_a_snapshot_of_an_earlier_version_can_be_claimed_from(ledger, snapshot, listed):
    say(snapshot, "DROP TABLE bound_lead", "DROP TABLE salvaged_row")
    assert leads_of(claim_of(ledger, snapshot, listed, count=1)) == [0]


ACCOUNTS = {
    "company": "company = 'Acme Inc.'",
    "company spelt otherwise": "company = CASE lead_key WHEN 0 THEN 'ACME, Inc' ELSE 'Acme' END",
    "domain": "email_domain = 'acme.test'",
    "household": "street = '1 Main St.', postal_code = '12345'",
    "number": "phone_e164 = '+15550009999'",
}


@pytest.mark.parametrize("shared", ACCOUNTS)
def test_two_people_of_one_account_are_never_out_at_once(ledger, snapshot, listed, shared):
    say(snapshot, f"UPDATE lead SET {ACCOUNTS[shared]} WHERE lead_key IN (0, 1, 16)")
    ready = ready_of(snapshot, listed)
    first = take_of(ledger, ready, 2)
    assert leads_of(first) == [0, 2]
    assert (first.waiting, first.withheld) == (1, 0)
    # nor on another channel
    assert leads_of(take_of(ledger, ready, 9, channel="phone", handler="human")) == [15, 17, 18, 19]
    claims.release(ledger, [first.rows[0]["claim_id"]], AT)
    claims.release(ledger, [first.rows[1]["claim_id"]], AT)
    assert leads_of(take_of(ledger, ready, 1)) == [0]


@pytest.mark.parametrize(
    "shared", ["company = 'n/a'", "company = 'Unknown'", "email_domain = 'gmail.com'"]
)
def test_what_everybody_has_is_no_account(ledger, snapshot, listed, shared):
    say(snapshot, f"UPDATE lead SET {shared}")
    assert leads_of(claim_of(ledger, snapshot, listed)) == [0, 1, 2]


def test_who_is_not_to_be_called_now_waits(ledger, snapshot, listed):
    listed = listed.with_columns(channel=pl.lit("phone"), handler=pl.lit("human"))

    def clear(row, at):
        return None if row["rank"] % 2 else Clearance(AT, AT + timedelta(hours=1), "d1")

    found = claim_of(ledger, snapshot, listed, 2, channel="phone", handler="human", clear=clear)
    assert [row["rank"] for row in found.rows] == [2, 4]
    assert found.rows[0]["disclosure_id"] == "d1"
    assert (found.waiting, found.withheld, found.left) == (2, 0, PEOPLE - 2)


@pytest.mark.parametrize("paused", [("email", "ai"), ("email", None), (None, "ai"), (None, None)])
def test_a_pause_stops_at_once_and_only_what_it_names(ledger, snapshot, listed, paused):
    ready = ready_of(snapshot, listed)
    calls = {"channel": "phone", "handler": "human"}
    claims.pause(ledger, *paused, at=AT, reason="complaints")
    with pytest.raises(RefusedError, match="complaints"):
        take_of(ledger, ready)
    if paused == (None, None):
        with pytest.raises(RefusedError):
            take_of(ledger, ready, **calls)
    else:
        assert leads_of(take_of(ledger, ready, 1, **calls)) == [15]
    assert claims.resume(ledger, "sms", None) == 0
    assert claims.resume(ledger, *paused) == 1
    assert leads_of(take_of(ledger, ready, 1)) == [0]


def test_a_list_that_was_replaced_meanwhile_hands_nothing_out(ledger, snapshot, listed):
    def recheck():
        raise LockedError("a new list")

    with pytest.raises(LockedError):
        claim_of(ledger, snapshot, listed, recheck=recheck)
    assert ledger.rows("SELECT * FROM claim") == []


def test_racing_claimers_never_share_a_person(home, snapshot, listed):
    with Ledger(home.ledger):
        pass
    ready = ready_of(snapshot, listed)
    found, errors = [], []

    def work():
        try:
            with Ledger(home.ledger) as own:
                for _ in range(3):
                    found.extend(leads_of(take_of(own, ready, 1)))
        except Exception as error:  # noqa: BLE001 - reported below
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert len(found) == len(set(found)) == 12


def test_what_is_typed_is_recognised():
    assert [kind_of(v) for v in ("a@b.example", "+49 30 1234", "(020) 123", "@b.example")] == [
        "email",
        "phone",
        "phone",
        "domain",
    ]


def test_nonsense_is_refused_without_being_quoted(ledger):
    with pytest.raises(UsageError) as caught:
        suppress(ledger, SECRET, [("email", "jane doe", None)], reason="r", source="t", at=AT)
    assert "jane" not in str(caught.value)
