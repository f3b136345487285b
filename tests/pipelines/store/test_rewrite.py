"""A file written anew says the same, in order, and keeps nothing that was deleted."""

from datetime import date, datetime

import pytest

from pipelines.store import Database, create_tables
from pipelines.store import rewrite as rewriting
from pipelines.store.rewrite import is_due, rewrite
from pipelines.store.schema import begin_night, pack_night
from pipelines.store.snapshot import Rewriting, finish

GONE = "someone-who-left@example.org"


@pytest.fixture
def path(tmp_path):
    """A store with a packed night, unordered leads, keyless rows and a lead that was deleted."""
    file = tmp_path / "leads.duckdb"
    with Database.open(file, read_only=False) as db:
        create_tables(db)
        db.run(
            "INSERT INTO lead BY NAME SELECT (range * 37) % 101 AS lead_key,"
            " 'p' || range || '@x.example' AS own_email_key FROM range(101)"
        )
        db.run("INSERT INTO lead BY NAME SELECT 500 AS lead_key, $gone AS company", gone=GONE)
        db.run(
            "INSERT INTO stored_activity (lead_key, own_activity_id) SELECT range % 9, 'a' || range"
            " FROM range(50) UNION ALL SELECT NULL, 'waiting'"
        )
    with Database.open(file, read_only=False, work=tmp_path / "work.duckdb") as db:
        begin_night(db)
        db.run("INSERT INTO decision BY NAME SELECT lead_key, 'r' AS run_id FROM lead")
        pack_night(db)
    with Database.open(file, read_only=False) as db:
        db.run("DELETE FROM lead WHERE lead_key = 500")
    return file


TODAY = date(2026, 1, 9)


def _finish(path, is_due=False):
    spill = path.with_name("spill")
    return finish(path, 0.9, today=TODAY, memory_gb=1, threads=1, spill=spill, is_due=is_due)


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
        rewrite(db, fresh, TODAY)
    rows, views, _ = _all(path)
    rows["meta"] = ["('rewritten_on', '2026-01-09')"]
    assert _all(fresh) == (rows, views, sorted(range(101)))
    assert "eligibility" in views
    assert GONE.encode() in path.read_bytes()
    assert GONE.encode() not in fresh.read_bytes()


def test_a_due_file_is_written_anew_and_any_other_is_not(path):
    assert _finish(path) is Rewriting.NOT_DUE
    assert GONE.encode() in path.read_bytes()
    assert _finish(path, is_due=True) is Rewriting.DONE
    assert GONE.encode() not in path.read_bytes()


@pytest.mark.parametrize("free_share", [0.9, -1.0])
def test_without_room_it_is_put_off_and_stays_due(path, monkeypatch, free_share):
    with Database.open(path, read_only=False) as db:
        assert not is_due(db, date(2026, 1, 1), 7)
    usage = type("Usage", (), {"free": 1000})
    monkeypatch.setattr("pipelines.store.snapshot.shutil.disk_usage", lambda _: usage)
    before = _all(path)
    done = finish(
        path,
        free_share,
        today=TODAY,
        memory_gb=1,
        threads=1,
        spill=path.with_name("spill"),
        is_due=free_share > 0,
    )
    assert done is Rewriting.NO_ROOM
    assert _all(path) == before
    assert not path.with_name("compact.duckdb").exists()
    with Database.open(path, read_only=False) as db:
        assert is_due(db, TODAY, 7)
    monkeypatch.undo()
    assert _finish(path, is_due=True) is Rewriting.DONE
    with Database.open(path, read_only=False) as db:
        assert not is_due(db, TODAY, 7)


def test_it_is_due_after_so_many_days(db):
    days = [date(2026, 1, day) for day in (1, 2, 7, 8, 9)]
    assert [is_due(db, day, 7) for day in days] == [False, False, False, True, True]


def test_a_file_of_an_earlier_version_gets_todays_types(path, tmp_path):
    with Database.open(path, read_only=False) as db:
        types = db.columns("lead")
        db.run("ALTER TABLE lead ALTER created_at TYPE TIMESTAMP")
        db.run("UPDATE lead SET created_at = '2026-01-01 00:00:00.9' WHERE lead_key = 3")
        db.run("CREATE TABLE lead_custom_x AS SELECT lead_key, 'as it is' AS note FROM lead")
        rewrite(db, tmp_path / "fresh.duckdb", TODAY)
    with Database.open(tmp_path / "fresh.duckdb", read_only=True) as db:
        assert db.columns("lead") == types
        assert types["created_at"] == "TIMESTAMP_S"
        # cut, never rounded: rounding may lead into the future
        created = db.scalar("SELECT created_at FROM lead WHERE lead_key = 3")
        assert created == datetime(2026, 1, 1)
        assert db.scalar("SELECT count(*) FROM lead_custom_x") == 101
        assert "packed_reasons" in db.columns("stored_decision")


def test_a_view_gets_todays_types_with_its_table(path, tmp_path):
    with Database.open(path, read_only=False) as db:
        types = db.columns("activity")
        db.run('ALTER TABLE stored_activity ALTER "at" TYPE TIMESTAMP')
        create_tables(db)
        rewrite(db, tmp_path / "fresh.duckdb", TODAY)
        assert db.scalar("SELECT count(*) FROM activity") == 51
    with Database.open(tmp_path / "fresh.duckdb", read_only=True) as db:
        assert db.columns("activity") == types
        assert db.scalar("SELECT count(activity_id) FROM activity") == 51
