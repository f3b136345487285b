"""The only calls that train LightGBM: fixed, deterministic settings around one candidate."""

import os
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from features.featureset import FeatureSet
from models.block import Block
from models.kernel import Scorer
from models.matrix import F32, F64, Ints, booster_name
from models.metrics import levelled_loss
from models.params import Candidate, TrainSettings

# LightGBM's threads meet after every small loop. By default they wait there spinning, and beside
# another busy process take the processor from the very thread they wait for: 20 trees on 1.6M rows
# took 14 s instead of 7 s, or 27 s instead of 9 s; on a quiet machine sleeping costs nothing (2.1 s
# against 2.3 s). OpenMP reads this once, when LightGBM is first loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import lightgbm as lgb

Booster = lgb.Booster
Dataset = lgb.Dataset

# LightGBM ends training at the first tree that finds no split; a tree that may look at one useless
# feature alone would end it by bad luck.
_MIN_FEATURES: Final = 5

# Below so many values per thread, meeting costs as much as the threads gain.
_VALUES_PER_THREAD: Final = 2_000_000

_CHUNK_ROWS: Final = 500_000

_THREADS_LINE: Final = re.compile(r"^\[num_threads: \d+\]\n", re.MULTILINE)


def dataset(
    block: Block,
    features: FeatureSet,
    params: TrainSettings,
    reference: lgb.Dataset | None = None,
    bins: int | None = None,
) -> lgb.Dataset:
    """Bin a block once, for every candidate; the block itself can be freed afterwards.

    Parameters
    ----------
    block : Block
        Matrix (n, k) float32, NaN = missing; label; weights or None.
    reference : lgb.Dataset, optional
        The training block, whose bins an early-stopping block must share.
    bins : int, optional
        Of the candidates that this is for (`Candidate.bins`).
    """
    binned = lgb.Dataset(
        block.matrix,
        label=block.label.astype(np.float32),
        weight=block.weight,
        feature_name=[booster_name(name) for name in features.names],
        categorical_feature=[i for i, kind in enumerate(features.kinds) if kind == "category"],
        reference=reference,
        free_raw_data=True,
        params={
            "max_bin": bins or params.max_bin,
            "data_random_seed": params.seed,
            # Candidates differ in the rows per leaf; LightGBM would drop features by the first.
            "feature_pre_filter": False,
            "num_threads": params.num_threads,
            "force_row_wise": True,
            "deterministic": True,
            "verbosity": -1,
        },
    )
    return binned.construct()


