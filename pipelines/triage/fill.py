"""Give the places away: as the optimum says, then whatever is left, in tonight's order."""

from itertools import islice

import numpy as np

from pipelines.triage.limits import I64
from pipelines.triage.optimum import Optimum, solve
from pipelines.triage.order import best_to_people, keep_order, leave_nobody_idle
from pipelines.triage.problem import Problem
from pipelines.triage.room import Room


def fill(room: Room, people_lanes: int) -> Optimum | None:
    """Give away what `room` has left, the best first.

    Parameters
    ----------
    room : Room
        Of a problem in order of rank.
    people_lanes : int
        Lanes that people work; they come first among the lanes.

    Returns
    -------
    Optimum or None
        What the linear programme chose; None where nothing was left to give.
    """
    rest = _what_is_left(room)
    if rest is None:
        return None
    people, problem = rest
    found = solve(problem)
    _realise(room, people, found)
    _complete(room)
    keep_order(room, people)
    leave_nobody_idle(room, people_lanes)
    # Whoever went to a person has left a place.
    _complete(room)
    best_to_people(room, people_lanes)
    return found


def _what_is_left(room: Room) -> tuple[I64, Problem] | None:
    """Return those who may still get a place, and the problem of choosing among them."""
    fits = room.open_places() & ~room.crowded()[:, None]
    people = np.flatnonzero(fits.any(axis=1))
    if not len(people):
        return None
    return people, room.rest(people, fits[people])


def _realise(room: Room, people: I64, found: Optimum) -> None:
    """Give places as the linear programme says, rounded down where it divides people."""
    # Whole people first, and among equals in order of rank: the sort is stable.
    order = np.lexsort((np.arange(len(people)), -np.round(found.chosen, 3), found.kind))
    starts = np.searchsorted(found.kind[order], np.arange(len(found.count) + 1))
    for kind in range(len(found.count)):
        count = np.floor(found.count[kind] + 1e-6).astype(np.int64)
        chosen = np.sort(order[starts[kind] : starts[kind] + count.sum()])
        members = iter(people[chosen].tolist())
        for lane in np.flatnonzero(count).tolist():
            for person in islice(members, int(count[lane])):
                room.take_if_fits(person, (lane,))


def _complete(room: Room) -> None:
    """Give what is left to whoever fits, the cheapest lane first."""
    lanes = np.argsort(room.problem.cost, kind="stable").tolist()
    while True:
        fits = room.open_places() & ~room.crowded()[:, None]
        waiting = np.flatnonzero(fits.any(axis=1)).tolist()
        if not sum(room.take_if_fits(person, lanes) for person in waiting):
            return
