"""A night as published says what the plain tables of the night said."""

from datetime import date

import pytest

from pipelines.store import Database, create_tables, reset_table
from pipelines.store.rewrite import rewrite
from pipelines.store.schema import begin_night, comment_tables, pack_night
from pipelines.store.schema.night import DECISION, ELIGIBILITY, SCORE

NIGHT = """
INSERT INTO eligibility BY NAME SELECT
    range AS person_key, range AS lead_key, CASE range % 3 WHEN 0 THEN NULL ELSE 'us' END AS region,
    range % 4 = 0 AS is_scorable,
    (range % 4) AS email_reasons, 4294967295 AS phone_reasons, range AS ai_voice_reasons,
    0 AS sms_reasons, range * 7 AS mail_reasons
FROM range(100);
INSERT INTO decision BY NAME SELECT
    'r' AS run_id, lead_key, person_key, is_scorable AS is_eligible,
    CASE WHEN lead_key < 5 THEN 'listed' ELSE 'not_eligible' END AS verdict,
    CASE WHEN is_scorable THEN 100 - lead_key END AS rank,
    CASE WHEN is_scorable THEN lead_key / 100.0 END AS probability,
    CASE WHEN is_scorable THEN lead_key / 100.0 - (lead_key = 8)::INTEGER END AS expected_value,
    * LIKE '%_reasons'
FROM eligibility;
INSERT INTO decision BY NAME SELECT
    'r' AS run_id, 100 + range AS lead_key, range AS person_key, false AS is_eligible,
    'duplicate' AS verdict, 5 AS email_reasons, NULL AS sms_reasons
FROM range(7);
INSERT INTO score BY NAME SELECT
    'r' AS run_id, lead_key, 'm' AS model_id, lead_key / 10.0 - 5 AS raw_score,
    lead_key / 100.0 AS probability, lead_key::DOUBLE AS percentile, 'model' AS score_source
FROM eligibility WHERE is_scorable AND lead_key <> 8;
INSERT INTO score BY NAME SELECT 'r' AS run_id, 8 AS lead_key, 0.08 AS probability,
    'none' AS score_source
"""


@pytest.fixture
def night(tmp_path):
    path = tmp_path / "leads.duckdb"
    with Database.open(path, read_only=False) as db:
        create_tables(db)
    with Database.open(path, read_only=False, work=tmp_path / "work.duckdb") as db:
        begin_night(db)
        db.run(NIGHT)
        yield db


def _keys(db):
    return db.frame("SELECT lead_key FROM decision")["lead_key"].to_list()


def _rows(db, table):
    columns = ", ".join(f'"{c.name}"' for c in table.columns)
    return db.frame(f"SELECT {columns} FROM {table.name} ORDER BY lead_key")


@pytest.mark.parametrize("table", [DECISION, ELIGIBILITY, SCORE], ids=lambda table: table.name)
def test_packed_equals_plain_in_values_and_types(night, table):
    plain = _rows(night, table)
    pack_night(night)
    assert _rows(night, table).equals(plain)
    assert _rows(night, table).schema == plain.schema


def test_the_ranked_come_first_and_stay_there_when_written_anew(night, tmp_path):
    pack_night(night)
    ranked = list(range(96, -1, -4))
    others = [key for key in range(107) if key not in ranked]
    assert _keys(night) == [*ranked, *others]
    rewrite(night, tmp_path / "anew.duckdb", date(2026, 1, 9))
    with Database.open(tmp_path / "anew.duckdb", read_only=True) as db:
        assert _keys(db) == [*ranked, *others]


def test_the_published_file_stands_alone_and_the_next_night_replaces_it(night, tmp_path):
    pack_night(night)
    comment_tables(night)
    night.close()
    path = tmp_path / "leads.duckdb"
    with Database.open(path, read_only=True) as db:
        assert db.scalar("SELECT count(*) FROM eligibility") == 100
        undescribed = "SELECT column_name FROM duckdb_columns() WHERE comment IS NULL"
        assert db.frame(undescribed + " AND database_name = current_database()").is_empty()
    with Database.open(path, read_only=False, work=tmp_path / "other.duckdb") as db:
        create_tables(db)  # a view stands for its table
        begin_night(db)
        for table in (ELIGIBILITY, DECISION, SCORE):
            reset_table(db, table.name)
            assert db.scalar(f"SELECT count(*) FROM {table.name}") == 0
        assert "decision" not in db.tables()
        db.run(NIGHT)
        pack_night(db)
        assert db.scalar("SELECT count(*) FROM decision") == 107


def test_a_night_that_an_earlier_version_published_as_a_table_is_replaced(tmp_path):
    path = tmp_path / "leads.duckdb"
    with Database.open(path, read_only=False) as db:
        db.run(
            "CREATE TABLE decision (lead_key BIGINT, verdict VARCHAR, packed_reasons VARCHAR,"
            " email_reasons UINTEGER GENERATED ALWAYS AS (packed_reasons::UINTEGER));"
            "INSERT INTO decision VALUES (1, 'listed', '0');"
            "CREATE VIEW eligibility AS SELECT lead_key FROM decision;"
            "CREATE VIEW score AS SELECT lead_key FROM decision"
        )
        create_tables(db)
        assert db.scalar("SELECT email_reasons FROM decision") == 0
    with Database.open(path, read_only=False, work=tmp_path / "work.duckdb") as db:
        begin_night(db)
        db.run(NIGHT)
        pack_night(db)
        assert {"decision", "eligibility", "score"} <= set(db.views())
        assert db.scalar("SELECT count(*) FROM decision") == 107
        # The next night begins with nothing of this one, stored or read.
        begin_night(db)
        assert "stored_decision" not in db.tables()
