"""Lead rows: each person's first one, and the duplicates that came later, often elsewhere."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.dice import Bools, Dice, Ints, chance, pick
from pipelines.generate.inbound import Inbound
from pipelines.generate.persons import Persons
from pipelines.generate.times import DAY_S, END_S, NEVER_S, year_of

SYSTEMS: Final = ("sf_main", "hs_web")
SALESFORCE: Final = 0
HUBSPOT: Final = 1
MOST_LEADS: Final = 3
# Second and third rows of a person; about 9% of all rows are such duplicates.
_SECOND_SHARE: Final = 0.095
_THIRD_SHARE: Final = 0.016
_HUBSPOT_SINCE_YEAR: Final = 2013
_HUBSPOT_FIRST_SHARE: Final = 0.3
_HUBSPOT_LATER_SHARE: Final = 0.55
_DELETED_SHARE: Final = 0.008
EMAIL_VARIANTS: Final = ("same", "capitals", "tag", "other", "none")
PHONE_VARIANTS: Final = ("same", "none")
NAME_VARIANTS: Final = ("same", "initial", "capitals", "swapped", "last_only")


@dataclass(frozen=True)
class Leads:
    """Lead rows sorted by person and creation, shape (m,); ``start`` and ``count`` are (n,).

    The rows of person i are ``start[i]:start[i] + count[i]``; ``counter`` is unique in the world
    and makes the id. ``deleted_s`` is ``NEVER_S`` for rows that stay.
    """

    person: Ints
    system: Ints
    created_s: Ints
    counter: Ints
    email_variant: Ints
    phone_variant: Ints
    name_variant: Ints
    deleted_s: Ints
    start: Ints
    count: Ints

    def at(self, rng: np.random.Generator, person: Ints, at_s: Ints) -> Ints:
        """Pick, for each event of a person, one of the rows that existed then; row numbers."""
        which = (rng.random(person.size) * self.count[person]).astype(np.int64)
        row = self.start[person] + which
        return np.where(self.created_s[row] < at_s, row, self.start[person])


def leads(dice: Dice, people: Persons, events: Inbound) -> Leads:
    """Draw the lead rows of a block's persons, all created before the end of the world.

    A duplicate appears when a later burst of interest begins: the person fills in another form.
    """
    rng = dice.stream("leads")
    n = people.count
    has = np.zeros((n, MOST_LEADS), dtype=np.bool_)
    has[:, 0] = True
    draw = rng.random(n)
    has[:, 1] = draw < _SECOND_SHARE
    has[:, 2] = draw < _THIRD_SHARE
    created = np.sort(events.bursts, axis=1)
    created[:, 1:] = np.maximum(created[:, 1:], created[:, :1] + DAY_S)
    has &= created < END_S - 60
    person, ordinal = np.nonzero(has)
    created_s = created[person, ordinal]
    m = person.size
    is_first = ordinal == 0
    share = np.where(is_first, _HUBSPOT_FIRST_SHARE, _HUBSPOT_LATER_SHARE)
    is_hubspot = (year_of(created_s) >= _HUBSPOT_SINCE_YEAR) & chance(rng, m, share)
    # HubSpot exports minutes, so its rows are created on the minute.
    created_s = np.where(is_hubspot, created_s - created_s % 60, created_s)
    variants = [
        np.where(is_first, 0, pick(rng, m, shares))
        for shares in ((0.62, 0.08, 0.06, 0.14, 0.1), (0.8, 0.2), (0.78, 0.07, 0.06, 0.06, 0.03))
    ]
    gone_s = created_s + ((END_S - created_s) * rng.random(m)).astype(np.int64)
    count = has.sum(axis=1).astype(np.int64)
    return Leads(
        person=person,
        system=np.where(is_hubspot, HUBSPOT, SALESFORCE),
        created_s=created_s,
        counter=(people.first_id + person) * (MOST_LEADS + 1) + ordinal,
        email_variant=variants[0],
        phone_variant=variants[1],
        name_variant=variants[2],
        deleted_s=np.where(chance(rng, m, _DELETED_SHARE), gone_s, NEVER_S),
        start=np.cumsum(count) - count,
        count=count,
    )


def first_persons(count: Ints, wanted: int) -> Bools:
    """Choose persons in order until their leads are exactly ``wanted``, or all of them; (n,).

    Where the next person has more leads than are still wanted, later persons with a single lead
    fill up; so a smaller world is a beginning of a larger one, but for at most two persons.
    """
    total = np.cumsum(count)
    chosen = total <= wanted
    missing = wanted - int(count[chosen].sum())
    if missing > 0:
        singles = np.flatnonzero(~chosen & (count == 1))[:missing]
        chosen[singles] = True
    return chosen
