"""Whether the AI does worse beyond doubt, however often somebody looks.

Two signs. Of people who were given to the AI or to a person by lot, successes must not be mostly
those of people: a bet against that multiplies a stake with each success, and a stake that has grown
a hundredfold has one chance in a hundred to be luck, whenever it is looked at (Ville 1939; Ramdas,
Grunwald, Vovk and Shafer 2023, "Game-theoretic statistics and safe anytime-valid inference"). And
the AI must not do worse than it did, while people do as they did: compared each night, with chances
of error that add up to one in a hundred over all nights (alpha spending: Lan and DeMets 1983).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm

from models.errors import ModelError
from models.matrix import F64, Bools, Ints

DOUBT: Final = 0.01
"""Chance that an AI that does no worse is ever said to, of each of the two signs."""

# How many times as often people may succeed where the AI does worse: bets on each, equal stakes.
_TIMES: Final = np.array([1.25, 1.5, 2.0, 3.0, 6.0])
_LEAST_EVENTS: Final = 10.0
_LONGEST: Final = 28


def evidence_of(is_ai: Bools, chance: F64, night: Ints, success: Bools) -> float:
    """Return by how much the stake against the AI has grown.

    Parameters
    ----------
    is_ai : (n,) bool
        The lot gave the person to the AI. A row is somebody whom the handler contacted.
    chance : (n,) float64
        Chance of that, above 0 and below 1. Where the AI has less than that of a night's contacts
        its list was not worked to the end, so its share of them is taken; a night on which only
        one of both contacted anybody says nothing.
    night : (n,) int64
        From 0 on. An AI that was good for long and is bad now is found as well: a part of the stake
        begins in each night, 1 / (j (j + 1)) of it in night j, counted from 1.
    success : (n,) bool

    Returns
    -------
    float
        An e-value: if the AI does no worse, it is ever above 1 / a with a chance of a at most.
    """
    if not ((chance > 0) & (chance < 1)).all():
        raise ModelError("a lot that leaves no choice", "a chance above 0 and below 1")
    nights = int(night.max(initial=-1)) + 1
    # Given how many each contacted, whose the successes are is a draw without replacement, which
    # varies less than coins of that share do (Hoeffding 1963): so the bet stays fair.
    contacts = np.bincount(night, minlength=nights)
    by_ai = np.bincount(night[is_ai], minlength=nights)
    told = success & ((by_ai > 0) & (by_ai < contacts))[night]
    won, when = is_ai[told], night[told]
    lot = np.minimum(chance[told], by_ai[when] / contacts[when])
    growth = np.zeros((nights, len(_TIMES)))
    for place, times in enumerate(_TIMES):
        by_chance = lot + (1 - lot) * times
        np.add.at(growth[:, place], when, np.log(np.where(won, 1.0, times) / by_chance))
    # A stake that begins in night j has gone through all nights since.
    since = np.cumsum(growth[::-1], axis=0)[::-1]
    first = np.arange(1, len(since) + 1)
    stakes = 1.0 / (first * (first + 1))
    running = float((stakes * np.exp(np.minimum(since, 700.0)).mean(axis=1)).sum())
    return running + 1.0 / (len(since) + 1)


def is_beyond_doubt(evidence: float) -> bool:
    """Tell whether the stake has grown enough."""
    return evidence >= 1 / DOUBT


@dataclass(frozen=True)
class Fall:
    """That the AI does worse than before a night, while people do not.

    Parameters
    ----------
    since : int
        Night from which on.
    before, after : float
        Share of the AI's contacts that succeeded.
    people_before, people_after : float
    """

    since: int
    before: float
    after: float
    people_before: float
    people_after: float


def fall_of(contacts: Ints, successes: Ints, first: int = 0) -> Fall | None:
    """Return the clearest fall of the AI against people that chance does not explain, or None.

    Parameters
    ----------
    contacts, successes : (nights, 2) int64
        Of each night, by the AI and by people; all nights since the last decision, in order. Call
        it after each night: what it spends is reckoned by their number.
    first : int
        Night with which the past begins that may be compared; those before only count as looks.
    """
    nights = len(contacts)
    starts = range(max(first + 1, nights - _LONGEST), nights)
    if not starts:
        return None
    limit = float(norm.isf(DOUBT / (nights * (nights + 1)) / len(starts)))
    worst: tuple[float, Fall] | None = None
    for start in starts:
        tried = np.array([contacts[first:start].sum(axis=0), contacts[start:].sum(axis=0)], float)
        won = np.array([successes[first:start].sum(axis=0), successes[start:].sum(axis=0)], float)
        score = _ratio_of_ratios(tried, won)
        if score > limit and (worst is None or score > worst[0]):
            share = won / tried
            worst = score, Fall(start, share[0, 0], share[1, 0], share[0, 1], share[1, 1])
    return None if worst is None else worst[1]


def _ratio_of_ratios(tried: F64, won: F64) -> float:
    """Return how many standard errors the AI fell by more than people; -inf: too few to tell.

    Parameters
    ----------
    tried, won : (2, 2) float64
        Before and after, by the AI and by people.
    """
    if (won[0] < _LEAST_EVENTS).any() or won[1, 1] < _LEAST_EVENTS:
        return -float("inf")
    # Of the AI nothing may be left: what it would have had then must be enough to miss it.
    expected = (
        tried[1, 0]
        * won[0, 0]
        / tried[0, 0]
        * min(1.0, won[1, 1] / tried[1, 1] / (won[0, 1] / tried[0, 1]))
    )
    if expected < _LEAST_EVENTS:
        return -float("inf")
    # Half an event more (Gart 1966): a share of nothing has a logarithm too.
    logs = np.log((won + 0.5) / (tried + 0.5))
    error = np.sqrt((1 / (won + 0.5) - 1 / (tried + 0.5)).sum())
    ai, people = logs[0] - logs[1]
    return float((ai - people) / error)
