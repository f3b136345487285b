import numpy as np
import pytest

from models import metrics as m
from models.significance import (
    auc_difference_by,
    auc_interval_by,
    bunches,
    lift_gain_by,
    mean_error_by,
)


def rows(count=400, seed=0):
    rng = np.random.default_rng(seed)
    label = rng.random(count) < 0.2
    return label, rng.normal(size=count) + label


def test_alone_every_row_gives_delongs_interval():
    label, score = rows()
    low, high = auc_interval_by(label, score, np.arange(len(label)))
    first, second = m.auc_interval(label, score)
    assert high - low == pytest.approx(second - first, rel=0.05)
    assert (low + high) / 2 == pytest.approx(m.auc(label, score))


def test_copies_of_a_bunch_tell_nothing_new():
    label, score = rows()
    five = (np.repeat(label, 5), np.repeat(score, 5))
    bunch = np.repeat(np.arange(len(label)), 5)
    assert auc_interval_by(*five, bunch) == pytest.approx(
        auc_interval_by(label, score, np.arange(len(label)))
    )
    assert np.diff(m.auc_interval(*five)) < 0.6 * np.diff(auc_interval_by(*five, bunch))


def test_a_blip_of_the_calendar_is_no_signal():
    """Days differ by luck, and scores differ by day: row by row that often looks like a signal."""
    is_sure = np.zeros(2, dtype=int)
    for seed in range(60):
        rng = np.random.default_rng(seed)
        day = np.repeat(np.arange(20), 50)
        label = rng.random(1000) < np.where(rng.random(20) < 0.5, 0.1, 0.3)[day]
        score = rng.normal(size=20)[day]
        lows = [m.auc_interval(label, score)[0], auc_interval_by(label, score, day)[0]]
        is_sure += np.array(lows) > 0.5
    assert is_sure[0] >= 10
    assert is_sure[1] <= 5


def test_a_difference_of_equal_scores_is_nothing():
    label, score = rows()
    assert auc_difference_by(label, score, score, np.arange(400)) == (0.0, 0.0)
    low, _ = auc_difference_by(label, score, -score, np.arange(400))
    assert low > 0


def test_a_mean_over_bunches_is_as_sure_as_that_of_their_sums():
    values = np.random.default_rng(1).normal(size=300)
    bunch = np.repeat(np.arange(30), 10)
    means = values.reshape(30, 10).mean(axis=1)
    assert mean_error_by(values, bunch) == pytest.approx(means.std(ddof=1) / np.sqrt(30))
    assert np.isnan(mean_error_by(values, np.zeros(300, dtype=np.int64)))


def test_lift_gain_is_that_of_the_better_score():
    label, score = rows(2000)
    alone = np.arange(2000)
    low, high = lift_gain_by(label, score, score, 0.1, alone, seed=0)
    assert (low, high) == (0.0, 0.0)
    noise = np.random.default_rng(2).normal(size=2000)
    low, high = lift_gain_by(label, score, noise, 0.1, alone, seed=0)
    gain = m.lift(label, score) - m.lift(label, noise)
    assert 0 < low < gain < high
    assert lift_gain_by(label, score, noise, 0.1, alone, seed=0) == (low, high)


def test_bunches_are_days_else_persons():
    person = np.arange(40)
    at = np.datetime64("2026-01-01") + np.arange(40) // 2
    made = np.arange(40) * 86_400.0
    few = np.datetime64("2026-01-01") + np.arange(40) % 5
    assert len(np.unique(bunches(at, made, person))) == 20
    assert bunches(None, made, person).tolist() == list(range(40))
    assert bunches(few, made, person) is person
    assert bunches(None, np.where(person == 3, np.nan, made), person) is person
