import os
import stat
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.errors import UsageError
from pipelines.store.files import guarded, write_table

PAYLOADS = ["=1+1", "+49 123", "-5", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "＝1"]  # noqa: RUF001


def test_csv_cells_cannot_run_and_numbers_stay_numbers(tmp_path):
    frame = pl.DataFrame({"text": PAYLOADS, "number": [-1.5] * len(PAYLOADS)})
    path = write_table(frame, tmp_path / "list.csv")
    back = pl.read_csv(path, schema={"text": pl.String, "number": pl.Float64})
    assert all(cell.startswith("'") for cell in back["text"])
    assert back["number"].to_list() == [-1.5] * len(PAYLOADS)
    assert [cell[1:] for cell in back["text"]] == PAYLOADS


@given(text=st.text())
def test_only_dangerous_cells_are_touched(text):
    cell = guarded(pl.DataFrame({"t": [text]}))["t"][0]
    assert cell in {text, "'" + text}
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl"])
def test_only_the_owner_reads_it_and_nothing_partial_stays(tmp_path, suffix):
    path = write_table(pl.DataFrame({"a": [1]}), tmp_path / f"x{suffix}")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_machine_formats_keep_cells_as_they_are(tmp_path):
    frame = pl.DataFrame({"t": PAYLOADS})
    assert pl.read_parquet(write_table(frame, tmp_path / "x.parquet")).equals(frame)
    assert pl.read_ndjson(write_table(frame, tmp_path / "x.jsonl")).equals(frame)


def test_an_unknown_format_is_refused(tmp_path):
    with pytest.raises(UsageError, match="output format"):
        write_table(pl.DataFrame(), tmp_path / "x.xlsx")


@pytest.mark.parametrize("suffix", [".csv", ".jsonl"])
def test_text_is_written_in_slices_and_reads_as_one(tmp_path, suffix, monkeypatch):
    frame = pl.DataFrame({"a": range(10), "t": ["x,\n", "=1", None, "é", ""] * 2})
    whole = write_table(frame, tmp_path / f"whole{suffix}").read_bytes()
    monkeypatch.setattr("pipelines.store.files._SLICE_ROWS", 3)
    assert write_table(frame, tmp_path / f"sliced{suffix}").read_bytes() == whole
    empty = write_table(frame.clear(), tmp_path / f"empty{suffix}").read_bytes()
    assert empty == (b"a,t\n" if suffix == ".csv" else b"")


WRITER = """
import sys, time
from pathlib import Path
from pipelines.store.files import whole_file

with whole_file(Path(sys.argv[1])):
    print("writing", flush=True)
    time.sleep(20)
"""


def test_leftovers_of_killed_writers_go_and_those_of_living_ones_stay(tmp_path):
    path, other = tmp_path / "x.csv", tmp_path / "y.csv"
    (tmp_path / ".y.csv.1.partial").touch()
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout.readline().strip() == "writing"
        (partial,) = tmp_path.glob(".x.csv.*.partial")
        write_table(pl.DataFrame({"a": [1]}), path)
        assert partial.exists()
        writer.kill()
        writer.wait()
    assert partial.exists()
    write_table(pl.DataFrame({"a": [2]}), path)
    assert sorted(tmp_path.iterdir()) == [tmp_path / ".y.csv.1.partial", path]
    os.mkfifo(tmp_path / ".y.csv.2.partial")
    write_table(pl.DataFrame({"a": [1]}), other)
    assert sorted(tmp_path.iterdir()) == [path, other]
