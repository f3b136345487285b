"""Peak memory and time of one training, on a made-up matrix of any size.

    python benchmarks/bench_train_memory.py --rows 10000000 --columns 60

The matrix as it is handed in counts (rows x columns x 4 bytes): nobody could free it before.
"""

import argparse
import resource
import time

import numpy as np
import polars as pl

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.spec import Known
from features.vocabulary import Vocabulary
from models.params import TrainSettings
from models.train import TrainingSet, train

LEVELS = 12


def made_up(rows: int, columns: int) -> tuple[TrainingSet, FeatureSet]:
    """Two thirds numbers, the rest categories; a tenth missing; 3% convert."""
    rng = np.random.default_rng(0)
    numbers = columns * 2 // 3
    logit = np.full(rows, -4.2, dtype=np.float32)
    held = []
    for index in range(columns):
        if index < numbers:
            column = rng.standard_normal(rows, dtype=np.float32)
            if index < 10:
                logit += 0.3 * column
        else:
            column = rng.integers(0, LEVELS, rows).astype(np.float32)
            if index < numbers + 5:
                logit += 0.1 * (column - LEVELS / 2) / 2
        column[rng.random(rows, dtype=np.float32) < 0.1] = np.nan
        held.append(pl.Series(f"custom:c{index}", column).fill_nan(None))
    label = rng.random(rows, dtype=np.float32) < 1 / (1 + np.exp(-logit))
    kinds = ["number" if index < numbers else "category" for index in range(columns)]
    features = tuple(
        custom_feature(f"custom:c{index}", kind, Known.IMMUTABLE)
        for index, kind in enumerate(kinds)
    )
    values = tuple(f"v{level}" for level in range(LEVELS))
    vocabulary = {f.name: values for f in features if f.kind == "category"}
    at = np.datetime64("2023-01-01", "D") + rng.integers(0, 1000, rows)
    keys = np.arange(rows)
    data = TrainingSet(pl.DataFrame(held), label, keys, at, keys, rng.random(rows))
    return data, FeatureSet(features, Vocabulary(vocabulary))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=60)
    parser.add_argument("--trees", type=int, default=300, help="fewer for memory alone")
    arguments = parser.parse_args()
    data, features = made_up(arguments.rows, arguments.columns)
    handed_in = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    started = time.perf_counter()
    settings = TrainSettings()
    few = [c.model_copy(update={"trees": arguments.trees}) for c in settings.candidates]
    settings = settings.model_copy(update={"candidates": tuple(few)})
    model = train(data, features, settings, context={})
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{arguments.rows:,} rows x {arguments.columns}, {int(data.label.sum()):,} conversions:"
        f" {seconds:.0f} s; peak {peak:.1f} GiB (matrix made: {handed_in:.1f})"
    )
    found = model.manifest
    print(f"fitted {found['model']['fitted']}; AUC {found['metrics']['auc']:.4f}")


if __name__ == "__main__":
    main()
