"""Of the control group and of others the same is asked, once, and no list knows of the former."""

from datetime import datetime, timedelta

from pipelines.learnt import held_back, match_control, set_control_aside
from pipelines.settings.selection import SelectionSettings
from pipelines.triage import Lane, decide
from tests.pipelines.triage.people import fill_store, listed_rows

BIT = 35
AT = datetime(2026, 3, 2)
# Control: 3, 7 and 11 on e-mail; 12 would not be open anyway; 13 is by post alone, where nobody is.
CONTROL = {3: "email", 7: "email", 11: "email", 12: None, 13: "mail"}


def _store(db):
    people = [
        {"person_key": key, "probability": 0.9 - key / 50, "raw_score": 0.0,
         "open": set() if key in CONTROL else {"email"}}
        for key in range(30)
    ]  # fmt: skip
    fill_store(db, people)
    for key, channel in CONTROL.items():
        if channel:
            db.run(
                f"UPDATE eligibility SET {channel}_reasons = {1 << BIT} WHERE person_key = {key}"
            )
    db.run(
        "INSERT INTO score (lead_key, probability, raw_score)"
        " SELECT lead_key, 0.9 - person_key / 50, 0 FROM eligibility"
        f" WHERE {held_back(BIT)}"
    )


def _night(db, run_id="r", places=10):
    decide(
        db, run_id=run_id, lanes=[Lane("email", "ai", places)], value=None,
        chosen=SelectionSettings(), as_of=AT,
    )  # fmt: skip
    return match_control(
        db, run_id=run_id, bit=BIT, channels=["email"], as_of=AT, inbound_days=30
    )  # fmt: skip


def _rows(db):
    return dict(db.frame("SELECT person_key, is_control FROM would_list").rows())


def test_whoever_reaches_the_list_is_kept_held_back_or_not(db):
    _store(db)
    assert set_control_aside(db) == 4
    assert db.scalar("SELECT count(*) FROM score") == 25
    counts = _night(db)
    listed = sorted(listed_rows(db))
    assert listed == [0, 1, 2, 4, 5, 6, 8, 9, 10, 14]
    # Nine tenths of the list are at least as likely as 10 is, or nearly so: 11 is less likely.
    assert _rows(db) == {**dict.fromkeys(listed[:9], False), 3: True, 7: True}
    assert counts == {"would_list_control": 2, "would_list_others": 9}
    assert not db.exists("control_score")


def test_a_person_is_kept_on_the_first_night_only_and_a_night_made_again_keeps_the_same(db):
    _store(db)
    set_control_aside(db)
    _night(db)
    before = _rows(db)
    db.run(
        "CREATE TABLE control_score AS SELECT 3 AS person_key, 3 AS lead_key, 0.84 AS probability"
    )
    assert _night(db, "later", places=12)["would_list_control"] == 0
    after = db.frame("SELECT person_key, run_id FROM would_list").rows()
    assert {person for person, run_id in after if run_id == "r"} == set(before)
    assert {person for person, run_id in after if run_id == "later"}.isdisjoint(before)


def test_who_came_to_us_lately_is_left_out_of_both(db):
    _store(db)
    set_control_aside(db)
    for key in (3, 4):
        db.run(
            "INSERT INTO contact_attempt (attempt_id, lead_key, disposition, \"at\")"
            " VALUES ($id, $key, 'replied', $at)",
            id=str(key), key=key, at=AT - timedelta(days=5),
        )  # fmt: skip
    _night(db)
    assert {3, 4}.isdisjoint(_rows(db))
    assert _rows(db)[7] is True


def test_without_a_model_nobody_is_compared(db):
    people = [{"person_key": key, "probability": None, "raw_score": 0.0, "open": {"email"}}
              for key in range(5)]  # fmt: skip
    fill_store(db, people)
    set_control_aside(db)
    assert _night(db, places=3) == {"would_list_control": 0, "would_list_others": 0}
