"""The persons of one block: who they are, when they first appeared, and what nobody records."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.companies import Companies
from pipelines.generate.dice import (
    Bools,
    Dice,
    Floats,
    Ints,
    chance,
    pick,
    pick_by_row,
    pick_within,
)
from pipelines.generate.places import CULTURE_OF_COUNTRY, PLACES
from pipelines.generate.times import END_S, START_S, year_of
from pipelines.generate.words import FIRST_SIZE, FIRST_START, LAST_SIZE, LAST_START
from pipelines.generate.work import (
    PRODUCTS,
    SENIORITIES,
    SENIORITY_SHARE,
    SOURCE_KNOT_YEARS,
    SOURCE_KNOTS,
    TITLE_SIZE,
    TITLE_START,
)

# Leads per year grow e-fold this often over the 26 years: a quarter of all are from the last three.
GROWTH: Final = 2.6
REPS: Final = 48
EMAIL_KINDS: Final = (
    "first_last",
    "initial_last",
    "first",
    "free",
    "disposable",
    "role",
    "placeholder",
    "none",
)
_EMAIL_AT_WORK: Final = (0.48, 0.16, 0.06, 0.11, 0.004, 0.05, 0.012, 0.124)
_EMAIL_AT_HOME: Final = (0.0, 0.0, 0.0, 0.83, 0.012, 0.0, 0.018, 0.14)
PHONE_KINDS: Final = ("direct", "switchboard", "household", "placeholder", "none")
_PHONE_AT_WORK: Final = (0.46, 0.27, 0.0, 0.02, 0.25)
_PHONE_AT_HOME: Final = (0.62, 0.0, 0.07, 0.02, 0.29)


@dataclass(frozen=True)
class Persons:
    """Persons as columns, one entry each, shape (n,); codes index the word tables.

    ``hidden`` is the variable that no file carries; ``engagement`` scales how often a person
    writes or visits; ``company`` is -1 for people without one; ``twin`` points at the member of
    the same household whose phone and last name a person shares, -1 for none.
    """

    first_id: int
    created_s: Ints
    country: Ints
    company: Ints
    seniority: Ints
    title: Ints
    first: Ints
    last: Ints
    source: Ints
    product: Ints
    email_kind: Ints
    phone_kind: Ints
    has_mobile: Bools
    twin: Ints
    rep: Ints
    engagement: Floats
    hidden: Floats

    @property
    def count(self) -> int:
        """Number of persons."""
        return self.created_s.size


def persons(dice: Dice, firms: Companies, count: int) -> Persons:
    """Draw ``count`` persons of a block."""
    rng = dice.stream("persons")
    grown = np.log1p(rng.random(count) * np.expm1(GROWTH)) / GROWTH
    created_s = START_S + (grown * (END_S - START_S - 1)).astype(np.int64)
    country = _countries(rng, created_s)
    has_company = chance(rng, count, 0.8)
    company = np.where(
        has_company, pick_within(rng, firms.start[country], firms.size[country], 1.9), -1
    )
    seniority = np.where(
        has_company, pick(rng, count, SENIORITY_SHARE), pick(rng, count, (3, 1, 0, 0, 0, 2, 3, 6))
    )
    culture = np.array(CULTURE_OF_COUNTRY)[country]
    last = pick_within(rng, np.array(LAST_START)[culture], np.array(LAST_SIZE)[culture], 1.2)
    phone_kind = np.where(
        has_company, pick(rng, count, _PHONE_AT_WORK), pick(rng, count, _PHONE_AT_HOME)
    )
    quiet = has_company & (phone_kind == PHONE_KINDS.index("switchboard"))
    phone_kind[quiet & ~firms.has_switchboard[company]] = PHONE_KINDS.index("none")
    twin = _households(country, phone_kind)
    return Persons(
        first_id=dice.block * count,
        created_s=created_s,
        country=country,
        company=company,
        seniority=seniority,
        title=pick_within(rng, np.array(TITLE_START)[seniority], np.array(TITLE_SIZE)[seniority]),
        first=pick_within(rng, np.array(FIRST_START)[culture], np.array(FIRST_SIZE)[culture], 1.2),
        last=np.where(twin >= 0, last[twin], last),
        source=_sources(rng, created_s),
        product=pick(rng, count, (4, 3, 2, 2, 1)[: len(PRODUCTS)]),
        email_kind=np.where(
            has_company, pick(rng, count, _EMAIL_AT_WORK), pick(rng, count, _EMAIL_AT_HOME)
        ),
        phone_kind=phone_kind,
        has_mobile=chance(rng, count, 0.34),
        twin=twin,
        rep=rng.integers(0, REPS, count),
        engagement=np.exp(rng.normal(0.0, 0.95, count)),
        hidden=rng.normal(0.0, 1.0, count),
    )


def is_senior(seniority: Ints) -> Bools:
    """Whether a person decides alone: vice president, chief officer or owner."""
    return np.isin(seniority, [SENIORITIES.index(level) for level in ("vp", "chief", "owner")])


def _countries(rng: np.random.Generator, created_s: Ints) -> Ints:
    """Draw countries whose mix drifts linearly from 2000 to 2026."""
    early = np.array([p.early for p in PLACES])
    late = np.array([p.late for p in PLACES])
    step = np.linspace(0.0, 1.0, 27)[:, None]
    row = np.clip(year_of(created_s) - 2000, 0, 26)
    return pick_by_row(rng, row, early * (1 - step) + late * step)


def _sources(rng: np.random.Generator, created_s: Ints) -> Ints:
    """Draw lead sources; new ones appear and old ones fade over the years."""
    years = np.arange(2000, 2027)
    shares = np.stack([np.interp(years, SOURCE_KNOT_YEARS, knots) for knots in SOURCE_KNOTS], 1)
    return pick_by_row(rng, np.clip(year_of(created_s) - 2000, 0, 26), shares)


def _households(country: Ints, phone_kind: Ints) -> Ints:
    """Pair each household member with the one before of the same country; -1 for everybody else.

    Only every second one points back, so that no chain of households forms.
    """
    twin = np.full(country.size, -1, dtype=np.int64)
    for code in range(len(PLACES)):
        member = np.flatnonzero((country == code) & (phone_kind == PHONE_KINDS.index("household")))
        pairs = member.size // 2
        twin[member[1 : 2 * pairs : 2]] = member[0 : 2 * pairs : 2]
    return twin
