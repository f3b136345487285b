"""Masks in words, the views, and what would unblock how many."""

from datetime import timedelta

import polars as pl
import pytest

from pipelines.eligible import (
    Reason,
    blocked_report,
    evaluate,
    mask_counts,
    publish_reasons,
    reason_codes,
    reasons_of,
    unblock_report,
)
from pipelines.eligible.reasons import TEXTS, UNBLOCK
from pipelines.errors import RefusedError
from pipelines.settings.policy import FeedSettings, load_policy
from tests.pipelines.eligible.worlds import AS_OF, SECRET, store, world

NO_FEED = FeedSettings(customers="none")


def test_bits_are_a_public_contract() -> None:
    positions = {reason.name: reason.value for reason in Reason}
    # Append here when a reason is added; never change a line.
    assert list(positions.items()) == [
        ("ART21_OBJECTION", 0),
        ("OPTED_OUT", 1),
        ("SUPPRESSED", 2),
        ("SHARED_CONTACT_OBJECTED", 3),
        ("REGISTRY_HIT", 4),
        ("REGISTRY_MISSING", 5),
        ("REGISTRY_STALE", 6),
        ("NO_CONTACT_POINT", 7),
        ("INVALID_CONTACT_POINT", 8),
        ("BOUNCED", 9),
        ("ROLE_ADDRESS", 10),
        ("DISPOSABLE_DOMAIN", 11),
        ("ALREADY_CUSTOMER", 12),
        ("OPEN_OPPORTUNITY", 13),
        ("CUSTOMER_FEED_MISSING", 14),
        ("CUSTOMER_FEED_STALE", 15),
        ("CONVERTED", 16),
        ("DELETED", 17),
        ("DUPLICATE_OF", 18),
        ("UNDATED_POPULATION", 19),
        ("COUNTRY_UNKNOWN", 20),
        ("NO_POLICY_ROW", 21),
        ("NO_LAWFUL_BASIS", 22),
        ("CONSENT_TOO_OLD", 23),
        ("CONSENT_UNCONFIRMED", 24),
        ("CONSENT_UNPROVEN", 25),
        ("RETENTION_REVIEW", 26),
        ("RECONTACT_INTERVAL", 27),
        ("FREQUENCY_CAP", 28),
        ("SALVAGED_UNREVIEWED", 29),
        ("DECEASED", 30),
        ("UNDER_AGE", 31),
        ("OWNED_BY_PERSON", 32),
        ("IN_SEQUENCE", 33),
        ("LIFETIME_ATTEMPTS", 34),
        ("CONTROL_GROUP", 35),
        ("NUMBER_REASSIGNED", 36),
        ("SUPPRESSED_UNTIL", 37),
        ("REGISTRY_INCOMPLETE", 38),
        ("SUPPRESSED_DOMAIN", 39),
        ("SUPPRESSED_HASH", 40),
        ("SUPPRESSED_ERASED", 41),
        ("CALLBACK_LATER", 42),
    ]


def test_every_reason_is_explained_and_none_suggests_asking_for_consent() -> None:
    assert set(TEXTS) == set(Reason)
    for text in UNBLOCK.values():
        assert text is None or not any(
            word in text for word in ("ask", "request", "send", "invite")
        )


def test_masks_decode_alike_in_python_polars_and_sql() -> None:
    masks = [0, 1, 2**28 + 2**22, 2**31 + 2**36, 2**37 - 1]
    frame = pl.DataFrame({"mask": [*masks, None]}, schema={"mask": pl.UInt64})
    codes = frame.select(reason_codes(pl.col("mask"))).to_series().to_list()
    assert codes == [*[[r.name for r in reasons_of(mask)] for mask in masks], None]
    with store(world()) as db:
        publish_reasons(db)
        publish_reasons(db)
        for key, mask in enumerate(masks):
            db.run(
                "INSERT INTO decision (run_id, lead_key, sms_reasons) VALUES ('r', $k, $m)",
                k=key,
                m=mask,
            )
        rows = db.frame("SELECT lead_key, channel, reason FROM decision_reason ORDER BY ALL").rows()
    expected = {(k, "sms", r.name) for k, mask in enumerate(masks) for r in reasons_of(mask)}
    assert set(rows) == expected
    assert len(rows) == len(expected)


