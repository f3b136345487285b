"""The activity report against one that counts attempt by attempt."""

import random
from datetime import datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.rows.words import DISPOSITIONS as WORDS
from pipelines.publish.activity import newest_activity, write_activity
from pipelines.store import Database, create_tables, reset_table
from pipelines.store.schema.activity import DISPOSITIONS
from tests.oracles.activity import activity_cells

AS_OF = datetime(2026, 6, 1)
KEYS = ("week", "channel", "handler", "source_system", "lead_source", "campaign_id")
_TABLES = ("lead", "dedupe_link", "contact_attempt", "outcome")


@pytest.fixture(scope="module")
def store():
    with Database.memory(memory_gb=0.5) as db:
        create_tables(db)
        yield db


def _world(seed):
    dice = random.Random(seed)  # noqa: S311 - no secrets here

    def day():
        return AS_OF - timedelta(days=dice.randrange(1, 40), hours=dice.choice([0, 7, 13]))

    leads = {
        key: (dice.choice(["sf", "hs"]), dice.choice(["fair", None]), key - key % 2)
        for key in range(8)
    }
    attempts = [
        {"attempt_id": f"a{n:03d}", "lead_key": dice.choice([*leads, None]), "at": day(),
         "source_system": dice.choice(["sf", "hs"]), "channel": dice.choice(["email", "phone"]),
         "handler": dice.choice(["ai", "human", None]),
         "disposition": dice.choice([*DISPOSITIONS, None])}
        for n in range(dice.randrange(30))
    ]  # fmt: skip
    touches = [
        {"activity_id": f"t{n}", "lead_key": dice.choice([*leads]), "at": day(),
         "campaign_id": dice.choice(["spring", "autumn", None])}
        for n in range(dice.randrange(12))
    ]  # fmt: skip
    outcomes = [
        {"outcome_id": f"o{n}", "lead_key": dice.choice([*leads]), "occurred_at":
         day() + timedelta(days=5), "milestone": dice.choice(["converted", "won", "lost"])}
        for n in range(dice.randrange(10))
    ]  # fmt: skip
    return leads, attempts, touches, outcomes


def _fill(db, leads, attempts, touches, outcomes):
    for name in (*_TABLES, "activity"):
        reset_table(db, name)
    for key, (source, lead_source, person) in leads.items():
        db.run(
            "INSERT INTO lead BY NAME SELECT $key AS lead_key, $source AS source_system,"
            " $lead_source AS lead_source",
            key=key, source=source, lead_source=lead_source,
        )  # fmt: skip
        db.run("INSERT INTO dedupe_link VALUES ($key, $person, 'self', NULL)",
               key=key, person=person)  # fmt: skip
    texts = {"attempt_id": pl.String, "handler": pl.String, "disposition": pl.String,
             "campaign_id": pl.String, "lead_key": pl.Int64}  # fmt: skip
    for name, rows in (("contact_attempt", attempts), ("outcome", outcomes)):
        if rows:
            db.insert(name, pl.DataFrame(rows, schema_overrides=texts, infer_schema_length=None))
    for touch in touches:
        db.run(
            'INSERT INTO stored_activity BY NAME SELECT $lead_key AS lead_key, $at AS "at",'
            " $campaign_id AS campaign_id, $activity_id AS own_activity_id",
            **touch,
        )


@given(st.integers(min_value=0))
def test_every_cell_is_what_counting_one_by_one_gives(store, seed):
    leads, attempts, touches, outcomes = _world(seed)
    # One instant names one campaign: of several nobody could say which was last.
    touches = list({(t["lead_key"], t["at"]): t for t in touches}.values())
    _fill(store, leads, attempts, touches, outcomes)
    write_activity(store, milestone="converted", horizon_days=10, as_of=AS_OF.date())
    wanted = activity_cells(attempts, leads, touches, outcomes, "converted", "won", 10, AS_OF)
    rows = store.frame("SELECT * FROM activity_report").to_dicts()
    found = {tuple(row[name] for name in KEYS): row for row in rows}
    assert found.keys() == wanted.keys()
    for key, cell in wanted.items():
        for name in ("attempts", "contacts", *DISPOSITIONS, "untold", "conversions"):
            assert found[key][name] == cell[name], (key, name)


def test_a_summary_shows_the_newest_week_and_the_newest_that_is_complete(store):
    leads = {1: ("sf", None, 1)}
    attempts = [
        {"attempt_id": str(n), "lead_key": 1, "source_system": "sf", "channel": "email",
         "handler": "ai", "disposition": said, "at": AS_OF - timedelta(days=days)}
        for n, (days, said) in enumerate(
            [(2, "bounced"), (3, "replied"), (9, "sent"), (30, "opted_out"), (60, "sent")]
        )
    ]  # fmt: skip
    attempts.append({**attempts[0], "attempt_id": "ahead", "at": AS_OF + timedelta(days=3650)})
    outcome = {"outcome_id": "o", "lead_key": 1, "milestone": "won",
               "occurred_at": AS_OF - timedelta(days=27)}  # fmt: skip
    _fill(store, leads, attempts, [], [outcome])
    write_activity(store, milestone="converted", horizon_days=10, as_of=AS_OF.date())
    newest, complete = newest_activity(store, as_of=AS_OF.date())
    assert (newest["week"], newest["attempts"], newest["bounced"]) == ("2026-05-25", 2, 1)
    assert not newest["is_complete"]
    assert (complete["week"], complete["opted_out"]) == ("2026-04-27", 1)
    assert complete["is_complete"]
    assert complete["conversions"] == 1


def test_every_disposition_has_its_count():
    assert set(DISPOSITIONS) == set(WORDS)
