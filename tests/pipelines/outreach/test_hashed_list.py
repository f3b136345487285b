"""Hashes of a list that name nobody are told, and never pass for a list that binds."""

import hashlib

import polars as pl

from pipelines.outreach import count_hashes, hash_lines
from pipelines.outreach.hashed_list import Hashes
from pipelines.store import Database, create_tables

LEADS = (
    "INSERT INTO lead BY NAME SELECT 1 AS lead_key, 'ann@x.example' AS own_email_key,"
    " 'Ann@X.example' AS own_email, '+31612345678' AS phone_e164, '06 12345678' AS phone"
)


def _counted(tmp_path, texts, name="sha256", *, is_known=True):
    path = tmp_path / "store.duckdb"
    if not path.exists():
        with Database.open(path, read_only=False) as db:
            create_tables(db)
            db.run(LEADS)
    keys = [hashlib.new(name, text.encode()).hexdigest() for text in texts]
    rows = {"kind": ["hash"] * len(keys) + ["email"], "key": [*keys, "b@x.example"]}
    pl.DataFrame(rows).write_parquet(tmp_path / "list.parquet")
    snapshot = path if is_known else None
    return count_hashes(tmp_path / "list.parquet", snapshot, scratch=tmp_path)


def test_what_names_a_lead_is_counted(tmp_path):
    forms = ["ann@x.example", "Ann@X.example", "ANN@X.EXAMPLE", "31612345678", "06 12345678"]
    others = ["ann@x.example ", "bob@x.example"]
    for name, title in (("md5", "MD5"), ("sha1", "SHA-1"), ("sha256", "SHA-256")):
        assert _counted(tmp_path, forms + others, name) == [Hashes(title, 7, 5)]
    assert _counted(tmp_path, ["ann@x.example"], is_known=False) == [Hashes("SHA-256", 1, 0)]


def test_a_list_without_hashes_says_nothing(tmp_path):
    assert hash_lines(_counted(tmp_path, [])) == []


def test_the_line_tells_what_a_hash_is_taken_for_and_names_nobody(tmp_path):
    (line,) = hash_lines(_counted(tmp_path, ["ann@x.example", "x"], "md5"))
    assert "2 of MD5, 1 of a lead we know" in line
    assert "@" not in line
