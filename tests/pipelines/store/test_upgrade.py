"""Columns that are read from others say what was given, in homes of every version."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.store import Database, create_tables, quoted, stored_table
from pipelines.store.schema import TABLES, pack
from pipelines.store.schema.packing import read_columns
from pipelines.store.schema.stored import VIEWS
from tests.pipelines.plain import insert_plain

DECLARED = {table.name: table for table in TABLES}
WORDS = {
    "state_code": ("US-CA", "AU-NSW"),
    "country": ("US", "AU"),
    "country_source": ("field", "phone"),
    "timezone": ("America/Argentina/Buenos_Aires", "Etc/GMT+5"),
    "timezone_source": ("state", "country"),
    "channel": ("call", "email"),
    "direction": ("in", "out"),
    "actor": ("human", "ai"),
    "source_system": ("sf_main", "web"),
    "batch_id": ("0123456789abcdef", "suppression"),
}
PARTS = st.sampled_from(["", "@", "www.", "/", "acme.example", "e", "https://", "É"])
MOMENTS = [None, datetime(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 0, 5), datetime(2026, 1, 2)]
KEYS = [None, "a@acme.example", "a@x.io", "@e", "a@b@e", "e", "É+x@acme.example"]
# Texts of a few letters, digits and signs, and those that only look like a number.
IDS = st.text("a@0129-é", max_size=8) | st.sampled_from(
    [None, "", "7", "007", "a564053-3", "12-12", "1@2", "00Q5f0000000001EAA", "9" * 18, "9" * 19,
     "x\n5", "5\n", "abcde7", "7-abcd", "1e5", "+5", "d41d8cd98f00b204e9800998ecf8427e"]
)  # fmt: skip
GIVEN = {
    "lead": {
        "email": st.sampled_from(["A@acme.example", "a@x.io", "not an address"]),
        "email_key": st.sampled_from(KEYS),
        "email_domain": st.sampled_from([None, "", "acme.example", "e", "x.io"]),
        "website": st.none() | st.lists(PARTS, max_size=4).map("".join),
        "annual_revenue": st.sampled_from([None, 0.0, 12.0, 0.5, -3.0, 3e9, 2147483647.0, 1e300]),
    },
    "activity": {"activity_id": IDS},
    "consent_event": {
        "captured_at": st.sampled_from(MOMENTS),
        "effective_from": st.sampled_from(MOMENTS),
    },
}


def _read_from_others(table):
    with Database.memory(0.5) as db:
        create_tables(db)
        return db.columns(table).keys() - {*db.written_columns(stored_table(table))}


def _rows(table):
    plain = _read_from_others(table)
    words = {name: st.sampled_from([None, *WORDS[name]]) for name in WORDS if name in plain}
    return st.lists(st.fixed_dictionaries(GIVEN[table] | words), min_size=1, max_size=20)


def _frame(table, rows):
    types = {"annual_revenue": pl.Float64} | dict.fromkeys(("captured_at", "effective_from"))
    schema = {name: types.get(name, pl.String) or pl.Datetime("us") for name in rows[0]}
    frame = pl.DataFrame(rows, schema=schema)
    return frame if table != "lead" else frame.with_row_index("lead_key")


def _said(db, table, rows):
    names = ", ".join(map(quoted, rows[0]))
    return db.frame(f"SELECT {names} FROM {table}").to_dicts()


@pytest.mark.parametrize("table", GIVEN)
def test_every_column_that_is_not_stored_is_tried(table):
    assert _read_from_others(table) <= {*GIVEN[table], *WORDS}


@pytest.mark.parametrize("table", VIEWS)
def test_a_view_has_the_declared_columns_and_types(db, table):
    assert db.columns(table) == {column.name: column.type for column in VIEWS[table].columns}


@pytest.mark.parametrize("table", GIVEN)
@settings(max_examples=12)
@given(data=st.data())
def test_what_is_stored_says_what_was_given(table, data):
    rows = data.draw(_rows(table))
    with Database.memory(0.5) as db:
        create_tables(db)
        insert_plain(db, table, _frame(table, rows))
        assert _said(db, table, rows) == rows


@pytest.mark.parametrize("table", GIVEN)
@settings(max_examples=12)
@given(data=st.data())
def test_a_home_of_an_earlier_version_says_the_same(table, data):
    rows = data.draw(_rows(table))
    with Database.memory(0.5) as db:
        _plain_table(db, table)
        db.insert(table, _frame(table, rows))
        if table == "lead":
            db.run("ALTER TABLE lead ALTER created_at TYPE TIMESTAMP")
            db.run("UPDATE lead SET created_at = '2026-01-01 00:00:00.9'")
        create_tables(db)
        assert _said(db, table, rows) == rows
        assert table in (db.views() if table in VIEWS else db.tables())
        assert set(db.written_columns(stored_table(table))).isdisjoint(
            GIVEN[table].keys() - {"email_domain", "captured_at"}
        )
        if table == "lead":
            # cut, never rounded
            assert str(db.scalar("SELECT max(created_at) FROM lead")) == "2026-01-01 00:00:00"
        create_tables(db)
        assert db.scalar(f"SELECT count(*) FROM {table}") == len(rows)


def test_a_home_whose_address_is_read_already_is_upgraded(db):
    """The version before stored email_key, and read email from it and what differed."""
    db.run(
        "CREATE OR REPLACE TABLE lead (lead_key BIGINT, email_key VARCHAR, own_email VARCHAR,"
        " email_domain VARCHAR, country VARCHAR,"
        " email VARCHAR GENERATED ALWAYS AS (coalesce(own_email, email_key)))"
    )
    db.run("INSERT INTO lead VALUES (1, 'a@x.io', NULL, 'x.io', 'US'), (2, NULL, '?', NULL, NULL)")
    create_tables(db)
    said = db.frame("SELECT email, email_key, email_domain, country FROM lead ORDER BY lead_key")
    assert said.rows() == [("a@x.io", "a@x.io", "x.io", "US"), ("?", None, None, None)]


def test_an_address_is_stored_once_and_a_website_without_its_domain(db):
    row = {
        "email": "'jo@acme.example'",
        "email_key": "'jo@acme.example'",
        "email_domain": "'acme.example'",
        "website": "'https://www.acme.example/'",
    }
    stored = {name: db.scalar(f"SELECT {value}") for name, value in pack("lead", row).items()}
    assert {name: value for name, value in stored.items() if value is not None} == {
        "email_local": "jo",
        "website_shape": "https://www.@/",
        "packed_place": ",,,,",
    }


@pytest.mark.parametrize("table", VIEWS)
@settings(max_examples=8)
@given(data=st.data())
def test_a_home_with_generated_columns_gets_a_view(table, data):
    rows = data.draw(_rows(table))
    with Database.memory(0.5) as db:
        create_tables(db)
        insert_plain(db, table, _frame(table, rows))
        stored = db.frame(f"SELECT * FROM {stored_table(table)}")
        how = read_columns(VIEWS[table])
        columns = ", ".join(
            f"{quoted(c.name)} {c.type}"
            + ("" if c.name in stored.columns else f" GENERATED ALWAYS AS ({how[c.name]})")
            for c in VIEWS[table].columns
        )
        db.run(f"DROP VIEW {table}; DROP TABLE {stored_table(table)}")
        db.run(f"CREATE TABLE {table} ({columns})")
        db.insert(table, stored)
        create_tables(db)
        assert table in db.views()
        assert _said(db, table, rows) == rows
        assert db.frame(f"SELECT * FROM {stored_table(table)}").equals(stored)


def _plain_table(db, table):
    """Make the table as versions before these stored it, columns of today left out."""
    today = pack(table, {})
    columns = ", ".join(
        f"{quoted(c.name)} {c.type.partition(' GENERATED ')[0]}"
        for c in DECLARED[table].columns
        if c.name not in today
    )
    db.run(f"CREATE TABLE {table} ({columns})")
