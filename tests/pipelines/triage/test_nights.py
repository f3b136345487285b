"""Night after night: who keeps the place, who comes back, and why a list has changed."""

from datetime import datetime, timedelta

from pipelines.eligible import evaluate
from pipelines.eligible.reasons import reason_frame
from pipelines.settings.policy import FeedSettings, load_policy
from pipelines.settings.selection import SelectionSettings, ValueSettings
from pipelines.triage import Lane, decide, lanes_of, write_changes
from tests.pipelines.triage.people import fill_store, listed_rows

MONDAY = datetime(2026, 3, 2)
LANES = [Lane("email", "ai", 4), Lane("phone", "human", 2)]


def _people(count, **more):
    return [
        {"person_key": key, "probability": 0.5 - key / 1000, "raw_score": 0.0,
         "open": {"email", "phone"}, **more}
        for key in range(count)
    ]  # fmt: skip


def _attempt(db, person, disposition, days_ago=20, channel="phone", handler="human"):
    db.run(
        "INSERT INTO contact_attempt BY NAME SELECT 'a' || $person || $disposition AS attempt_id,"
        " $person AS lead_key, $channel AS channel, $handler AS handler, $at::TIMESTAMP AS \"at\","
        " $disposition AS disposition",
        person=person, channel=channel, handler=handler, disposition=disposition,
        at=MONDAY - timedelta(days=days_ago),
    )  # fmt: skip


def _decide(db, run_id="r", **settings):
    return decide(
        db, run_id=run_id, lanes=LANES, value=None,
        chosen=SelectionSettings(**settings), as_of=MONDAY,
    )  # fmt: skip


def test_who_is_in_mid_sequence_keeps_channel_and_handler(db):
    fill_store(db, _people(50))
    _attempt(db, 40, "no_answer")
    _attempt(db, 45, "callback_at")
    _attempt(db, 47, "no_answer")  # one too many for the two places of people
    _attempt(db, 48, "no_answer", days_ago=31)  # too long ago
    _attempt(db, 49, "meeting")  # a final answer
    _decide(db)
    rows = listed_rows(db)
    assert {key for key, row in rows.items() if row["handler"] == "human"} == {40, 45}
    assert sorted(rows) == [0, 1, 2, 3, 40, 45]
    _decide(db, order={"sequence_days": 0})
    assert sorted(listed_rows(db)) == [0, 1, 2, 3, 4, 5]


def test_the_newest_attempt_is_read_whole_and_a_final_answer_ends_it(db):
    fill_store(db, _people(50))
    # By nobody knows whom on the phone, after a mail of the AI: no lane of both ever was.
    _attempt(db, 40, "no_answer", days_ago=21, channel="email", handler="ai")
    _attempt(db, 40, "no_answer", days_ago=20, handler=None)
    for order in (1, -1):
        for said in ("no_answer", "meeting")[::order]:
            _attempt(db, 44 + order, said)
    _decide(db)
    rows = listed_rows(db)
    assert rows[40]["channel"] == "phone"
    assert not {43, 45} & set(rows)


def test_a_place_is_kept_only_where_the_channel_is_open(db):
    people = _people(9)
    people[8]["open"] = {"email"}
    fill_store(db, people)
    _attempt(db, 8, "no_answer")
    _decide(db)
    assert 8 not in listed_rows(db)


def _last_list(db, rows):
    db.run(
        "INSERT INTO run BY NAME SELECT 'before' AS run_id, 1 AS night, 8 AS last_lead_key,"
        " $at::TIMESTAMP AS as_of",
        at=MONDAY - timedelta(days=1),
    )
    for person, probability, channel, handler, part in rows:
        db.run(
            "INSERT INTO past_listed BY NAME SELECT 'before' AS run_id, $key AS lead_key,"
            " $key AS person_key, $p AS probability, $channel AS channel, $handler AS handler,"
            " $key + 1 AS rank, $part AS slice",
            key=person, p=probability, channel=channel, handler=handler, part=part,
        )  # fmt: skip


