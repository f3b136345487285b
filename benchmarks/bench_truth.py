"""Probabilities beside the true ones of a generated world.

The home has loaded the world, trained and published a night; the world keeps the true chance of
every lead to convert if contacted, which no stage reads, as of the day on which it ends.

    python -m pipelines.generate WORLD --leads 1000000 --seed 7 --format parquet
    lead-triage load ...   (the ten folders, each with its mapping)
    lead-triage train --as-of 2026-10-01 ; lead-triage nightly --as-of 2026-10-01
    python benchmarks/bench_truth.py --world WORLD --home PATH [--rows contacts] [--ceiling]

``--rows backlog``: every lead that the night scored. ``--rows contacts``: contacts made in the last
half-year, each scored on its day by a model trained as of the day before them all (in a copy of the
home). In a world made with ``--hidden-weight 0.7 --hidden-selection 1`` the two differ: sales chose
by what no file carries, and the backlog is not what any model could learn from.

``--ceiling`` also fits the truth itself on the features of the model, cross-fitted: what the best
possible model of these features could rank, since the truth holds a part that no file carries. It
takes minutes.
"""

import argparse
import itertools
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import polars as pl

from features.build import build
from models import Model
from models.matrix import F32, to_array
from pipelines.featurise import feature_batches, training_rows
from pipelines.generate import T_END
from pipelines.runs.context import RunContext
from pipelines.runs.registry import load_model
from pipelines.runs.train import run_train
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database

F64 = npt.NDArray[np.float64]
EDGES = (0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)
TOP = 0.01
SINCE_DAYS = 180


@dataclass(frozen=True)
class Judged:
    """Rows to judge, (n,); `known` are rows of the matrix (m, k) that only the ceiling learns."""

    raw: F64
    said: F64
    true: F64
    matrix: F32
    known: F64
    model: Model


def slope_of(probability: F64, truth: F64) -> tuple[float, float]:
    """Slope and intercept of the true chance on the log-odds said, by Newton's method."""
    odds = np.log(probability / (1 - probability))
    design, found = np.column_stack([odds, np.ones_like(odds)]), np.array([1.0, 0.0])
    for _ in range(50):
        chance = 1 / (1 + np.exp(-(design @ found)))
        curvature = (design * (chance * (1 - chance))[:, None]).T @ design
        found += np.linalg.solve(curvature, design.T @ (truth - chance))
    return float(found[0]), float(found[1])


def top_share(raw: F64, truth: F64) -> tuple[float, float]:
    """Lift of the best hundredth by score, and by the truth itself."""
    count = max(1, int(TOP * len(raw)))
    ours = truth[np.argsort(-raw, kind="stable")[:count]].mean()
    return ours / truth.mean(), np.sort(truth)[-count:].mean() / truth.mean()


def show(raw: F64, probability: F64, truth: F64) -> None:
    order = np.argsort(raw, kind="stable")
    print(f"{len(raw):,} rows; said {probability.mean():.4f}, true {truth.mean():.4f}")
    print("band              leads     said     true   said / true")
    for low, high in itertools.pairwise(EDGES):
        rows = order[int(low * len(order)) : int(high * len(order))]
        said, true = probability[rows].mean(), truth[rows].mean()
        print(
            f"{low:5.0%} to {high:5.0%} {len(rows):9,} {said:8.4f} {true:8.4f} {said / true:8.2f}"
        )
    slope, intercept = slope_of(probability, truth)
    print(f"calibration slope {slope:.3f}, intercept {intercept:+.3f}")
    ours, best = top_share(raw, truth)
    print(f"lift in the top 1%: {ours:.2f}, of the truth {best:.2f}: {ours / best:.1%}")


def ceiling(matrix: F32, truth: F64, categories: list[int]) -> F64:
    """Score each half by a model of the truth in the other half."""
    half = np.random.default_rng(0).random(len(truth)) < 0.5
    raw = np.empty(len(truth))
    settings = {
        "objective": "cross_entropy", "num_leaves": 63, "min_data_in_leaf": 50, "verbosity": -1,
        "num_threads": 2,
    }  # fmt: skip
    for part in (half, ~half):
        data = lgb.Dataset(matrix[~part], truth[~part], categorical_feature=categories)
        raw[part] = lgb.train(settings, data, 400).predict(matrix[part], raw_score=True)
    return raw


def features_of(db: Database, target: str, model: Model, *, as_known: bool) -> pl.DataFrame:
    """Return the matrix of a table of (lead_key, as_of), in that order."""
    batches = feature_batches(
        db, target=target, rows=250_000, columns=model.features.inputs, as_known=as_known
    )
    return pl.concat([build(batch, model.features) for batch in batches])


