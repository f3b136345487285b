import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from models import calibrate
from models.calibrate import Calibration, fit, logistic_line
from models.errors import ModelRefusedError
from models.metrics import calibration_line


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    rows = draw(st.integers(3, 400))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    raw = rng.normal(draw(st.floats(-5, 2)), draw(st.floats(0.0, 4.0)), rows)
    raw = np.round(raw, draw(st.integers(0, 6)))
    return raw, rng.random(rows) < 1 / (1 + np.exp(-draw(st.floats(-2, 2)) * raw))


@given(scored(), st.sampled_from([1, 10**9]))
def test_monotone_and_strictly_inside(case, isotonic_min):
    raw, label = case
    grid = np.sort(np.concatenate([raw, np.linspace(-50, 50, 201), [-1e6, 1e6]]))
    probability = fit(raw, label, isotonic_min).apply(grid)
    assert (np.diff(probability) >= 0).all()
    assert (probability > 0).all()
    assert (probability < 1).all()


@given(scored(), st.sampled_from([1, 10**9]))
def test_numbers_in_the_manifest_give_the_same_bits(case, isotonic_min):
    raw, label = case
    fitted = fit(raw, label, isotonic_min)
    again = Calibration.from_json(fitted.to_json())
    np.testing.assert_array_equal(again.apply(raw), fitted.apply(raw))


def test_method_follows_the_number_of_conversions():
    raw = np.linspace(-3, 3, 100)
    label = np.arange(100) % 2 == 0
    assert fit(raw, label, 50).method == "isotonic"
    assert fit(raw, label, 51).method == "platt"


def test_isotonic_follows_scikit_learn_at_the_centre_of_its_plateaus(monkeypatch):
    bounds = {"MIN_BIN_OUTCOMES": 0, "MAX_BINS": 10**9, "LEAST_PRIOR": 0, "MOST_PRIOR": 1e-9}
    for name, value in bounds.items():
        monkeypatch.setattr(calibrate, name, value)
    rng = np.random.default_rng(0)
    raw = rng.normal(size=400)
    label = rng.random(400) < 1 / (1 + np.exp(-raw))
    steps = IsotonicRegression(out_of_bounds="clip").fit(raw, label).predict(raw)
    rates, plateau = np.unique(steps, return_inverse=True)
    centres = np.bincount(plateau, raw) / np.bincount(plateau)
    inner = (rates > 0) & (rates < 1)
    assert inner.sum() > 5
    found = fit(raw, label, 20).apply(centres)
    # Not the very rates: the rate at the mean of some scores is not the mean of their rates.
    np.testing.assert_allclose(found[inner], rates[inner], rtol=0.01)


@pytest.mark.parametrize("isotonic_min", [100, 10**9])
def test_makes_a_distorted_score_honest(isotonic_min):
    rng = np.random.default_rng(1)
    truth = rng.normal(-2, 1.2, 60_000)
    label = rng.random(60_000) < 1 / (1 + np.exp(-truth))
    found = fit(0.4 * truth[:30_000] + 1, label[:30_000], isotonic_min)
    probability = found.apply(0.4 * truth[30_000:] + 1)
    slope, intercept = calibration_line(label[30_000:], probability)
    assert 0.93 < slope < 1.07
    assert abs(intercept) < 0.1
    assert probability.sum() == pytest.approx(label[30_000:].sum(), rel=0.05)


def test_a_score_that_does_not_rank_becomes_the_base_rate():
    raw = np.linspace(-1, 1, 1000)
    label = np.arange(1000) < 100  # conversions at the bottom: upside down
    probability = fit(raw, label, 10**9).apply(raw)
    np.testing.assert_allclose(probability, 0.1, atol=0.01)


def test_few_conversions_stay_near_the_raw_slope():
    raw = np.array([-2.0, -1.0, 0.0, 1.0])
    label = np.array([False, False, True, True])  # separable: no finite slope without the prior
    slope, _ = logistic_line(raw, label, 4.0)
    assert 0.8 < slope < 2.0


@pytest.mark.parametrize(
    "change",
    [
        {"x": [0.0, 0.0], "y": [0.1, 0.2]},
        {"x": [0.0, 1.0], "y": [0.2, 0.1]},
        {"x": [0.0], "y": [0.1, 0.2]},
        {"x": [], "y": []},
        {"x": [0.0, float("nan")], "y": [0.1, 0.2]},
        {"x": ["a", "b"], "y": [0.1, 0.2]},
        {"method": "magic"},
        {"method": "platt", "x": [], "y": [-1.0, 0.0]},
        {"extra": 1},
    ],
)
def test_refuses_numbers_that_are_no_calibration(change):
    good = {"method": "isotonic", "x": [0.0, 1.0], "y": [0.1, 0.2], "rows": 2, "positives": 1}
    assert Calibration.from_json(dict(good)).apply(np.array([0.5]))[0] == pytest.approx(0.15)
    with pytest.raises(ModelRefusedError):
        Calibration.from_json({**good, **change})


def test_few_outcomes_are_drawn_to_the_line():
    raw = np.repeat([-1.0, 0.0, 1.0], 200)
    label = np.concatenate([np.arange(200) < hits for hits in (30, 40, 140)])
    slope, intercept = logistic_line(raw, label, 4.0)
    on_line = 1 / (1 + np.exp(-intercept))
    found = fit(raw, label, 20).apply(np.array([0.0]))[0]
    assert 0.21 < found < on_line - 0.01  # 40 of 200 were seen
    assert slope > 0


def test_many_outcomes_say_what_they_saw():
    rng = np.random.default_rng(3)
    raw = rng.normal(-3, 1.2, 400_000)
    truth = 1 / (1 + np.exp(-raw - 0.45 * np.sin(2 * raw)))  # rises, but on no line
    label = rng.random(raw.size) < truth
    grid = np.linspace(-5, -1, 30)
    wanted = 1 / (1 + np.exp(-grid - 0.45 * np.sin(2 * grid)))
    slope, intercept = logistic_line(raw, label, 4.0)
    line = 1 / (1 + np.exp(-slope * grid - intercept))
    found = fit(raw, label, 20).apply(grid)
    assert np.abs(np.log(found / wanted)).mean() < 0.4 * np.abs(np.log(line / wanted)).mean()


def test_leads_that_score_below_all_that_was_seen_are_told_apart():
    """The backlog lies lower than the contacts a calibration learns from; so does its rate."""
    rng = np.random.default_rng(4)
    contacts, backlog = rng.normal(-2, 1, 60_000), np.sort(rng.normal(-4.5, 1, 60_000))
    found = fit(contacts, rng.random(60_000) < 1 / (1 + np.exp(-contacts)), 20).apply(backlog)
    true = 1 / (1 + np.exp(-backlog))
    for said, band in zip(np.array_split(found, 5), np.array_split(true, 5), strict=True):
        assert said.mean() == pytest.approx(band.mean(), rel=0.2)


def test_a_wide_bin_is_not_taken_for_the_rate_at_its_mean_score():
    """Log-odds of a bin's mean rate lie above those at its mean score, by as much as it is wide."""
    rng = np.random.default_rng(5)
    raw = rng.normal(-4, 1.5, 400_000)
    probability = fit(raw, rng.random(raw.size) < 1 / (1 + np.exp(-raw)), 20).apply(raw)
    low = raw < -4.5
    assert probability[low].sum() == pytest.approx((1 / (1 + np.exp(-raw[low]))).sum(), rel=0.04)
