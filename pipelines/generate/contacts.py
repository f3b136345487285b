"""Whom sales contacted, when, and what came of it.

Contact is not random: it follows fresh interest, sources, seniority, the size of the company and
the region, and a little what reps sense of the hidden variable. So the contacted are better than
the rest, by what the files carry; how far by what they do not, is a setting (`hidden.Hidden`).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.companies import Companies
from pipelines.generate.dice import Bools, Dice, Floats, Ints, chance, sigmoid
from pipelines.generate.hidden import Hidden
from pipelines.generate.inbound import Inbound
from pipelines.generate.persons import EMAIL_KINDS, REPS, Persons
from pipelines.generate.places import PLACES
from pipelines.generate.propensity import (
    contacted,
    has_phone,
    spontaneous_age_days,
    spontaneous_scale,
    steady_logit,
    uncontacted,
    with_spontaneous,
)
from pipelines.generate.times import DAY_S, END_S, HORIZON_DAYS, NEVER_S, midnight
from pipelines.generate.work import SENIORITIES, SOURCES

# Chances to be contacted: after creation, after each later burst of interest, and in two campaigns
# that come at any time of a life, so that leads which have been lying for years are tried as well.
_CAMPAIGNS: Final = 2
_SLOT_LOGITS: Final = (-2.0, -2.4, -2.4, -1.2, -1.2)
_SLOT_DELAY_DAYS: Final = (4.0, 10.0, 10.0, 0.0, 0.0)
_FRESH_LOGIT: Final = 1.2
_SOURCE_LOGITS: Final = {"Purchased List": -0.7, "Partner Referral": 0.5, "Phone Inquiry": 0.5}
_SENIORITY_LOGITS: Final = {
    "director": 0.3,
    "vp": 0.4,
    "chief": 0.4,
    "owner": 0.2,
    "student": -0.8,
    "missing": -0.3,
}
_COUNTRY_LOGITS: Final = {"US": 0.25, "GB": 0.25, "DE": 0.1, "ES": -0.3, "AU": -0.3}
_SIZE_LOGIT: Final = 0.06
_USUAL_LOG_SIZE: Final = 4.0
_NO_FIRM_LOGIT: Final = -0.3
_DELAY_DAYS: Final = 25.0
_LONGEST_DELAY_DAYS: Final = 88.0
_OPT_OUT_SHARE: Final = 0.035
_OPT_OUT_PER_YEAR: Final = 0.004
_DISQUALIFIED_SHARE: Final = 0.1


@dataclass(frozen=True)
class Contacts:
    """Episodes, shape (e,), and each person's fate, shape (n,); ``NEVER_S`` is "did not happen".

    An episode is a row of touches that begins at ``at_s``; episodes of a person are at least 90
    days apart. ``converted_s`` of an episode is when it converted its person.
    """

    person: Ints
    at_s: Ints
    probability: Floats
    episode_converted_s: Ints
    ordinal: Ints
    converted_s: Ints
    opt_out_s: Ints
    disqualified_s: Ints
    steady: Floats
    scale: Floats


def contacts(
    dice: Dice, people: Persons, firms: Companies, events: Inbound, hidden: Hidden
) -> Contacts:
    """Play every person's life: contacts in time order until conversion or a no."""
    rng = dice.stream("contacts")
    n = people.count
    steady = steady_logit(people, firms, hidden)
    scale = spontaneous_scale(people, steady)
    alone_days = spontaneous_age_days(scale, rng.exponential(1.0, n))
    alone_days = np.where(np.isfinite(alone_days), np.maximum(alone_days, 1.0), 1e6)
    alone_s = people.created_s + (alone_days * DAY_S).astype(np.int64)
    opt_out_s = people.created_s + (rng.exponential(365.25 / _OPT_OUT_PER_YEAR, n) * DAY_S).astype(
        np.int64
    )
    moments = np.sort(_moments(rng, people, events), axis=1)
    logits = _logits(dice, people, firms, hidden)
    can_reach = has_phone(people) | can_mail(people)

    converted_s = np.full(n, NEVER_S)
    disqualified_s = np.full(n, NEVER_S)
    previous_s = np.full(n, -NEVER_S)
    episodes = np.zeros(n, dtype=np.int64)
    rows: list[tuple[Ints, Ints, Floats, Ints, Ints]] = []
    for slot in range(moments.shape[1]):
        at_s = moments[:, slot]
        did = events.until(midnight(at_s))
        fresh = _FRESH_LOGIT * np.exp(-did.days_since / 30.0)
        wanted = chance(rng, n, sigmoid(logits[:, slot] + fresh))
        free = (at_s < END_S) & can_reach & (at_s >= previous_s + HORIZON_DAYS * DAY_S)
        is_open = at_s < np.minimum(np.minimum(converted_s, alone_s), opt_out_s)
        taken = wanted & free & is_open & (at_s < disqualified_s)
        unworked = (at_s - people.created_s) / DAY_S - HORIZON_DAYS * episodes
        p = with_spontaneous(contacted(people, steady, did, at_s), uncontacted(scale, unworked))
        won = taken & chance(rng, n, p)
        when_s = at_s + (_delay_days(rng, n) * DAY_S).astype(np.int64)
        converted_s = np.where(won, when_s, converted_s)
        said_no = taken & ~won & chance(rng, n, _OPT_OUT_SHARE)
        no_s = at_s + 3_600 + (rng.random(n) * 30 * DAY_S).astype(np.int64)
        opt_out_s = np.where(said_no, no_s, opt_out_s)
        out = taken & ~won & chance(rng, n, _DISQUALIFIED_SHARE)
        out_s = at_s + ((10 + 70 * rng.random(n)) * DAY_S).astype(np.int64)
        disqualified_s = np.where(out, out_s, disqualified_s)
        # While somebody works on a person, the clock of converting alone stands still.
        alone_s = np.where(taken, alone_s + HORIZON_DAYS * DAY_S, alone_s)
        previous_s = np.where(taken, at_s, previous_s)
        mine = np.flatnonzero(taken)
        rows.append(
            (mine, at_s[mine], p[mine], np.where(won, when_s, NEVER_S)[mine], episodes[mine])
        )
        episodes += taken
    person, at, probability, episode_converted, ordinal = (
        np.concatenate(column) for column in zip(*rows, strict=True)
    )
    order = np.lexsort((at, person))
    return Contacts(
        person=person[order],
        at_s=at[order],
        probability=probability[order],
        episode_converted_s=episode_converted[order],
        ordinal=ordinal[order],
        converted_s=np.minimum(converted_s, np.where(converted_s < NEVER_S, NEVER_S, alone_s)),
        opt_out_s=opt_out_s,
        disqualified_s=disqualified_s,
        steady=steady,
        scale=scale,
    )


