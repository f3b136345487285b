"""Pairs of leads that share a number and whose names agree, against every pair compared."""

import numpy as np
import polars as pl
import pytest

from pipelines.store import Database, sql

FIRST = [
    "John",
    "J",
    "J.",
    "Jan",
    "Alex",
    "Alexander",
    "John Paul",
    "Smith",
    "Žoë",
    "n/a",
    "",
    None,
]
LAST = ["Smith", "smith", "Smith Jr", "John", "O'Neil", "ONeil", "Zoe", "unknown", None]
FULL = [None, "John Smith", "Smith John Jr", "Alex"]
_IDENTIFY = "pipelines.identify"
_STEPS = ("spelt_first", "spelt_last", "number_member", "agreeing_pair", "contested_number")
# What the macros say of every two leads of a number, spelt row by row.
_SLOW = """
WITH member AS (
    SELECT lead_key, unnest(list_distinct([phone_id, mobile_id])) AS number_id,
        first_of(first_name, full_name) AS first_name, last_of(last_name, full_name) AS last_name
    FROM said)
SELECT a.number_id, a.lead_key, b.lead_key AS other_lead_key,
    names_equal(a.first_name, a.last_name, b.first_name, b.last_name) AS is_equal
FROM member AS a JOIN member AS b ON a.number_id = b.number_id AND a.lead_key > b.lead_key
WHERE a.number_id IS NOT NULL
    AND names_agree(a.first_name, a.last_name, b.first_name, b.last_name)
"""
_SLOW_CONTESTED = """
WITH member AS (
    SELECT lead_key, unnest(list_distinct([phone_id, mobile_id])) AS number_id,
        first_of(first_name, full_name) AS f, last_of(last_name, full_name) AS l
    FROM said)
SELECT DISTINCT number_id
FROM member AS a JOIN member AS b USING (number_id) JOIN member AS c USING (number_id)
WHERE a.lead_key > b.lead_key
    AND names_agree(a.f, a.l, b.f, b.l) AND NOT names_equal(a.f, a.l, b.f, b.l)
    AND names_agree(a.f, a.l, c.f, c.l) <> names_agree(b.f, b.l, c.f, c.l)
"""


@pytest.mark.parametrize("seed", range(3))
def test_joins_on_names_find_what_comparing_every_pair_finds(seed):
    random = np.random.default_rng(seed)

    def draw(values):
        return values[random.integers(len(values))]

    numbers = [None, *range(1, 12)]
    said = pl.DataFrame(
        [
            (n, draw(numbers), draw(numbers), *map(draw, (FIRST, LAST, FULL)))
            for n in range(150)
        ],
        schema={
            "lead_key": pl.Int64, "phone_id": pl.Int64, "mobile_id": pl.Int64,
            "first_name": pl.String, "last_name": pl.String, "full_name": pl.String,
        },
        orient="row",
    )  # fmt: skip
    with Database.memory(memory_gb=0.5) as db:
        for words in ("fuzzy_words.sql", "names.sql"):
            db.run(sql(_IDENTIFY, words))
        db.register("said", said)
        db.run(
            "CREATE TEMP TABLE shared_lead AS SELECT lead_key, phone_id, mobile_id,"
            " first_text(first_name, full_name) AS first_text,"
            " last_text(last_name, full_name) AS last_text FROM said"
        )
        for step in _STEPS:
            db.run(sql(_IDENTIFY, f"{step}.sql"))
        found = db.frame(
            "SELECT number_id, lead_key, other_lead_key, is_equal FROM agreeing_pair ORDER BY ALL"
        )
        wanted = db.frame(f"{_SLOW} ORDER BY ALL")
        contested = db.frame("SELECT number_id FROM contested_number ORDER BY ALL")
        wanted_contested = db.frame(f"{_SLOW_CONTESTED} ORDER BY ALL")
    assert found.rows() == wanted.rows()
    assert {True, False} == set(wanted["is_equal"])
    assert contested.rows() == wanted_contested.rows() != []
