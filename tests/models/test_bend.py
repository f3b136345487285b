import numpy as np
import pytest

from models.bend import Bend, belief
from models.calibrate import MIN_SLOPE, logistic_line


def drawn(odds, rows: int = 200_000) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    raw = rng.normal(-3, 1, rows)
    return raw, rng.random(rows) < 1 / (1 + np.exp(-odds(raw)))


def bent(raw: np.ndarray, label: np.ndarray) -> Bend:
    return Bend.of(raw, label, *logistic_line(raw, label, 4.0), MIN_SLOPE)


def test_follows_a_curve_that_flattens_and_a_line_that_does_not():
    grid = np.linspace(-5, -1, 20)
    for odds in (lambda x: np.log(0.01 + np.exp(x)), lambda x: 0.8 * x - 0.5):
        raw, label = drawn(odds)
        np.testing.assert_allclose(bent(raw, label).odds(grid), odds(grid), atol=0.15)
    curved = drawn(lambda x: np.log(0.01 + np.exp(x)))
    slope, intercept = logistic_line(*curved, 4.0)
    straight = np.abs(slope * grid + intercept - np.log(0.01 + np.exp(grid)))
    assert straight.max() > 0.4


def test_many_conversions_tell_how_the_lowest_end_bends():
    def odds(raw):  # flattens below what nearly all that convert have
        return np.logaddexp(raw, -5.2 + 0.2 * raw)

    rng = np.random.default_rng(0)
    raw = rng.normal(-3.4, 1.4, 400_000)
    label = rng.random(len(raw)) < 1 / (1 + np.exp(-odds(raw)))
    low = np.array([-7.0, -6.5, -6.0])
    many = bent(raw, label)
    assert len(many.knots) == 5
    np.testing.assert_allclose(many.odds(low), odds(low), atol=0.15)
    few = bent(raw[:50_000], label[:50_000])
    assert len(few.knots) == 3


@pytest.mark.parametrize(
    "label",
    [
        np.zeros(300, bool),
        np.arange(300) < 2,
        np.arange(300) >= 150,  # separated: no maximum
        (np.arange(300) - 150) ** 2 > 14_000,  # falls first, then rises
    ],
)
def test_stays_the_line_where_a_bend_would_fall_or_cannot_be_found(label):
    raw = np.linspace(-2, 2, 300)
    assert Bend.of(raw, label, 1.0, -0.5, MIN_SLOPE) == Bend((), (-0.5, 1.0))
    assert Bend.of(np.zeros(300), label, 1.0, -0.5, MIN_SLOPE).knots == ()


def test_a_line_is_worth_what_the_bins_say_of_it():
    rng = np.random.default_rng(1)
    rows, rate = np.full(40, 20_000), np.geomspace(0.005, 0.3, 40)
    for stray in (0.1, 0.4):
        odds = np.log(rate / (1 - rate)) + rng.normal(0, stray, 40)
        seen = rng.binomial(rows, 1 / (1 + np.exp(-odds))).astype(float)
        found = belief(seen, rows * rate, rows * rate * (1 - rate), 1, 10_000)
        assert found == pytest.approx(stray**-2, rel=0.6)
    seen = rng.binomial(rows, rate).astype(float)
    assert belief(seen, rows * rate, rows * rate * (1 - rate), 25, 300) == 300
