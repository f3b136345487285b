"""The explored: a slice of every lane given away by lot, with the chance of it known exactly.

The lot is drawn before the best are chosen, among everybody who may be contacted, so that it speaks
for the best as well. Each step keeps some of those before it with a chance that is known then, and
the product is logged: an outcome divided by it is right on average whatever the steps looked like.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from pipelines.triage.limits import F64, I64, Bools
from pipelines.triage.room import NOBODY, Room

# For each place so many are looked at: enough for lanes that few of them are open to.
PER_PLACE: Final = 40
SPARE: Final = 1_000
_STEPS: Final = 2.0**64


@dataclass(frozen=True)
class Lottery:
    """What the lot is drawn with.

    Attributes
    ----------
    key : str
        Of the night; keyed, so that nobody can know beforehand who will be drawn.
    share : float
        Of the capacity of each lane.
    """

    key: str
    share: float

    def even(self, step: str, names: Sequence[int] | I64) -> F64:
        """Return (n,) numbers from 0 to 1, one for each name, of their own for each step."""
        stem = hashlib.blake2b(f"{self.key}|{step}|".encode())
        found = np.empty(len(names))
        for place, name in enumerate(names):
            digest = stem.copy()
            digest.update(str(int(name)).encode())
            found[place] = int.from_bytes(digest.digest()[:8], "big") / _STEPS
        return found

    def places(self, quotas: Sequence[int]) -> list[int]:
        """Return how many places of each lane are given by lot; on average its share exactly."""
        lots = self.even("places", range(len(quotas)))
        return [int(self.share * quota + lot) for quota, lot in zip(quotas, lots, strict=True)]


def looked_at(places: int) -> int:
    """Return how many people are looked at for so many places."""
    return PER_PLACE * places + SPARE


def explore(
    room: Room, lottery: Lottery, names: I64, drawn: Bools, chance: float, places: Sequence[int]
) -> F64:
    """Give places away by lot, and note with which chance.

    Parameters
    ----------
    room : Room
        The places are taken of it; who has one, or shares an account with one, is not drawn.
    names : (n,) int64
        person_key of each person.
    drawn : (n,) bool
        Who is looked at: drawn evenly, before, from everybody who could be explored.
    chance : float
        With which each of them was.
    places : sequence of int
        Of each lane, as `Lottery.places` gives them; that a small lane may get none is part of the
        chance.

    Returns
    -------
    (n,) float64
        Chance that the lot lists the person, once it is the turn of this lane; NaN: it did not.
    """
    result = np.full(len(names), np.nan)
    chances = _chances_of_a_place(room, lottery)
    places = _that_are_left(room, places)
    if not any(places):
        return result
    people, lane = _one_lane_each(room, lottery, names, drawn, chances > 0)
    # Whether the lane of the turn has a place at all was drawn as well, before.
    has_place = np.array(places, np.int64)[lane] > 0
    people, lane = people[has_place], lane[has_place]
    odds = chance * chances[lane]
    alone, one_of = _one_of_an_account(room, lottery, people, names)
    people, lane, odds = people[alone], lane[alone], odds[alone] / one_of[alone]
    for number in range(len(room.problem.limits)):
        kept, share = _within(room, lottery, number, people, lane, names)
        people, lane, odds = people[kept], lane[kept], odds[kept] * share[kept]
    for number, count in enumerate(places):
        mine = np.flatnonzero(lane == number)
        if count and len(mine):
            lots = lottery.even("lane", names[people[mine]])
            for one in mine[np.argsort(lots, kind="stable")[:count]].tolist():
                person = int(people[one])
                room.take(person, number)
                room.kept.add(person)
                result[person] = odds[one] * min(1.0, count / len(mine))
    return result


def _that_are_left(room: Room, places: Sequence[int]) -> list[int]:
    """Cut the places to what each lane, and the minutes of its worker, have left."""
    problem = room.problem
    used = np.zeros(len(problem.worker_minutes))
    found = []
    for lane, count in enumerate(places):
        worker = int(problem.worker[lane])
        most = _at_most(room, lane, count, float(used[worker]) if worker >= 0 else 0.0)
        if worker >= 0:
            used[worker] += most * problem.minutes[lane]
        found.append(most)
    return found


def _at_most(room: Room, lane: int, count: int, used: float) -> int:
    """Return how many of `count` places are left to a lane whose worker has used minutes."""
    worker, most = int(room.problem.worker[lane]), min(count, room.contacts_left(lane))
    if worker >= 0:
        left = room.minutes_left(worker) - used
        most = min(most, max(int(left / float(room.problem.minutes[lane]) + 1e-9), 0))
    return most


def _chances_of_a_place(room: Room, lottery: Lottery) -> F64:
    """Return (lanes,) the chance that rounding by lot leaves the lane at least one place.

    The places of a worker's other lanes take minutes, so each number they may have is followed.
    """
    problem = room.problem
    found = np.zeros(len(problem.quota))
    used_by: dict[int, dict[float, float]] = {}
    for lane, quota in enumerate(problem.quota.tolist()):
        worker, minutes = int(problem.worker[lane]), float(problem.minutes[lane])
        least = int(lottery.share * quota)
        more = lottery.share * quota - least
        after: dict[float, float] = {}
        for used, odds in used_by.get(worker, {0.0: 1.0}).items():
            for count, chance in ((least, 1.0 - more), (least + 1, more)):
                most = _at_most(room, lane, count, used)
                found[lane] += odds * chance * (most > 0)
                spent = used + most * minutes
                after[spent] = after.get(spent, 0.0) + odds * chance
        if worker >= 0:
            used_by[worker] = after
    return found


def _one_lane_each(
    room: Room, lottery: Lottery, names: I64, drawn: Bools, explores: Bools
) -> tuple[I64, I64]:
    """Give each person the turn of one of the lanes that could explore them: person, lane.

    The turn is no part of the chance: with it, who could be explored on two channels would weigh
    as much as two people. Lanes that could have had a place tonight have their turn as well: else
    the turn would depend on the lot.
    """
    could = room.open_places() & explores & ~room.crowded()[:, None]
    people = np.flatnonzero(drawn & could.any(axis=1))
    lanes = could[people].sum(axis=1)
    turn = np.floor(lottery.even("turn", names[people]) * lanes).astype(np.int64)
    nth = np.cumsum(could[people], axis=1) - 1
    lane = np.argmax(could[people] & (nth == turn[:, None]), axis=1)
    return people, lane


def _one_of_an_account(
    room: Room, lottery: Lottery, people: I64, names: I64
) -> tuple[Bools, npt.NDArray[np.int64]]:
    """Keep whoever draws the lowest number of all with whom any account is shared.

    Of so many people, as the second result says, each is the lowest with the same chance.
    """
    lots = lottery.even("account", names[people])
    members: dict[int, list[int]] = {}
    for place, person in enumerate(people.tolist()):
        for account in room.accounts(person):
            members.setdefault(account, []).append(place)
    kept = np.ones(len(people), np.bool_)
    count = np.ones(len(people), np.int64)
    for place, person in enumerate(people.tolist()):
        others = {other for account in room.accounts(person) for other in members[account]}
        if others:
            count[place] = len(others)
            kept[place] = lots[place] == min(lots[other] for other in others)
    return kept, count


def _within(
    room: Room, lottery: Lottery, number: int, people: I64, lane: I64, names: I64
) -> tuple[Bools, F64]:
    """Keep of each cell of a limit as many as it has left, by lot."""
    limit = room.problem.limits[number]
    kept = np.ones(len(people), np.bool_)
    share = np.ones(len(people))
    cell = np.where(limit.lanes[lane], limit.cell[people], NOBODY)
    lots = lottery.even(f"limit {number}", names[people])
    for one in np.unique(cell[cell >= 0]).tolist():
        mine = np.flatnonzero(cell == one)
        left = room.cell_left(number, one)
        if left < len(mine):
            share[mine] = left / len(mine)
            kept[mine[np.argsort(lots[mine], kind="stable")[max(left, 0) :]]] = False
    return kept, share
