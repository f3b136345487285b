"""What became of leads: conversions, deals won or lost, disqualifications; and customers."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.activities import Activities
from pipelines.generate.companies import Companies
from pipelines.generate.contacts import Contacts
from pipelines.generate.dice import Bools, Dice, Floats, Ints, chance, pick
from pipelines.generate.leads import Leads
from pipelines.generate.persons import Persons
from pipelines.generate.times import DAY_S, END_S, NEVER_S

MILESTONES: Final = ("converted", "won", "lost", "disqualified")
REASONS: Final = (
    "",
    "no budget",
    "chose competitor",
    "no decision",
    "bad timing",
    "not a fit",
    "unreachable",
    "duplicate enquiry",
)
_WON_SHARE: Final = 0.45
_LOST_SHARE: Final = 0.35
_OLD_CUSTOMER_SHARE: Final = 0.006
_WHOLE_DOMAIN_SHARE: Final = 0.2
CUSTOMER_STATUS: Final = ("customer", "open_opportunity")


@dataclass(frozen=True)
class Outcomes:
    """Milestones, shape (k,), and per person: the converted row, and the deal's end, (n,).

    ``converted_row`` is -1 for persons who never convert. ``is_paying_otherwise`` are customers
    that no outcome tells of, since ``paying_s``.
    """

    person: Ints
    row: Ints
    milestone: Ints
    at_s: Ints
    reason: Ints
    value: Floats
    converted_row: Ints
    closed_s: Ints
    won_s: Ints
    paying_s: Ints
    covers_domain: Bools


def outcomes(
    dice: Dice,
    people: Persons,
    firms: Companies,
    rows: Leads,
    story: Contacts,
    acts: Activities,
) -> Outcomes:
    """Draw what followed conversions, and put every milestone on one lead row."""
    rng = dice.stream("outcomes")
    n = people.count
    # An episode's conversion is on the row it worked on; one of their own accord on the first.
    converted_row = np.where(story.converted_s < NEVER_S, rows.start, -1)
    by_contact = story.episode_converted_s < NEVER_S
    converted_row[story.person[by_contact]] = acts.episode_row[by_contact]
    end = pick(rng, n, (_WON_SHARE, _LOST_SHARE, 1 - _WON_SHARE - _LOST_SHARE))
    took_s = ((1 + rng.exponential(45.0, n)) * DAY_S).astype(np.int64)
    closed_s = np.where(end < 2, story.converted_s + took_s, NEVER_S)
    closed_s = np.where(story.converted_s < NEVER_S, closed_s, NEVER_S)
    won_s = np.where(end == 0, closed_s, NEVER_S)
    lost_s = np.where(end == 1, closed_s, NEVER_S)
    disqualified_row = rows.start.copy()
    disqualified_row[story.person] = acts.episode_row
    value = np.round(np.exp(rng.normal(7.6, 0.8, n) + 0.28 * firms.log_size[people.company]), 2)
    reason_lost = rng.integers(1, 5, n)
    reason_out = rng.integers(5, len(REASONS), n)

    parts: list[tuple[Ints, Ints, Ints, Ints, Ints, Floats]] = []
    none = np.zeros(n, dtype=np.int64)
    nothing = np.full(n, np.nan)
    for code, (row, at_s, reason, amount) in enumerate(
        (
            (converted_row, story.converted_s, none, nothing),
            (converted_row, won_s, none, value),
            (converted_row, lost_s, reason_lost, nothing),
            (disqualified_row, story.disqualified_s, reason_out, nothing),
        )
    ):
        who = np.flatnonzero(at_s < END_S)
        parts.append((who, row[who], np.full(who.size, code), at_s[who], reason[who], amount[who]))
    person, row, milestone, at_s, reason, amount = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.lexsort((milestone, at_s, person))
    other_s = people.created_s + (rng.random(n) * (END_S - people.created_s)).astype(np.int64)
    pays = chance(rng, n, _OLD_CUSTOMER_SHARE)
    return Outcomes(
        person=person[order],
        row=row[order],
        milestone=milestone[order],
        at_s=at_s[order],
        reason=reason[order],
        value=amount[order],
        converted_row=converted_row,
        closed_s=closed_s,
        won_s=won_s,
        paying_s=np.where(pays, other_s, NEVER_S),
        covers_domain=chance(rng, n, _WHOLE_DOMAIN_SHARE),
    )
