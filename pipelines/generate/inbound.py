"""What persons do of their own accord over the years: forms, visits, replies, calls, meetings."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.dice import Bools, Dice, Ints, chance, pick_by_row
from pipelines.generate.persons import Persons
from pipelines.generate.propensity import Engagement, days_since
from pipelines.generate.times import DAY_S, END_S, year_of
from pipelines.generate.work import SOURCES

INBOUND_CHANNELS: Final = ("form", "web", "email", "call", "meeting")
_CHANNEL_YEARS: Final = (2000, 2012, 2026)
_CHANNEL_KNOTS: Final = (
    (0.10, 0.27, 0.26),
    (0.04, 0.24, 0.40),
    (0.34, 0.34, 0.24),
    (0.41, 0.10, 0.05),
    (0.11, 0.05, 0.05),
)
# Interest comes in bursts: at the beginning and around two later moments of a life.
BURSTS: Final = 3
_BURST_SHARE: Final = ((0.4, 0.33, 0.27),)
_BURST_DAYS: Final = 14.0
_EVENTS_PER_ENGAGEMENT: Final = 0.78
_FIRST_EVENT_SHARE: Final = 0.6


@dataclass(frozen=True)
class Inbound:
    """Inbound events sorted by person and time, shape (m,); ``bounds`` is (n + 1,).

    The events of person i are ``bounds[i]:bounds[i + 1]``; ``bursts`` holds the centres of the
    bursts of interest, (n, BURSTS), the first being the person's creation.
    """

    person: Ints
    at_s: Ints
    channel: Ints
    is_reply: Bools
    bounds: Ints
    bursts: Ints

    def until(self, moment_s: Ints) -> Engagement:
        """Summarise, per person, the events strictly before a moment of that person; (n,)."""
        own = moment_s[self.person]
        before = self.at_s < own
        n = moment_s.size
        total = np.bincount(self.person[before], minlength=n)
        last = np.where(total > 0, self.at_s[np.maximum(self.bounds[:-1] + total - 1, 0)], -1)
        in_90 = before & (self.at_s >= own - 90 * DAY_S)
        in_365 = before & (self.at_s >= own - 365 * DAY_S)
        return Engagement(
            days_since=days_since(last, moment_s),
            last_90d=np.bincount(self.person[in_90], minlength=n),
            last_365d=np.bincount(self.person[in_365], minlength=n),
        )


def inbound(dice: Dice, people: Persons) -> Inbound:
    """Draw the inbound events of a block's persons, up to the end of the world."""
    rng = dice.stream("inbound")
    n = people.count
    life = END_S - people.created_s
    later = people.created_s[:, None] + (life[:, None] * rng.random((n, BURSTS - 1))).astype(
        np.int64
    )
    bursts = np.concatenate([people.created_s[:, None], later], axis=1)
    count = np.minimum(rng.poisson(_EVENTS_PER_ENGAGEMENT * people.engagement), 60)
    person = np.repeat(np.arange(n), count)
    shares = np.array(_BURST_SHARE)
    burst = pick_by_row(rng, np.zeros(person.size, dtype=np.int64), shares)
    spread = rng.exponential(_BURST_DAYS * DAY_S, person.size).astype(np.int64)
    at_s = bursts[person, burst] + 60 + spread
    cold = people.source == SOURCES.index("Purchased List")
    first = np.flatnonzero(chance(rng, n, _FIRST_EVENT_SHARE) & ~cold)
    person = np.concatenate([person, first])
    at_s = np.concatenate([at_s, people.created_s[first] + rng.integers(1, 5_400, first.size)])
    kept = at_s < END_S
    person, at_s = person[kept], at_s[kept]
    order = np.lexsort((at_s, person))
    person, at_s = person[order], at_s[order]
    years = np.arange(2000, 2027)
    mix = np.stack([np.interp(years, _CHANNEL_YEARS, knots) for knots in _CHANNEL_KNOTS], 1)
    return Inbound(
        person=person,
        at_s=at_s,
        channel=pick_by_row(rng, year_of(at_s) - 2000, mix),
        is_reply=chance(rng, at_s.size, 0.3),
        bounds=np.searchsorted(person, np.arange(n + 1)),
        bursts=bursts,
    )
