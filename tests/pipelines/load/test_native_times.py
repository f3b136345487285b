"""Times and numbers that a Parquet file stores as such land as their text would."""

import datetime as dt

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.load import Mapping, land
from pipelines.load.meaning.kinds import kind_of
from pipelines.load.meaning.plan import make_plan
from pipelines.load.normalise.native_times import native_timestamps
from pipelines.load.normalise.when import DateStyle
from pipelines.load.read import read_parquet
from pipelines.load.rows.context import Context
from tests.pipelines.load.conftest import AT

CLOCKS = [
    dt.datetime(2024, 3, 12, 9, 14, 5),
    dt.datetime(2024, 3, 31, 2, 30),
    dt.datetime(2024, 3, 12, 9, 14, 5, 120_000),
    dt.datetime(2024, 10, 27, 2, 30),
    dt.datetime(1970, 1, 1),
    dt.datetime(1970, 1, 1, 0, 0, 1),
    dt.datetime(1900, 1, 1),
    dt.datetime(1850, 7, 1, 12, 0, 0, 120_000),
    dt.datetime(2101, 1, 1),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999_999),
    dt.datetime(2024, 1, 1),
    None,
]
NUMBERS = range(len(CLOCKS))
CLOCK = pa.array(CLOCKS, pa.timestamp("us"))
DAY = pa.array([c and c.date() for c in CLOCKS], pa.date32())
IDS = [f"i{n}" for n in NUMBERS]
MAILS = [f"ann{n}@acme.example" for n in NUMBERS]
COUNTS = pa.array([0, 7, -3, 250, 2**31, 2**53 + 1, -(2**63), 2**63 - 1, 11, 12, 13, None])
FILES = {
    "leads": {
        "source_id": IDS,
        "email": MAILS,
        "created_at": CLOCK,
        "modified_at": DAY,
        "last_activity_date": CLOCK,
        "converted_at": DAY,
        "qualified_at": CLOCK,
        "paid_on": DAY,
        "do_not_call": CLOCK,
        "employees": COUNTS,
        "annual_revenue": COUNTS,
        "assigned_at": COUNTS,
        "win_probability": pa.array([100, 0, None] * (len(CLOCKS) // 3), pa.uint8()),
        "shoe_size": COUNTS,
    },
    "activities": {"lead_source_id": IDS, "activity_id": IDS, "at": CLOCK},
    "outcomes": {
        "lead_source_id": IDS,
        "outcome_id": IDS,
        "occurred_at": CLOCK,
        "milestone": ["won"] * len(IDS),
        "value_amount": COUNTS,
    },
    "consent": {
        "email": MAILS,
        "status": ["yes", "no"] * (len(IDS) // 2),
        "captured_at": DAY,
        "effective_to": CLOCK,
    },
    "customers": {"customer_id": IDS, "email": MAILS, "since": CLOCK},
    "suppressions": {"email": MAILS, "since": DAY, "until": CLOCK},
}
DAYS = FILES["outcomes"] | {"occurred_at": DAY}


def landed(folder, table, kind, mapping):
    (folder / "in").mkdir(parents=True)
    table = table if isinstance(table, pa.Table) else pa.table(table)
    pq.write_table(table, folder / "in" / "f.parquet", row_group_size=5)
    given = Mapping.model_validate(mapping)
    batch = land(
        folder / "in" / "f.parquet", kind=kind, mapping=given, batches_dir=folder / "b", at=AT
    )
    tables = {p.stem: pl.read_parquet(p) for p in batch.folder.glob("*.parquet")}
    record = (batch.unreadable, batch.notes, batch.rows, batch.quarantined_by_reason)
    return tables, record


@pytest.mark.parametrize("dates", [{}, {"timezone": "Europe/Berlin"}])
@pytest.mark.parametrize(("kind", "table"), [*FILES.items(), ("outcomes", DAYS)])
def test_both_ways_land_the_same(tmp_path, monkeypatch, kind, table, dates):
    mapping = {"dates": dates} if dates else {}
    quick, told = landed(tmp_path / "quick", table, kind, mapping)
    monkeypatch.setattr(read_parquet, "text_columns", lambda *_: None)
    plain, told_of_text = landed(tmp_path / "plain", table, kind, mapping)
    assert told == told_of_text
    assert quick.keys() == plain.keys()
    for name, frame in quick.items():
        assert frame.equals(plain[name], null_equal=True), name


def test_a_time_that_nobody_can_use_is_shown_as_it_was(tmp_path):
    tables, _ = landed(tmp_path, FILES["activities"], "activities", {})
    payloads = tables["quarantine"]["payload"].str.json_path_match("$.at").to_list()
    assert "1850-07-01 12:00:00.12" in payloads
    assert "9999-12-31 23:59:59.999999" in payloads


def test_a_day_too_far_away_does_not_come_round():
    # So many days are in microseconds a little more than there are numbers of 64 bits.
    far = pl.Series("d", [213_503_982, 19_000, None], dtype=pl.Int32).cast(pl.Date)
    assert native_timestamps(far).to_list() == [None, dt.datetime(2022, 1, 8), None]


@pytest.mark.parametrize("dtype", [pl.Date, pl.Datetime("us")])
def test_a_time_that_no_calendar_has_is_set_aside_as_a_number(tmp_path, dtype):
    limit = 2**31 - 1 if dtype == pl.Date else 6 * 10**18
    width = pl.Int32 if dtype == pl.Date else pl.Int64
    at = pl.Series([limit, -limit, 0], dtype=width).cast(dtype)
    tables, _ = landed(
        tmp_path,
        pl.DataFrame({"lead_source_id": IDS[:3], "activity_id": IDS[:3], "at": at}).to_arrow(),
        "activities",
        {},
    )
    found = tables["quarantine"]["payload"].str.json_path_match("$.at").to_list()
    assert found[:2] == [str(limit), str(-limit)]


def test_only_what_means_a_time_and_nothing_else_is_read_as_one():
    fields = {"created_at": "a", "modified_at": "b", "do_not_call": "c", "assigned_at": "d"}
    plan = make_plan(
        ("source_id", "a", "b", "c", "d", "other"),
        kind_of("leads"),
        Mapping.model_validate({"fields": fields}),
    )
    styles = {"modified_at": DateStyle(format="%d.%m.%Y"), "assigned_at": DateStyle("Asia/Tokyo")}
    context = Context(plan, "crm", "f", "0" * 16, "b", AT, styles=styles)
    assert context.as_stored(dict.fromkeys(plan.headers, "time")) == {"a"}
    assert context.as_stored(dict.fromkeys(plan.headers, "number")) == set()
