import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.cells import cut, tally
from models.facts import FeatureFacts


@given(
    st.lists(st.floats(-1e6, 1e6, width=32) | st.just(float("nan")), min_size=1, max_size=200),
    st.integers(2, 12),
)
def test_every_value_has_one_cell_between_its_edges(values, bins):
    column = np.array(values, dtype=np.float32)
    cells = cut(column, "number", bins)
    where = cells.of(column)
    missing = np.isnan(column)
    assert (where[missing] == cells.count - 1).all()
    assert (np.diff(cells.edges) > 0).all()
    assert cells.count <= bins + 2
    for value, cell in zip(column[~missing], where[~missing], strict=True):
        assert cells.edges[cell] <= value
        if cell + 1 < len(cells.edges):
            assert value < cells.edges[cell + 1]
        if cells.is_exact:
            assert cells.edges[cell] == value


def test_quantile_cells_hold_about_as_many_rows():
    column = np.random.default_rng(0).normal(size=8000).astype(np.float32)
    cells = cut(column, "number", 8)
    counts = np.bincount(cells.of(column), minlength=cells.count)
    assert counts[-1] == 0
    assert counts[:-1].min() > 950


def test_tally_counts_by_cell_and_fold():
    cell, fold = np.array([0, 0, 1, 1, 1]), np.array([0, 1, 0, 0, 1])
    label = np.array([True, False, True, False, True])
    rows, positives = tally(cell, 3, label, fold, 2)
    assert rows.tolist() == [[1, 1], [2, 1], [0, 0]]
    assert positives.tolist() == [[1, 0], [1, 1], [0, 0]]


def test_facts_know_bounds_missing_and_unseen_values():
    counts = {"edges": [0.0, 5.0], "rows": [10, 20, 30], "positives": [1, 4, 3]}
    ranges = FeatureFacts({**counts, "is_exact": False}, 8 / 60, is_number=True)
    first, last = ranges.fact(-3.0), ranges.fact(99.0)
    assert (first.low, first.high, first.rows) == (None, 5.0, 10)
    assert (last.low, last.high, last.positives) == (5.0, None, 4)
    missing = ranges.fact(float("nan"))
    assert (missing.rows, missing.low, missing.high) == (30, None, None)
    assert not missing.is_one_value
    exact = FeatureFacts({**counts, "is_exact": True}, 8 / 60, is_number=True)
    assert exact.fact(5.0).is_one_value
    assert exact.fact(3.0) is None


def test_the_few_rows_above_a_value_that_is_nearly_always_there_have_their_own_cell():
    rng = np.random.default_rng(1)
    column = np.where(rng.random(4000) < 0.02, rng.lognormal(8, 1, 4000), 0).astype(np.float32)
    cells = cut(column, "number", 20)
    where = cells.of(column)
    assert set(where[column == 0]).isdisjoint(where[column > 0])
    below = cut(-column, "number", 20).of(-column)
    assert set(below[column == 0]).isdisjoint(below[column > 0])
    # A frequent value in the middle parts both sides from itself.
    middle = rng.normal(size=4000).astype(np.float32)
    middle[rng.random(4000) < 0.5] = 0.25
    where = cut(middle, "number", 8).of(middle)
    assert len(set(where[middle == 0.25])) == 1
    assert set(where[middle == 0.25]).isdisjoint(where[middle != 0.25])
