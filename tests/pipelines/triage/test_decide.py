from contextlib import contextmanager
from functools import cache

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import UsageError
from pipelines.store import Database, create_tables, reset_table
from pipelines.store.schema import CHANNELS
from pipelines.triage import Lane, decide
from tests.oracles.lists import listed

PERSON = st.fixed_dictionaries(
    {
        "probability": st.sampled_from([0.01, 0.02, 0.02, 0.5]),
        "raw_score": st.sampled_from([-2.0, -1.0, 0.0]),
        "open": st.sets(st.sampled_from(CHANNELS)),
        "needs_human": st.booleans(),
        "email": st.sampled_from([None, "a@x.example", "A@x.example", "b@x.example"]),
        "phone": st.sampled_from([None, "+311", "+312"]),
        "mobile": st.sampled_from([None, "+311", "+313"]),
    }
)
QUOTAS = st.dictionaries(
    st.tuples(st.sampled_from(["email", "phone", "sms", "mail"]), st.sampled_from(["human", "ai"])),
    st.integers(0, 4),
    max_size=4,
)
DUPLICATE_BIT = 15


TABLES = ("lead", "reason", "dedupe_link", "eligibility", "score", "decision", "capacity")


@cache
def _store():
    db = Database.memory(memory_gb=0.5)
    create_tables(db)
    return db


@contextmanager
def one_store():
    """One store for all examples: making one takes longer than deciding about a dozen people."""
    for table in TABLES:
        reset_table(_store(), table)
    yield _store()


def _fill(db, people):
    db.run(f"INSERT INTO reason VALUES ({DUPLICATE_BIT}, 'DUPLICATE_OF', 'd', NULL)")
    keys = [person["person_key"] for person in people]
    db.insert(
        "lead",
        pl.DataFrame(
            {
                "lead_key": keys,
                "source_system": ["s"] * len(keys),
                "source_id": [f"{key:04d}" for key in keys],
                "assisted_channel": ["phone" if p["needs_human"] else None for p in people],
                "own_email_key": [p.get("email") for p in people],
                "phone_e164": [p.get("phone") for p in people],
                "mobile_e164": [p.get("mobile") for p in people],
            },
            schema_overrides={
                "lead_key": pl.Int64,
                **dict.fromkeys(
                    ("assisted_channel", "own_email_key", "phone_e164", "mobile_e164"), pl.String
                ),
            },
        ),
    )
    db.run("INSERT INTO dedupe_link SELECT lead_key, lead_key, 'self', NULL FROM lead")
    masks = {
        f"{channel}_reasons": pl.Series(
            [0 if channel in p["open"] else 2 for p in people], dtype=pl.UInt32
        )
        for channel in CHANNELS
    }
    scorable = [bool(person["open"]) for person in people]
    db.insert(
        "eligibility",
        pl.DataFrame(
            {"person_key": keys, "lead_key": keys, "is_scorable": scorable, **masks},
            schema_overrides={
                "person_key": pl.Int64,
                "lead_key": pl.Int64,
                "is_scorable": pl.Boolean,
            },
        ),
    )
    scored = [p for p, ok in zip(people, scorable, strict=True) if ok]
    db.insert(
        "score",
        pl.DataFrame(
            {
                "lead_key": [p["person_key"] for p in scored],
                "probability": [p["probability"] for p in scored],
                "raw_score": [p["raw_score"] for p in scored],
            },
            schema_overrides={
                "lead_key": pl.Int64,
                "probability": pl.Float64,
                "raw_score": pl.Float64,
            },
        ),
    )


@settings(max_examples=80, deadline=None)
@given(
    people=st.lists(PERSON, max_size=12),
    quotas=QUOTAS,
    value=st.sampled_from([None, 100.0]),
    cost=st.sampled_from([0.0, 1.5, 3.0]),
)
def test_equals_the_slow_twin(people, quotas, value, cost):
    people = [p | {"person_key": key, "order": key} for key, p in enumerate(people)]
    lanes = sorted(
        (Lane(channel, handler, quota, cost) for (channel, handler), quota in quotas.items()),
        key=lambda lane: lane.handler != "human",
    )
    with one_store() as db:
        _fill(db, people)
        result = decide(db, run_id="r", lanes=lanes, value=value)
        rows = db.frame(
            "SELECT person_key, channel, handler FROM decision WHERE verdict = 'listed'"
        )
        found = {person: (channel, handler) for person, channel, handler in rows.rows()}
        expected = listed(
            people, [(lane.channel, lane.handler, lane.quota, lane.cost) for lane in lanes], value
        )
        assert found == expected
        # conservation: everybody is decided, once
        assert sum(result.verdicts.values()) == len(people)
        assert db.scalar("SELECT count(*) FROM decision") == len(people)
        assert sum(result.listed.values()) == len(found)


def test_a_duplicate_says_so_and_is_never_listed(db):
    _fill(
        db,
        [
            {
                "person_key": 0,
                "probability": 0.5,
                "raw_score": 1.0,
                "open": {"email"},
                "needs_human": False,
            }
        ],
    )
    db.run("INSERT INTO lead BY NAME SELECT 1 AS lead_key, 's' AS source_system, 'x' AS source_id")
    db.run("INSERT INTO dedupe_link VALUES (1, 0, 'email', NULL)")
    decide(db, run_id="r", lanes=[Lane("email", "ai", 5)], value=None)
    row = db.frame("SELECT * FROM decision WHERE lead_key = 1").to_dicts()[0]
    assert (row["verdict"], row["route"], row["is_eligible"]) == ("duplicate", "none", False)
    assert row["email_reasons"] == 1 << DUPLICATE_BIT


def test_an_unknown_lane_is_refused():
    with pytest.raises(UsageError, match="no lane"):
        Lane("fax", "ai", 1)
