import numpy as np
import pytest

from models.calibrate import Calibration
from models.level import Level
from models.wander import MOST_VARIANCE, STRETCHES, mean_over_levels, variance_of_levels

ROWS = 32_000


def history(spread: float, seed: int = 0, steps: float = 0.0) -> tuple[np.ndarray, ...]:
    """What was said, what came, when, of whom: each stretch has its level, the end a step."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2, 0.7, ROWS)
    level = np.repeat(rng.normal(0, spread, STRETCHES), ROWS // STRETCHES)
    level = level + steps * (np.arange(ROWS) >= 0.8 * ROWS)
    label = rng.random(ROWS) < 1 / (1 + np.exp(-odds - level))
    order = rng.permutation(ROWS)
    return 1 / (1 + np.exp(-odds[order])), label[order], np.arange(ROWS)[order], order


def test_a_level_that_wanders_is_measured_and_chance_is_not():
    for seed in range(5):
        assert variance_of_levels(*history(0.0, seed)) == 0.0
    found = [variance_of_levels(*history(0.5, seed)) for seed in range(20)]
    assert np.mean(found) == pytest.approx(0.23, rel=0.15)
    assert variance_of_levels(*history(3.0)) == MOST_VARIANCE
    few = (values[:900] for values in history(0.5))
    assert variance_of_levels(*few) == 0.0


@pytest.mark.parametrize("steps", [-1.1, -0.7, 0.7, 1.1])
def test_a_level_that_moved_once_does_not_wander(steps):
    found = [variance_of_levels(*history(0.0, seed, steps)) for seed in range(5)]
    assert max(found) < 0.02


@pytest.mark.parametrize("copies", [2, 5])
def test_rows_that_repeat_are_no_wandering(copies):
    for seed in range(5):
        said, label, time, tied = (np.repeat(v[:9000], copies) for v in history(0.0, seed))
        assert variance_of_levels(said, label, time, tied) == 0.0


def test_the_mean_over_levels_is_what_drawing_levels_gives():
    odds = np.array([-6.0, -2.0, 0.0, 1.5])
    drawn = np.random.default_rng(1).normal(0, 0.8, 400_000)
    expected = [(1 / (1 + np.exp(-(one + drawn)))).mean() for one in odds]
    found = 1 / (1 + np.exp(-mean_over_levels(odds, 0.64)))
    np.testing.assert_allclose(found, expected, rtol=0.005)


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_a_widened_map_expects_what_comes_at_levels_nobody_knows(method):
    rng = np.random.default_rng(2)
    raw = rng.normal(-2, 0.7, 4000)
    knots = np.linspace(-8, 5, 105)
    chance = tuple((1 / (1 + np.exp(-knots))).tolist())
    before = (
        Calibration("platt", (), (1.0, 0.0), 4000, 550)
        if method == "platt"
        else Calibration("isotonic", tuple(knots.tolist()), chance, 4000, 550)
    )
    after = before.widened(0.5)
    levels = rng.normal(0, np.sqrt(0.5), 2000)
    came = np.mean([(1 / (1 + np.exp(-raw - level))).mean() for level in levels])
    assert after.apply(raw).mean() == pytest.approx(came, rel=0.04)
    assert before.apply(raw).mean() < 0.95 * came
    assert (np.diff(after.apply(np.sort(raw))) >= 0).all()
    assert Calibration.from_json(after.to_json()) == after
    assert before.widened(0.0) == before


def test_wandering_is_said():
    steady = Level(100, 10, 10.0, 0.0, False, 0.0, 0.0)
    assert "beyond chance" not in steady.reason
    restless = Level(100, 10, 10.0, 0.0, False, 0.0, 0.0, 0.25)
    assert "a factor of 1.65" in restless.reason
