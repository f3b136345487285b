"""Every audit finds what it is for: each world breaks one promise, and one audit says so."""

import pytest

from pipelines.publish.audit import audit, row_counts
from pipelines.settings.contact_keys import hmac_hex
from pipelines.store import Database, create_tables

SECRET = b"s" * 32
LEAD = (
    "INSERT INTO lead BY NAME SELECT {key} AS lead_key, 's' AS source_system,"
    " 'id{key}' AS source_id, 'p{key}@x.example' AS own_email_key,"
    " 'x.example' AS email_domain, '+1555000{key}' AS phone_e164;"
    "INSERT INTO dedupe_link VALUES ({key}, {key}, 'self', NULL);"
    "INSERT INTO person VALUES ({key}, {key}, 1);"
    "INSERT INTO score BY NAME SELECT {key} AS lead_key, 0.5 AS probability, 0.1 AS raw_score,"
    " 'model' AS score_source, 'm' AS model_id;"
    "INSERT INTO eligibility BY NAME SELECT {key} AS person_key, {key} AS lead_key;"
    "INSERT INTO decision BY NAME SELECT {key} AS lead_key, {key} AS person_key,"
    " 'listed' AS verdict, 'email' AS channel, 'ai' AS handler, 0 AS email_reasons;"
)
SOUND = (
    LEAD.format(key=1)
    + LEAD.format(key=2)
    + "INSERT INTO capacity VALUES ('r', 'email', 'ai', 2, 2);"
    "INSERT INTO run BY NAME SELECT 'r' AS run_id, 'nightly' AS kind,"
    " TIMESTAMP '2026-01-01' AS as_of;"
    "INSERT INTO meta VALUES ('nightly_run_id', 'r');"
)
STOP = f"'{hmac_hex(SECRET, 'email:p1@x.example')}'"
BREAKS = {
    "lead_key_is_unique": "INSERT INTO lead BY NAME SELECT 1 AS lead_key, 's' AS source_system,"
    " 'other' AS source_id",
    "source_id_is_unique": "UPDATE lead SET source_id = 'id1'",
    "every_record_is_accounted_for": "INSERT INTO load_file BY NAME SELECT 5 AS records,"
    " 1 AS loaded, 0 AS updated, 0 AS unchanged, 0 AS duplicates, 0 AS quarantined",
    "every_lead_is_decided_once": "DELETE FROM decision WHERE lead_key = 2",
    "eligibility_is_one_row_per_person": "INSERT INTO eligibility BY NAME SELECT 2 AS person_key",
    "a_person_is_listed_once": "UPDATE decision SET person_key = 1",
    "a_listed_channel_is_open": "UPDATE decision SET email_reasons = 4",
    "a_contact_point_is_listed_once": "UPDATE lead SET own_email_key = 'P1@x.example'",
    "lists_keep_to_capacity": "UPDATE capacity SET quota = 1",
    "nobody_is_served_against_a_rule": "INSERT INTO route_rule VALUES (1, 'r', 'human')",
    "scores_are_probabilities": "UPDATE score SET probability = 1.5",
    "no_objector_is_scored": "INSERT INTO consent_event BY NAME SELECT 1 AS lead_key,"
    " 'objected_profiling' AS status, 'sms' AS channel",
    "nobody_who_opted_out_is_listed": "INSERT INTO consent_event BY NAME"
    " SELECT 'opt_out' AS status, 'p1@x.example' AS contact_key",
    "nobody_who_converted_is_listed": "INSERT INTO outcome BY NAME SELECT 2 AS lead_key,"
    " 'won' AS milestone",
    "nobody_suppressed_is_listed": f"INSERT INTO suppression BY NAME SELECT 'email' AS kind, {STOP}"
    " AS key_hmac",
}


def _audited(tmp_path, statements, expected_rows=None):
    path = tmp_path / "x.duckdb"
    with Database.open(path, read_only=False) as db:
        create_tables(db)
        db.run(SOUND)
        db.run(statements)
        rows = row_counts(db)
    return audit(path, kind="nightly", secret=SECRET, expected_rows=expected_rows or rows)


def test_a_sound_night_violates_nothing(tmp_path):
    found = _audited(tmp_path, "DELETE FROM meta")
    assert set(found) == {*BREAKS, "rows_as_written"}
    assert not any(found.values())


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_promise_is_found_by_its_audit(tmp_path, name):
    assert _audited(tmp_path, BREAKS[name])[name] > 0


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM eligibility WHERE person_key = 2",
        "UPDATE eligibility SET person_key = 3 WHERE person_key = 2",
        "INSERT INTO eligibility BY NAME SELECT 3 AS person_key",
    ],
)
def test_a_person_without_a_verdict_and_a_verdict_without_a_person_are_found(tmp_path, statement):
    assert _audited(tmp_path, statement)["eligibility_is_one_row_per_person"] > 0


def test_a_row_that_went_missing_on_the_way_is_found(tmp_path):
    assert _audited(tmp_path, "DELETE FROM meta", expected_rows={"lead": 3})["rows_as_written"]


@pytest.mark.parametrize("channel", ["ai_voice", "sms"])
def test_no_to_calls_binds_what_calls_or_texts(tmp_path, channel):
    statements = (
        f"UPDATE decision SET channel = '{channel}', {channel}_reasons = 0;"
        "INSERT INTO consent_event BY NAME SELECT 1 AS lead_key, 'opt_out' AS status,"
        " 'phone' AS channel"
    )
    assert _audited(tmp_path, statements)["nobody_who_opted_out_is_listed"] > 0


FORMER = {
    "email": ("was@old.example", "email_key"),
    "phone": ("+15550009", "phone_e164"),
    "domain": ("old.example", "email_domain"),
}


@pytest.mark.parametrize("kind", FORMER)
def test_what_a_person_had_before_keeps_the_person_off(tmp_path, kind):
    point, column = FORMER[kind]
    had = f"INSERT INTO lead_snapshot BY NAME SELECT 1 AS lead_key, '{point}' AS {column};"
    stop = hmac_hex(SECRET, f"{kind}:{point}")
    no = f"INSERT INTO suppression BY NAME SELECT '{kind}' AS kind, '{stop}' AS key_hmac;"
    assert _audited(tmp_path, had + no)["nobody_suppressed_is_listed"] == 1


def test_a_refusal_of_a_former_address_keeps_the_person_off(tmp_path):
    had = "INSERT INTO lead_snapshot BY NAME SELECT 1 AS lead_key, 'was@old.example' AS email_key;"
    no = (
        "INSERT INTO consent_event BY NAME"
        " SELECT 'opt_out' AS status, 'was@old.example' AS contact_key"
    )
    assert _audited(tmp_path, had + no)["nobody_who_opted_out_is_listed"] == 1


def test_a_night_is_audited_as_of_its_own_date(tmp_path):
    """A back-dated night may list who converted later; the claim will not hand them out."""
    statements = (
        "INSERT INTO run BY NAME SELECT 'later' AS run_id, 'nightly' AS kind,"
        " TIMESTAMP '2026-06-01' AS as_of;"
        "INSERT INTO outcome BY NAME SELECT 2 AS lead_key, 'won' AS milestone,"
        " TIMESTAMP '2026-03-01' AS occurred_at"
    )
    assert not any(_audited(tmp_path, statements).values())
