"""Times reasons in words for many leads of a home, after asserting that they add up.

Run from the repository root::

    python benchmarks/bench_explain.py HOME [--rows 10000] [--json OUT]

HOME holds a published night with a model (`lead-triage bench backlog --rows 1000000 --out ...`
makes one). The best ranked leads are explained from their feature matrix to sentences, three
rounds; building the matrix is timed apart. Needs no network and writes nothing to HOME.
"""

import argparse
import json
import os
import platform
import statistics
import time
from datetime import date
from importlib.metadata import version
from pathlib import Path

import numpy as np
import polars as pl

from features.build import build
from models.model import Model
from pipelines.featurise import feature_batches
from pipelines.runs.context import RunContext
from pipelines.runs.registry import load_model
from pipelines.settings.config import Settings
from pipelines.settings.home import Home

_ROUNDS = 3
_LEAST = 1e-9


def matrix_of(home: Home, rows: int) -> tuple[Model, pl.DataFrame, float]:
    """Return the model of the published night, the matrix of its best leads, and the seconds."""
    settings = Settings.load(home.settings_file)
    with RunContext(home, settings, "bench", date.min).published() as db:
        model = load_model(home, str(db.scalar("SELECT max(model_id) FROM score")))
        started = time.perf_counter()
        db.run(
            "CREATE TEMP TABLE target AS SELECT lead_key, as_of FROM score JOIN run USING (run_id)"
            " JOIN decision USING (lead_key) ORDER BY rank LIMIT $rows",
            rows=rows,
        )
        columns = model.features.inputs
        batch = pl.concat(feature_batches(db, target="target", rows=rows, columns=columns))
        return model, build(batch, model.features), time.perf_counter() - started


def check(model: Model, matrix: pl.DataFrame) -> None:
    """Assert that reasons and the rest add up to the score."""
    found = model.explain(matrix)
    total = found.lines.group_by("row").agg(pl.col("contribution").sum()).sort("row")
    off = total["contribution"].to_numpy() + found.parts.base_score - found.parts.raw_score
    assert np.abs(off).max() < _LEAST
    assert found.parts.raw_score.tolist() == model.score(matrix)["raw_score"].to_list()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path)
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    model, matrix, seconds = matrix_of(Home(arguments.home), arguments.rows)
    check(model, matrix)
    rounds = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        lines = model.explain(matrix).lines.height
        rounds.append(time.perf_counter() - started)
    found = {
        "rows": matrix.height,
        "features": matrix.width,
        "trees": model.manifest["model"]["trees"],
        "lines": lines,
        "matrix_seconds": round(seconds, 3),
        "explain_seconds": round(statistics.median(rounds), 3),
        "rounds": [round(value, 3) for value in rounds],
        "machine": platform.processor() or platform.machine(),
        "cpus": os.cpu_count(),
        "versions": {name: version(name) for name in ("lightgbm", "numpy", "polars")},
    }
    print(json.dumps(found, indent=2))
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n")


if __name__ == "__main__":
    main()
