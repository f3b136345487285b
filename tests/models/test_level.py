import numpy as np
import pytest

from models.calibrate import Calibration, best_shift, fit
from models.evaluate import evaluate, expected_conversions
from models.level import Level, fit_recent, fit_shape, measure
from models.params import TrainSettings

PARAMS = TrainSettings()


def drifting(factor: float, rows: int = 8000) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Raw scores of one meaning until the newest quarter, where odds are multiplied."""
    rng = np.random.default_rng(0)
    raw = rng.normal(-2, 1, rows)
    time = np.arange(rows)
    odds = np.exp(raw) * np.where(time >= rows * 0.75, factor, 1.0)
    return raw, rng.random(rows) < odds / (1 + odds), time


@pytest.mark.parametrize("isotonic_min", [20, 10**6])
def test_a_rate_that_moved_is_said_and_corrected(isotonic_min):
    params = PARAMS.model_copy(update={"isotonic_min_positives": isotonic_min})
    raw, label, time = drifting(2.5)
    calibration, level = fit_recent(raw, label, time, params)
    assert level.has_moved
    assert level.shift > 0.3
    assert "has moved" in level.reason
    newest = time >= 6000
    assert calibration.apply(raw[newest]).sum() == pytest.approx(label[newest].sum(), rel=0.04)
    # What only just shows is hardly believed, what is far beyond chance nearly in full.
    assert level.shift == pytest.approx(level.found * (1 - 9 / level.deviations**2))
    assert 0.9 < level.shift / level.found < 1


def test_a_steady_rate_is_kept_and_without_time_nothing_is_said():
    raw, label, time = drifting(1.0)
    calibration, level = fit_recent(raw, label, time, PARAMS)
    assert (level.has_moved, level.shift) == (False, 0.0)
    assert calibration == fit(raw, label, PARAMS.isotonic_min_positives)
    raw, label, _ = drifting(2.5)
    calibration, level = fit_recent(raw, label, None, PARAMS)
    assert (level.has_moved, level.rows) == (False, 0)
    assert calibration == fit(raw, label, PARAMS.isotonic_min_positives)


def test_a_handful_of_outcomes_moves_nothing():
    assert not measure(np.full(100, 0.01), np.arange(100) < 12).has_moved
    assert measure(np.full(1000, 0.01), np.arange(1000) < 60).has_moved


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_a_shift_moves_the_log_odds_by_as_much(method):
    y = (0.1, 0.4) if method == "isotonic" else (1.0, 0.3)
    x = (-1.0, 1.0) if method == "isotonic" else ()
    before = Calibration(method, x, y, 10, 5)
    after = before.shifted(0.7)
    at = np.array([-1.0, 1.0])
    odds = [c.apply(at) / (1 - c.apply(at)) for c in (before, after)]
    np.testing.assert_allclose(np.log(odds[1]) - np.log(odds[0]), 0.7, atol=1e-9)
    assert Calibration.from_json(after.to_json()) == after


def test_best_shift_makes_the_sum_right_and_stays_finite():
    rng = np.random.default_rng(1)
    raw = rng.normal(-3, 2, 5000)
    label = rng.random(5000) < 0.2
    shifted = 1 / (1 + np.exp(-(raw + best_shift(label, raw))))
    assert shifted.sum() == pytest.approx(1000, rel=0.05)
    assert abs(best_shift(np.zeros(50, bool), np.zeros(50))) < 10


def test_expected_conversions_hold_what_happens_as_often_as_said():
    rng = np.random.default_rng(2)
    truth = rng.beta(1, 15, 500)
    inside = 0
    for _ in range(300):
        # the level is known only from 400 conversions, and 500 leads have luck of their own
        error = rng.normal(0, 1 / np.sqrt(400))
        odds = truth / (1 - truth) * np.exp(error)
        _, low, high = expected_conversions(
            odds / (1 + odds), Calibration("platt", (), (1.0, 0.0), 6000, 400)
        )
        inside += low <= (rng.random(500) < truth).sum() <= high
    assert 0.91 <= inside / 300 <= 0.99


def test_cuts_add_up_to_what_the_block_holds():
    raw, label, _ = drifting(1.0, 2000)
    found = evaluate(label, raw, fit(raw, label, 10**6))
    cuts = found["cuts"]
    assert [cut["share"] for cut in cuts] == [0.01, 0.05, 0.1, 0.2, 0.5, 1.0]
    assert cuts[-1]["observed"] == found["observed_conversions"]
    assert cuts[-1]["expected"] == pytest.approx(found["expected_conversions"])
    for cut in cuts:
        best = np.argsort(-raw, kind="stable")[: cut["rows"]]
        assert cut["observed"] == label[best].sum()
        assert cut["expected_low"] <= cut["expected"] <= cut["expected_high"]


def test_early_rows_bend_the_map_only_where_later_ones_follow_it():
    rng = np.random.default_rng(2)
    raw = rng.normal(-2, 1, 60_000)
    later = np.arange(40_000, 60_000)
    is_later = np.arange(60_000) >= 40_000
    for slope, shift in ((1.0, 0.0), (1.0, 0.4), (0.6, 0.0)):
        odds = np.where(is_later, slope * raw + shift, raw)
        label = rng.random(60_000) < 1 / (1 + np.exp(-odds))
        found = fit_shape(raw, label, later, PARAMS)
        if slope != 1:
            assert found is None
            continue
        assert found.rows == 60_000
        # Of all rows, at the level of the later ones.
        assert found.apply(raw[later]).sum() == pytest.approx(label[later].sum(), rel=0.005)
        calibration, level = fit_recent(raw[later], label[later], later, PARAMS, found)
        assert calibration == found
        assert not level.has_moved
    few = np.arange(60_000) < 900
    assert fit_shape(raw, few, later, PARAMS) is None


@pytest.mark.parametrize("share", [0.03, 0.06, 0.12, 0.25])
def test_a_rate_that_halved_only_lately_is_halved(share):
    raw, label, time = drifting(1.0, 40_000)
    newest = time >= 40_000 * (1 - share)
    true = label[newest].mean() / 2
    label = label & (~newest | (np.random.default_rng(3).random(40_000) < 0.5))
    calibration, level = fit_recent(raw, label, time, PARAMS)
    assert level.has_moved
    assert level.observed < 0.75 * level.expected
    assert calibration.apply(raw[newest]).mean() == pytest.approx(true, rel=0.15)


def test_what_is_found_is_what_the_newest_rows_tell_by_themselves():
    seen = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        raw, time = rng.normal(-2, 1, 40_000), np.arange(40_000)
        first, then = rng.uniform(-0.4, 0.4), rng.uniform(-0.6, 0.6)
        moved = np.where(time >= 35_000, then, np.where(time >= 30_000, first, 0.0))
        label = rng.random(40_000) < 1 / (1 + np.exp(-raw - moved))
        shape = Calibration("platt", (), (1.0, 0.0), 40_000, 100)
        _, level = fit_recent(raw, label, time, PARAMS, shape)
        if level.has_moved:
            newest = time >= 40_000 - level.rows
            assert level.found == pytest.approx(best_shift(label[newest], raw[newest]), abs=1e-6)
            seen += level.rows < 10_000
    assert seen > 5
    assert "by 0%" in Level(100, 50, 30.0, 4.0, True, 0.1, -0.05).reason
    assert " by " not in Level(100, 50, 30.0, 4.0, True, 0.1, 0.15).reason


def test_a_rate_that_fell_and_came_back_is_what_it_is_now():
    raw, label, time = drifting(1.0, 40_000)
    is_dip = (time >= 30_000) & (time < 35_000)
    label = label & ~(is_dip & (np.random.default_rng(3).random(40_000) < 0.6))
    calibration, level = fit_recent(raw, label, time, PARAMS)
    newest = time >= 35_000
    assert level.rows == 5_000
    assert calibration.apply(raw[newest]).mean() == pytest.approx(label[newest].mean(), rel=0.05)
