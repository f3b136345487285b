"""Tonight's order where the value does not decide: among equals, between people and machines."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from pipelines.triage.limits import I64
from pipelines.triage.room import NOBODY, Room

# Of those who stand better and are served by a machine, so many are offered a person's place.
_OFFERS: Final = 4

_Key = tuple[int, ...]


def keep_order(room: Room, people: I64) -> None:
    """Let nobody wait for whom somebody of a lower rank could make place at once.

    Where values are equal the linear programme does not care; tonight's order does.

    Parameters
    ----------
    people : (k,) int64
        Who could get a place, in order of rank; others keep theirs.
    """
    listed = room.listed()
    holders = _holders(room, people[listed[people]])
    lowest = max((members[-1] for members in holders.values()), default=NOBODY)
    may = room.problem.may
    for person in people[~listed[people] & (people < lowest)].tolist():
        for lane in np.flatnonzero(may[person]).tolist():
            if any(
                _replaces(room, person, lane, key, holders) for key in _in_way(room, person, lane)
            ):
                break


def _holders(room: Room, people: I64) -> dict[_Key, list[int]]:
    """Return who holds a place of each lane, of each cell in it and of each account, best first."""
    holders: dict[_Key, list[int]] = {}
    for person in people.tolist():
        lane = room.lane_of[person]
        holders.setdefault((lane,), []).append(person)
        for number, cell in room.cells(person, lane):
            holders.setdefault((lane, number, cell), []).append(person)
        for account in room.accounts(person):
            holders.setdefault((NOBODY, account), []).append(person)
    return holders


def _in_way(room: Room, person: int, lane: int) -> Iterator[_Key]:
    """Yield what the person waits for: the first of a full account, a full cell, a full lane."""
    full = [one for one in room.accounts(person) if room.account_left(one) <= 0]
    cells = [one for one in room.cells(person, lane) if room.cell_left(*one) <= 0]
    if full:
        yield (NOBODY, full[0])
    elif cells:
        yield (lane, *cells[0])
    else:
        yield (lane,)


def _replaces(
    room: Room, person: int, lane: int, key: _Key, holders: dict[_Key, list[int]]
) -> bool:
    """Put `person` in the place of the last holder, if the limits and both ranks allow it."""
    members = holders.get(key, [])
    while members and room.lane_of[members[-1]] == NOBODY:
        members.pop()
    if not members or members[-1] < person or room.lane_of[members[-1]] != lane:
        return False
    other = members[-1]
    room.give_back(other)
    if room.fits(person, lane):
        # Who comes later stands lower still and replaces nobody who is put in here.
        room.take(person, lane)
        members.pop()
        return True
    room.take(other, lane)
    return False


def leave_nobody_idle(room: Room, people_lanes: int) -> None:
    """Give people whom a machine would serve, where people have time left and cost no more.

    Parameters
    ----------
    people_lanes : int
        Lanes that people work; they come first among the lanes.
    """
    cost = room.problem.cost
    idle = [lane for lane in range(people_lanes) if room.contacts_left(lane) > 0]
    if not idle:
        return
    lane_of = np.array(room.lane_of, np.int64)
    able = room.problem.may[:, idle].any(axis=1) & (lane_of >= people_lanes)
    for person in np.flatnonzero(able).tolist():
        if person in room.kept:
            continue
        lane = room.give_back(person)
        if not room.take_if_fits(person, [one for one in idle if cost[one] <= cost[lane]]):
            room.take(person, lane)


def best_to_people(room: Room, people_lanes: int) -> None:
    """Let people serve the best of those whom a machine could serve as well, and the other way.

    Parameters
    ----------
    people_lanes : int
        Lanes that people work; they come first among the lanes.
    """
    lane_of = np.array(room.lane_of, np.int64)
    may = room.problem.may
    free = np.ones(len(lane_of), np.bool_)
    free[list(room.kept)] = False
    served = np.flatnonzero((lane_of >= 0) & (lane_of < people_lanes) & free)
    others = np.flatnonzero((lane_of >= people_lanes) & free)
    for person in served[::-1].tolist():
        better = others[: int(np.searchsorted(others, person))]
        able = better[may[better, lane_of[person]] & may[person, lane_of[better]]]
        for other in able[:_OFFERS].tolist():
            if swapped(room, person, other):
                lane_of[[person, other]] = lane_of[[other, person]]
                others = np.delete(others, np.searchsorted(others, other))
                others = np.insert(others, np.searchsorted(others, person), person)
                break


def swapped(room: Room, person: int, other: int) -> bool:
    """Let two change places, if the limits allow it."""
    lanes = room.give_back(person), room.give_back(other)
    if room.fits(person, lanes[1]):
        room.take(person, lanes[1])
        if room.fits(other, lanes[0]):
            room.take(other, lanes[0])
            return True
        room.give_back(person)
    room.take(person, lanes[0])
    room.take(other, lanes[1])
    return False