def can_mail(people: Persons) -> Bools:
    """Whether a person has an address that takes mail."""
    unusable = [EMAIL_KINDS.index(kind) for kind in ("none", "placeholder")]
    return ~np.isin(people.email_kind, unusable)


def chances_at(
    people: Persons, events: Inbound, story: Contacts, moment_s: int
) -> tuple[Floats, Floats]:
    """Chances of converting within 90 days of a moment, contacted then and not; (n,) each.

    Of a person as the record stands strictly before the moment; the caller leaves out those who
    converted earlier or do not exist yet.
    """
    moment = np.full(people.count, moment_s)
    did = events.until(moment)
    seen = story.at_s < moment_s
    worked = np.minimum((moment_s - story.at_s[seen]) / DAY_S, HORIZON_DAYS)
    paused = np.bincount(story.person[seen], weights=worked, minlength=people.count)
    unworked = (moment - people.created_s) / DAY_S - paused
    alone = uncontacted(story.scale, unworked)
    reached = with_spontaneous(contacted(people, story.steady, did, moment), alone)
    return reached, alone


def _moments(rng: np.random.Generator, people: Persons, events: Inbound) -> Ints:
    """Moments at which a contact may happen: office hours of the day after; (n, slots)."""
    n = people.count
    slots = len(_SLOT_LOGITS)
    life_s = (END_S - people.created_s)[:, None]
    later_s = (rng.random((n, _CAMPAIGNS)) * life_s).astype(np.int64)
    base = np.concatenate([events.bursts, people.created_s[:, None] + later_s], axis=1)
    wait = rng.exponential(1.0, (n, slots)) * np.array(_SLOT_DELAY_DAYS) * DAY_S
    office_s = (8 * 3600 + rng.random((n, slots)) * 9 * 3600).astype(np.int64)
    return midnight(base + wait.astype(np.int64)) + DAY_S + office_s


def _logits(dice: Dice, people: Persons, firms: Companies, hidden: Hidden) -> Floats:
    """Inclination to contact a person in each slot; (n, slots).

    Each rep senses the hidden variable to a degree of their own, the same in every block.
    """
    nose = np.random.Generator(np.random.PCG64(dice.seed)).uniform(0.0, 0.9, REPS)
    source = np.array([_SOURCE_LOGITS.get(name, 0.0) for name in SOURCES])[people.source]
    level = np.array([_SENIORITY_LOGITS.get(name, 0.0) for name in SENIORITIES])[people.seniority]
    region = np.array([_COUNTRY_LOGITS.get(place.code, 0.0) for place in PLACES])[people.country]
    size = _SIZE_LOGIT * (firms.log_size[people.company] - _USUAL_LOG_SIZE)
    firm = np.where(people.company >= 0, size, _NO_FIRM_LOGIT)
    sensed = hidden.selection * nose[people.rep] * people.hidden
    own = source + level + region + firm + sensed
    return np.asarray(own[:, None] + np.array(_SLOT_LOGITS), dtype=np.float64)


def _delay_days(rng: np.random.Generator, n: int) -> Floats:
    """Days from contact to conversion: one, plus exponential (25) cut at 88; (n,)."""
    cut = -np.expm1(-_LONGEST_DELAY_DAYS / _DELAY_DAYS)
    days: Floats = 1.0 - _DELAY_DAYS * np.log1p(-rng.random(n) * cut)
    return days