def backlog(world: Path, home: Home, as_of: date) -> Judged:
    context = RunContext(home, Settings.load(home.settings_file), "bench", as_of)
    with context.published() as db:
        scored = db.frame(
            "SELECT score.lead_key, source_system, source_id, raw_score, probability, model_id"
            " FROM score JOIN lead USING (lead_key) WHERE probability IS NOT NULL"
            " ORDER BY score.lead_key"
        )
        model = load_model(home, scored["model_id"][0])
        db.run("CREATE TEMP TABLE judged (lead_key BIGINT, as_of TIMESTAMP)")
        db.run(
            "INSERT INTO judged SELECT lead_key, $as_of::TIMESTAMP FROM score"
            " WHERE probability IS NOT NULL ORDER BY lead_key",
            as_of=context.midnight,
        )
        matrix = features_of(db, "judged", model, as_known=False)
    truth = pl.read_parquet(
        world / "truth/leads.parquet", columns=["source_system", "source_id", "p_contacted"]
    )
    found = scored.join(truth, on=["source_system", "source_id"], how="left", maintain_order="left")
    is_open = found["p_contacted"].is_not_null()  # null: converted, whatever the exports say
    raw, said, true = (
        found.filter(is_open)[name].to_numpy().astype(np.float64)
        for name in ("raw_score", "probability", "p_contacted")
    )
    array = to_array(matrix.filter(is_open), model.features.names)
    return Judged(raw, said, true, array, true, model)


def contacts(world: Path, home: Home, as_of: date) -> Judged:
    settings = Settings.load(home.settings_file)
    since = as_of - timedelta(days=SINCE_DAYS)
    with tempfile.TemporaryDirectory() as folder:
        past = Home(Path(folder) / "home")
        shutil.copytree(home.root, past.root, symlinks=True)
        model = run_train(past, as_of=since)[0].model
    with RunContext(home, settings, "bench", as_of).published() as db:
        made = training_rows(db, as_of=as_of, horizon_days=settings.label.horizon_days)
        keys = db.frame(
            "SELECT as_of, source_system, source_id"
            f" FROM {made.table} JOIN lead USING (lead_key) ORDER BY lead_key, as_of"
        )
        matrix = features_of(db, made.table, model, as_known=True)
    truth = pl.read_parquet(world / "truth/episodes.parquet").select(
        "source_system", "source_id", "p", as_of=pl.col("contacted_at").dt.truncate("1d")
    )
    on = ["source_system", "source_id", "as_of"]
    truth = truth.unique(on).with_columns(pl.col("as_of").cast(keys["as_of"].dtype))
    found = keys.join(truth, on=on, how="left", maintain_order="left")
    is_known = found["p"].is_not_null()
    found, matrix = found.filter(is_known), matrix.filter(is_known)
    is_later = found["as_of"].dt.date() >= since
    scored = model.score(matrix.filter(is_later))
    true = found["p"].to_numpy().astype(np.float64)
    rows = is_later.to_numpy()
    print(f"trained as of {since}; {rows.sum():,} contacts since, {(~is_known).sum():,} unknown")
    array = to_array(matrix, model.features.names)
    order = np.concatenate([np.flatnonzero(rows), np.flatnonzero(~rows)])
    return Judged(
        scored["raw_score"].to_numpy(), scored["probability"].to_numpy(), true[rows],
        array[order], true[order], model,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--world", type=Path, required=True)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--rows", choices=("backlog", "contacts"), default="backlog")
    parser.add_argument("--as-of", type=date.fromisoformat, default=T_END, help="of the night")
    parser.add_argument("--ceiling", action="store_true")
    arguments = parser.parse_args()
    judge = {"backlog": backlog, "contacts": contacts}[arguments.rows]
    found = judge(arguments.world, Home(arguments.home), arguments.as_of)
    show(found.raw, found.said, found.true)
    if not arguments.ceiling:
        return
    kinds = found.model.features.kinds
    categories = [i for i, kind in enumerate(kinds) if kind == "category"]
    best = ceiling(found.matrix, found.known, categories)[: len(found.raw)]
    reached, raw_best = top_share(best, found.true)
    ours, _ = top_share(found.raw, found.true)
    print(f"ceiling of these features: {reached:.2f} ({reached / raw_best:.1%} of the truth's)")
    print(f"reached of that ceiling: {ours / reached:.1%}")


if __name__ == "__main__":
    main()
