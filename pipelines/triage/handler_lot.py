"""Give some people their handler by lot, so that the AI and people can be compared.

The list is made first. Of those on it whom both could serve some are looked at; who could change
places with somebody whom the other serves gets a handler by the toss of a coin, and both places
stay taken: so the lot changes nobody's chance to be listed, and no handler's number of contacts.
"""

from typing import Final

import numpy as np

from pipelines.triage.explore import Lottery
from pipelines.triage.limits import F64, I64, Bools
from pipelines.triage.order import swapped
from pipelines.triage.room import Room

CHANCE: Final = 0.5
_TRIES: Final = 20


def draw_handlers(room: Room, lottery: Lottery, names: I64, people_lanes: int, share: float) -> F64:
    """Draw handlers, and note with which chance.

    Parameters
    ----------
    room : Room
        With every place given; who keeps a place, by lot or in mid-sequence, is left alone.
    names : (n,) int64
        person_key of each person.
    people_lanes : int
        Lanes that people work; they come first among the lanes.
    share : float
        Of the people whom both could serve.

    Returns
    -------
    (n,) float64
        Chance of the handler whom the lot gave; NaN: it gave none.
    """
    found = np.full(len(names), np.nan)
    lane_of = np.array(room.lane_of, np.int64)
    may = room.problem.may
    both = (lane_of >= 0) & may[:, :people_lanes].any(axis=1) & may[:, people_lanes:].any(axis=1)
    both[list(room.kept)] = False
    people = np.flatnonzero(both)
    lots = lottery.even("handler lot", names[people])
    drawn = people[np.argsort(lots, kind="stable")][: int((lots < share).sum())]
    coins = lottery.even("handler", names[drawn])
    for person, coin in zip(drawn.tolist(), coins.tolist(), strict=True):
        if person in room.kept:
            continue
        other = _partner(room, person, lane_of, people_lanes, both)
        if other is None:
            continue
        # They have changed places by now: whether that stands is up to the coin alone.
        if coin >= CHANCE:
            swapped(room, person, other)
        else:
            lane_of[[person, other]] = lane_of[[other, person]]
        found[person] = CHANCE
        room.kept.add(person)
    return found


def _partner(room: Room, person: int, lane_of: I64, people_lanes: int, both: Bools) -> int | None:
    """Let the person change places with somebody of the other handler; None: with nobody."""
    served = lane_of < people_lanes
    is_served = bool(served[person])
    others = np.flatnonzero(both & (served != is_served))
    able = others[
        room.problem.may[person, lane_of[others]] & room.problem.may[others, lane_of[person]]
    ]
    # Of those whom people serve the last gives way, of the others the first.
    for other in (able if is_served else able[::-1])[:_TRIES].tolist():
        if other not in room.kept and swapped(room, person, other):
            return int(other)
    return None
