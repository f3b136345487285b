"""The share of the list that people serve: brought to its target where rules and capacity allow.

The list is made first, as capacity and value have it. Then people whom both could serve change
hands, where most is at stake to people, where least is to the AI. Who must have a person by a
rule, who is open on no channel of the AI, who was drawn by lot and who is in mid-sequence stays.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.triage.limits import F64, I64, Bools
from pipelines.triage.room import NOBODY, Room

TOLERANCE: Final = 0.005
_ROUNDS: Final = 50


@dataclass(frozen=True)
class Share:
    """What became of the target.

    Attributes
    ----------
    target : float or None
        None: none was set.
    planned : float or None
        Share of the list that people serve; None: nobody is listed.
    moved : int
        People who changed hands for it.
    left_out : int
        People for whom there was time, and who wait all the same.
    why : str or None
        Why the target is missed by more than `TOLERANCE`; None: it is not.
    """

    target: float | None
    planned: float | None
    moved: int = 0
    left_out: int = 0
    why: str | None = None


def at_stake(expected: F64, probability: F64) -> F64:
    """Return the spread of what a contact brings: value times the uncertainty of the outcome.

    Parameters
    ----------
    expected : (n,) float64
        Probability times value.
    probability : (n,) float64
        NaN: no model says; then what is expected stands for it.

    Returns
    -------
    (n,) float64
        Value x sqrt(p (1 - p)).
    """
    chance = np.clip(probability, 1e-9, 1.0)
    return np.where(np.isnan(chance), expected, expected * np.sqrt((1.0 - chance) / chance))


def meet_share(room: Room, people_lanes: int, target: float | None, stake: F64) -> Share:
    """Move people between people and the AI until people serve `target` of the list.

    Parameters
    ----------
    room : Room
        With every place given.
    people_lanes : int
        Lanes that people work; they come first among the lanes.
    stake : (n,) float64
        As `at_stake` gives it.
    """
    served, listed = _counts(room, people_lanes)
    if target is None or not listed:
        return Share(target, served / listed if listed else None)
    lanes = np.argsort(room.problem.cost, kind="stable")
    of_people = lanes[lanes < people_lanes].tolist()
    of_ai = lanes[lanes >= people_lanes].tolist()
    moved = left_out = 0
    if served > target * listed:
        moved = _to_ai(room, people_lanes, of_ai, round(target * listed), stake)
        left_out = _let_wait(room, people_lanes, target)
    else:
        for _ in range(_ROUNDS):
            found = _to_people(room, people_lanes, of_people, target, stake)
            moved += found
            if not found:
                break
            # Whoever went to a person has left a place of the AI.
            _fill_up(room, of_ai)
    served, listed = _counts(room, people_lanes)
    planned = served / listed
    why = None
    if abs(served - target * listed) < 1.0:
        why = None if abs(planned - target) <= TOLERANCE else "nobody can be divided"
    elif planned > target + TOLERANCE:
        why = "only people may serve the others: by a rule, their open channels, or what they began"
    elif planned < target - TOLERANCE:
        why = _why_too_few(room, people_lanes, of_people)
    return Share(target, planned, moved, left_out, why)


def _counts(room: Room, people_lanes: int) -> tuple[int, int]:
    lane_of = np.array(room.lane_of, np.int64)
    listed = lane_of != NOBODY
    return int((listed & (lane_of < people_lanes)).sum()), int(listed.sum())


def _movable(room: Room, people_lanes: int, *, of_people: bool) -> I64:
    """Return who is served by one side, could be by the other, and is not bound to a place."""
    lane_of = np.array(room.lane_of, np.int64)
    may = room.problem.may
    if of_people:
        able: Bools = (lane_of != NOBODY) & (lane_of < people_lanes)
        able &= may[:, people_lanes:].any(axis=1)
    else:
        able = (lane_of >= people_lanes) & may[:, :people_lanes].any(axis=1)
    able[list(room.kept)] = False
    return np.flatnonzero(able)


def _to_ai(room: Room, people_lanes: int, lanes: Sequence[int], most: int, stake: F64) -> int:
    """Give the AI whom people serve with the least at stake, until people serve `most`."""
    served, _ = _counts(room, people_lanes)
    people = _movable(room, people_lanes, of_people=True)
    moved = 0
    for person in people[np.argsort(stake[people], kind="stable")].tolist():
        if served - moved <= most:
            break
        moved += _moves(room, person, lanes)
    return moved


def _let_wait(room: Room, people_lanes: int, target: float) -> int:
    """Let those wait whom the AI has no place for, the last in order first, down to the target."""
    served, listed = _counts(room, people_lanes)
    people = _movable(room, people_lanes, of_people=True)
    left_out = 0
    for person in people[::-1].tolist():
        rest, people_left = listed - left_out, served - left_out
        is_met = people_left <= (target + TOLERANCE) * rest
        if is_met or rest == 1:
            break
        # One more may miss it on the other side, and by more.
        if abs((people_left - 1) / (rest - 1) - target) >= abs(people_left / rest - target):
            break
        room.give_back(person)
        left_out += 1
    return left_out


def _to_people(
    room: Room, people_lanes: int, lanes: Sequence[int], target: float, stake: F64
) -> int:
    """Give people whom the AI serves with the most at stake, up to the target."""
    served, listed = _counts(room, people_lanes)
    people = _movable(room, people_lanes, of_people=False)
    moved = 0
    for person in people[np.argsort(-stake[people], kind="stable")].tolist():
        if served + moved >= round(target * listed):
            break
        if not any(room.contacts_left(lane) > 0 for lane in lanes):
            break
        moved += _moves(room, person, lanes)
    return moved


def _moves(room: Room, person: int, lanes: Iterable[int]) -> bool:
    """Give the person a place in another lane, or leave everything as it is."""
    lane = room.give_back(person)
    if room.take_if_fits(person, lanes):
        return True
    room.take(person, lane)
    return False


def _fill_up(room: Room, lanes: Sequence[int]) -> None:
    fits = room.open_places()[:, lanes].any(axis=1) & ~room.crowded()
    for person in np.flatnonzero(fits).tolist():
        if not any(room.contacts_left(lane) > 0 for lane in lanes):
            return
        room.take_if_fits(person, lanes)


def _why_too_few(room: Room, people_lanes: int, lanes: Sequence[int]) -> str:
    if not any(room.contacts_left(lane) > 0 for lane in lanes):
        return "people have no more time"
    if not len(_movable(room, people_lanes, of_people=False)):
        return "nobody else on the list may be served by a person, or is worth it"
    return "limits leave people no more of those whom they could serve"
