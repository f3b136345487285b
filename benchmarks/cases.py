"""The models and matrices that are timed: synthetic ones, and those of a backlog."""

import tempfile
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import lightgbm
import numpy as np
import polars as pl

FEATURES = 32
CATEGORY_SIZES = (5, 10, 20, 40, 80, 150, 30, 60)
TRAINING_ROWS = 200_000
BACKLOG = "backlog"
BACKLOG_LEADS = 200_000
BACKLOG_SEED = 7


@dataclass(frozen=True)
class Training:
    """Rows that LightGBM and the peers learn from: matrix (n, k) float32, label (n,) bool."""

    matrix: np.ndarray
    label: np.ndarray
    trees: int
    leaves: int


@dataclass(frozen=True)
class Case:
    """One model and the C-order float32 matrix (n, k) it is timed on; `training` for peers."""

    name: str
    booster: lightgbm.Booster
    matrix: np.ndarray
    training: Training | None = None

    @cached_property
    def expected(self) -> np.ndarray:
        """Raw scores by LightGBM: what every contender is compared with."""
        return self.booster.predict(self.matrix, raw_score=True)


def case_of(name: str, rows: int, home: Path | None) -> Case:
    """Make a case: trees x leaves, ``-cat``, ``-bin1023``, or the model of a backlog."""
    if name == BACKLOG:
        return backlog(rows, home)
    size, _, kind = name.partition("-")
    trees, leaves = (int(word) for word in size.split("x"))
    has_categories = kind == "cat"
    training = _training(trees, leaves, has_categories=has_categories)
    data = lightgbm.Dataset(
        training.matrix,
        training.label,
        categorical_feature=list(range(len(CATEGORY_SIZES))) if has_categories else [],
        params={"max_bin": 1023 if kind == "bin1023" else 255, "verbosity": -1},
    )
    settings = {"objective": "binary", "num_leaves": leaves, "verbosity": -1, "num_threads": 2}
    booster = lightgbm.train(settings, data, trees)
    return Case(name, booster, matrix_of(rows, 1, has_categories=has_categories), training)


def matrix_of(rows: int, seed: int, *, has_categories: bool) -> np.ndarray:
    """Draw a C-order float32 matrix (rows, 32), 5% of it missing."""
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((rows, FEATURES), np.float32)
    if has_categories:
        for column, size in enumerate(CATEGORY_SIZES):
            matrix[:, column] = np.minimum(rng.zipf(1.4, rows) - 1, size - 1)
    matrix[rng.random(matrix.shape, np.float32) < 0.05] = np.nan
    return matrix


def _training(trees: int, leaves: int, *, has_categories: bool) -> Training:
    matrix = matrix_of(TRAINING_ROWS, 7, has_categories=has_categories)
    rng = np.random.default_rng(8)
    known = np.nan_to_num(matrix)
    score = known[:, 8:] @ rng.standard_normal(FEATURES - 8) / 2 + known[:, 9] * known[:, 10]
    score += np.sin(3 * known[:, 11]) + rng.standard_normal(TRAINING_ROWS)
    for column, effects in enumerate(rng.standard_normal((8, max(CATEGORY_SIZES)))):
        score += effects[known[:, column].astype(int)] if has_categories else known[:, column] / 2
    return Training(matrix, score > 1, trees, leaves)


def backlog(rows: int, home: Path | None) -> Case:
    """Take the nightly's model of a home and the features of its leads, repeated to `rows` rows.

    Without a home: `BACKLOG_LEADS` synthetic leads are generated, loaded and trained on.
    """
    if home is not None:
        return _backlog_of(rows, home)
    with tempfile.TemporaryDirectory(prefix="bench-kernel-") as scratch:
        _make_home(Path(scratch))
        return _backlog_of(rows, Path(scratch) / "home")


def _make_home(folder: Path) -> None:
    """Do what docs/performance.md does by hand: generate, load, train."""
    from pipelines.generate import T_END, generate
    from pipelines.load import load_mapping
    from pipelines.runs.landing import expand
    from pipelines.runs.load import LoadRequest, run_load
    from pipelines.runs.train import run_train
    from pipelines.settings.home import Home

    world, home = folder / "world", Home(folder / "home").ensure()
    generate(world, leads=BACKLOG_LEADS, seed=BACKLOG_SEED, format="parquet")
    mappings = sorted((world / "mappings").glob("*.toml"), key=_leads_first)
    run_load(
        home,
        [
            LoadRequest(expand([world / file.stem]), file.stem.split("_")[0], load_mapping(file))
            for file in mappings
        ],
    )
    run_train(home, as_of=T_END)


def _leads_first(mapping: Path) -> tuple[bool, str]:
    return (not mapping.stem.startswith("leads"), mapping.stem)


def _backlog_of(rows: int, folder: Path) -> Case:
    from features.build import build
    from pipelines.featurise import feature_batches
    from pipelines.runs.context import RunContext
    from pipelines.runs.registry import load_model, nightly_champion
    from pipelines.settings.config import Settings
    from pipelines.settings.home import Home
    from pipelines.store.ledger import Ledger

    home = Home(folder)
    with Ledger(home.ledger) as ledger:
        champion = nightly_champion(ledger)
    if champion is None:
        raise SystemExit(f"no model is in force in {folder}: train there first")
    model = load_model(home, champion)
    as_of = date.fromisoformat(model.manifest["as_of"])
    context = RunContext(home, Settings.load(home.settings_file), "bench", as_of)
    with context.published() as db:
        db.run(
            "CREATE TEMP TABLE target AS SELECT lead_key, $as_of::TIMESTAMP AS as_of FROM lead"
            f" ORDER BY lead_key LIMIT {int(rows)}",
            as_of=context.midnight,
        )
        columns = model.features.inputs
        with closing(feature_batches(db, target="target", rows=100_000, columns=columns)) as parts:
            built = pl.concat([build(part, model.features) for part in parts])
    found = np.column_stack([column.to_numpy() for column in built.iter_columns()])
    return Case(BACKLOG, model.booster, np.resize(found, (rows, found.shape[1])))
