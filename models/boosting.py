"""The only calls that train LightGBM: fixed, deterministic settings around one candidate."""

import os
import re
from collections.abc import Sequence
from typing import Final

import numpy as np

from models.matrix import F32, F64, Bools, booster_name
from models.params import Candidate, TrainSettings

# LightGBM's threads meet after every small loop. By default they wait there spinning, and beside
# another busy process take the processor from the very thread they wait for: 20 trees on 1.6M rows
# took 14 s instead of 7 s, or 27 s instead of 9 s; on a quiet machine sleeping costs nothing (2.1 s
# against 2.3 s). OpenMP reads this once, when LightGBM is first loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import lightgbm as lgb

Booster = lgb.Booster

# LightGBM ends training at the first tree that finds no split; a tree that may look at one useless
# feature alone would end it by bad luck.
_MIN_FEATURES: Final = 5

# Below so many values per thread, meeting costs as much as the threads gain.
_VALUES_PER_THREAD: Final = 2_000_000

_THREADS_LINE: Final = re.compile(r"^\[num_threads: \d+\]\n", re.MULTILINE)


def dataset(
    matrix: F32,
    label: Bools,
    names: Sequence[str],
    categorical: Sequence[int],
    params: TrainSettings,
    reference: lgb.Dataset | None = None,
) -> lgb.Dataset:
    """Bin a block once, for every candidate.

    Parameters
    ----------
    matrix : (n, k) float32
        NaN = missing.
    label : (n,) bool
    names : the k feature names
    categorical : positions of the category features
    reference : lgb.Dataset, optional
        The training block, whose bins an early-stopping block must share.
    """
    return lgb.Dataset(
        matrix,
        label=label.astype(np.float32),
        feature_name=[booster_name(name) for name in names],
        categorical_feature=list(categorical),
        reference=reference,
        free_raw_data=True,
        params={
            "max_bin": params.max_bin,
            "data_random_seed": params.seed,
            # Candidates differ in the rows per leaf; LightGBM would drop features by the first.
            "feature_pre_filter": False,
            "num_threads": params.num_threads,
            "force_row_wise": True,
            "deterministic": True,
            "verbosity": -1,
        },
    )


def fit(
    candidate: Candidate,
    train: lgb.Dataset,
    stop: lgb.Dataset | None,
    rows: int,
    monotone: Sequence[int],
    params: TrainSettings,
) -> lgb.Booster:
    """Train one candidate; with an early-stopping block, keep only its best trees.

    `rows` of the training block decide how many threads are worth it (the trees are the same for
    any number); `monotone` holds -1, 0 or 1 per feature.

    No weights and no ``is_unbalance``: reweighting classes destroys calibration, and ranking does
    not need it.
    """
    width = max(1, len(monotone))
    threads = max(1, min(params.num_threads, rows * width // _VALUES_PER_THREAD))
    settings = {
        "objective": "binary",
        "metric": "binary_logloss",
        "num_leaves": candidate.leaves,
        "learning_rate": candidate.learning_rate,
        "feature_fraction": max(candidate.feature_fraction, min(1.0, _MIN_FEATURES / width)),
        "bagging_fraction": candidate.bagging_fraction,
        "bagging_freq": 1 if candidate.bagging_fraction < 1 else 0,
        "lambda_l2": candidate.lambda_l2,
        "min_data_in_leaf": candidate.min_leaf_rows,
        "max_bin": params.max_bin,
        "seed": params.seed,
        "num_threads": threads,
        "deterministic": True,
        "force_row_wise": True,
        "feature_pre_filter": False,
        "histogram_pool_size": 1024,  # MB
        "verbosity": -1,
    }
    if any(monotone):
        settings["monotone_constraints"] = list(monotone)
    if stop is None:
        return lgb.train(settings, train, candidate.trees)
    return lgb.train(
        settings,
        train,
        candidate.trees,
        valid_sets=[stop],
        callbacks=[lgb.early_stopping(params.early_stopping_rounds, verbose=False)],
    )


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


def raw_score(booster: lgb.Booster, matrix: F32, threads: int) -> F64:
    """Return raw scores (log-odds), (n,) float64."""
    if not len(matrix):
        return np.empty(0)
    scores = booster.predict(matrix, raw_score=True, num_threads=threads)
    return np.asarray(scores, dtype=np.float64)
