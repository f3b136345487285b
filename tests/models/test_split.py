import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.split import (
    CALIBRATE,
    STOP,
    TEST,
    TRAIN,
    UNUSED,
    row_hash,
    split,
    tie_alike,
    uniform,
)

SHARES = (0.6, 0.1, 0.1, 0.2)
BLOCKS = (TRAIN, STOP, CALIBRATE, TEST)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = draw(st.integers(1, 300))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    group = rng.integers(0, draw(st.integers(1, rows)), rows)
    days = rng.integers(0, draw(st.integers(1, 40)), rows)
    at = np.datetime64("2024-01-01", "D") + days
    matrix = rng.integers(0, draw(st.integers(1, 50)), (rows, 3)).astype(np.float32)
    matrix[rng.random((rows, 3)) < 0.1] = np.nan
    return group, at, matrix


def blocks_of(group, at, matrix, shares, seed):
    time = None if at is None else at.astype(np.int64)
    return split(group, time, matrix, shares, seed, is_dated=at is not None)[1]


def sides(group: np.ndarray, block: np.ndarray) -> list[set[int]]:
    return [set(group[block == b].tolist()) for b in BLOCKS]


def assert_disjoint(found: list[set[int]]) -> None:
    for index, side in enumerate(found):
        for other in found[index + 1 :]:
            assert not side & other


@given(worlds(), st.booleans(), st.integers(0, 5))
def test_no_group_sits_on_two_sides_and_every_row_has_a_block(world, is_dated, seed):
    group, at, matrix = world
    block = blocks_of(group, at if is_dated else None, matrix, SHARES, seed)
    assert block.shape == group.shape
    assert set(np.unique(block)) <= {*BLOCKS, UNUSED}
    assert_disjoint(sides(group, block))
    if not is_dated:
        assert (block != UNUSED).all()


@given(worlds(), st.integers(0, 5))
def test_dated_blocks_follow_each_other(world, seed):
    group, at, matrix = world
    block = blocks_of(group, at, matrix, SHARES, seed)
    strict = len(np.unique(at)) >= 4
    last = None
    for index in BLOCKS:
        inside = at[block == index]
        if len(inside):
            if last is not None:
                assert inside.min() > last if strict else inside.min() >= last
            last = inside.max()


@given(worlds(), st.booleans(), st.randoms(use_true_random=False))
def test_block_of_a_row_does_not_depend_on_the_order_of_rows(world, is_dated, random):
    group, at, matrix = world
    order = np.array(random.sample(range(len(group)), len(group)))
    plain = blocks_of(group, at if is_dated else None, matrix, SHARES, 0)
    moved = blocks_of(group[order], at[order] if is_dated else None, matrix[order], SHARES, 0)
    few = is_dated and len(np.unique(at)) < 4  # ties inside a date are cut by position
    if few:
        assert_disjoint(sides(group[order], moved))
    else:
        np.testing.assert_array_equal(moved, plain[order])


def test_shares_are_met_on_many_persons():
    group = np.arange(50_000)
    matrix = np.random.default_rng(0).normal(size=(50_000, 2)).astype(np.float32)
    block = blocks_of(group, None, matrix, SHARES, 0)
    counted = np.bincount(block, minlength=4) / len(group)
    np.testing.assert_allclose(counted, SHARES, atol=0.01)
    at = np.datetime64("2020-01-01") + group % 100
    by_time = blocks_of(group, at, matrix, SHARES, 0)
    np.testing.assert_allclose(np.bincount(by_time, minlength=4) / len(group), SHARES, atol=0.01)


def test_rows_alike_sit_on_one_side_without_dates():
    rng = np.random.default_rng(1)
    matrix = rng.normal(size=(2000, 3)).astype(np.float32)
    matrix[1000:1500] = matrix[:500]  # duplicates but for the id
    matrix[::7, 1] = np.nan
    matrix[1000:1500, 1] = matrix[:500, 1]
    block = blocks_of(np.arange(2000), None, matrix, SHARES, 0)
    np.testing.assert_array_equal(block[1000:1500], block[:500])


