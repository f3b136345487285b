"""What changed about a lead and when: the store as of a moment is the store that ended there."""

import random
from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.load import merge
from pipelines.store import Database, create_tables
from pipelines.store.rewrite import rewrite
from pipelines.store.schema import HISTORY_COLUMNS
from tests.pipelines.load.conftest import AT

DAY = timedelta(days=1)
CRM = {"source_system": "crm"}
THEN = "SELECT * FROM lead_as_of($at::TIMESTAMP) ORDER BY lead_key"
NOW = (
    "SELECT lead_key, source_system, source_id, ingested_at AS known_from,"
    f" {', '.join(HISTORY_COLUMNS)} FROM lead ORDER BY lead_key"
)


def _exports(load, dice, count):
    """Exports of a few leads; now and then a column is missing, or a time of change goes back."""
    values = {
        "email": ("a@x.example", "b@x.example", "b+1@y.example", ""),
        "phone": ("+31612345678", "+442079460018", ""),
        "status": ("New", "Working", ""),
        "employees": ("10", "20", ""),
        "is_deleted": ("true", "false", ""),
        "grade": ("1", "2"),
    }
    for number in range(count):
        columns = [name for name in values if dice.random() < 0.8]
        lines = [",".join(["source_id", "modified_at", *columns])]
        for lead in range(1, 7):
            if dice.random() < 0.7:
                moment = AT - timedelta(days=dice.randrange(9))
                cells = [dice.choice(values[name]) for name in columns]
                lines.append(",".join([str(lead), moment.isoformat(), *cells]))
        yield load("\n".join(lines) + "\n", name=f"e{number}.csv", **CRM)


@pytest.mark.parametrize("seed", range(3))
def test_the_store_as_of_a_moment_is_one_that_saw_nothing_later(load, seed):
    batches = list(_exports(load, random.Random(seed), 7))  # noqa: S311 - no secrets here
    # Two merges bring two files at once.
    nights = [batches[:1], batches[1:3], batches[3:4], batches[4:6], batches[6:]]
    with Database.memory(1, 1) as whole, Database.memory(1, 1) as cut:
        create_tables(whole)
        create_tables(cut)
        seen = []
        for day, night in enumerate(nights):
            at = AT + day * DAY
            merge(cut, night, at)
            merge(whole, night, at)
            seen.append((at + timedelta(seconds=1), cut.frame(NOW)))
        assert whole.frame(THEN, at=AT - DAY).is_empty()
        for moment, expected in seen:
            assert whole.frame(THEN, at=moment).equals(expected)
        assert whole.scalar("SELECT count(*) FROM lead_snapshot") > 5


def test_only_what_changed_is_kept_with_since_when_and_until_when(db, store):
    store("source_id,status,rating,phone\n1,New,Hot,+31612345678\n2,New,,\n", **CRM)
    store("source_id,status,rating\n1,Open,Hot\n2,New,\n", name="b.csv", at=AT + DAY, **CRM)
    store("source_id,status\n1,Open\n", name="c.csv", at=AT + 2 * DAY, **CRM)
    found = db.frame(
        "SELECT lead_key, known_from, known_until, changed, status, rating, phone_e164"
        " FROM lead_snapshot"
    )
    assert found.rows() == [(1, AT, AT + DAY, "status", "New", None, None)]


def test_what_history_does_not_hold_changes_without_a_trace(db, store):
    store("source_id,street,grade\n1,Old Street,1\n", **CRM)
    counts = store("source_id,street,grade\n1,New Street,2\n", name="b.csv", at=AT + DAY, **CRM)
    assert (counts.updated, db.scalar("SELECT count(*) FROM lead_snapshot")) == (1, 0)
    assert db.frame("SELECT street, ingested_at FROM lead").rows() == [("New Street", AT)]


def test_a_clock_that_goes_back_never_makes_two_values_of_one_time(db, store):
    store("source_id,status\n1,New\n", at=AT, **CRM)
    store("source_id,status\n1,Open\n", name="b.csv", at=AT - DAY, **CRM)
    found = db.frame("SELECT known_from, known_until FROM lead_snapshot").row(0)
    assert found == (AT, AT + timedelta(microseconds=1))
    assert db.scalar("SELECT ingested_at FROM lead") == found[1]


def test_the_past_can_be_asked_in_a_file_that_was_written_anew(load, tmp_path):
    first, second = tmp_path / "a.duckdb", tmp_path / "b.duckdb"
    with Database.open(first, read_only=False, memory_gb=1) as db:
        create_tables(db)
        merge(db, [load("source_id,status\n1,New\n", **CRM)], AT)
        merge(db, [load("source_id,status\n1,Open\n", name="b.csv", **CRM)], AT + DAY)
        rewrite(db, second, datetime(2026, 11, 22).date())
    for file in (first, second):
        with Database.open(file, read_only=True) as db:
            then = db.frame("SELECT status FROM lead_as_of(TIMESTAMP '2026-11-20 23:00')")
            assert then.equals(pl.DataFrame({"status": ["New"]}))
