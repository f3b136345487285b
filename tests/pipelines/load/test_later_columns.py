"""Batches of an earlier version lack a column: its values are unknown, and nothing else changes."""

import polars as pl
import pytest

from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.merging.later_columns import are_complete, completed
from pipelines.store import Database, create_tables

ROW = {"attempt_id": ["a"], "disposition": ["callback_at"]}
LATER = {"callback_at": ["2026-01-02"], "satisfaction": [4.0]}
# What batches of the first version hold, of which some may still wait in a home.
FIRST = {
    "activity": "activity_id channel direction at result duration_s subject actor actor_id"
    " campaign_id",
    "outcome": "outcome_id milestone occurred_at occurred_precision reason value_amount currency",
    "consent_event": "consent_id channel purpose status lawful_basis captured_at effective_from"
    " effective_to is_confirmed capture_source evidence_ref",
    "contact_attempt": "attempt_id claim_id channel handler at disposition note",
    "customer": "customer_id domain status since",
    "registry": "registry_id registry screened_at",
}
EVERYWHERE = "row_number lead_source_id contact_key source_system ingested_at batch_id"


@pytest.mark.parametrize("made", [(), (0,), (1,), (0, 1)])
def test_what_was_not_written_is_null(tmp_path, made):
    paths = []
    for number in range(2):
        frame = pl.DataFrame(ROW | (LATER if number in made else {}))
        paths.append(str(tmp_path / f"{number}.parquet"))
        columns = [pl.col("callback_at").str.to_datetime()] if number in made else []
        frame.with_columns(columns).write_parquet(paths[-1])
    with Database.memory(memory_gb=0.5) as db:
        assert are_complete(db, "contact_attempt", paths) == (made == (0, 1))
        assert are_complete(db, "activity", paths)
        rows = db.frame(
            f"SELECT callback_at IS NULL AS n FROM {completed(db, 'contact_attempt', paths)}",
            paths=paths,
        )
    assert sorted(rows["n"]) == sorted(number not in made for number in range(2))


@pytest.mark.parametrize("table", FIRST)
def test_a_batch_of_the_first_version_is_read_with_all_columns_of_today(tmp_path, table):
    names = [c for c in SCHEMAS[table] if c in f"{FIRST[table]} {EVERYWHERE}".split()]
    path = str(tmp_path / "first.parquet")
    pl.DataFrame(schema={name: SCHEMAS[table][name] for name in names}).write_parquet(path)
    with Database.memory(memory_gb=0.5) as db:
        create_tables(db)
        db.run(f"CREATE TABLE of_today AS FROM {completed(db, table, [path])}", paths=[path])
        found, stored = db.columns("of_today"), db.columns(table)
    assert set(found) == set(SCHEMAS[table])
    later = set(found) - set(names)
    assert {c: found[c] for c in later} == {c: stored[c] for c in later}
