"""Times the compiled scorer against LightGBM's own predict, after asserting that the bits agree.

Run from the repository root: ``uv run python benchmarks/bench_kernel.py [--json OUT]``. One case is
trees x leaves, ``-cat`` with category splits, ``-bin1023`` with ``max_bin=1023``. The matrix is
C-order float32 with 5% missing; both sides start from it and end with raw scores. Contenders take
turns, and the median of the rounds counts. The default takes about seven minutes on two cores.
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import lightgbm
import numpy as np

from models.kernel import Scorer

FEATURES = 32
CATEGORY_SIZES = (5, 10, 20, 40, 80, 150, 30, 60)
TRAINING_ROWS = 200_000
PEERS = ("xgboost", "catboost", "onnxruntime", "treelite", "tl2cgen")


def matrix_of(rows: int, seed: int, *, has_categories: bool) -> np.ndarray:
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((rows, FEATURES), np.float32)
    if has_categories:
        for column, size in enumerate(CATEGORY_SIZES):
            matrix[:, column] = np.minimum(rng.zipf(1.4, rows) - 1, size - 1)
    matrix[rng.random(matrix.shape, np.float32) < 0.05] = np.nan
    return matrix


def train(case: str) -> lightgbm.Booster:
    size, _, kind = case.partition("-")
    trees, leaves = (int(word) for word in size.split("x"))
    has_categories = kind == "cat"
    matrix = matrix_of(TRAINING_ROWS, 7, has_categories=has_categories)
    rng = np.random.default_rng(8)
    known = np.nan_to_num(matrix)
    score = known[:, 8:] @ rng.standard_normal(FEATURES - 8) / 2 + known[:, 9] * known[:, 10]
    score += np.sin(3 * known[:, 11]) + rng.standard_normal(TRAINING_ROWS)
    for column, effects in enumerate(rng.standard_normal((8, max(CATEGORY_SIZES)))):
        score += effects[known[:, column].astype(int)] if has_categories else known[:, column] / 2
    data = lightgbm.Dataset(
        matrix,
        score > 1,
        categorical_feature=list(range(len(CATEGORY_SIZES))) if has_categories else [],
        params={"max_bin": 1023 if kind == "bin1023" else 255, "verbosity": -1},
    )
    settings = {"objective": "binary", "num_leaves": leaves, "verbosity": -1, "num_threads": 2}
    return lightgbm.train(settings, data, trees)


def seconds(call: Callable[[], np.ndarray]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def bench(case: str, rows: int, thread_counts: list[int], rounds: int) -> list[dict]:
    booster = train(case)
    matrix = matrix_of(rows, 1, has_categories=case.endswith("-cat"))
    expected = booster.predict(matrix, raw_score=True)
    results = []
    for threads in thread_counts:
        scorer = Scorer.from_booster(booster, threads=threads)
        scorer.prepare()
        ours = scorer.raw_score(matrix)
        assert np.array_equal(ours.view(np.int64), expected.view(np.int64)), "other bits"
        columns = [np.ascontiguousarray(column) for column in matrix.T]
        contenders = {
            "kernel": lambda scorer=scorer: scorer.raw_score(matrix),
            "kernel, columns": lambda s=scorer, c=columns: s.raw_score_columns(c),
            "lightgbm": lambda t=threads: booster.predict(matrix, raw_score=True, num_threads=t),
        }
        times: dict[str, list[float]] = {name: [] for name in contenders}
        for _ in range(rounds):
            for name, call in contenders.items():
                times[name].append(seconds(call))
        base = statistics.median(times["lightgbm"])
        by_route = scorer.rows_by_route
        for name, taken in times.items():
            median = statistics.median(taken)
            results.append(
                {
                    "case": case,
                    "threads": threads,
                    "contender": name,
                    "seconds": taken,
                    "median_seconds": median,
                    "rows_per_second": rows / median,
                    "times_lightgbm": base / median,
                    "share_by_lightgbm": by_route["lightgbm"] / sum(by_route.values()),
                }
            )
            print(
                f"{case:>16} {threads} threads {name:>16}: {median:8.4f} s "
                f"{rows / median / 1e6:8.2f} M rows/s {base / median:7.1f} x lightgbm"
            )
        share = by_route["lightgbm"] / sum(by_route.values())
        print(f"{'':>16} bits equal; {share:.1%} of the scorer's rows served by LightGBM")
    return results


def machine() -> dict:
    info = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    models = [line.partition(":")[2].strip() for line in info if line.startswith("model name")]
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False)  # noqa: S603
    return {
        "processor": models[0] if models else platform.processor(),
        "cores": len(os.sched_getaffinity(0)),
        "load": os.getloadavg(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in ("lightgbm", "numba", "numpy", "polars")},
        "commit": commit.stdout.strip() or None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--cases", nargs="+", default=["200x31", "500x63"])
    parser.add_argument("--threads", nargs="+", type=int, default=[2, 1])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    where = machine()
    print(json.dumps(where))
    for name in PEERS:
        state = "no adapter yet" if importlib.util.find_spec(name) else "not installed"
        print(f"{name}: {state}, skipped")
    results = [
        result
        for case in options.cases
        for result in bench(case, options.rows, options.threads, options.rounds)
    ]
    if options.json:
        report = {"machine": where, "rows": options.rows, "results": results}
        options.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
