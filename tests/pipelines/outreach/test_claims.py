import hashlib
import threading
from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.errors import RefusedError, UsageError
from pipelines.outreach import claim, kind_of, suppress
from pipelines.store import Database, create_tables
from pipelines.store.ledger import Ledger, claims

AT = datetime(2026, 1, 2, 12)
SECRET = b"s" * 32
PEOPLE = 20


@pytest.fixture
def snapshot(tmp_path):
    path = tmp_path / "leads.duckdb"
    with Database.open(path, read_only=False) as db:
        create_tables(db)
        db.run(
            "INSERT INTO lead BY NAME SELECT range AS lead_key, 's' AS source_system,"
            " 'id' || range AS source_id, 'P' || range || '@x.example' AS own_email,"
            " 'p' || range || '@x.example' AS own_email_key, 'x.example' AS email_domain,"
            f" '+1555000' || (1000 + range) AS phone_e164 FROM range({PEOPLE})"
        )
        db.run("INSERT INTO dedupe_link SELECT lead_key, lead_key, 'self', NULL FROM lead")
    return path


@pytest.fixture
def ledger(home):
    with Ledger(home.ledger) as opened:
        yield opened


@pytest.fixture
def listed():
    return pl.DataFrame(
        {
            "lead_key": range(PEOPLE),
            "person_key": range(PEOPLE),
            "rank": range(1, PEOPLE + 1),
            "channel": ["email"] * (PEOPLE - 5) + ["phone"] * 5,
            "handler": ["ai"] * (PEOPLE - 5) + ["human"] * 5,
            "reasons": ["because"] * PEOPLE,
        }
    )


def _claim(ledger, snapshot, listed, count=3, channel="email", handler="ai", at=AT, **changes):
    facts = {
        "run_id": "r1",
        "secret": SECRET,
        "lease": timedelta(hours=24),
        "pause": timedelta(days=14),
        "is_current": lambda: True,
        "published_at": AT,
        "ttl": timedelta(hours=24),
    }
    return claim(
        ledger,
        snapshot,
        listed,
        channel=channel,
        handler=handler,
        count=count,
        at=at,
        **(facts | changes),
    )


def test_the_best_leave_first_with_the_contact_point_of_the_channel(ledger, snapshot, listed):
    mails = _claim(ledger, snapshot, listed).rows
    assert mails["rank"].to_list() == [1, 2, 3]
    assert mails["contact_point"].to_list() == ["P0@x.example", "P1@x.example", "P2@x.example"]
    calls = _claim(ledger, snapshot, listed, channel="phone", handler="human").rows
    assert calls["contact_point"][0] == "+15550001015"


def test_nobody_is_handed_out_twice(ledger, snapshot, listed):
    seen = [
        lead
        for _ in range(6)
        for lead in _claim(ledger, snapshot, listed, count=4).rows["lead_key"].to_list()
    ]
    assert sorted(seen) == list(range(PEOPLE - 5))


def test_a_released_claim_may_be_claimed_again(ledger, snapshot, listed):
    first = _claim(ledger, snapshot, listed, count=1).rows
    claims.release(ledger, first["claim_id"].to_list(), AT)
    assert _claim(ledger, snapshot, listed, count=1).rows["lead_key"].to_list() == [0]


@pytest.mark.parametrize(
    ("kind", "value", "channel"),
    [
        ("email", "p0@x.example", None),
        ("email", "p0@x.example", "email"),
        ("email", "P0+news@X.example", None),
        ("domain", "x.example", None),
        ("phone", "+1 555 000 1000", None),
        ("hash", hashlib.sha256(b"p0@x.example").hexdigest(), None),
        ("hash", hashlib.md5(b"15550001000").hexdigest().upper(), None),  # noqa: S324
    ],
)
def test_a_suppression_a_second_ago_is_honoured(ledger, snapshot, listed, kind, value, channel):
    suppress(ledger, SECRET, [(kind, value, channel)], reason="said no", source="test", at=AT)
    result = _claim(ledger, snapshot, listed, count=1)
    assert 0 not in result.rows["lead_key"].to_list()
    assert result.withheld >= 1


def test_a_suppression_of_another_channel_does_not_bind(ledger, snapshot, listed):
    suppress(ledger, SECRET, [("email", "p0@x.example", "sms")], reason="r", source="t", at=AT)
    assert _claim(ledger, snapshot, listed, count=1).rows["lead_key"].to_list() == [0]


def test_no_to_calls_is_no_to_calls_by_a_machine(ledger, snapshot, listed):
    listed = listed.with_columns(channel=pl.lit("ai_voice"), handler=pl.lit("ai"))
    suppress(ledger, SECRET, [("phone", "+15550001000", "phone")], reason="r", source="t", at=AT)
    result = _claim(ledger, snapshot, listed, count=1, channel="ai_voice")
    assert result.rows["lead_key"].to_list() == [1]


def test_a_duplicates_opt_out_binds_the_person(ledger, snapshot, listed):
    with Database.open(snapshot, read_only=False) as db:
        # loaded at noon: another lead turns out to be person 0, and has said no
        db.run("UPDATE dedupe_link SET person_key = 0 WHERE lead_key = 19")
        db.run(
            "INSERT INTO consent_event BY NAME SELECT 'c' AS consent_id, 19 AS lead_key,"
            " 'email' AS channel, 'opt_out' AS status"
        )
    assert 0 not in _claim(ledger, snapshot, listed, count=3).rows["lead_key"].to_list()


def test_who_was_one_person_once_refuses_together_and_is_claimed_once(ledger, snapshot, listed):
    with Database.open(snapshot, read_only=False) as db:
        db.run(
            "INSERT INTO bound_lead (group_key, lead_key, reason) VALUES"
            " (1, 0, 'split'), (1, 19, 'split'), (2, 1, 'oversized'), (2, 2, 'oversized'),"
            " (1, 3, 'oversized')"
        )
        db.run(
            "INSERT INTO consent_event BY NAME SELECT 'c' AS consent_id, 19 AS lead_key,"
            " 'email' AS channel, 'opt_out' AS status"
        )
    assert _claim(ledger, snapshot, listed, count=1).rows["lead_key"].to_list() == [1]
    assert _claim(ledger, snapshot, listed, count=2).rows["lead_key"].to_list() == [3, 4]


def test_a_snapshot_of_an_earlier_version_can_be_claimed_from(ledger, snapshot, listed):
    with Database.open(snapshot, read_only=False) as db:
        db.run("DROP TABLE bound_lead")
    assert _claim(ledger, snapshot, listed, count=1).rows["lead_key"].to_list() == [0]


def test_an_old_list_is_refused(ledger, snapshot, listed):
    with pytest.raises(RefusedError, match="older than 24 hours"):
        _claim(ledger, snapshot, listed, at=AT + timedelta(hours=25))


def test_racing_claimers_never_share_a_person(home, snapshot, listed):
    with Ledger(home.ledger):
        pass
    found, errors = [], []

    def work():
        try:
            with Ledger(home.ledger) as own:
                for _ in range(3):
                    rows = _claim(own, snapshot, listed, count=1).rows
                    found.extend(rows["lead_key"].to_list())
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
