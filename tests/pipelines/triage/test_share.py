"""The share of people: met where rules and capacity allow, and said why where not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.triage.fill import fill
from pipelines.triage.room import Room
from pipelines.triage.route.share import TOLERANCE, at_stake, meet_share
from tests.pipelines.triage.arrays import keeps_to, problem


def _met(people, quotas, may, target, people_lanes=1):
    one = problem(people, quotas, may=may, regions=1, room=people, accounts=people * 50)
    room = Room(one)
    fill(room, people_lanes)
    before = np.array(room.lane_of)
    share = meet_share(room, people_lanes, target, one.value)
    lane_of = np.array(room.lane_of)
    assert keeps_to(one, lane_of)
    listed = lane_of >= 0
    assert share.planned == pytest.approx((lane_of[listed] < people_lanes).mean())
    return share, before, lane_of


def test_the_share_is_met_where_both_have_room():
    both = np.ones((1_000, 2), np.bool_)
    for target in (0.02, 0.06, 0.2, 0.5):
        share, before, lane_of = _met(1_000, [600, 1_200], both, target)
        assert share.why is None
        assert abs(share.planned - target) <= TOLERANCE
        # Nobody waits for it.
        assert (lane_of >= 0).sum() == (before >= 0).sum()


def test_who_waits_for_the_share_is_said():
    both = np.ones((1_000, 2), np.bool_)
    share, before, lane_of = _met(1_000, [100, 300], both, 0.06)
    assert (before >= 0).sum() == 400
    assert abs(share.planned - 0.06) <= TOLERANCE
    assert share.left_out == 400 - (lane_of >= 0).sum() > 0


def test_whom_only_people_may_serve_stays_with_them_and_the_run_says_so():
    may = np.ones((1_000, 2), np.bool_)
    may[::4, 1] = False  # by a rule, or on no channel of the AI
    share, before, lane_of = _met(1_000, [200, 300], may, 0.06)
    only = np.flatnonzero(~may[:, 1] & (before == 0))
    assert (lane_of[only] == 0).all()
    assert share.planned > 0.06 + TOLERANCE
    assert "only people" in share.why


def test_people_without_time_are_the_reason():
    both = np.ones((1_000, 2), np.bool_)
    share, before, lane_of = _met(1_000, [10, 500], both, 0.06)
    assert (before == lane_of).all()
    assert share.why == "people have no more time"


def test_people_get_those_with_the_most_at_stake():
    expected = np.array([10.0, 10.0, 10.0])
    assert np.argmax(at_stake(expected, np.array([0.9, 0.5, 0.1]))) == 2  # worth the most by far
    assert at_stake(expected, np.full(3, np.nan)).tolist() == expected.tolist()


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    quotas=st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)),
    target=st.sampled_from([0.0, 0.06, 0.3, 1.0]),
)
def test_whatever_binds_no_limit_is_broken_and_nobody_bound_to_people_moves(seed, quotas, target):
    rng = np.random.default_rng(seed)
    one = problem(80, list(quotas), may=rng.random((80, 3)) < 0.6, seed=seed)
    room = Room(one)
    fill(room, 1)
    before = np.array(room.lane_of)
    room.kept = set(np.flatnonzero(before >= 0)[::5].tolist())
    share = meet_share(room, 1, target, one.value)
    lane_of = np.array(room.lane_of)
    assert keeps_to(one, lane_of)
    bound = (before == 0) & ~one.may[:, 1:].any(axis=1)
    bound[list(room.kept)] = True
    assert (lane_of[bound] == before[bound]).all()
    if (lane_of >= 0).any():
        is_met = abs(share.planned - target) <= TOLERANCE
        assert is_met == (share.why is None)
