"""A logistic regression written as trees scores as itself, by LightGBM and by the kernel."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models import boosting
from models.baselines import Logistic
from models.block import Block
from models.kernel import walk
from models.kernel.canonical import check
from models.kernel.text import parse
from models.line import trees_of
from models.matrix import to_array
from models.params import HUGE, LARGE, MEDIUM, SMALL, Candidate, TrainSettings
from models.selection import Recipe, choose
from models.train import train
from tests.models.data import feature_set, training_set

PARAMS = TrainSettings(num_threads=1)
SIZES = (0, 0, 0, 4)


def written(matrix, label, features, monotone=()):
    """The regression, and its trees in place of those of a booster on the same rows."""
    line = Logistic(features.kinds, monotone).fit(matrix, label)
    block = Block(matrix, label)
    one = SMALL.model_copy(update={"trees": 1})
    host = boosting.fit(one, boosting.dataset(block, features, PARAMS), None, features, PARAMS)
    return line, boosting.instead(host, trees_of(line, matrix, SIZES, float(label.mean())))


def test_few_values_are_followed_exactly_and_many_nearly():
    data, features = training_set(2000)
    matrix = to_array(data.matrix, features.names)
    line, trees = written(matrix, data.label, features)
    score = boosting.raw_score(trees, matrix, 1)
    error = score - line.raw_score(matrix)
    assert 1 - error.var() / score.var() > 0.999
    few = matrix.copy()
    few[:, 1:3] = np.round(few[:, 1:3] / 4)  # minutes and noise in a handful of values
    line, trees = written(few, data.label, features)
    unseen = np.array([[2, 1, 0, np.nan], [np.nan, np.nan, np.nan, 3]], np.float32)
    for rows in (few, unseen):
        found = boosting.raw_score(trees, rows, 1)
        np.testing.assert_allclose(found, line.raw_score(rows), atol=1e-12)


def test_the_trees_are_a_sound_model_whose_reasons_add_up():
    data, features = training_set(1500)
    matrix = to_array(data.matrix, features.names)
    text = boosting.text_of(written(matrix, data.label, features)[1])
    forest = parse(text.encode())
    check(text.encode(), forest)
    booster = boosting.booster_of(text)
    score = boosting.raw_score(booster, matrix, 1)
    np.testing.assert_allclose(walk.scores(forest.trees, matrix), score, atol=1e-12)
    shares = booster.predict(matrix, pred_contrib=True)
    np.testing.assert_allclose(shares.sum(axis=1), score, atol=1e-9)
    assert shares[0, -1] == pytest.approx(score.mean(), abs=1e-4)  # what the rows score on average
    with_boosted = boosting.average([booster], trees_of(
        Logistic(features.kinds).fit(matrix, data.label), matrix, SIZES, 0.3
    ))  # fmt: skip
    np.testing.assert_allclose(boosting.raw_score(with_boosted, matrix, 1), score, atol=1e-12)


def test_a_number_that_may_only_raise_the_score_never_lowers_it():
    data, features = training_set(2000)
    matrix = to_array(data.matrix, features.names)
    label = data.label & (matrix[:, 1] < 20)  # minutes lower it
    for sign in (1, -1):
        line, trees = written(matrix, label, features, (0, sign, 0, 0))
        rows = np.repeat(matrix[:1], 50, axis=0)
        rows[:, 1] = np.linspace(0, 60, 50)
        for score in (line.raw_score(rows), boosting.raw_score(trees, rows, 1)):
            assert (sign * np.diff(score) >= -1e-12).all()
        assert np.ptp(score) == 0 if sign == 1 else np.ptp(score) > 0


def test_a_straight_world_is_left_to_the_line_and_a_bent_one_to_trees():
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(4000, 4)).astype(np.float32)
    matrix[:, 3] = rng.integers(0, 4, 4000)
    features = feature_set()
    params = PARAMS.model_copy(update={"candidates": (SMALL,)})

    def chosen(logit):
        label = rng.random(4000) < 1 / (1 + np.exp(-logit))
        halves = (Block(matrix[i::2], label[i::2]) for i in range(2))
        return choose(*halves, features, params)

    straight = chosen(3 * matrix[:, 0] - 2 * matrix[:, 1])
    assert straight.names == ("logistic",)
    assert straight == replace(straight.line_alone(), stopped=())
    bent = chosen(4 * np.sign(matrix[:, 0] * matrix[:, 1]))
    assert bent.names == ("small",)


def test_the_dearest_candidate_is_tried_only_where_leaves_pay():
    rng = np.random.default_rng(0)
    matrix = rng.random((9000, 4), dtype=np.float32)
    matrix[:, 3] = 0
    features = feature_set()
    cheap = [c.model_copy(update={"trees": 15, "min_positives": 0}) for c in (MEDIUM, LARGE, HUGE)]
    params = PARAMS.model_copy(update={"candidates": tuple(cheap)})

    def tried(logit):
        label = rng.random(9000) < 1 / (1 + np.exp(-logit))
        halves = (Block(matrix[i::2], label[i::2]) for i in range(2))
        return [entry["candidate"] for entry in choose(*halves, features, params).tried]

    cells = (matrix[:, :2] * 5).astype(int).sum(axis=1) % 2
    assert tried(8.0 * cells - 4) == ["medium", "large", "huge", "logistic"]
    assert tried(matrix[:, 0]) == ["medium", "large", "logistic"]


def test_a_candidate_has_bins_of_its_own_in_the_search_and_in_the_final_fit():
    matrix = np.zeros((6000, 4), dtype=np.float32)
    matrix[:, 0] = np.arange(6000) % 200
    label = matrix[:, 0] % 2 > 0
    many = {"leaves": 255, "trees": 40, "min_positives": 0, "min_leaf_rows": 5}
    coarse = MEDIUM.model_copy(update=many)
    fine = coarse.model_copy(update={"name": "fine", "bins": 1023})
    params = PARAMS.model_copy(update={"candidates": (coarse, fine), "max_bin": 63})
    recipe = choose(Block(matrix, label), Block(matrix, label), feature_set(), params)
    assert recipe.names == ("fine",)
    raw = boosting.raw_score(recipe.fit(Block(matrix, label), feature_set(), params), matrix, 1)
    assert (raw[label] > 0).mean() > 0.95
    assert (raw[~label] < 0).mean() > 0.95


def test_a_recipe_of_the_line_alone_hands_over_its_trees():
    data, features = training_set(1500)
    block = Block(to_array(data.matrix, features.names), data.label)
    recipe = Recipe((SMALL,), (20,), 1500, [], has_line=True)
    assert recipe.names == ("small", "logistic")
    alone = recipe.line_alone().fit(block, features, PARAMS)
    expected = Logistic(features.kinds).fit(block.matrix, block.label)
    score = boosting.raw_score(alone, block.matrix, 1)
    assert np.corrcoef(score, expected.raw_score(block.matrix))[0, 1] > 0.999
    assert isinstance(recipe.candidates[0], Candidate)


def test_where_the_last_block_shows_trees_to_be_wrong_the_line_is_handed_over(quick):
    rng = np.random.default_rng(0)
    data, features = training_set(3000, is_dated=True)
    matrix = rng.normal(size=(3000, 4)).astype(np.float32)
    matrix[:, 3] = 0
    is_last = data.at >= np.quantile(data.at.astype(int), 0.7).astype("datetime64[D]")
    # A product, which no line sees, changes its sign in the end.
    bend = 4 * np.sign(matrix[:, 1] * matrix[:, 2]) * np.where(is_last, -1, 1)
    label = rng.random(3000) < 1 / (1 + np.exp(-(1.5 * matrix[:, 0] + bend)))
    frame = pl.DataFrame(matrix, schema=list(features.names))
    turned = replace(data, matrix=frame, label=label)
    found = train(turned, features, quick, context={}).manifest
    assert found["model"]["candidate"] == "logistic"
    assert found["baselines"]["logistic"]["auc"] == found["metrics"]["auc"] > 0.53
    verdicts = {gate["gate"]: gate["passed"] for gate in found["gates"]}
    assert verdicts["as_good_as_logistic"]


def test_a_tree_without_a_split_averages_as_its_constant():
    features = feature_set(("flat",), ())
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(400, 1)).astype(np.float32)
    block = Block(matrix, rng.random(400) < 0.3)
    params = TrainSettings(num_threads=1)
    binned = boosting.dataset(block, features, params)
    members = [
        boosting.fit(
            SMALL.model_copy(update={"trees": 3, "min_leaf_rows": leaf}),
            binned, None, features, params,
        )
        for leaf in (20, 300)
    ]  # fmt: skip
    assert "internal_value=\n" in boosting.text_of(members[1])
    both = boosting.average(members)
    expected = np.mean([boosting.raw_score(m, matrix, 1) for m in members], axis=0)
    np.testing.assert_allclose(boosting.raw_score(both, matrix, 1), expected, atol=1e-12)
