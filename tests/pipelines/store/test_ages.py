"""Dates of birth as exports write them, against what each can mean."""

from datetime import datetime

import polars as pl
import pytest

from pipelines.store import Database, create_tables
from pipelines.store.ages import under_age_rows
from pipelines.store.identity import remember_identity

AT = datetime(2026, 11, 22)
CHILDREN = [
    "2010-05-06", "2010-05-06 00:00:00", "2010-05-06T00:00:00Z", "06.05.2010", "05/13/2010",
    "13/05/2010", "1-5-2010", "20100506", "20100506.0", "6 May 2010", "May 6, 2010", "06-May-2010",
    "5/6/2010 0:00", "04/05/09", "29.02.2012", "2008-11-22", "2008-11-23", "2010", "2008",
    "2012-05", "May 6 2010", "6. Mai 2010", "2010.05.06", "06 05 2010", "06052010", "6052010",
    "05132010", "40304", "40304.5", "2010-02-30", "Mai 2012 (gilt bis 2030)", "circa 2026",
    "11/12/2008",  # the twelfth of November, or the eleventh of December
]  # fmt: skip
OTHERS = [
    "2008-11-21", "1990-01-01", "06.05.1985", "19900506", "04/05/65", "2007", "1899-12-31", "",
    "31.12.1899", "n/a", "2090-01-01", "20010230", "65", "unknown", "21/11/2008",
    "1970-05", "May 6 1970", "6. Mai 1970", "1970.05.06", "06 05 2008", "06051970", "6051970",
    "1201985", "25694", "39773", "about 2090", "0000-00-00",
]  # fmt: skip


def _under_age(db):
    return {row[0] for row in db.frame(under_age_rows(db), as_of=AT).rows()}


def test_nobody_is_taken_to_be_older_than_the_date_can_mean():
    with Database.memory(memory_gb=0.5) as db:
        create_tables(db)
        db.run('CREATE TABLE lead_custom_crm (lead_key BIGINT, "Date of Birth" VARCHAR)')
        rows = {"lead_key": range(len(CHILDREN + OTHERS)), "Date of Birth": CHILDREN + OTHERS}
        db.insert("lead_custom_crm", pl.DataFrame(rows))
        found = _under_age(db)
    assert [text for n, text in enumerate(CHILDREN + OTHERS) if n in found] == CHILDREN


@pytest.mark.parametrize(
    ("kind", "value"),
    [("DATE", "DATE '2010-05-06'"), ("TIMESTAMP", "TIMESTAMP '2010-05-06'")]
    + [(kind, "20100506") for kind in ("BIGINT", "DOUBLE")],
)
def test_a_column_of_any_type_is_read(kind, value):
    with Database.memory(memory_gb=0.5) as db:
        create_tables(db)
        db.run(f"CREATE TABLE lead_custom_crm (lead_key BIGINT, born {kind})")
        db.run(f"INSERT INTO lead_custom_crm VALUES (1, {value}), (2, NULL)")
        assert _under_age(db) == {1}


def test_the_mapping_says_which_column_it_is():
    with Database.memory(memory_gb=0.5) as db:
        create_tables(db)
        db.run("CREATE TABLE lead_custom_crm (lead_key BIGINT, dob VARCHAR, Geb VARCHAR)")
        db.run(
            "INSERT INTO lead_custom_crm VALUES (1, '2010-01-01', NULL), (2, NULL, '2010-01-01')"
        )
        assert _under_age(db) == {1}
        remember_identity(db, "crm", {"birth_date": "geb"})
        assert _under_age(db) == {2}
        remember_identity(db, "crm", {"birth_date": ""})
        assert under_age_rows(db) is None
