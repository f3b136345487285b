import os
import signal
import threading

import duckdb
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import StoreError, UsageError
from pipelines.store import Database, create_tables, quoted
from pipelines.store.schema import TABLES, comment_tables


def test_errors_do_not_quote_data(db):
    db.run("CREATE TABLE t AS SELECT 'jane.doe@example.com' AS email")
    with pytest.raises(StoreError) as caught:
        db.frame("SELECT email::INTEGER FROM t")
    assert "jane" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_ctrl_c_in_a_query_is_ctrl_c(db):
    db.run("CREATE TABLE t AS SELECT md5(range::VARCHAR) AS a FROM range(2000000)")
    stop = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
    stop.start()
    with pytest.raises(KeyboardInterrupt):
        for _ in range(100):
            db.run(
                "CREATE OR REPLACE TABLE u AS SELECT a, count(*) AS n FROM t GROUP BY a ORDER BY a"
            )
    assert db.scalar("SELECT count(*) FROM t") == 2_000_000


@given(name=st.text(min_size=1).filter(lambda text: "\x00" not in text))
def test_quoted_identifiers_round_trip(name):
    with Database.memory(memory_gb=0.5) as db:
        db.run(f"CREATE TABLE t ({quoted(name)} INTEGER)")
        assert list(db.columns("t")) == [name]


def test_insert_matches_columns_by_name(db):
    db.insert("meta", pl.DataFrame({"value": ["v"], "key": ["k"]}))
    assert db.frame("SELECT key, value FROM meta").row(0) == ("k", "v")


def test_batches_are_bounded_and_keep_the_order(db):
    batches = list(db.batches("SELECT range AS n FROM range(10000) ORDER BY n DESC", 2048))
    assert max(batch.height for batch in batches) <= 2048
    assert pl.concat(batches)["n"].to_list() == list(range(9999, -1, -1))


def test_every_table_and_column_is_commented(tmp_path):
    with Database.open(tmp_path / "x.duckdb", read_only=False) as db:
        create_tables(db)
        db.run('CREATE TABLE lead_custom_crm (lead_key BIGINT, "odd name" VARCHAR)')
        comment_tables(db)
        tables = db.frame("SELECT table_name, comment FROM duckdb_tables()")
        columns = db.frame(
            "SELECT table_name, column_name, comment FROM duckdb_columns() WHERE NOT internal"
        )
    assert tables.height == len(TABLES) + 1
    assert tables["comment"].null_count() == 0
    assert columns["comment"].null_count() == 0


def test_a_file_is_written_in_the_format_that_duckdb_1_5_reads(tmp_path):
    path = tmp_path / "x.duckdb"
    with Database.open(path, read_only=False) as db:
        create_tables(db)
    header = path.read_bytes()[:32]
    # Bytes 12 to 19 of the main header hold the storage version; 1.5.x reads 64 to 68.
    assert 64 <= int.from_bytes(header[12:20], "little") <= 68


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT * FROM read_text('/etc/passwd')",
        "SELECT * FROM glob('/etc/*')",
        "COPY lead TO '/tmp/stolen.csv'",
        "ATTACH '/tmp/other.duckdb'",
        "INSTALL httpfs",
        "SET memory_limit = '100GB'",
        "SET enable_external_access = true",
        "INSERT INTO meta VALUES ('a', 'b')",
        "DROP TABLE lead",
        "SELECT * FROM read_csv('https://example.com/x.csv')",
        "EXPORT DATABASE '/tmp/stolen'",
    ],
)
def test_an_analyst_is_contained(tmp_path, attack):
    path = tmp_path / "x.duckdb"
    with Database.open(path, read_only=False) as db:
        create_tables(db)
    with Database.open(path, read_only=True) as db:
        db.contain()
        with pytest.raises(UsageError):
            db.query(attack)
        assert db.query("SELECT count(*) AS n FROM lead")["n"][0] == 0


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize("given_spill", [False, True])
def test_what_spills_stays_beside_the_file(tmp_path, monkeypatch, read_only, given_spill):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "home" / "x.duckdb"
    path.parent.mkdir()
    spill = path.parent / "spill" if given_spill else None
    Database.open(path, read_only=False).close()
    with Database.open(path, read_only=read_only, memory_gb=0.05, threads=1, spill=spill) as db:
        expected = str(spill or path.parent / "x.duckdb.tmp")
        assert db.scalar("SELECT current_setting('temp_directory')") == expected
        db.run("CREATE TEMP TABLE t AS SELECT md5(range::VARCHAR) AS a FROM range(3000000)")
        assert list(tmp_path.iterdir()) == [path.parent]


def test_no_progress_is_drawn_on_stdout(tmp_path, monkeypatch):
    connect = duckdb.connect

    def eager(*args, **given):
        # as DuckDB does by itself where nobody runs a script, such as in `python -c`
        connection = connect(*args, **given)
        connection.execute("SET enable_progress_bar = true")
        return connection

    monkeypatch.setattr("duckdb.connect", eager)
    path = tmp_path / "x.duckdb"
    opened = (
        lambda: Database.memory(memory_gb=0.5),
        lambda: Database.open(path, read_only=False),
        lambda: Database.open(path, read_only=True),
    )
    for one in opened:
        with one() as db:
            assert not db.scalar("SELECT current_setting('enable_progress_bar')")
