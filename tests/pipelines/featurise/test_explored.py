"""Rows drawn by lot are known by the history of decisions, once a store has one."""

from datetime import datetime

import numpy as np
import pytest

from pipelines.featurise import logged_chances
from pipelines.store import Database
from pipelines.store.schema import create_tables


def day(number):
    return datetime(2026, 3, number)


@pytest.fixture
def db():
    with Database.memory() as held:
        held.run("CREATE TABLE target (lead_key BIGINT, as_of TIMESTAMP, person_key BIGINT)")
        rows = [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5), (6, 5)]
        for key, number in rows:
            held.run(
                "INSERT INTO target VALUES ($key, $at, $person)",
                key=key, at=day(number), person=key * 10,
            )  # fmt: skip
        yield held


def test_a_store_without_such_a_history_knows_nothing(db):
    assert logged_chances(db, "target") is None
    db.run("CREATE TABLE decision_history (person_key BIGINT, as_of TIMESTAMP, slice TEXT)")
    assert logged_chances(db, "target") is None


def test_the_chance_is_that_of_the_night_before_the_contact(db):
    db.run(
        "CREATE TABLE decision_history"
        " (run_id TEXT, as_of TIMESTAMP, person_key BIGINT, slice TEXT, propensity DOUBLE)"
    )
    assert logged_chances(db, "target") is None
    for person, number, part, chance in [
        (10, 5, "explore", 0.02),  # the night of the day
        (20, 4, "explore", 0.5), (20, 5, "explore", 0.25),  # two nights: the later
        (30, 3, "explore", 0.02), (30, 6, "explore", 0.02),  # long before, and after
        (40, 5, "exploit", 0.9),  # chosen
        (50, 4, "explore", 1.0),
        (60, 5, "explore", 0.0), (60, 4, "explore", None),  # no chance at all
    ]:  # fmt: skip
        db.run(
            "INSERT INTO decision_history VALUES ('r', $at, $person, $part, $chance)",
            at=day(number), person=person, part=part, chance=chance,
        )  # fmt: skip
    nan = float("nan")
    assert np.array_equal(
        logged_chances(db, "target"), [0.02, 0.25, nan, nan, 1.0, nan], equal_nan=True
    )


def test_the_history_that_a_night_writes_is_the_one_that_is_read(db):
    create_tables(db)
    for number in (4, 5):
        db.run(
            "INSERT INTO run (run_id, as_of) VALUES ($run, $at)", run=f"r{number}", at=day(number)
        )
    for lead, night, part, chance in [
        (1, "r5", "explore", 0.02), (2, "r4", "explore", 0.3), (3, "r5", "exploit", None),
    ]:  # fmt: skip
        db.run(
            "INSERT INTO past_listed (run_id, lead_key, person_key, slice, propensity)"
            " VALUES ($night, $lead, $lead * 10, $part, $chance)",
            night=night, lead=lead, part=part, chance=chance,
        )  # fmt: skip
    found = logged_chances(db, "target")
    assert np.array_equal(found[:3], [0.02, 0.3, float("nan")], equal_nan=True)
    assert np.isnan(found[3:]).all()
