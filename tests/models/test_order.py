import numpy as np
import pytest

from models.order import counting_columns, find_order
from models.params import TrainSettings
from tests.models.data import COLOURS, feature_set

ROWS = 3000
PARAMS = TrainSettings()


def a_file(seed: int = 0, *, drift: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Rows whose visits and colour change along the file, more or less."""
    rng = np.random.default_rng(seed)
    place = np.linspace(-1, 1, ROWS)
    visits = rng.normal(size=ROWS) + drift * place
    minutes, noise = rng.exponential(10, ROWS), rng.normal(size=ROWS)
    colour = rng.integers(0, len(COLOURS), ROWS)
    matrix = np.column_stack([visits, minutes, noise, colour]).astype(np.float32)
    matrix[rng.random(ROWS) < 0.1, 1] = np.nan
    return matrix, rng.random(ROWS) < 1 / (1 + np.exp(-visits))


def order_of(matrix, label, *, newest=None, serial=None, at=None):
    unknown = np.full(len(label), np.nan)
    return find_order(
        matrix, feature_set(), label, np.arange(len(label)), at,
        unknown if newest is None else newest, serial, PARAMS,
    )  # fmt: skip


def test_dates_are_the_order_where_rows_have_them():
    matrix, label = a_file()
    at = np.datetime64("2024-01-01", "D") + np.arange(ROWS) % 50
    found = order_of(matrix, label, at=at)
    assert found.basis == "as_of"
    np.testing.assert_array_equal(found.time, at.astype(np.int64))


def test_creation_dates_come_before_the_place_in_the_file():
    matrix, label = a_file()
    newest = np.arange(ROWS)[::-1] * 3600.0 * 4
    newest[5] = np.nan
    found = order_of(matrix, label, newest=newest)
    assert found.basis == "created_at"
    assert found.time[0] > found.time[-1]
    assert found.time[5] == found.time.min()
    one_day = order_of(matrix, label, newest=np.full(ROWS, 1e9))
    assert one_day.basis == "none"


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_file_that_changes_along_its_rows_is_in_order(is_reversed):
    matrix, label = a_file(drift=1.0)
    serial = 5000.0 + np.arange(ROWS) * 3
    found = order_of(matrix, label, serial=serial[::-1] if is_reversed else serial)
    assert found.basis == "record_number"
    assert found.is_reversed is is_reversed
    assert bool(found.time[0] > found.time[-1]) == is_reversed
    assert found.evidence > 0.6


@pytest.mark.parametrize("seed", range(5))
def test_a_shuffled_file_has_no_order(seed):
    matrix, label = a_file(seed, drift=1.0)
    shuffled = np.random.default_rng(seed).permutation(ROWS)
    found = order_of(matrix[shuffled], label[shuffled])
    assert (found.basis, found.time) == ("none", None)


def test_a_file_sorted_by_the_outcome_or_by_a_column_is_not_in_order_of_time():
    matrix, label = a_file(drift=1.0)
    by_label = np.argsort(label, kind="stable")
    assert "outcome" in order_of(matrix[by_label], label[by_label]).reason
    matrix[:, 1] = np.round(np.nan_to_num(matrix[:, 1]), 2)  # an amount, with ties
    by_amount = np.argsort(matrix[:, 1], kind="stable")
    found = order_of(matrix[by_amount], label[by_amount])
    assert found.basis == "none"
    assert "minutes on site" in found.reason


def test_a_year_that_rises_is_a_clock_and_not_a_sort_key():
    matrix, label = a_file(drift=1.0)
    matrix[:, 1] = 2001 + np.arange(ROWS) * 20 // ROWS
    assert order_of(matrix, label).basis == "record_number"


def test_columns_that_number_the_rows_are_found_whatever_their_direction():
    matrix, _ = a_file()
    rng = np.random.default_rng(0)
    kinds = feature_set().kinds
    place = np.arange(ROWS)
    matrix[:, 0] = 660_000 - place * 7 + rng.integers(0, 5, ROWS)
    assert counting_columns(matrix, kinds, place) == (0,)
    matrix[:, 0] = rng.permutation(ROWS)  # a number of its own, but no clock
    assert counting_columns(matrix, kinds, place) == ()
    matrix[:, 0] = place // 100  # a clock with ties may be a season
    assert counting_columns(matrix, kinds, place) == ()
