"""The truth that training tries to find: chance of converting with and without a contact.

``sigmoid`` of a sum of recency, engagement, source, seniority, company, address, age, a few
interactions, and a hidden variable that no file carries. All event counts are of events strictly
before midnight UTC of the day of contact, which is what a model may see at that ``as_of``.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.companies import Companies
from pipelines.generate.dice import Bools, Floats, Ints, sigmoid
from pipelines.generate.hidden import Hidden
from pipelines.generate.persons import EMAIL_KINDS, PHONE_KINDS, Persons, is_senior
from pipelines.generate.times import DAY_S, HORIZON_DAYS, years_between
from pipelines.generate.work import INDUSTRIES, SENIORITIES, SOURCES

# Tuned so that 6-8% of contacts convert, AUC of the truth is 0.80-0.85 and a model on the
# observable part comes close to it (tests/pipelines/generate/test_truth.py holds it there).
BASE_LOGIT: Final = -4.6
# Whoever is called at the right moment may buy: a floor that no signal takes away.
LUCK: Final = 0.005
_SOURCE_LOGIT: Final = {
    "Partner Referral": 1.5,
    "Employee Referral": 1.2,
    "Phone Inquiry": 0.9,
    "Webinar": 0.3,
    "Content Download": -0.1,
    "Web": 0.1,
    "Chatbot": 0.5,
    "Marketplace": 0.6,
    "Trade Show": -0.25,
    "Paid Search": -0.15,
    "Social": -0.35,
    "Purchased List": -0.6,
}
_SENIORITY_LOGIT: Final = {
    "staff": -0.25,
    "manager": 0.15,
    "director": 0.65,
    "vp": 0.95,
    "chief": 0.85,
    "owner": 0.6,
    "student": -0.7,
    "missing": -0.3,
}
_INDUSTRY_LOGIT: Final = {
    "Technology": 0.25,
    "Financial Services": 0.2,
    "Healthcare": 0.1,
    "Government": -0.6,
    "Education": -0.35,
    "Hospitality": -0.3,
}
# Uncontacted: chance per 90 days, fading over two years to a floor.
_SPONTANEOUS_PER_90D: Final = 0.0022
_SPONTANEOUS_FLOOR_PER_90D: Final = 0.0004
_SPONTANEOUS_FADE_DAYS: Final = 730.0


@dataclass(frozen=True)
class Engagement:
    """What the person has done up to some moment, shape (n,) each.

    ``days_since`` is infinite for a person who never did anything.
    """

    days_since: Floats
    last_90d: Ints
    last_365d: Ints


def steady_logit(people: Persons, firms: Companies, hidden: Hidden) -> Floats:
    """Sum of the parts that do not change with time, the hidden variable included; (n,)."""
    has_firm = people.company >= 0
    source = np.array([_SOURCE_LOGIT[name] for name in SOURCES])[people.source]
    level = np.array([_SENIORITY_LOGIT[name] for name in SENIORITIES])[people.seniority]
    trade = np.array([_INDUSTRY_LOGIT.get(name, 0.0) for name in INDUSTRIES])
    size = firms.log_size[people.company]
    # Best between 50 and 500 employees; in technology the small ones buy too.
    is_tech = firms.industry[people.company] == INDUSTRIES.index("Technology")
    fit = 0.45 - 0.13 * np.abs(size - np.where(is_tech, 3.2, 5.0)) ** 1.3
    firm = np.where(has_firm, fit + trade[firms.industry[people.company]], -0.25)
    is_free = people.email_kind == EMAIL_KINDS.index("free")
    is_junk = np.isin(
        people.email_kind, [EMAIL_KINDS.index(k) for k in ("disposable", "placeholder")]
    )
    address = -0.45 * is_free - 0.7 * is_junk
    is_referred = np.char.endswith(np.array(SOURCES), "Referral")[people.source]
    return np.asarray(
        BASE_LOGIT
        + source
        + level
        + firm
        + address
        - 0.25 * (is_free & is_senior(people.seniority))
        + 0.5 * (is_referred & is_senior(people.seniority))
        + 0.25 * has_phone(people)
        + hidden.weight * people.hidden,
        dtype=np.float64,
    )


def has_phone(people: Persons) -> Bools:
    """Whether a person can be called on a number of their own or their company's."""
    unusable = [PHONE_KINDS.index(kind) for kind in ("none", "placeholder")]
    return ~np.isin(people.phone_kind, unusable) | people.has_mobile


def contacted(people: Persons, steady: Floats, did: Engagement, at_s: Ints) -> Floats:
    """Chance of converting within 90 days of a contact at ``at_s``, given nothing before; (n,).

    Includes what would have happened without the contact (``uncontacted``).
    """
    recent = np.exp(-did.days_since / 30.0)
    warm = np.exp(-did.days_since / 365.0)
    age = np.log1p(np.maximum(years_between(people.created_s, at_s), 0.0))
    logit = (
        steady
        + 0.9 * recent
        + 0.55 * warm
        + 0.35 * np.log1p(did.last_90d)
        + 0.3 * np.log1p(did.last_365d)
        + 0.6 * (is_senior(people.seniority) * recent)
        - 0.25 * age
    )
    return LUCK + (1.0 - LUCK) * sigmoid(logit)


def with_spontaneous(chance: Floats, alone: Floats) -> Floats:
    """Chance that a contact or the person's own accord converts them within the horizon."""
    return 1.0 - (1.0 - chance) * (1.0 - alone)


def spontaneous_scale(people: Persons, steady: Floats) -> Floats:
    """How much likelier than average a person is to convert of their own accord; (n,)."""
    return np.exp(0.5 * (steady - BASE_LOGIT) - 0.25)


def spontaneous_hazard(age_days: Floats) -> Floats:
    """Cumulative hazard of an average person from creation to an age."""
    age = np.maximum(age_days, 0.0)
    fading = _SPONTANEOUS_FADE_DAYS * -np.expm1(-age / _SPONTANEOUS_FADE_DAYS)
    return (_SPONTANEOUS_PER_90D * fading + _SPONTANEOUS_FLOOR_PER_90D * age) / HORIZON_DAYS


def uncontacted(scale: Floats, unworked_days: Floats) -> Floats:
    """Chance of converting within 90 days without a contact, at an age without contacts; (n,)."""
    grown = spontaneous_hazard(unworked_days + HORIZON_DAYS) - spontaneous_hazard(unworked_days)
    return -np.expm1(-scale * grown)


def spontaneous_age_days(scale: Floats, exponential: Floats) -> Floats:
    """Age in unworked days at which a person converts alone: the hazard, inverted; (n,)."""
    grid = np.linspace(0.0, 40 * 365.25, 5_000)
    return np.interp(exponential / scale, spontaneous_hazard(grid), grid, right=np.inf)


def days_since(last_s: Ints, at_s: Ints) -> Floats:
    """Days from the last event (negative: never) to a moment; infinite for never."""
    return np.where(last_s < 0, np.inf, (at_s - last_s) / DAY_S)
