"""The kernel benchmark runs from a clone, without the peers too, and writes what it measured."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_the_kernel_benchmark_times_a_small_case_and_writes_json(tmp_path):
    report = tmp_path / "report.json"
    arguments = ["--rows", "2000", "--cases", "3x4", "--rounds", "1", "--threads", "1"]
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks/bench_kernel.py", *arguments, "--json", report],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = json.loads(report.read_text())["results"]
    found = {result["contender"]: result for result in results}
    assert {"scorer", "scorer, columns", "lightgbm"} <= set(found)
    assert found["scorer"]["max_difference"] == 0
    assert found["scorer"]["share_by_lightgbm"] == 0
    for name in ("xgboost", "catboost", "onnxruntime", "treelite", "tl2cgen"):
        assert name in found or f"{name}: skipped" in done.stdout
