"""`bench backlog` through the real command line: what it measures, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from pipelines.errors import BadInputError
from pipelines.runs.bench import backlog
from pipelines.runs.bench.backlog import EXPORTS
from pipelines.runs.bench.report import BacklogReport
from pipelines.runs.bench.sizes import run_sizes
from pipelines.runs.steps import NIGHTLY

COMMAND = [sys.executable, "-P", "-m", "pipelines.cli", "bench", "backlog"]
LOAD = ["landing", "merge", "identify", "label audit", "publish"]
NIGHT = ["load", *(name for name, _ in NIGHTLY), "process start and end"]
STAGE_KEYS = {
    "step": str,
    "name": str,
    "rows": int | None,
    "seconds": float,
    "rows_per_second": float | None,
    "peak_memory_bytes": int,
    "disk_bytes": dict,
    "peak_disk_bytes": int,
    "counts": dict,
}


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """One small run: the JSON it printed, and what was left behind."""
    folder = tmp_path_factory.mktemp("bench")
    done = subprocess.run(
        [*COMMAND, "--rows", "3000", "--seed", "5", "--json"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    written = folder / "bench-backlog-3000.json"
    assert json.loads(written.read_text()) == told
    assert list(folder.iterdir()) == [written]
    return told


def test_every_stage_is_measured_in_order(report):
    (run,) = report["runs"]
    names = [(stage["step"], stage["name"]) for stage in run["stages"]]
    assert names == [
        ("generate", "generate"),
        ("change", "change 1%"),
        ("raw", "DuckDB alone"),
        *(("load", name) for name in LOAD),
        ("train", "train, two models"),
        *(("first night", name) for name in NIGHT),
        *(("night", name) for name in NIGHT),
    ]
    for stage in run["stages"]:
        assert stage.keys() == STAGE_KEYS.keys()
        for key, kind in STAGE_KEYS.items():
            assert isinstance(stage[key], kind), (stage["name"], key)
        assert stage["seconds"] >= 0
        assert stage["peak_memory_bytes"] > 10_000_000
        assert stage["disk_bytes"].keys() == {"world", "batches", "store", "other"}
    assert report["machine"].keys() >= {"cores", "memory_bytes", "cpu", "python", "duckdb"}


def test_nothing_is_lost_between_the_stages(report):
    (run,) = report["runs"]
    stages = {(stage["step"], stage["name"]): stage for stage in run["stages"]}
    made = stages["generate", "generate"]["counts"]
    landing = stages["load", "landing"]
    landed = landing["counts"]
    assert len(landed) == len(EXPORTS)
    for name in EXPORTS:
        kind, _, source = name.partition("_")
        assert landed[f"{kind}/{source or 'backoffice'}"]["records"] == made[name], name
    assert landing["rows"] == sum(made[name] for name in EXPORTS)
    assert run["made"] == run["merged"]
    raw = stages["raw", "DuckDB alone"]["counts"]
    assert raw == {name: made[name] for name in EXPORTS if name.startswith(("leads", "act"))}
    loaded = sum(stage["seconds"] for stage in run["stages"] if stage["step"] == "load")
    assert run["raw_ratio"] == pytest.approx(loaded / stages["raw", "DuckDB alone"]["seconds"])
    assert stages["load", "identify"]["rows"] == 3000
    assert run["made"]["updated"] > 9 * run["made"]["new"] - 9 > 0
    leads = 3000 - sum(
        export["quarantined"] for name, export in landed.items() if name.startswith("leads")
    )
    assert stages["first night", "merge"]["rows"] == leads
    assert stages["night", "merge"]["rows"] == leads + run["merged"]["new"]
    assert stages["night", "score"]["rows"] > 500
    whole = next(bar for bar in run["bars"] if bar["name"].startswith("whole nightly"))
    assert whole["measured"] == pytest.approx(
        sum(stage["seconds"] for stage in run["stages"] if stage["step"] == "night")
    )
    assert run["failure"] is None


def test_generated_files_are_gone_and_the_store_is_measured(report):
    (run,) = report["runs"]
    assert run["stages"][0]["disk_bytes"]["world"] > 0
    assert run["stages"][-1]["disk_bytes"]["store"] >= run["published_bytes"] > 0
    assert run["store_peak_bytes"] >= run["published_bytes"]
    assert not Path(run["folder"]).exists()


def test_a_stage_that_fails_is_named_and_the_rest_is_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(backlog, "EXPORTS", ("leads_salesforce", "leads"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    heard = []
    found = BacklogReport({})

    def heard_of(run, stage):
        heard.append(stage.name)
        if stage.name == "DuckDB alone":
            # From now on there is another export, that nobody can read.
            world = Path(run.folder) / "world"
            (world / "leads").mkdir()
            (world / "leads" / "x.csv").write_text("")
            (world / "mappings" / "leads.toml").write_text("")

    with pytest.raises(BadInputError, match=r"'load' failed .*x\.csv"):
        run_sizes(
            found,
            [1_000, 2_000],
            seed=1,
            form="csv",
            out=None,
            keep=False,
            heard=heard_of,
        )
    (run,) = found.to_json()["runs"]
    assert run["failure"]["stage"] == "load"
    assert run["failure"]["exit_code"] == 65
    assert "x.csv" in run["failure"]["last_lines"][-1]
    assert heard == ["generate", "change 1%", "DuckDB alone"]
    assert [stage["name"] for stage in run["stages"]] == heard
    assert list(tmp_path.iterdir()) == []


def test_killed_it_leaves_no_command_running(tmp_path):
    process = subprocess.Popen(
        [*COMMAND, "--rows", "4000000", "--out", str(tmp_path / "out")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    children = []
    for _ in range(600):
        time.sleep(0.05)
        if list(tmp_path.glob("**/world/leads_salesforce/*.parquet")):
            children = psutil.Process(process.pid).children(recursive=True)
            break
    assert children
    process.kill()
    process.wait()
    assert psutil.wait_procs(children, timeout=20)[1] == []


@pytest.mark.parametrize(("kept", "sent"), [(True, signal.SIGINT), (False, signal.SIGHUP)])
def test_stopped_it_ends_its_children_and_says_what_is_left(tmp_path, kept, sent):
    out = tmp_path / "out"
    process = subprocess.Popen(
        [*COMMAND, "--rows", "4000000", *(["--out", str(out)] if kept else [])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
    )
    children = []
    for _ in range(600):
        time.sleep(0.05)
        if list(tmp_path.glob("**/world/leads_salesforce/*.parquet")):
            children = psutil.Process(process.pid).children(recursive=True)
            break
    assert children
    process.send_signal(sent)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert psutil.wait_procs(children, timeout=2)[1] == []
    written = (out if kept else tmp_path) / "bench-backlog-4000000.json"
    (run,) = json.loads(written.read_text())["runs"]
    assert run["failure"] == {"stage": "generate", "exit_code": None, "last_lines": []}
    assert (f"kept in {out}" in said) == kept
    assert out.exists() == kept
    if not kept:
        assert list(tmp_path.iterdir()) == [written]
