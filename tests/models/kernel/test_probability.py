"""`Scorer.probability` is LightGBM's own for its links, and the model's where it is calibrated."""

import lightgbm
import numpy as np
import pytest

from models import Scorer, save
from models.errors import ModelRefusedError
from models.kernel.text import parse
from tests.models.data import training_set
from tests.models.kernel.forests import same_bits

DATA = np.random.default_rng(0).standard_normal((6000, 4)).astype(np.float32)
SIGNAL = DATA[:, 0] + np.sin(3 * DATA[:, 1]) + 0.3 * DATA[:, 2]


def trained(**settings) -> lightgbm.Booster:
    label = SIGNAL - SIGNAL.min() + 1
    if settings["objective"] == "binary":
        label = SIGNAL > 0
    elif settings["objective"].startswith("cross"):
        label = 1 / (1 + np.exp(-SIGNAL))
    elif settings["objective"] == "lambdarank":
        label = (SIGNAL > 0).astype(int)
    group = [100] * 20 if settings["objective"] == "lambdarank" else None
    train = lightgbm.Dataset(DATA[:2000], label[:2000], group=group)
    return lightgbm.train({"verbosity": -1, "num_threads": 1, "seed": 1, **settings}, train, 25)


LINKS = (
    {"objective": "binary"},
    {"objective": "binary", "sigmoid": 2.5, "learning_rate": 0.5},
    {"objective": "binary", "sigmoid": 0.01},
    {"objective": "binary", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
    {"objective": "binary", "boosting": "dart"},
    {"objective": "cross_entropy"},
    {"objective": "cross_entropy", "boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.6},
)


@pytest.mark.parametrize("settings", LINKS)
@pytest.mark.parametrize("rows", [0, 10**9])
def test_same_bits_as_lightgbm(settings, rows, tmp_path):
    booster = trained(**settings)
    booster.save_model(tmp_path / "m.txt")
    expected = booster.predict(DATA)
    for scorer in (
        Scorer.from_booster(booster, kernel_from_rows=rows),
        Scorer.from_file(tmp_path / "m.txt", kernel_from_rows=rows),
    ):
        assert same_bits(scorer.probability(DATA), expected)
        assert same_bits(scorer.probability_columns(list(DATA.T)), expected)
        assert scorer.probability(DATA[:0]).shape == (0,)


def test_far_scores_stay_inside():
    booster = trained(objective="binary", learning_rate=1.0, sigmoid=2.0)
    for leaf, value in ((0, 800.0), (1, -800.0)):
        booster.set_leaf_output(0, leaf, value)
    found = Scorer.from_booster(booster).probability(DATA)
    assert same_bits(found, booster.predict(DATA))
    assert found.min() == 0
    assert found.max() == 1


def test_intensity_of_cross_entropy_lambda_becomes_a_probability():
    booster = trained(objective="cross_entropy_lambda")
    found = Scorer.from_booster(booster).probability(DATA)
    np.testing.assert_allclose(found, -np.expm1(-booster.predict(DATA)), rtol=1e-14)


@pytest.mark.parametrize(
    "objective", ["regression", "poisson", "tweedie", "gamma", "lambdarank", "quantile"]
)
def test_scores_that_are_no_probabilities_are_refused(objective):
    scorer = Scorer.from_booster(trained(objective=objective))
    for refused in (scorer.probability, lambda rows: scorer.probability_columns(list(rows.T))):
        with pytest.raises(ModelRefusedError, match=f"objective '{objective}.*no probabilities"):
            refused(DATA)
    assert scorer.rows_by_route == {"kernel": 0, "lightgbm": 0}  # before any work


@pytest.mark.parametrize(
    "objective",
    [
        "",
        "binary sigmoid:0",
        "binary sigmoid:1e999",
        "binary",
        "binary sigmoid:-1",
        "bin sigmoid:1",
    ],
)
def test_custom_objective_and_damaged_link_are_refused(objective):
    text = trained(objective="binary").model_to_string()
    line = f"objective={objective}\n" if objective else ""
    forest = parse(text.replace("objective=binary sigmoid:1\n", line).encode())
    with pytest.raises(ModelRefusedError, match="no probabilities"):
        Scorer(forest).probability(DATA)


@pytest.mark.parametrize("rows", [0, 10**9])
@pytest.mark.parametrize("name", [".", "model.txt"])
def test_saved_model_brings_its_calibration(model, tmp_path, rows, name):
    frame = training_set(seed=9)[0].matrix
    expected = model.score(frame)
    scorer = Scorer.from_file(save(model, tmp_path) / name, kernel_from_rows=rows)
    matrix = frame.to_numpy()
    assert same_bits(scorer.raw_score(matrix), expected["raw_score"].to_numpy())
    assert same_bits(scorer.probability(matrix), expected["probability"].to_numpy())
    assert same_bits(
        scorer.probability_columns(frame.get_columns()), expected["probability"].to_numpy()
    )
    assert not same_bits(scorer.probability(matrix), model.booster.predict(matrix))