def test_every_change_of_the_list_has_a_cause(db):
    people = _people(12, open={"email"})
    people[9]["probability"] = 0.9  # was not there yet
    people[2]["probability"] = 0.1  # fell
    people[5]["open"] = set()  # was worked: see below
    fill_store(db, people)
    db.run("DELETE FROM reason")
    db.insert("reason", reason_frame())
    interval = db.scalar("SELECT bit FROM reason WHERE code = 'RECONTACT_INTERVAL'")
    db.run(f"UPDATE eligibility SET email_reasons = 1::UBIGINT << {interval} WHERE person_key = 5")
    _last_list(
        db,
        [
            (0, 0.5, "email", "ai", "exploit"),
            (1, 0.499, "phone", "human", "exploit"),
            (2, 0.498, "email", "ai", "exploit"),
            (5, 0.495, "email", "ai", "exploit"),
            (6, 0.494, "email", "ai", "explore"),
            (7, 0.493, "email", "ai", "exploit"),
        ],
    )
    _decide(db)
    changes = write_changes(db, "r", None)
    found = {
        person: (change, cause)
        for person, change, cause in db.frame(
            "SELECT person_key, change, cause FROM list_change"
        ).rows()
    }
    assert found == {
        9: ("entered", "new_lead"),
        0: ("stayed", None),
        1: ("moved", "OPTED_OUT"),
        3: ("entered", "capacity"),
        2: ("left", "score_moved"),
        5: ("left", "RECONTACT_INTERVAL"),
        6: ("left", "was_drawn_by_lot"),
        7: ("left", "capacity"),
    }
    assert changes == {"entered": 2, "left": 4, "moved": 1, "stayed": 1}


def test_the_list_is_kept_for_nothing_only_where_a_setting_says_so(db):
    people = _people(12, open={"email"})
    fill_store(db, people)
    _last_list(db, [(5, 0.495, "email", "ai", "exploit")])
    _decide(db)
    assert 5 not in listed_rows(db)
    _decide(db, order={"keep_listed": 0.05})
    rows = listed_rows(db)
    assert sorted(rows) == [0, 1, 2, 5]
    # What is expected of them is what it was.
    assert rows[5]["expected_value"] == rows[5]["probability"]


def test_ageing_moves_those_up_who_have_waited(db):
    fill_store(db, _people(12, open={"email"}))
    db.run("UPDATE lead SET ingested_at = $at", at=MONDAY)
    db.run("UPDATE lead SET ingested_at = $at WHERE lead_key = 11", at=MONDAY - timedelta(days=100))
    _decide(db)
    assert 11 not in listed_rows(db)
    _decide(db, order={"ageing_per_day": 0.01})
    assert 11 in listed_rows(db)


def test_addresses_unmailed_for_long_are_marked_and_limited_per_sending_domain(db):
    people = _people(12, open={"email"})
    for person in people[6:]:
        person["region"] = "NL"
    fill_store(db, people)
    _attempt(db, 1, "delivered", days_ago=100, channel="email", handler="ai")
    _attempt(db, 2, "delivered", days_ago=400, channel="email", handler="ai")
    mail = {
        "unmailed_per_day": 1,
        "sending_domains": [{"domain": "nl.example", "by": "region", "is": "NL"}],
    }
    _decide(db, mail=mail)
    rows = listed_rows(db)
    assert {key: row["is_to_verify"] for key, row in rows.items()} == {0: True, 1: None, 6: True}
    assert db.frame("SELECT value, per_day, listed FROM capacity_limit ORDER BY 1").rows() == [
        ("", 1, 1),
        ("nl.example", 1, 1),
    ]


