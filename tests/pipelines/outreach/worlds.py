"""A published file of twenty people and what a claim needs around it."""

from datetime import datetime, timedelta

import polars as pl

from pipelines.outreach import Lane, Night, Terms, ready_list, take
from pipelines.outreach.clearance import Clearance
from pipelines.settings.policy import FeedSettings, load_policy
from pipelines.store import Database, create_tables
from tests.pipelines.plain import insert_plain

AT = datetime(2026, 1, 2, 12)
MIDNIGHT = datetime(2026, 1, 2)
SECRET = b"s" * 32
PEOPLE = 20
TERMS = Terms(lease=timedelta(hours=24), pause=timedelta(days=14), attempts_a_year=3)


def publish(path, people=PEOPLE, **columns):
    """Write a file of people of whom nothing speaks against anybody."""
    numbers = range(people)
    leads = pl.DataFrame(
        {
            "lead_key": numbers,
            "source_system": "s",
            "source_id": [f"id{n}" for n in numbers],
            "email": [f"P{n}@example.com" for n in numbers],
            "email_key": [f"p{n}@example.com" for n in numbers],
            "email_domain": "example.com",
            "phone_e164": [f"+1555000{1000 + n}" for n in numbers],
            "country": "US",
            "timezone": "America/New_York",
        }
    ).with_columns(**columns)
    with Database.open(path, read_only=False) as db:
        create_tables(db)
        insert_plain(db, "lead", leads)
        db.run("INSERT INTO dedupe_link SELECT lead_key, lead_key, 'self', NULL FROM lead")
    return path


def list_of(people=PEOPLE, calls=5):
    """The list of the night: the last few are to be called by people."""
    return pl.DataFrame(
        {
            "lead_key": range(people),
            "person_key": range(people),
            "rank": range(1, people + 1),
            "channel": ["email"] * (people - calls) + ["phone"] * calls,
            "handler": ["ai"] * (people - calls) + ["human"] * calls,
        }
    )


def say(snapshot, *statements):
    with Database.open(snapshot, read_only=False) as db:
        for statement in statements:
            db.run(statement)


def add(snapshot, table, **columns):
    """Append one row of plain columns."""
    with Database.open(snapshot, read_only=False) as db:
        insert_plain(db, table, pl.DataFrame({name: [value] for name, value in columns.items()}))


def ready_of(snapshot, listed, at=AT, policy=None, secret=SECRET):
    with Database.open(snapshot, read_only=True) as db:
        return ready_list(
            db,
            listed,
            Night("r1", MIDNIGHT, MIDNIGHT + timedelta(hours=3)),
            secret=secret,
            policy=policy or load_policy(),
            feeds=FeedSettings(customers="none"),
            at=at,
        )


def anything(row, at):
    return Clearance()


def take_of(ledger, ready, count=3, channel="email", handler="ai", at=AT, **changes):
    facts = {"run_id": "r1", "terms": TERMS, "clear": anything, "recheck": lambda: None}
    lane = Lane.of(ready, channel, handler)
    return take(ledger, lane, count=count, at=at, **(facts | changes))


def claim_of(ledger, snapshot, listed, count=3, **changes):
    return take_of(ledger, ready_of(snapshot, listed, changes.get("at", AT)), count, **changes)


def leads_of(handed):
    return [row["lead_key"] for row in handed.rows]
