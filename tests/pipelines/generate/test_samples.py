"""The committed samples are what their README says."""

import gzip
import hashlib
import io
import re
import tomllib
from pathlib import Path

import polars as pl
import pytest

from pipelines.generate import generate

SAMPLES = Path(__file__).parents[3] / "data_samples"
BACKLOG = SAMPLES / "backlog"


def content(path: Path) -> bytes:
    """Of a file, whatever the version of zlib that packed it."""
    raw = path.read_bytes()
    return gzip.decompress(raw) if path.suffix == ".gz" else raw


def test_all_samples_together_stay_below_8_mb():
    assert sum(p.stat().st_size for p in SAMPLES.rglob("*") if p.is_file()) < 8_000_000


def test_the_command_of_the_readme_makes_the_backlog_again(tmp_path):
    command = "python -m pipelines.generate data_samples/backlog --leads 52000 --seed 2026"
    assert f"{command} --format csv.gz" in (SAMPLES / "README.md").read_text(encoding="utf-8")
    report = generate(tmp_path / "again", leads=52_000, seed=2026, format="csv.gz")
    said = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert {f"{count:,}" for count in report.counts.values()} <= set(re.findall(r"[\d,]+\d", said))
    for table, kinds in report.broken.items():
        assert f"| `{table}` | {' | '.join(str(count) for count in kinds.values())} |" in said
    names = sorted(str(p.relative_to(BACKLOG)) for p in BACKLOG.rglob("*") if p.is_file())
    again = tmp_path / "again"
    assert names == sorted(str(p.relative_to(again)) for p in again.rglob("*") if p.is_file())
    for name in names:
        if name.endswith(".parquet"):
            assert pl.read_parquet(BACKLOG / name).equals(pl.read_parquet(again / name)), name
        else:
            assert content(BACKLOG / name) == content(again / name), name


def test_held_out_part_has_500_conversions():
    episodes = pl.read_parquet(BACKLOG / "truth" / "episodes.parquet")
    known = episodes.filter("is_complete").sort("contacted_at")
    held_out = known[int(known.height * 0.75) :]
    assert held_out["converted"].sum() >= 500
    assert known["converted"].sum() >= 2_400


def test_recent_interest_is_not_rare():
    recent = pl.concat(
        [
            pl.read_csv(io.BytesIO(content(BACKLOG / f"activities_{s}" / "part-00000.csv.gz")))
            for s in ("salesforce", "hubspot")
        ],
        how="vertical_relaxed",
    ).filter((pl.col("at") >= "2023-10-01") & (pl.col("direction") == "in"))
    assert recent["lead_source_id"].n_unique() > 10_000


@pytest.mark.parametrize("mapping", sorted((BACKLOG / "mappings").glob("*.toml")), ids=str)
def test_mappings_name_headers_of_their_files(mapping):
    table = tomllib.loads(mapping.read_text(encoding="utf-8"))
    raw = content(BACKLOG / mapping.stem / "part-00000.csv.gz")
    header = raw.split(b"\n", 1)[0].decode().split(",")
    assert table["source_system"]
    assert set(table.get("fields", {}).values()) <= set(header)
    assert ("preset" in table) == mapping.stem.startswith("leads_")


def test_bank_is_the_published_file():
    raw = content(SAMPLES / "bank" / "bank.csv.gz")
    assert hashlib.sha256(raw).hexdigest() == (
        "dc8d576e9bda0f41ee891251bd84bab9a39ce576cba715aac08adc2374a01fde"
    )
    assert (SAMPLES / "bank" / "bank.csv.gz").read_bytes()[4:8] == b"\0\0\0\0"
    header = raw.split(b"\n", 1)[0].decode().strip().replace('"', "").split(";")
    mapping = tomllib.loads((SAMPLES / "bank" / "mapping.toml").read_text(encoding="utf-8"))
    assert mapping["label"]["column"] in header
    assert set(mapping["custom"]["exclude"]) <= set(header)
