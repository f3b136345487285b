"""Rules before numbers: each shipped rule, rules that disagree, and that nobody opens by one."""

from datetime import datetime, timedelta

import polars as pl
import pytest
from pydantic import ValidationError

from pipelines.settings.routing import PRECEDENCE, RoutingSettings, default_routing
from pipelines.settings.selection import SelectionSettings, ValueSettings
from pipelines.triage import Lane, decide
from tests.pipelines.plain import insert_plain
from tests.pipelines.triage.people import fill_store, listed_rows

MONDAY = datetime(2026, 3, 2)
LANES = [Lane("phone", "human", 3), Lane("email", "ai", 20)]


def _people(count=6, **more):
    return [
        {"person_key": key, "probability": 0.5 - key / 1000, "raw_score": 0.0,
         "open": {"email", "phone"}, **more}
        for key in range(count)
    ]  # fmt: skip


def _decide(db, routing=None, value=None, lanes=LANES):
    chosen = SelectionSettings(routing=routing or {})
    return decide(db, run_id="r", lanes=lanes, value=value, chosen=chosen, as_of=MONDAY)


def _met(db):
    return db.frame("SELECT person_key, rule, must FROM route_rule ORDER BY 1, 2").rows()


def _attempt(db, lead, disposition, handler="ai", days_ago=20):
    db.run(
        "INSERT INTO contact_attempt BY NAME SELECT 'a' || $lead AS attempt_id, $lead AS lead_key,"
        " 'email' AS channel, $handler AS handler, $at::TIMESTAMP AS \"at\","
        " $disposition AS disposition",
        lead=lead, handler=handler, disposition=disposition, at=MONDAY - timedelta(days=days_ago),
    )  # fmt: skip


def _call(db, lead, days_ago=20, seconds=None, result=None, direction="out", actor=None):
    row = {
        "lead_key": lead, "channel": "call", "direction": direction, "result": result,
        "at": MONDAY - timedelta(days=days_ago), "duration_s": seconds, "actor": actor,
    }  # fmt: skip
    insert_plain(db, "activity", pl.DataFrame({name: [value] for name, value in row.items()}))


@pytest.mark.parametrize(
    ("column", "yes", "no", "rule"),
    [
        ("VIP", "Yes", "no", "vip"),
        ("Key account?", "x", "", "vip"),
        ("Number of open cases", "2", "0", "open_case"),
        ("hs_num_open_tickets", "1.0", "0.0", "open_case"),
        ("Churn risk", "HIGH", "medium", "churn_risk"),
        ("churn_probability", "0.7", "0.2", "churn_risk"),
        ("asked_for_human", "true", "false", "asked_for_a_person"),
    ],
)
def test_what_a_column_says_sends_to_a_person(db, column, yes, no, rule):
    if column == "Key account?":
        column = "Is key account"
    fill_store(db, _people())
    db.run(f'CREATE TABLE lead_custom_s (lead_key BIGINT, "{column}" VARCHAR)')
    db.run("INSERT INTO lead_custom_s VALUES (4, $yes), (1, $no), (2, NULL)", yes=yes, no=no)
    _decide(db)
    assert _met(db) == [(4, rule, "human")]
    assert listed_rows(db)[4]["handler"] == "human"


def test_a_number_is_read_as_people_write_it(db):
    cells = {
        0: "80%", 1: "0,8", 2: "0.8", 3: " 80 % ", 4: "1,234.5", 5: "very likely", 6: "> 0.5",
        10: "40%", 11: "0,4", 12: "nan", 13: "inf", 14: "-Infinity", 15: "n/a", 16: "low", 17: "",
        18: "0.49", 19: "0,125", 20: None,
    }  # fmt: skip
    fill_store(db, _people(21))
    db.run("CREATE TABLE lead_custom_s (lead_key BIGINT, churn_probability VARCHAR)")
    for lead, cell in cells.items():
        db.run("INSERT INTO lead_custom_s VALUES ($lead, $cell)", lead=lead, cell=cell)
    _decide(db)
    assert _met(db) == [(key, "churn_risk", "human") for key in range(7)]
    # What cannot be read sends nobody to the machine.
    _decide(db, {"rules": {"churn_risk": {"must": "ai"}}})
    assert _met(db) == [(key, "churn_risk", "ai") for key in range(5)]


def test_any_lead_of_a_person_sends_all_of_them(db):
    fill_store(db, _people(3))
    db.run("INSERT INTO lead BY NAME SELECT 9 AS lead_key, 's' AS source_system, 'x' AS source_id,"
           " 'please call' AS assisted_channel")  # fmt: skip
    db.run("INSERT INTO dedupe_link VALUES (9, 2, 'email', NULL)")
    _decide(db)
    assert _met(db) == [(2, "assisted_channel", "human")]
    assert listed_rows(db)[2]["handler"] == "human"