def fit(
    candidate: Candidate,
    train: lgb.Dataset,
    stop: lgb.Dataset | None,
    features: FeatureSet,
    params: TrainSettings,
) -> lgb.Booster:
    """Train one candidate; with an early-stopping block, only its best trees count.

    The rows of the training block decide how many threads are worth it; the trees are the same for
    any number.

    No class weights and no ``is_unbalance``: reweighting classes destroys calibration, and ranking
    does not need it. Early stopping looks at the log loss after the best shift of the level: where
    the base rate moved between the blocks, plain log loss would stop at the first trees because
    they are vague, not because they rank well.
    """
    width = max(1, len(features.names))
    rows = train.num_data()
    threads = max(1, min(params.num_threads, rows * width // _VALUES_PER_THREAD))
    settings = {
        "objective": "binary",
        "metric": "None",
        "num_leaves": candidate.leaves,
        "learning_rate": candidate.learning_rate,
        "feature_fraction": max(candidate.feature_fraction, min(1.0, _MIN_FEATURES / width)),
        "bagging_fraction": candidate.bagging_fraction,
        "bagging_freq": 1 if candidate.bagging_fraction < 1 else 0,
        "lambda_l2": candidate.lambda_l2,
        "min_data_in_leaf": candidate.min_leaf_rows,
        "extra_trees": candidate.is_random,
        "max_bin": candidate.bins or params.max_bin,
        "seed": params.seed,
        "num_threads": threads,
        "deterministic": True,
        "force_row_wise": True,
        "feature_pre_filter": False,
        "histogram_pool_size": 1024,  # MB
        "verbosity": -1,
    }
    if any(features.monotone):
        settings["monotone_constraints"] = list(features.monotone)
    if stop is None:
        return lgb.train(settings, train, candidate.trees)
    return lgb.train(
        settings,
        train,
        candidate.trees,
        valid_sets=[stop],
        feval=_levelled,
        callbacks=[lgb.early_stopping(params.early_stopping_rounds, verbose=False)],
    )


def _levelled(probability: F64, held: lgb.Dataset) -> tuple[str, float, bool]:
    safe = np.clip(probability, 1e-12, 1 - 1e-12)
    label = np.asarray(held.get_label()) > 0.5
    return "levelled_loss", levelled_loss(label, np.log(safe / (1 - safe))), False


def average(boosters: Sequence[lgb.Booster], line: Sequence[str] = ()) -> lgb.Booster:
    """Return one model whose raw score is the mean of those of several.

    Their trees stand one after the other with their values divided: to whoever scores or explains,
    it is one LightGBM model like any other. The trees of a `line` (`models.line`) are one member.
    """
    if len(boosters) == 1 and not line:
        return boosters[0]
    texts = [booster.model_to_string(num_iteration=tree_count(booster)) for booster in boosters]
    trees = [tree for text in texts for tree in _trees(text)] + list(line)
    return _rewritten(texts[0], trees, len(boosters) + bool(line))


def instead(booster: lgb.Booster, line: Sequence[str]) -> lgb.Booster:
    """Return a model of the trees of a `line` alone, with the features of another."""
    return _rewritten(booster.model_to_string(), list(line), 1)


def _rewritten(text: str, trees: list[str], members: int) -> lgb.Booster:
    chunks = [
        f"Tree={number}\n{_divided(tree, members)}\n\n\n" for number, tree in enumerate(trees)
    ]
    head, tail = text.split("\nTree=0\n")[0], text.split("\nend of trees\n")[1]
    sizes = " ".join(str(len(chunk)) for chunk in chunks)
    head = re.sub(r"^tree_sizes=.*$", f"tree_sizes={sizes}", head, flags=re.MULTILINE)
    return booster_of(f"{head}\n{''.join(chunks)}end of trees\n{tail}")


def _trees(text: str) -> list[str]:
    body = text[text.index("\nTree=0\n") : text.index("\nend of trees\n")]
    return [part.strip("\n") for part in re.split(r"\nTree=\d+\n", body)[1:]]


def _divided(tree: str, count: int) -> str:
    lines = []
    for line in tree.split("\n"):
        key, _, values = line.partition("=")
        # A tree without a split has no inner values at all.
        if key in ("leaf_value", "internal_value"):
            line = f"{key}=" + " ".join(f"{float(v) / count:.17g}" for v in values.split())
        lines.append(line)
    return "\n".join(lines)


def text_of(booster: lgb.Booster) -> str:
    """Return the model as LightGBM text: the best trees only, and no word on threads.

    The trees are the same for any number of threads, so the text, and the model id made from it,
    must be too.
    """
    text: str = booster.model_to_string(num_iteration=tree_count(booster))
    return _THREADS_LINE.sub("", text)


def tree_count(booster: lgb.Booster) -> int:
    """Return the number of trees that count: up to the best one where training stopped early."""
    return booster.best_iteration if booster.best_iteration > 0 else booster.num_trees()


def booster_of(text: str) -> lgb.Booster:
    """Read LightGBM text that was checked before: LightGBM itself crashes on a bad one."""
    return lgb.Booster(model_str=text)


def raw_score_of(booster: lgb.Booster, matrix: F32, rows: Ints, threads: int) -> F64:
    """Return raw scores, (m,) float64, of some rows, copied a piece at a time.

    Many rows are scored by the compiled kernel: the same bits, some fifty times as fast.
    """
    scorer = Scorer.from_booster(booster, threads=threads)
    parts = [
        scorer.raw_score(matrix[rows[start : start + _CHUNK_ROWS]])
        for start in range(0, len(rows), _CHUNK_ROWS)
    ]
    return np.concatenate(parts) if parts else np.empty(0)


def raw_score(booster: lgb.Booster, matrix: F32, threads: int) -> F64:
    """Return raw scores (log-odds), (n,) float64."""
    if not len(matrix):
        return np.empty(0)
    scores = booster.predict(matrix, raw_score=True, num_threads=threads)
    return np.asarray(scores, dtype=np.float64)
