"""Registers: how old, and whether the last copy is whole; from files as they come."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.load.batches.batch import Landed
from pipelines.load.merging.registers import record_copies
from pipelines.store.registers import read_registers

AT = datetime(2026, 11, 22)


def _file(folder, name, numbers, *, days=0, region="+1212555"):
    """Land a copy of `numbers` entries, its data `days` old; 0 entries: a file without any."""
    place = folder / name
    place.mkdir()
    if numbers:
        pl.DataFrame(
            {
                "registry": "us_dnc",
                "contact_key": [f"{region}{n:04}" for n in range(numbers)],
                "screened_at": AT - timedelta(days=days),
                "ingested_at": AT,
            }
        ).write_parquet(place / "registry.parquet")
    return Landed(
        batch_id=name, file_name=name, sha256="", kind="registry", source_system="ftc",
        source_system_from="", at="", records=numbers, landed=numbers, duplicates=0,
        quarantined=0, folder=place,
    )  # fmt: skip


def _state(db, limit=2.0):
    found = read_registers(db, limit)
    return found.newest.get("us_dnc"), "us_dnc" in found.incomplete


@pytest.mark.parametrize(
    ("second", "is_whole"),
    [
        ({"numbers": 1000}, True),
        ({"numbers": 980}, True),
        ({"numbers": 979}, False),
        ({"numbers": 900}, False),
        ({"numbers": 0}, False),
        ({"numbers": 1000, "region": "+4420794"}, False),
        ({"numbers": 1000, "region": "+1416555"}, False),
    ],
)
def test_a_copy_that_is_not_whole_blocks_and_does_not_make_the_register_younger(
    db, tmp_path, second, is_whole
):
    record_copies(db, _file(tmp_path, "one", 1000, days=20), AT - timedelta(days=9))
    assert _state(db) == (AT - timedelta(days=20), False)
    record_copies(db, _file(tmp_path, "two", days=1, **second), AT - timedelta(days=1))
    age = 1 if is_whole else 20
    assert _state(db) == (AT - timedelta(days=age), not is_whole)
    record_copies(db, _file(tmp_path, "three", 1000), AT)
    assert _state(db) == (AT, False)


def test_files_of_one_merge_are_one_copy_and_the_limit_is_a_setting(db, tmp_path):
    record_copies(db, _file(tmp_path, "a", 600), AT - timedelta(days=2))
    record_copies(db, _file(tmp_path, "b", 400), AT - timedelta(days=2))
    record_copies(db, _file(tmp_path, "c", 950), AT)
    assert _state(db) == (AT, True)
    assert _state(db, 5.0) == (AT, False)


@pytest.mark.parametrize("days", [0, 27, 28, 31, 40])
def test_a_register_of_an_earlier_version_is_as_old_as_its_rows(db, days):
    db.run(
        "INSERT INTO registry BY NAME SELECT 'us_dnc' AS registry, '+12125550100' AS contact_key,"
        " $at::TIMESTAMP AS screened_at, $now::TIMESTAMP AS ingested_at",
        at=AT - timedelta(days=days),
        now=AT,
    )
    assert _state(db) == (AT - timedelta(days=days), False)


def test_an_address_that_begins_with_a_plus_is_no_number(db, tmp_path):
    landed = _file(tmp_path, "one", 10)
    path = tmp_path / "one" / "registry.parquet"
    numbers = pl.read_parquet(path)
    odd = pl.concat([numbers[:1]] * 2).with_columns(
        contact_key=pl.Series(["+ann@x.example", "+" + "9" * 30])
    )
    pl.concat([numbers, odd]).write_parquet(path)
    record_copies(db, landed, AT)
    (share,) = db.frame("SELECT region_share FROM registry_copy")["region_share"]
    assert share == pytest.approx(10 / 11)
