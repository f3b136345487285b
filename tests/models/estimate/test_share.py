"""Shares, means, differences and ratios: equal to the textbook, and right as often as they say."""

import math

import numpy as np
import pytest
from scipy.stats import beta, binomtest

from models.errors import ModelError
from models.estimate import difference, linear, mean_of, ratio, scaled, share_by_score, share_of

SEEDS = 200
# 95% of 200, less three standard errors.
LEAST = 0.95 - 3 * math.sqrt(0.95 * 0.05 / SEEDS)


def _labels(hits, rows):
    return np.arange(rows) < hits


@pytest.mark.parametrize(("hits", "rows"), [(0, 50), (3, 80), (40, 100), (100, 100)])
def test_rows_of_equal_weight_have_the_intervals_of_the_textbook(hits, rows):
    test = binomtest(hits, rows)
    for found, method in ((share_of, "exact"), (share_by_score, "wilson")):
        got = found(_labels(hits, rows), np.full(rows, 7.0))
        wanted = test.proportion_ci(method=method)
        assert got.value == pytest.approx(hits / rows)
        assert (got.low, got.high) == pytest.approx((wanted.low, wanted.high), abs=1e-9)
        assert (got.rows, got.positives, got.effective_rows) == (rows, hits, pytest.approx(rows))


def test_weights_and_groups_are_summed_as_by_hand():
    rng = np.random.default_rng(3)
    label, weight = rng.random(200) < 0.3, rng.exponential(size=200)
    weight[:20] = 0.0
    group = rng.integers(0, 60, 200)
    got = share_of(label, weight, group)
    total = sum(weight)
    value = sum(w for w, hit in zip(weight, label, strict=True) if hit) / total
    errors, heavy = {}, {}
    for w, hit, one in zip(weight, label, group, strict=True):
        errors[one] = errors.get(one, 0.0) + w * (hit - value) / total
        heavy[one] = heavy.get(one, 0.0) + w
    assert got.value == pytest.approx(value)
    assert got.effective_rows == pytest.approx(total**2 / sum(w**2 for w in heavy.values()))
    # As unsure as the sums of each group differ, or as few heavy groups are: whichever is more.
    spread = math.sqrt(sum(e**2 for e in errors.values()))
    rows = min(value * (1 - value) / spread**2, got.effective_rows)
    hits = value * rows
    assert got.low == pytest.approx(beta.ppf(0.025, hits, rows - hits + 1))
    assert got.high == pytest.approx(beta.ppf(0.975, hits + 1, rows - hits))


def test_nothing_is_known_of_nobody_and_too_few_are_not_enough():
    nobody = share_of(_labels(0, 10), np.zeros(10))
    assert math.isnan(nobody.value)
    assert not nobody.is_enough
    assert not share_of(_labels(5, 40), np.ones(40)).is_enough
    # A thousand rows of which one weighs as much as all the others.
    assert not share_of(_labels(9, 1_000), np.r_[np.ones(999), 999.0]).is_enough
    with pytest.raises(ModelError):
        share_of(_labels(1, 3), np.array([1.0, -1.0, 1.0]))


def _drawn(rng, rows, share, heavy):
    """Draw rows of a population by their chances; who is drawn rarely converts more often."""
    chance = 0.02 * np.exp(rng.normal(0, heavy, 20_000)).clip(0.02, 40)
    rate = share * chance**-0.5
    rate *= share / rate.mean()
    at = rng.choice(len(chance), rows, p=chance / chance.sum())
    return rng.random(rows) < rate[at], 1 / chance[at]


@pytest.mark.parametrize(("rows", "share", "heavy"), [(300, 0.01, 1.0), (1_000, 0.05, 0.5)])
def test_intervals_hold_as_often_as_they_say(rows, share, heavy):
    """Rare outcomes, weights of which few decide: a share, a difference, and a ratio."""
    covered = {"share": 0, "difference": 0, "ratio": 0}
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        few, many = _drawn(rng, rows, share, heavy), _drawn(rng, 3 * rows, 3 * share, heavy)
        alone = share_of(*few)
        first, second = share_by_score(*many), share_by_score(*few)
        for name, found, truth in (
            ("share", alone, share),
            ("difference", difference(first, second), 2 * share),
            ("ratio", ratio(share_of(*many), alone), 3.0),
        ):
            covered[name] += found.low <= truth <= found.high
    assert min(covered.values()) >= LEAST * SEEDS, covered


def test_the_usual_interval_would_not_hold_there():
    """What the choice rests on: mean plus and minus 1.96 standard errors misses far too often."""
    covered = 0
    for seed in range(SEEDS):
        label, weight = _drawn(np.random.default_rng(seed), 300, 0.01, 1.0)
        share = weight / weight.sum()
        value = (share * label).sum()
        covered += abs(value - 0.01) <= 1.96 * math.sqrt((share**2 * (label - value) ** 2).sum())
    assert covered < 0.85 * SEEDS


def test_rows_of_one_person_share_luck():
    """Each of 150 people stands there eight times: as independent rows they would seem sure."""
    covered = {True: 0, False: 0}
    for seed in range(SEEDS):
        people = np.repeat(np.arange(150), 8)
        label = np.random.default_rng(seed).random(150)[people] < 0.1
        for is_grouped in covered:
            found = share_of(label, np.ones(1_200), people if is_grouped else None)
            covered[is_grouped] += found.low <= 0.1 <= found.high
    assert covered[True] >= LEAST * SEEDS
    assert covered[False] < 0.7 * SEEDS


def test_the_mean_of_skewed_amounts_holds():
    covered = 0
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        amount = np.where(rng.random(2_000) < 0.1, rng.lognormal(3, 0.7, 2_000), 0.0)
        found = mean_of(amount, np.ones(2_000))
        covered += found.low <= 0.1 * math.exp(3 + 0.7**2 / 2) <= found.high
    assert covered >= LEAST * SEEDS


def test_sums_go_by_the_end_that_pulls_their_way():
    first = share_of(_labels(20, 100), np.ones(100))
    second = share_of(_labels(5, 400), np.ones(400))
    found = linear((first, second), (2.0, -3.0))
    below = math.hypot(2 * (first.value - first.low), 3 * (second.high - second.value))
    assert found.value == pytest.approx(2 * 0.2 - 3 * 0.0125)
    assert found.low == pytest.approx(found.value - below)
    assert scaled(first, -1.0).low == pytest.approx(-first.high)
    assert difference(first, first).effective_rows == first.effective_rows


def test_a_ratio_to_what_may_be_nothing_has_no_upper_end():
    some, none = share_of(_labels(9, 90), np.ones(90)), share_of(_labels(0, 90), np.ones(90))
    assert ratio(some, none).high == math.inf
    assert ratio(some, none).low > 0
    assert ratio(none, some).low == 0
    assert 0 < ratio(none, some).high < 1
    same = ratio(some, some)
    assert same.value == 1
    assert same.low * same.high == pytest.approx(1, rel=1e-6)
