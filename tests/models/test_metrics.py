import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as reference
from sklearn.linear_model import LogisticRegression

from models import metrics as m


@st.composite
def scored(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    rows = draw(st.integers(4, 300))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    label = rng.random(rows) < draw(st.floats(0.05, 0.95))
    label[:2] = [True, False]
    levels = draw(st.integers(1, 200))  # few levels: many ties
    return label, (rng.integers(0, levels, rows) + label) / (levels + 2.0)


@given(scored())
def test_ranking_metrics_equal_scikit_learn(case):
    label, score = case
    assert m.auc(label, score) == pytest.approx(reference.roc_auc_score(label, score))
    assert m.average_precision(label, score) == pytest.approx(
        reference.average_precision_score(label, score)
    )


@given(scored())
def test_probability_metrics_equal_scikit_learn(case):
    label, score = case
    assert m.log_loss(label, score) == pytest.approx(
        reference.log_loss(label, score, labels=[0, 1])
    )
    assert m.brier(label, score) == pytest.approx(reference.brier_score_loss(label, score))


@given(scored(), st.floats(0.01, 1.0))
def test_lift_equals_the_mean_over_random_orders_of_ties(case, share):
    label, score = case
    rows = len(label)
    expected = max(1.0, share * rows)
    # Twin: walk down the distinct scores and take a proportional part of the last group.
    taken, hits = 0.0, 0.0
    for value in sorted(set(score.tolist()), reverse=True):
        group = label[score == value]
        part = min(1.0, (expected - taken) / len(group))
        taken, hits = taken + part * len(group), hits + part * group.sum()
        if taken >= expected - 1e-12:
            break
    assert m.lift(label, score, share) == pytest.approx(hits / expected / label.mean())


def test_a_constant_ranks_nothing():
    label = np.arange(100) % 4 == 0
    score = np.zeros(100)
    assert m.auc(label, score) == 0.5
    assert m.lift(label, score) == pytest.approx(1.0)
    assert m.average_precision(label, score) == pytest.approx(0.25)


def test_lift_by_hand():
    label = np.array([True, True, False, False, False, False, False, False, True, False])
    assert m.lift(label, -np.arange(10.0), 0.2) == pytest.approx(1.0 / 0.3)
    assert m.lift(label, np.arange(10.0), 0.2) == pytest.approx(0.5 / 0.3)


def test_one_class_gives_no_number():
    for label in (np.zeros(5, bool), np.ones(5, bool)):
        assert np.isnan(m.auc(label, np.arange(5.0)))
        assert np.isnan(m.auc_interval(label, np.arange(5.0))).all()
        assert np.isnan(m.calibration_line(label, np.linspace(0.1, 0.9, 5))).all()


def test_auc_interval_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(3)
    truth = 0.7602499  # P(N(1, 1) > N(0, 1))
    covered = 0
    for _ in range(300):
        label = rng.random(300) < 0.3
        low, high = m.auc_interval(label, rng.normal(size=300) + label)
        covered += low <= truth <= high
    assert 0.91 <= covered / 300 <= 0.985


def test_bands_count_every_row_once_and_keep_equal_values_together():
    rng = np.random.default_rng(0)
    probability = np.round(rng.random(1003), 2)
    label = rng.random(1003) < probability
    table = m.bands(label, probability)
    assert sum(band.rows for band in table) == 1003
    assert sum(band.positives for band in table) == label.sum()
    for before, after in itertools.pairwise(table):
        assert before.probability_high < after.probability_low


def test_calibration_error_sees_a_shift_and_forgives_noise():
    rng = np.random.default_rng(0)
    probability = rng.uniform(0.05, 0.5, 20_000)
    label = rng.random(20_000) < probability
    right = m.bands(label, probability)
    off = m.bands(label, probability + 0.1)
    assert m.calibration_error(right) < 2 * m.calibration_noise(right)
    assert m.calibration_error(off) == pytest.approx(0.1, abs=0.01)


def test_calibration_line_equals_an_unpenalised_logistic_regression():
    rng = np.random.default_rng(0)
    log_odds = rng.normal(-1, 1, 3000)
    probability = 1 / (1 + np.exp(-log_odds))
    label = rng.random(3000) < 1 / (1 + np.exp(-(0.7 * log_odds + 0.3)))
    fitted = LogisticRegression(C=1e9, tol=1e-10).fit(log_odds[:, None], label)
    slope, intercept = m.calibration_line(label, probability)
    assert slope == pytest.approx(fitted.coef_[0, 0], abs=1e-3)
    assert intercept == pytest.approx(fitted.intercept_[0], abs=1e-3)


def test_paired_difference_of_aucs_knows_that_the_rows_are_the_same():
    rng = np.random.default_rng(0)
    label = rng.random(800) < 0.3
    first = rng.normal(size=800) + label
    low, high = m.auc_difference(label, first, first)
    assert low == high == 0
    near = first + rng.normal(0, 0.1, 800)
    low, high = m.auc_difference(label, first, near)
    assert low < m.auc(label, first) - m.auc(label, near) < high
    assert high - low < 0.02  # of one alone it is 0.07
    drawn = [rng.integers(0, 800, 800) for _ in range(400)]
    spread = np.quantile(
        [m.auc(label[r], first[r]) - m.auc(label[r], near[r]) for r in drawn], [0.025, 0.975]
    )
    np.testing.assert_allclose([low, high], spread, atol=0.002)


def test_fitted_losses_do_not_depend_on_level_and_sharpness():
    rng = np.random.default_rng(0)
    raw = rng.normal(size=3000)
    label = rng.random(3000) < 1 / (1 + np.exp(-raw))
    plain = m.fitted_losses(label, raw).mean()
    assert m.fitted_losses(label, 0.3 * raw - 2).mean() == pytest.approx(plain, rel=1e-3)
    assert m.levelled_loss(label, raw - 2) == pytest.approx(m.levelled_loss(label, raw), rel=1e-6)
    assert m.levelled_loss(label, 3 * raw) > m.levelled_loss(label, raw)
