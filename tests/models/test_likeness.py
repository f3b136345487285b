from dataclasses import replace

import numpy as np
import pytest

from models.likeness import MOST_WEIGHT, measure, weigh
from models.params import TrainSettings
from models.train import train
from tests.models.conftest import CONTEXT
from tests.models.data import feature_set, training_set

PARAMS = TrainSettings()
ONE = feature_set(("kind",), ())


def contacted(rows: int, chosen: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Leads of two kinds, a share of the better one; they convert at 10% and 5%."""
    rng = np.random.default_rng(seed)
    is_better = rng.random(rows) < chosen
    return is_better[:, None].astype(np.float32), rng.random(rows) < np.where(is_better, 0.1, 0.05)


def compared(rows: int, chosen: float, meant: float, seed: int = 0):
    matrix, label = contacted(rows, chosen, seed)
    open_leads, _ = contacted(5000, meant, seed + 1)
    weight = weigh(matrix, np.arange(rows), np.arange(rows), open_leads, ONE, PARAMS)
    # One probability for both kinds: a score that has not seen them apart.
    said = np.full(rows, label.mean())
    return measure(said, label, weight, len(open_leads))


def test_a_score_that_blurs_who_was_chosen_is_corrected_for_those_who_are_meant():
    found = compared(30_000, chosen=0.8, meant=0.3)
    said, true = 0.8 * 0.1 + 0.2 * 0.05, 0.3 * 0.1 + 0.7 * 0.05
    wanted = np.log(true / (1 - true)) - np.log(said / (1 - said))
    assert found.shift == pytest.approx(wanted, abs=0.05)
    assert abs(found.shift) <= abs(found.found)
    assert found.conversions < 30_000 * said
    assert f"{-np.expm1(found.shift):.1%} less often" in found.reason


def test_leads_alike_move_nothing_beyond_chance():
    found = compared(20_000, chosen=0.5, meant=0.5)
    assert abs(found.shift) < 0.03
    assert abs(found.found) < 4 * found.error + 0.02


def test_a_base_rate_that_moved_is_not_counted_again():
    matrix, label = contacted(20_000, 0.5)
    weight = np.where(matrix[:, 0] > 0, 1.02, 0.98)
    once, moved = (measure(np.full(20_000, rate), label, weight, 5000) for rate in (0.075, 0.03))
    assert abs(moved.found) < 0.05 < np.log(label.mean() / 0.03)
    assert abs(once.found) < 0.05


def test_what_chance_explains_is_believed_less():
    label = np.zeros(2000, np.bool_)
    label[:20] = True
    weight = np.where(np.arange(2000) < 5, 5.0, 1.0)
    found = measure(np.full(2000, 0.01), label, weight, 1000)
    assert found.found > 0.3
    assert 0 < found.shift < found.found / 3
    assert found.conversions == pytest.approx((5 * 5 + 15) ** 2 / (25 * 5 + 15))


def test_no_row_counts_for_a_crowd_and_few_rows_tell_nothing():
    matrix, _ = contacted(8_000, 0.999)
    open_leads, _ = contacted(2000, 0.0)
    rows = np.arange(8_000)
    weight = weigh(matrix, rows, rows, open_leads, ONE, PARAMS)
    assert weight.max() == MOST_WEIGHT
    assert weigh(matrix, rows, rows, open_leads[:999], ONE, PARAMS) is None
    assert weigh(matrix, rows[:999], rows, open_leads, ONE, PARAMS) is None


@pytest.mark.parametrize("is_dated", [True, False])
def test_only_a_dated_training_is_corrected_and_says_so(quick, is_dated):
    data, features = training_set(2500, is_dated=is_dated)
    # Those never contacted: the ones with few visits, which convert less often.
    few = data.matrix.to_series(0).fill_null(9) < 2
    meant = data.matrix.filter(few)
    data = replace(data, scoring=meant.sample(1500, with_replacement=True, seed=1))
    params = quick.model_copy(update={"isotonic_min_positives": 100})
    held = train(data, features, params, context=CONTEXT).manifest["level"]
    if is_dated:
        assert held["likeness"]["rows"] == 1500
        assert "leads like the 1500 to be scored" in held["reason"]
    else:
        assert held["likeness"]["rows"] == held["likeness"]["shift"] == 0
        assert "leads like" not in held["reason"]