def test_a_conversation_with_a_person_is_gone_on_by_a_person(db):
    fill_store(db, _people(9))
    _call(db, 0, seconds=240)
    _call(db, 1, result="Connected")
    _call(db, 2, direction="in")
    _call(db, 3, seconds=8, result="no answer")
    _call(db, 4, seconds=240, days_ago=91)
    _call(db, 5, seconds=240, actor="ai")
    _attempt(db, 6, "answered", handler="human")
    _attempt(db, 7, "answered", handler="ai")
    _decide(db)
    assert _met(db) == [(key, "prior_conversation", "human") for key in (0, 1, 2, 6)]


def test_who_was_passed_on_to_a_person_stays_with_people(db):
    fill_store(db, _people())
    _attempt(db, 3, "escalated", days_ago=300)
    _attempt(db, 4, "escalated", days_ago=400)
    _decide(db)
    assert _met(db) == [(3, "asked_for_a_person", "human")]


def test_a_language_that_the_ai_does_not_speak_goes_to_a_person(db):
    people = _people(5)
    for person, language in zip(people, ("Dutch", "de-AT", "fi", None, "xx1"), strict=True):
        person["language"] = language
    fill_store(db, people)
    _decide(db)
    assert _met(db) == []
    _decide(db, {"ai_languages": ["nl", "German"]})
    # A language that is not known, or no language, is nothing to go by.
    assert _met(db) == [(2, "language", "human")]


def test_who_is_worth_much_is_not_left_to_a_machine(db):
    people = _people(4)
    people[3]["lead_source"] = "fair"
    fill_store(db, people)
    value = ValueSettings(
        per_conversion=10, rules=[{"by": "lead_source", "is": "fair", "worth": 500}]
    )
    _decide(db, value=value)
    assert _met(db) == []
    _decide(db, {"rules": {"high_value": {"is_on": True, "when": _worth(200)}}}, value)
    assert _met(db) == [(3, "high_value", "human")]
    assert listed_rows(db)[3]["handler"] == "human"


def _worth(amount):
    return [{"fact": "value", "at_least": amount}]


OTHERS = {
    "house": {"must": "none", "reason": "r", "when": [{"fact": "column", "names": ["company"]}]},
    "cheap": {"must": "ai", "reason": "r", "when": [{"fact": "column", "names": ["language"]}]},
}


def test_where_rules_disagree_nobody_comes_before_a_person_and_a_person_before_the_ai(db):
    assert PRECEDENCE == ("none", "human", "ai")
    people = _people(5)
    people[0] |= {"company": "Ours", "assisted_channel": "phone", "language": "nl"}
    people[1] |= {"assisted_channel": "phone", "language": "nl"}
    people[2] |= {"language": "nl"}
    fill_store(db, people)
    _decide(db, {"rules": OTHERS})
    rows = listed_rows(db)
    assert 0 not in rows
    assert rows[1]["handler"] == "human"
    assert rows[2]["handler"] == "ai"
    verdicts = dict(db.frame("SELECT lead_key, verdict FROM decision").rows())
    assert verdicts[0] == "held_by_rule"
    found = db.frame(
        "SELECT detail, people FROM route_measure WHERE measure = 'rule_overruled' ORDER BY 1"
    ).rows()
    assert found == [("assisted_channel", 1), ("cheap", 2)]


def test_no_rule_opens_a_channel(db):
    people = _people(4, assisted_channel="phone")
    people[0]["open"] = set()
    people[1]["open"] = {"email"}
    fill_store(db, people)
    _decide(db, {"rules": {**OTHERS, "all": OTHERS["cheap"] | {"must": "human"}}})
    rows = listed_rows(db)
    # No channel that people work is open for the second, and the AI may not have them.
    assert sorted(rows) == [2, 3]
    assert 0 not in {key for key, _, _ in _met(db)}


def test_a_rule_is_changed_key_by_key_and_checked():
    found = RoutingSettings.model_validate({"rules": {"vip": {"is_on": False}}})
    assert "vip" not in found.in_force
    assert found.rules["vip"].reason == default_routing().rules["vip"].reason
    assert set(found.in_force) == set(default_routing().in_force) - {"vip"}
    for wrong in (
        {"rules": {"vip": {"must": "robot"}}},
        {"rules": {"mine": {"must": "human", "reason": "r"}}},
        {"rules": {"mine": {"must": "human", "reason": "r", "when": [{"fact": "mood"}]}}},
        {"rules": {"Mine!": OTHERS["cheap"]}},
        {"ai_languages": ["Klingonese"]},
        {"human_share": 6},
    ):
        with pytest.raises(ValidationError):
            RoutingSettings.model_validate(wrong)
