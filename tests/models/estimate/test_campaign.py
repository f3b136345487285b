"""The value of rules of whom to treat: against a slow twin, and right as often as it says."""

from itertools import pairwise

import numpy as np
import pytest

from models.errors import ModelError
from models.estimate import Campaign, best, curve_of, gain_of, value_of
from tests.models.estimate.test_share import LEAST, SEEDS
from tests.models.estimate.worlds import drawn, truth


def _rank(x):
    return (x > 0.5).astype(float)


def _lot(x):
    return np.full(len(x), 0.3)


def _all(x):
    return np.ones(len(x))


@pytest.mark.parametrize("heavy", [True, False])
def test_values_hold_as_often_as_they_say(heavy):
    """Outcomes of 1%, propensities down to 2%: each estimator, of a rule and of a comparison."""
    wanted = {
        "rank": truth(_rank), "all": truth(_all),
        "gain": truth(_rank) - truth(_lot), "of all": truth(_rank) - truth(_all),
    }  # fmt: skip
    covered = {(name, kind): 0 for name in wanted for kind in ("plain", "normalised", "robust")}
    for seed in range(SEEDS):
        x, campaign = drawn(seed, heavy=heavy)
        found = {
            "rank": value_of(campaign, _rank(x)),
            "all": value_of(campaign, _all(x)),
            "gain": gain_of(campaign, _rank(x), _lot(x)),
            "of all": gain_of(campaign, _rank(x), _all(x)),
        }
        for name, value in found.items():
            kinds = {"plain": value.plain, "normalised": value.normalised,
                     "robust": value.doubly_robust}  # fmt: skip
            for kind, one in kinds.items():
                covered[name, kind] += one.low <= wanted[name] <= one.high
    assert min(covered.values()) >= LEAST * SEEDS, covered


def test_the_values_are_those_of_an_obvious_twin():
    x, campaign = drawn(5, heavy=True)
    wanted = best(x, 0.25)
    plain = robust = 0.0
    arms = {}
    for y, treated, chance, forecast, want in zip(
        campaign.outcome, campaign.treated, campaign.chance, campaign.forecast, wanted, strict=True
    ):
        weight = 1 / chance if treated else 1 / (1 - chance)
        as_wanted = want if treated else 1 - want
        plain += as_wanted * weight * y
        seen = forecast[1] if treated else forecast[0]
        robust += want * forecast[1] + (1 - want) * forecast[0] + as_wanted * weight * (y - seen)
        cell = arms.setdefault((bool(want), bool(treated)), [0.0, 0.0])
        cell[0] += weight * y
        cell[1] += weight
    means = {cell: top / bottom for cell, (top, bottom) in arms.items()}
    normalised = wanted.mean() * means[True, True] + (1 - wanted.mean()) * means[False, False]
    found = value_of(campaign, wanted)
    assert found.plain.value == pytest.approx(plain / len(x))
    assert found.doubly_robust.value == pytest.approx(robust / len(x))
    assert found.normalised.value == pytest.approx(normalised)
    gain = gain_of(campaign, wanted, np.zeros(len(x)))
    assert gain.plain.value == pytest.approx(
        found.plain.value - value_of(campaign, np.zeros(len(x))).plain.value
    )


def test_a_rule_against_itself_gains_nothing():
    x, campaign = drawn(1)
    found = gain_of(campaign, _rank(x), _rank(x))
    assert (found.normalised.low, found.normalised.value, found.normalised.high) == (0, 0, 0)
    assert found.plain.value == 0


def test_a_forecast_that_is_wrong_does_no_harm():
    """Doubly robust: the chances are known, so no forecast moves what is right on average."""
    values = []
    for seed in range(SEEDS):
        x, campaign = drawn(seed)
        wrong = Campaign(
            campaign.outcome, campaign.treated, campaign.chance, np.full((len(x), 2), 0.05)
        )
        values.append(value_of(wrong, _rank(x)).doubly_robust.value)
    error = np.std(values) / np.sqrt(SEEDS)
    assert abs(np.mean(values) - truth(_rank)) < 4 * error


def test_a_campaign_in_which_somebody_had_no_choice_is_refused():
    for chance in (0.0, 1.0, np.nan):
        with pytest.raises(ModelError, match="above 0 and below 1"):
            Campaign(np.zeros(2), np.array([True, False]), np.array([0.5, chance]))


def test_the_best_share_of_equal_scores_is_divided():
    score = np.array([1.0, 3.0, 2.0, 2.0])
    assert best(score, 0.5).tolist() == [0, 1, 0.5, 0.5]
    assert best(score, 0.25).tolist() == [0, 1, 0, 0]
    assert best(score, 1.0).tolist() == [1, 1, 1, 1]


def test_the_curve_is_the_gain_of_treating_the_first_and_lot_has_none():
    x, campaign = drawn(3, people=6_000, heavy=False)
    curve = curve_of(campaign, x)
    for share, gain in zip(curve.shares, curve.gains, strict=True):
        top = np.argsort(-x)[: int(share * len(x))]
        rows = np.isin(np.arange(len(x)), top)
        arms = [campaign.outcome[rows & (campaign.treated == arm)].mean() for arm in (True, False)]
        assert gain.value == pytest.approx(share * (arms[0] - arms[1]))
    heights = [0.0, *(gain.value for gain in curve.gains)]
    area = sum((a + b) / 2 / 10 for a, b in pairwise(heights))
    assert curve.qini == pytest.approx(area - heights[-1] / 2)
    by_lot = curve_of(campaign, np.random.default_rng(1).random(len(x)))
    assert abs(by_lot.qini) < 0.4 * curve.qini
