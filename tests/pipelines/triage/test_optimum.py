"""The list against the optimum of a linear programme, with every cap binding."""

import dataclasses

import numpy as np
import pytest
from scipy.optimize import OptimizeResult, linprog

from pipelines.triage import optimum
from pipelines.triage.fill import fill
from pipelines.triage.room import Room
from tests.pipelines.triage.arrays import keeps_to, problem


def _bound(of):
    """Return the optimum of the plain programme: one column per person and lane, as it is said."""
    people, lanes = of.may.shape
    pair = np.argwhere(of.may)
    rows, high = [], []
    for person in range(people):
        rows.append(pair[:, 0] == person)
        high.append(1)
    for lane in range(lanes):
        rows.append(pair[:, 1] == lane)
        high.append(of.quota[lane])
    for worker, minutes in enumerate(of.worker_minutes):
        rows.append(np.where(of.worker[pair[:, 1]] == worker, of.minutes[pair[:, 1]], 0.0))
        high.append(minutes)
    for limit in of.limits:
        for cell, room in enumerate(limit.room):
            rows.append(limit.lanes[pair[:, 1]] & (limit.cell[pair[:, 0]] == cell))
            high.append(room)
    for account, room in enumerate(of.account_room):
        rows.append(np.isin(pair[:, 0], of.member_row[of.member_account == account]))
        high.append(room)
    worth = of.value[pair[:, 0]] - of.cost[pair[:, 1]]
    return -linprog(-worth, A_ub=np.array(rows, float), b_ub=high, bounds=(0, 1)).fun


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("is_whole", [True, False])
def test_within_half_a_percent_of_the_linear_optimum(seed, is_whole, monkeypatch):
    """Both ways: people not divided, and fractions rounded, as for lists that are too long."""
    monkeypatch.setattr(optimum, "WHOLE_COLUMNS", 10_000 if is_whole else 0)
    of = problem(250, [12, 10, 25, 8, 8], regions=4, room=7, accounts=60, seed=seed)
    of = dataclasses.replace(
        of,
        cost=np.array([0.02, 0.0, 0.001, 0.01, 0.01]),
        worker=np.array([-1, -1, -1, 0, 0]),
        minutes=np.array([0, 0, 0, 12.0, 5.0]),
        worker_minutes=np.array([50.0]),
    ).worth_it()
    room = Room(of)
    fill(room, 2)
    lane_of = np.array(room.lane_of)
    assert keeps_to(of, lane_of)
    listed = lane_of >= 0
    found = (of.value[listed] - of.cost[lane_of[listed]]).sum()
    assert found >= 0.995 * _bound(of)
    # Whoever is left out fits nowhere.
    assert not room.open_places()[~room.crowded()].any()


def test_a_list_too_long_for_whole_people_is_as_good():
    of = problem(20_000, [60, 500, 2_000, 300], regions=6, room=150, accounts=9_000)
    room = Room(of)
    found = fill(room, 1)
    lane_of = np.array(room.lane_of)
    assert keeps_to(of, lane_of)
    assert of.value[lane_of >= 0].sum() >= 0.9999 * found.value


def test_the_same_people_give_the_same_list():
    of = problem(
        3_000,
        [60, 90, 200],
        value=np.sort(np.random.default_rng(1).integers(1, 9, 3_000))[::-1] / 10,
    )
    lists = []
    for _ in range(2):
        room = Room(of)
        fill(room, 1)
        lists.append(room.lane_of)
    assert lists[0] == lists[1]


@pytest.mark.parametrize("is_whole", [True, False])
def test_without_an_answer_the_lanes_are_filled_in_order(is_whole, monkeypatch):
    of = problem(40, [5, 3])
    monkeypatch.setattr(optimum, "milp", lambda *_, **__: OptimizeResult(x=None))
    found = optimum.solve(of, is_whole=is_whole)
    assert not found.count.any()
    assert not found.value
    room = Room(of)
    fill(room, 1)
    assert keeps_to(of, np.array(room.lane_of))
    assert (np.array(room.lane_of) >= 0).any()
