"""Models as LightGBM trains them, with every option that changes how a score comes about."""

from pathlib import Path

import lightgbm
import numpy as np
import pytest

from models.kernel import Scorer
from tests.models.kernel.forests import ODD_VALUES, same_bits

CATEGORICAL = [0, 1, 2]


def table(seed: int, rows: int, *, is_odd: bool = False) -> np.ndarray:
    rng = np.random.default_rng(seed)
    matrix = rng.standard_normal((rows, 9))
    for column, size in zip(CATEGORICAL, (4, 30, 200), strict=True):
        matrix[:, column] = np.minimum(rng.zipf(1.3, rows) - 1, size)
    matrix[:, 8] = rng.integers(0, 3000, rows)
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    matrix[rng.random(matrix.shape) < 0.1] = 0
    if is_odd:
        odd = rng.random(matrix.shape) < 0.1
        with np.errstate(over="ignore"):
            matrix[odd] = rng.choice(ODD_VALUES, odd.sum())
    return matrix


TRAIN = table(1, 1500)
EFFECT = np.random.default_rng(2).standard_normal(300)
TARGET = (
    np.nan_to_num(TRAIN[:, 3:]).sum(1) / 3000
    + EFFECT[np.nan_to_num(TRAIN[:, 1]).astype(int)]
    + EFFECT[np.nan_to_num(TRAIN[:, 2]).astype(int)]
    + np.nan_to_num(TRAIN[:, 3] * TRAIN[:, 4])
)
TEST = table(3, 1700, is_odd=True)

PLAIN = [
    {},
    {"objective": "binary"},
    {"objective": "lambdarank", "group": True},
    {"objective": "poisson"},
    {"boosting": "dart"},
    {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5},
    {"data_sample_strategy": "goss"},
    {"zero_as_missing": True},
    {"use_missing": False},
    {"num_leaves": 2},
    {"num_leaves": 255},
    {"max_bin": 1023, "min_data_in_bin": 1, "num_leaves": 200},
    {"extra_trees": True},
    {"max_cat_to_onehot": 500},
    {"min_data_in_leaf": 5000},
    {"monotone_constraints": [0, 0, 0, 1, -1, 0, 0, 0, 0]},
]


@pytest.mark.parametrize("has_categories", [False, True])
@pytest.mark.parametrize("options", PLAIN, ids=str)
def test_trained_models(options: dict, has_categories: bool):
    settings = {"verbosity": -1, "num_threads": 1, "min_data_in_leaf": 3, "min_data_per_group": 5}
    settings |= {"cat_smooth": 1} | options
    target = TARGET.copy()
    if settings.get("objective") in ("binary", "lambdarank"):
        target = (target > 1).astype(float)
    if settings.get("objective") == "poisson":
        target = np.abs(target)
    group = [50] * 30 if settings.pop("group", False) else None
    categorical = CATEGORICAL if has_categories and "monotone_constraints" not in options else []
    data = lightgbm.Dataset(TRAIN, target, group=group, categorical_feature=categorical)
    booster = lightgbm.train(settings, data, 13)
    scorer = Scorer.from_booster(booster, kernel_from_rows=0)
    assert scorer.route == "kernel"
    with np.errstate(over="ignore"):
        for matrix in (TEST.astype(np.float32), TEST, TRAIN):
            expected = booster.predict(matrix, raw_score=True)
            assert same_bits(scorer.raw_score(matrix), expected)
            assert same_bits(scorer.raw_score_columns(list(matrix.T)), expected)
    assert scorer.rows_by_route["lightgbm"] == 0


def test_linear_trees_are_left_to_lightgbm():
    settings = {"verbosity": -1, "linear_tree": True, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(TRAIN[:, 3:], TARGET), 5)
    scorer = Scorer.from_booster(booster, kernel_from_rows=0)
    assert (scorer.route, scorer.route_reason) == ("lightgbm", "linear trees")
    matrix = table(4, 700)[:, 3:]
    assert same_bits(scorer.raw_score(matrix), booster.predict(matrix, raw_score=True))
    assert scorer.rows_by_route == {"kernel": 0, "lightgbm": 700}


def test_model_of_a_second_training_on_other_data():
    """Continued training may give one feature several missing types."""
    first = lightgbm.train(
        {"verbosity": -1, "num_threads": 1, "zero_as_missing": True},
        lightgbm.Dataset(TRAIN, TARGET, free_raw_data=False),
        5,
    )
    clean = np.nan_to_num(TRAIN) + 1
    second = lightgbm.train(
        {"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(clean, TARGET), 5, init_model=first
    )
    scorer = Scorer.from_booster(second, kernel_from_rows=0)
    assert same_bits(scorer.raw_score(TEST), second.predict(TEST, raw_score=True))


@pytest.mark.parametrize("step", [1, 7.5, 1000])
def test_thousands_of_categories(step: float):
    """Codes beyond what fits a register, more sets than a byte has bits, numbers between codes."""
    rng = np.random.default_rng(6)
    codes = rng.integers(0, 2000, 6000)
    matrix = np.column_stack([np.floor(codes * step), rng.standard_normal(6000)])
    settings = {"verbosity": -1, "num_threads": 1, "min_data_per_group": 1, "cat_smooth": 1}
    settings |= {"max_cat_threshold": 500, "min_data_in_leaf": 1}
    data = lightgbm.Dataset(matrix, np.sin(codes * 12.9), categorical_feature=[0])
    booster = lightgbm.train(settings, data, 6)
    odd = np.concatenate([ODD_VALUES, [2.0**31 - 1, -1, np.nextafter(-1, 0)]])
    values = np.concatenate([matrix[:, 0], matrix[:, 0] + 0.9, matrix[:, 0] + 1, odd])
    rows = np.column_stack([values, np.zeros(len(values))])
    scorer = Scorer.from_booster(booster, kernel_from_rows=0)
    with np.errstate(over="ignore"):
        for test in (rows, rows.astype(np.float32)):
            assert same_bits(scorer.raw_score(test), booster.predict(test, raw_score=True))


def test_part_of_a_model(tmp_path: Path):
    data = lightgbm.Dataset(TRAIN, TARGET)
    booster = lightgbm.train({"verbosity": -1, "num_threads": 1}, data, 9)
    path = tmp_path / "model.txt"
    booster.save_model(path, num_iteration=4)
    expected = booster.predict(TEST, raw_score=True, num_iteration=4)
    assert same_bits(Scorer.from_file(path, kernel_from_rows=0).raw_score(TEST), expected)
    booster.save_model(path, start_iteration=2, num_iteration=4)
    expected = booster.predict(TEST, raw_score=True, start_iteration=2, num_iteration=4)
    part = Scorer.from_booster(lightgbm.Booster(model_file=path), kernel_from_rows=0)
    assert same_bits(part.raw_score(TEST), expected)
