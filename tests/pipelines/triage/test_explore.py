"""The chance that is logged is the chance there was."""

import dataclasses

import numpy as np

from pipelines.triage.explore import Lottery, explore
from pipelines.triage.room import Room
from tests.pipelines.triage.arrays import keeps_to, problem

SEEDS = 2_000


def _draw(of, seed, share, looked_at):
    """Draw once as a night does: evenly whom to look at, then the places."""
    names = np.arange(len(of.value)) * 7 + 3
    lottery = Lottery(str(seed), share)
    places = lottery.places(of.quota.tolist())
    drawn = np.zeros(len(names), bool)
    drawn[np.argsort(lottery.even("first", names))[:looked_at]] = True
    room = Room(of)
    chance = looked_at / len(names)
    found = explore(room, lottery, names, drawn, chance, places)
    lane_of = np.array(room.lane_of)
    assert (np.isfinite(found) == (lane_of >= 0)).all()
    assert keeps_to(of, lane_of)
    assert (np.bincount(lane_of + 1, minlength=len(places) + 1)[1:] <= places).all()
    return found


def test_everybody_is_drawn_as_often_as_is_logged():
    """One lane, nobody related: the chance is the same for all, and the same every night."""
    alone = problem(40, [10], may=np.ones((40, 1), bool), room=99, accounts=10_000)
    alone = dataclasses.replace(alone, member_row=alone.member_row[:0],
                                member_account=alone.member_account[:0])  # fmt: skip
    runs = np.array([_draw(alone, seed, 0.4, 30) for seed in range(SEEDS)])
    assert np.unique(runs[np.isfinite(runs)]) == 0.1
    often = np.isfinite(runs).mean(axis=0)
    assert abs(often - 0.1).max() < 4.5 * np.sqrt(0.1 * 0.9 / SEEDS)
    assert often.mean() == 0.1


def test_outcomes_divided_by_the_chance_are_right_on_average():
    """Lanes, limits and accounts in one another's way: each person still weighs 1 on average."""
    hard = problem(60, [30, 20, 10], regions=2, room=3, accounts=25)
    runs = np.array([_draw(hard, seed, 0.2, 45) for seed in range(SEEDS)])
    weight = np.where(np.isfinite(runs), 1 / np.where(np.isfinite(runs), runs, 1), 0.0)
    error = weight.std(axis=0) / np.sqrt(SEEDS)
    could = hard.may.any(axis=1)
    assert (abs(weight.mean(axis=0) - 1)[could] < 4.5 * error[could]).all()
    assert not weight[:, ~could].any()
    assert abs(weight.mean(axis=0)[could].mean() - 1) < 0.02
    # The chances differ from person to person and from night to night: it is not a constant.
    assert len(np.unique(runs[np.isfinite(runs)].round(6))) > 20


def _alone(of):
    none = {"member_row": of.member_row[:0], "member_account": of.member_account[:0]}
    return dataclasses.replace(of, **none)


def _weights(of, share, looked_at):
    runs = np.array([_draw(of, seed, share, looked_at) for seed in range(SEEDS)])
    return np.where(np.isfinite(runs), 1 / np.where(np.isfinite(runs), runs, 1), 0.0)


def test_the_lot_whether_a_small_lane_has_a_place_is_part_of_the_chance():
    """Lanes of 0.4, 0.4, 1.5 and 4 places: open to some alone, to others together."""
    may = np.zeros((80, 4), bool)
    may[:30, 0] = may[20:50, 1] = may[40:70, 2] = may[60:, 3] = True
    of = _alone(problem(80, [20, 20, 75, 200], may=may, room=99, accounts=999))
    weight = _weights(of, 0.02, 60)
    error = weight.std(axis=0) / np.sqrt(SEEDS)
    assert (abs(weight.mean(axis=0) - 1) < 4.5 * error).all()
    for people in (slice(20), slice(20, 30), slice(30, 40), slice(50, 60), slice(70, 80)):
        mean = weight[:, people].mean(axis=1)
        assert abs(mean.mean() - 1) < 4 * mean.std() / np.sqrt(SEEDS)


def test_minutes_that_a_workers_other_lane_may_use_are_part_of_the_chance():
    may = np.zeros((40, 2), bool)
    may[:20, 0] = may[15:, 1] = True
    of = dataclasses.replace(
        _alone(problem(40, [2, 3], may=may, room=99, accounts=999)),
        worker=np.array([0, 0]), minutes=np.array([12.0, 7.0]), worker_minutes=np.array([18.0]),
    )  # fmt: skip
    mean = _weights(of, 0.2, 40)
    for people in (slice(15), slice(20, 40)):
        of_people = mean[:, people].mean(axis=1)
        assert abs(of_people.mean() - 1) < 4 * of_people.std() / np.sqrt(SEEDS)


def test_places_are_the_share_on_average_also_of_a_small_lane():
    places = np.array([Lottery(str(seed), 0.02).places([60, 2_000, 5]) for seed in range(SEEDS)])
    assert abs(places.mean(axis=0) - [1.2, 40, 0.1]).max() < 0.06
    assert set(places[:, 0]) == {1, 2}


def test_nobody_is_drawn_without_a_share_or_beyond_a_workers_minutes():
    of = problem(30, [10, 10], may=np.ones((30, 2), bool), room=99)
    assert not np.isfinite(_draw(of, 1, 0.0, 30)).any()
    named = dataclasses.replace(
        of, worker=np.array([0, 0]), minutes=np.array([12.0, 5.0]), worker_minutes=np.array([22.0])
    )
    assert np.isfinite(_draw(named, 1, 0.2, 30)).sum() <= 3
