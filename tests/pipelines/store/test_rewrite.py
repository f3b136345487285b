"""A file written anew says the same, in order, and keeps nothing that was deleted."""

from datetime import date

import pytest

from pipelines.store import Database, create_tables
from pipelines.store import rewrite as rewriting
from pipelines.store.rewrite import is_due, rewrite
from pipelines.store.schema import begin_night, pack_night
from pipelines.store.snapshot import finish

GONE = "someone-who-left@example.org"


@pytest.fixture
def path(tmp_path):
    """A store with a packed night, unordered leads, keyless rows and a lead that was deleted."""
    file = tmp_path / "leads.duckdb"
    with Database.open(file, read_only=False) as db:
        create_tables(db)
        db.run(
            "INSERT INTO lead BY NAME SELECT (range * 37) % 101 AS lead_key,"
            " 'p' || range || '@x.example' AS email_key FROM range(101)"
        )
        db.run("INSERT INTO lead BY NAME SELECT 500 AS lead_key, $gone AS company", gone=GONE)
        db.run(
            "INSERT INTO activity BY NAME SELECT range % 9 AS lead_key, 'a' || range AS activity_id"
            " FROM range(50) UNION ALL BY NAME SELECT NULL AS lead_key, 'waiting' AS activity_id"
        )
    with Database.open(file, read_only=False, work=tmp_path / "work.duckdb") as db:
        begin_night(db)
        db.run("INSERT INTO decision BY NAME SELECT lead_key, 'r' AS run_id FROM lead")
        pack_night(db)
    with Database.open(file, read_only=False) as db:
        db.run("DELETE FROM lead WHERE lead_key = 500")
    return file


def _all(path):
    with Database.open(path, read_only=True) as db:
        rows = {name: sorted(map(repr, db.frame(f"FROM {name}").rows())) for name in db.tables()}
        return rows, db.views(), db.frame("SELECT lead_key FROM lead")["lead_key"].to_list()


@pytest.mark.parametrize("at_once", [1, 7, 1_000_000])
def test_it_says_the_same_in_order_and_forgets_what_was_deleted(
    path, tmp_path, monkeypatch, at_once
):
    monkeypatch.setattr(rewriting, "_LEADS_AT_ONCE", at_once)
    fresh = tmp_path / "fresh.duckdb"
    with Database.open(path, read_only=False) as db:
        rewrite(db, fresh)
    rows, views, _ = _all(path)
    assert _all(fresh) == (rows, views, sorted(range(101)))
    assert "eligibility" in views
    assert GONE.encode() in path.read_bytes()
    assert GONE.encode() not in fresh.read_bytes()


def test_a_due_file_is_written_anew_and_any_other_is_not(path):
    finish(path, 0.9, memory_gb=1, threads=1)
    assert GONE.encode() in path.read_bytes()
    finish(path, 0.9, memory_gb=1, threads=1, is_due=True)
    assert GONE.encode() not in path.read_bytes()


def test_it_is_due_once_in_so_many_days(db):
    days = [date(2026, 1, day) for day in (1, 2, 7, 8, 9, 15)]
    assert [is_due(db, day, 7) for day in days] == [False, False, False, True, False, True]
