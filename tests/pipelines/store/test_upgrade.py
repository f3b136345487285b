"""Columns of `lead` that are read from others say what was given, in homes of every version."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.store import Database, create_tables
from pipelines.store.schema import TABLES, pack_lead
from pipelines.store.schema.leads import LEAD

DOMAINS = st.sampled_from([None, "acme.example", "e", "x.io"])
TEXTS = st.sampled_from(["", "@", "www.", "/", "acme.example", "e", "https://", "É"])
LEADS = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from(["A@acme.example", "a@x.io", "not an address"]),
            "email_key": st.sampled_from([None, "a@acme.example", "a@x.io"]),
            "email_domain": DOMAINS,
            "website": st.none() | st.lists(TEXTS, max_size=4).map("".join),
        }
    ),
    min_size=1,
    max_size=30,
)
PLAIN = ("email", "email_key", "email_domain", "website")


def _plain_lead(db, rows):
    """The table as versions before this one stored it, columns of today left out."""
    generated = [column.name for column in LEAD.columns if column.is_generated]
    columns = ", ".join(
        f"{c.name} {'VARCHAR' if c.is_generated else c.type}"
        for c in LEAD.columns
        if c.name not in pack_lead(dict.fromkeys(PLAIN, "x"))
    )
    db.run("DROP TABLE IF EXISTS lead")
    db.run(f"CREATE TABLE lead ({columns})")
    assert set(generated) < set(db.written_columns("lead"))
    schema = dict.fromkeys(PLAIN, pl.String)
    db.insert("lead", pl.DataFrame(rows, schema=schema).with_row_index("lead_key"))


@settings(max_examples=12)
@given(rows=LEADS)
def test_a_home_of_an_earlier_version_says_the_same(rows):
    with Database.memory(0.5) as db:
        _plain_lead(db, rows)
        db.run("ALTER TABLE lead ALTER created_at TYPE TIMESTAMP")
        db.run("UPDATE lead SET created_at = '2026-01-01 00:00:00.9'")
        create_tables(db)
        assert db.frame(f"SELECT {', '.join(PLAIN)} FROM lead ORDER BY lead_key").to_dicts() == rows
        stored = db.written_columns("lead")
        assert "email" not in stored
        assert "website" not in stored
        # cut, never rounded
        assert str(db.scalar("SELECT max(created_at) FROM lead")) == "2026-01-01 00:00:00"
        create_tables(db)
        assert db.scalar("SELECT count(*) FROM lead") == len(rows)


def test_an_address_is_stored_once_and_a_website_without_its_domain(db):
    assert any(table.name == "lead" for table in TABLES)
    row = {
        "email": "'jo@acme.example'",
        "email_key": "'jo@acme.example'",
        "email_domain": "'acme.example'",
        "website": "'https://www.acme.example/'",
    }
    packed = ", ".join(f"{value} AS {name}" for name, value in pack_lead(row).items())
    assert db.frame(f"SELECT {packed}").row(0) == (None, None, "https://www.@/")