def test_alike_rows_chain_persons_together():
    matrix = np.array([[1], [2], [2], [3], [3], [9]] * 1 + [[10 + i] for i in range(300)])
    group = np.array([7, 7, 5, 5, 6, 8, *range(100, 400)])
    tied = tie_alike(group, matrix.astype(np.float32), 0)
    assert tied[:6].tolist() == [5, 5, 5, 5, 5, 8]
    np.testing.assert_array_equal(tied[6:], group[6:])


def test_coarse_features_do_not_tie_half_the_file():
    matrix = np.tile(np.array([[0.0], [1.0]], dtype=np.float32), (500, 1))
    block = blocks_of(np.arange(1000), None, matrix, SHARES, 0)
    assert np.bincount(block, minlength=4).min() > 50


def test_persons_at_many_dates_are_assigned_without_looking_at_their_last_date():
    # Everybody is seen every month until conversion; half convert in the first month.
    leads, months = 4000, 20
    converts = np.arange(leads) % 2 == 0
    rows = [(i, m, converts[i]) for i in range(leads) for m in range(1 if converts[i] else months)]
    group, month, label = (np.array(column) for column in zip(*rows, strict=True))
    at = np.datetime64("2024-01-01") + month * 30
    block = blocks_of(group, at, np.zeros((len(group), 1), np.float32), SHARES, 0)
    assert_disjoint(sides(group, block))
    expected = label[month < 12].mean()
    assert abs(label[block == TRAIN].mean() - expected) < 0.15 * expected


def test_hash_is_pinned():
    # A change would move every person to another block of every population.
    found = uniform(np.array([0, 1, 2**62, -5]), 0)
    assert found.tolist() == [
        0.8833108082136426, 0.5665615751722809, 0.002598817123781516, 0.08865044484243612
    ]  # fmt: skip
    matrix = np.array([[1.5, np.nan], [0.0, -0.0]], dtype=np.float32)
    assert row_hash(matrix, 0).tolist() == [5048203671989950934, 12103184956288865414]
    assert row_hash(-matrix, 0)[1] == row_hash(matrix, 0)[1]


def test_a_row_is_left_out_only_for_what_came_before_it():
    rng = np.random.default_rng(5)
    at = np.sort(rng.integers(0, 2000, 5000)).astype("datetime64[D]")
    group = rng.integers(0, 20000, 5000)
    block = blocks_of(group, at, np.zeros((5000, 1), np.float32), (0.55, 0.1, 0.1, 0.25), 0)
    left_out = np.flatnonzero(block == UNUSED)
    assert 0 < len(left_out) < 1000
    for row in left_out:
        kept_before = (group[:row] == group[row]) & (block[:row] != UNUSED)
        assert kept_before.any()
    # the training block loses nothing: nobody was seen before it
    assert (block[: np.flatnonzero(block == STOP)[0]] == TRAIN).all()


def test_a_file_in_order_keeps_duplicates_together_and_the_blocks_apart():
    rng = np.random.default_rng(3)
    matrix = rng.normal(size=(2000, 3)).astype(np.float32)
    twins = rng.choice(2000, (2, 150), replace=False)
    matrix[twins[0]] = matrix[twins[1]]
    place = np.arange(2000)
    tied, block = split(np.arange(2000), place, matrix, SHARES, 0, is_dated=False)
    for index in BLOCKS[1:]:
        assert place[block == index].min() > place[block == index - 1].max()
    np.testing.assert_array_equal(tied[twins[0]], tied[twins[1]])
    assert_disjoint(sides(tied, block))
    assert 0 < (block == UNUSED).sum() < 150
    # with dates, two leads that look alike are two leads
    assert (split(np.arange(2000), place, matrix, SHARES, 0, is_dated=True)[1] != UNUSED).all()


def test_coarse_rows_of_a_file_in_order_fall_back_to_a_hash():
    matrix = np.arange(3000)[:, None] % 300
    block = split(
        np.arange(3000), np.arange(3000), matrix.astype(np.float32), SHARES, 0, is_dated=False
    )[1]
    assert (block != UNUSED).all()