def three_people() -> dict[str, list[dict[str, object]]]:
    us = {"country": "US", "email": "x", "party_type": "consumer"}
    return world(
        lead=[
            {**us, "lead_key": 1, "email_key": "a@x.example"},
            {**us, "lead_key": 2, "email_key": "b@x.example", "country": None},
            {**us, "lead_key": 3, "email_key": "c@x.example", "country": None, "is_dated": False},
        ]
    )


def test_reports_count_who_is_blocked_and_what_alone_would_open() -> None:
    with store(three_people()) as db:
        result = evaluate(db, policy=load_policy(), feeds=NO_FEED, as_of=AS_OF)
        counts = mask_counts(db)
        publish_reasons(db)
        views = db.frame("SELECT count(*) FROM eligibility_reason WHERE channel = 'email'").item()
    assert (result.persons, result.scorable) == (3, 1)
    assert result.counts["email"] == {"open": 1, "COUNTRY_UNKNOWN": 2, "UNDATED_POPULATION": 1}
    assert views == 3
    blocked = blocked_report(counts).filter(pl.col("channel") == "email")
    assert blocked.select("reason", "persons", "only_persons").rows() == [
        ("COUNTRY_UNKNOWN", 2, 1),
        ("UNDATED_POPULATION", 1, 0),
    ]
    lifted = unblock_report(counts).filter(pl.col("channel") == "email")
    assert lifted.select("reason_class", "persons").rows() == [("country", 1)]


def test_an_empty_store_has_an_empty_report() -> None:
    with store(world()) as db:
        result = evaluate(db, policy=load_policy(), feeds=FeedSettings(), as_of=AS_OF)
        assert (result.persons, result.scorable, result.counts) == (0, 0, {})
        assert blocked_report(mask_counts(db)).is_empty()
        assert unblock_report(mask_counts(db)).is_empty()


def test_a_lead_without_a_person_stops_the_stage() -> None:
    rows = three_people()
    rows["dedupe_link"].pop()
    with store(rows) as db, pytest.raises(RefusedError, match="one person for every lead"):
        evaluate(db, policy=load_policy(), feeds=NO_FEED, as_of=AS_OF)


def test_suppressions_that_cannot_be_matched_stop_the_stage() -> None:
    rows = three_people()
    rows["suppression"] = [{"kind": "email", "key_hmac": "00", "channel": None, "until": None}]
    with store(rows) as db:
        with pytest.raises(RefusedError, match="HMAC key"):
            evaluate(db, policy=load_policy(), feeds=NO_FEED, as_of=AS_OF)
        db.run("UPDATE suppression SET kind = 'fax'")
        with pytest.raises(RefusedError, match="kind email, phone, domain or hash"):
            evaluate(
                db,
                policy=load_policy(),
                feeds=NO_FEED,
                as_of=AS_OF,
                suppression_secrets=[SECRET],
            )


def test_evaluation_is_repeatable_and_leaves_nothing_behind() -> None:
    with store(three_people()) as db:
        tables = db.frame("SELECT table_name FROM information_schema.tables").height
        first = None
        for _ in range(2):
            evaluate(db, policy=load_policy(), feeds=NO_FEED, as_of=AS_OF)
            frame = db.frame("SELECT * FROM eligibility ORDER BY person_key")
            assert first is None or frame.equals(first)
            first = frame
        assert db.frame("SELECT table_name FROM information_schema.tables").height == tables


def test_the_moment_counts_and_not_the_clock() -> None:
    rows = three_people()
    rows["lead"][0] |= {"country": "GB", "party_type": "organisation"}
    with store(rows) as db:
        opened = {}
        for days in (0, 365 * 2, 365 * 4):
            evaluate(db, policy=load_policy(), feeds=NO_FEED, as_of=AS_OF + timedelta(days=days))
            opened[days] = db.scalar("SELECT email_reasons FROM eligibility WHERE lead_key = 1")
    assert opened == {0: 0, 730: 0, 1460: Reason.RETENTION_REVIEW.mask}
