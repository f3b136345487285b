"""The companies of one block: name, domain, country, industry, size and switchboard."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.dice import Bools, Dice, Floats, Ints, chance, pick, pick_within
from pipelines.generate.places import CULTURE_OF_COUNTRY, PLACES
from pipelines.generate.work import (
    INDUSTRY_SHARE,
    NAME_HEADS,
    NAME_TAILS,
    STREET_SIZE,
    STREET_START,
)

# Persons per company on average; the largest of a block has around a hundred.
PERSONS_PER_COMPANY: Final = 4
# A step that shares no factor with the number of names, so that every company's name differs.
_NAME_STEP: Final = 7919


@dataclass(frozen=True)
class Companies:
    """Companies as columns, one entry each, sorted by country; codes index the word tables.

    ``start`` and ``size`` give each country's companies as a range, ``(countries,)``.
    """

    start: Ints
    size: Ints
    country: Ints
    head: Ints
    tail: Ints
    legal: Ints
    industry: Ints
    employees: Ints
    revenue: Ints
    city: Ints
    street: Ints
    house: Ints
    has_switchboard: Bools
    log_size: Floats


def companies(dice: Dice, persons: int) -> Companies:
    """Draw the companies of a block of ``persons``."""
    count = max(persons // PERSONS_PER_COMPANY, 4 * len(PLACES))
    share = np.array([(p.early + 2 * p.late) / 3 for p in PLACES])
    bound = np.round(np.cumsum(share) / share.sum() * count).astype(np.int64)
    size = np.diff(bound, prepend=0)
    country = np.repeat(np.arange(len(PLACES)), size)
    rng = dice.stream("companies")
    names = len(NAME_HEADS) * len(NAME_TAILS)
    name = (np.arange(count) * _NAME_STEP + int(rng.integers(names))) % names
    log_size = np.clip(rng.normal(4.0, 1.7, count), 0.0, 11.5)
    employees = np.maximum(np.exp(log_size).astype(np.int64), 1)
    per_head = np.exp(rng.normal(11.6, 0.5, count))
    revenue = np.round(employees * per_head, -3).astype(np.int64)
    city_count = np.array([len(p.cities) for p in PLACES])[country]
    legal_count = np.array([len(p.legal) for p in PLACES])[country]
    culture = np.array(CULTURE_OF_COUNTRY)[country]
    return Companies(
        start=bound - size,
        size=size,
        country=country,
        head=name % len(NAME_HEADS),
        tail=name // len(NAME_HEADS),
        legal=pick_within(rng, np.zeros(count, dtype=np.int64), legal_count, 1.5),
        industry=pick(rng, count, INDUSTRY_SHARE),
        employees=employees,
        revenue=revenue,
        city=pick_within(rng, np.zeros(count, dtype=np.int64), city_count, 1.3),
        street=pick_within(rng, np.array(STREET_START)[culture], np.array(STREET_SIZE)[culture]),
        house=rng.integers(1, 240, count),
        has_switchboard=chance(rng, count, 0.8),
        log_size=log_size,
    )
