"""Leads drawn by lot say what all would do; leads that somebody chose do not."""

import numpy as np
import polars as pl
import pytest

from models.drawn import drawn_words
from models.errors import ModelError
from models.exploration import auc_of, conversion_of, explored
from models.metrics import auc
from pipelines.generate import generate


@pytest.fixture(scope="module")
def truth(tmp_path_factory) -> np.ndarray:
    """True chances to convert if contacted, of the open leads of a generated backlog."""
    folder = tmp_path_factory.mktemp("world") / "w"
    generate(folder, leads=6_000, seed=4)
    found = pl.read_parquet(folder / "truth" / "leads.parquet")["p_contacted"].drop_nulls()
    return found.cast(pl.Float64).to_numpy().repeat(8)


def drawn(truth, seed):
    """A slice drawn by lot with unequal chances, its outcomes, and a model that knows a little."""
    dice = np.random.default_rng(seed)
    chance = np.where(dice.random(len(truth)) < 0.5, 0.05, 0.4)
    score = np.log(truth) + dice.normal(0, 1, len(truth))
    return chance, dice.random(len(truth)) < chance, dice.random(len(truth)) < truth, score


def test_the_interval_holds_the_truth(truth):
    inside, runs = 0, 60
    for seed in range(runs):
        chance, is_drawn, label, score = drawn(truth, seed)
        wanted = score >= np.quantile(score, 0.8)
        found = conversion_of(label[is_drawn], chance[is_drawn], wanted[is_drawn])
        inside += found.low <= truth[wanted].mean() <= found.high
        assert found.is_sound
    assert inside >= 0.88 * runs


def test_leads_that_somebody_chose_say_too_much(truth):
    dice = np.random.default_rng(1)
    chance = np.clip(truth / truth.mean() / 10, 0.01, 1)  # who looks good is called
    is_drawn, label = dice.random(len(truth)) < chance, dice.random(len(truth)) < truth
    everybody = np.ones(is_drawn.sum())
    found = conversion_of(label[is_drawn], chance[is_drawn], everybody)
    assert label[is_drawn].mean() > 1.3 * truth.mean()
    assert found.low <= truth.mean() <= found.high


def test_the_auc_is_that_of_all_leads(truth):
    dice = np.random.default_rng(2)
    score = np.log(truth) + dice.normal(0, 0.3, len(truth))
    # Drawn mostly from the middle: among those the ranking is much harder.
    middle = np.abs(score - np.quantile(score, 0.6)) < 0.4
    chance = np.where(middle, 0.95, 0.15)
    label, is_drawn = dice.random(len(truth)) < truth, dice.random(len(truth)) < chance
    found = auc_of(label[is_drawn], score[is_drawn], chance[is_drawn])
    whole = auc(label, score)
    assert abs(found - whole) < 0.02 < abs(auc(label[is_drawn], score[is_drawn]) - whole)


def test_equal_chances_are_plain_means():
    label, score = np.array([True, False, False, True]), np.array([0.4, 0.1, 0.4, 0.9])
    chance = np.full(4, 0.25)
    found = conversion_of(label, chance, np.ones(4))
    assert (found.value, found.rows, found.effective_rows) == (0.5, 4, 4.0)
    assert auc_of(label, score, chance) == auc(label, score)
    uneven = np.array([0.5, 0.5, 0.5, 1.0])
    # Every lead twice where its chance was a half.
    twice = [0, 0, 1, 1, 2, 2, 3]
    assert auc_of(label, score, uneven) == pytest.approx(auc(label[twice], score[twice]))
    assert conversion_of(label, uneven, np.ones(4)).value == pytest.approx(label[twice].mean())


def test_nothing_drawn_says_nothing():
    none = np.zeros(0)
    found = conversion_of(none.astype(bool), none, none)
    assert np.isnan(found.value)
    assert (found.rows, found.is_sound) == (0, False)
    assert np.isnan(auc_of(none.astype(bool), none, none))


@pytest.mark.parametrize("wrong", [0.0, -0.1, 1.5, float("nan")])
def test_a_chance_that_is_none_is_refused(wrong):
    with pytest.raises(ModelError, match="chance"):
        conversion_of(np.array([True]), np.array([wrong]), np.ones(1))


def test_a_ranking_on_rows_of_which_some_were_drawn(truth):
    chance, is_drawn, label, score = drawn(truth, 5)
    logged = np.where(is_drawn, chance, np.nan)
    found = explored(label, score, logged, 0.2)
    best = score >= np.quantile(score, 0.8)
    assert (found["rows"], found["positives"]) == (is_drawn.sum(), label[is_drawn].sum())
    assert found["everybody"]["low"] <= truth.mean() <= found["everybody"]["high"]
    assert found["top"]["low"] <= truth[best].mean() <= found["top"]["high"]
    assert found["lift"] == pytest.approx(truth[best].mean() / truth.mean(), rel=0.15)
    # Three standard errors: those drawn hold as many conversions as 130 of equal chance.
    assert found["auc"] == pytest.approx(auc(label, score), abs=0.07)
    assert found["is_sound"]
    assert "Drawn by lot" in drawn_words(found)
    # The top is that of all leads, not of those drawn: it holds as many of them as it may.
    assert found["top"]["rows"] == pytest.approx((best & is_drawn).sum(), rel=0.1)


def test_where_nobody_was_drawn_nothing_is_said():
    nobody = np.full(50, np.nan)
    assert explored(np.arange(50) < 9, np.arange(50.0), nobody, 0.1) is None
    assert "cannot be told" in drawn_words(None)
    few = np.where(np.arange(50) < 5, 0.5, np.nan)
    found = explored(np.arange(50) < 2, np.arange(50.0), few, 0.1)
    assert not found["is_sound"]
    assert "not to be believed" in drawn_words(found)
