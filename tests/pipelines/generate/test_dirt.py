import csv
from collections import Counter

import polars as pl
import pytest

TABLES = ("leads_salesforce", "leads_hubspot")


def kinds_found(raw: bytes) -> Counter:
    """An independent look at a file, line by line."""
    header, *lines = raw.split(b"\n")[:-1]
    width = header.count(b",") + 1
    found = Counter(records=len(lines))
    for line in lines:
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            found["not_utf8"] += 1
            continue
        if text.count('"') % 2:
            found["open_quote"] += 1
            continue
        (fields,) = csv.reader([text], strict=True)
        if len(fields) != width:
            found["too_few_fields" if len(fields) < width else "too_many_fields"] += 1
        elif "2021-13-45T25:61:00.000+0000" in fields:
            found["impossible_date"] += 1
        elif "-1" in fields:
            found["impossible_number"] += 1
    return found


@pytest.mark.parametrize("table", TABLES)
def test_broken_records_are_counted_exactly(csv_world, table):
    folder, report = csv_world
    found = kinds_found((folder / table / "part-00000.csv").read_bytes())
    assert found.pop("records") == report.counts[table]
    assert found == Counter(report.broken[table])


def test_one_record_in_a_hundred_breaks(csv_world):
    _, report = csv_world
    broken = [
        count
        for table in TABLES
        for kind, count in report.broken[table].items()
        if kind != "impossible_number"
    ]
    assert sum(broken) == pytest.approx(60, abs=30)


def test_truth_names_the_damage(csv_world):
    folder, report = csv_world
    truth = pl.read_parquet(folder / "truth" / "leads.parquet")
    named = Counter(truth.drop_nulls("damage")["damage"].to_list())
    for kind, count in named.items():
        assert count == sum(report.broken[table][kind] for table in TABLES)


def test_parquet_holds_impossible_values_only(parquet_world):
    folder, report = parquet_world
    frame = pl.read_parquet(folder / "leads_salesforce" / "*.parquet")
    far = frame.filter(pl.col("CreatedDate").dt.year() == 2999)
    told = report.broken["leads_salesforce"]
    assert frame.height == report.counts["leads_salesforce"]
    assert far.height == told["impossible_date"] > 0
    assert {kind for kind, count in told.items() if count} <= {
        "impossible_date",
        "impossible_number",
    }