def test_whoever_does_not_answer_comes_back_after_the_interval(db):
    """Four weeks of nights over ten people and two places: nobody starves, nobody is pressed."""
    people = [
        p | {"email": f"p{k}@firm{k}.example", "country": "US"}
        for k, p in enumerate(_people(10, open={"email"}))
    ]
    fill_store(db, people)
    db.run(
        "UPDATE lead SET party_type = 'organisation', is_dated = true, created_at = $at", at=MONDAY
    )
    db.run("INSERT INTO person SELECT lead_key, lead_key, 1 FROM lead")
    db.run("DELETE FROM reason")
    db.insert("reason", reason_frame())
    policy = load_policy()
    interval = policy.pacing.recontact_interval_days
    tried = {}
    for night in range(28):
        as_of = MONDAY + timedelta(days=night)
        evaluate(db, policy=policy, feeds=FeedSettings(customers="none"), as_of=as_of)
        db.run("DELETE FROM score WHERE lead_key NOT IN"
               " (SELECT lead_key FROM eligibility WHERE is_scorable)")  # fmt: skip
        db.run("INSERT INTO score BY NAME SELECT lead_key, 0.5 - lead_key / 1000 AS probability,"
               " 0.0 AS raw_score FROM eligibility WHERE is_scorable"
               " AND lead_key NOT IN (SELECT lead_key FROM score)")  # fmt: skip
        decide(db, run_id="r", lanes=[Lane("email", "ai", 2)], value=None, as_of=as_of)
        for person in listed_rows(db):
            tried.setdefault(person, []).append(night)
            db.run(
                "INSERT INTO contact_attempt BY NAME SELECT $id AS attempt_id, $key AS lead_key,"
                " 'email' AS channel, 'ai' AS handler, $at::TIMESTAMP AS \"at\","
                " 'no_answer' AS disposition",
                id=f"{night}/{person}", key=person, at=as_of + timedelta(hours=9),
            )  # fmt: skip
    # Two a night until all ten were tried; then each again as soon as the interval is over.
    again = interval + 1
    assert tried == {k: [k // 2, k // 2 + again] for k in range(10) if k // 2 + again < 28}
    assert len(tried) == 10


def test_a_place_is_kept_with_the_person_who_had_it(db):
    people = [{"name": name, "minutes": 24} for name in ("Anna", "Bo", "Cem")]
    chosen = SelectionSettings(people=people, contact_minutes={"phone": 12.0})
    fill_store(db, _people(20, open={"phone"}))
    _last_list(db, [(15, 0.4, "phone", "human", "exploit"), (16, 0.4, "phone", "human", "exploit")])
    db.run("UPDATE past_listed SET assignee = CASE lead_key WHEN 15 THEN 'Cem' ELSE 'Bo' END")
    for person in (15, 16):
        _attempt(db, person, "no_answer")
    decide(db, run_id="r", lanes=lanes_of({}, ValueSettings(), chosen), value=None,
           chosen=chosen, as_of=MONDAY)  # fmt: skip
    rows = listed_rows(db)
    assert (rows[15]["assignee"], rows[16]["assignee"]) == ("Cem", "Bo")


def test_who_is_in_mid_sequence_and_worth_less_than_the_contact_loses_the_place(db):
    people = _people(6, open={"phone"})
    people[5]["probability"] = 0.01
    fill_store(db, people)
    _attempt(db, 5, "no_answer")
    lanes = [Lane("phone", "human", 2, 2.0)]
    for worth, listed in ((100, {0, 1}), (1_000, {0, 5})):
        value = ValueSettings(per_conversion=worth)
        decide(db, run_id="r", lanes=lanes, value=value, as_of=MONDAY)
        assert set(listed_rows(db)) == listed


def test_whom_no_lane_may_call_takes_nobodys_turn(db):
    people = _people(2, phone="+311")
    people[0]["open"] = {"email"}
    fill_store(db, people)
    lanes = [Lane("phone", "human", 3), Lane("email", "ai", 3)]
    chosen = SelectionSettings(caps={"phone_number": 2})
    decide(db, run_id="r", lanes=lanes, value=None, chosen=chosen, as_of=MONDAY)
    rows = listed_rows(db)
    assert {key: row["channel"] for key, row in rows.items()} == {0: "email", 1: "phone"}
