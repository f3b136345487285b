"""Which field of the CRM a feature speaks of: the one grouping that reasons and cards use.

Several features read one field: the age, the weekday and the hour of a lead all read its creation
date. People know fields, not features.
"""

import re
from dataclasses import dataclass
from typing import Final

from features.schema import AGGREGATE_COLUMNS, AS_OF, CUSTOM_PREFIX
from features.spec import Feature


@dataclass(frozen=True, order=True)
class Field:
    """A field of the CRM.

    Parameters
    ----------
    name : str
        Ours, for programs: an input column or one name for several.
    title : str
        For people.
    """

    name: str
    title: str


_ACTIVITIES: Final = Field("activities", "activities")
_COMPANY: Final = Field("company", "company")
_CREATED: Final = Field("created_at", "creation date")
_EMAIL: Final = Field("email", "e-mail address")
_NAME: Final = Field("name", "name")
_PHONE: Final = Field("phone", "phone number")

_FIELDS: Final[dict[str, Field]] = {
    **dict.fromkeys(AGGREGATE_COLUMNS, _ACTIVITIES),
    "company_lead_count": _COMPANY,
    "company": _COMPANY,
    "created_at": _CREATED,
    **dict.fromkeys(("email_key", "email_domain", "email_bounced_at"), _EMAIL),
    **dict.fromkeys(("first_name", "last_name", "full_name"), _NAME),
    **dict.fromkeys(("phone_e164", "mobile_e164", "line_type", "phone_valid"), _PHONE),
    "title": Field("title", "job title"),
    "employees": Field("employees", "number of employees"),
    "annual_revenue": Field("annual_revenue", "annual revenue"),
    "lead_source": Field("lead_source", "lead source"),
    "modified_at": Field("modified_at", "date of the last change"),
    "last_activity_date": Field("last_activity_date", "last activity date"),
    "party_type": Field("party_type", "kind of party"),
}

# Kinds of data that GDPR Art. 9 and 10 protect, and gender. Matched at the start of a word of the
# column's name: a name can only make us more careful, never less.
_PROTECTED: Final = (
    "gender", "sex", "pronoun", "ethnic", "race", "racial", "religio", "faith", "church", "health",
    "medical", "diagnos", "disab", "pregnan", "biometric", "genetic", "sexual", "union member",
    "political", "criminal", "convict", "geschlecht", "herkunft", "glaube", "gesundheit",
    "schwanger", "krank", "gewerkschaft", "sexe", "santé", "sante", "geslacht", "gezondheid",
    "género", "genero", "salud",
)  # fmt: skip
_WORD_START: Final = re.compile(r"(?:^| )(?:" + "|".join(_PROTECTED) + r")")


def field_of(feature: Feature) -> Field:
    """Return the field that a feature speaks of.

    Of several inputs an activity counts first (days to the first activity are a fact about
    activities), then the first that is named; a column that no canonical field claims is its own.
    """
    found = [
        _FIELDS.get(column) or Field(column, _plain(column))
        for column in feature.inputs
        if column != AS_OF
    ]
    return _ACTIVITIES if _ACTIVITIES in found else found[0]


def is_protected(feature: Feature) -> bool:
    """Whether the name of an input sounds like data that the law protects specially.

    Reasons do not name such a field, and the card of a model warns of it.
    """
    return any(
        sounds_protected(column) for column in feature.inputs if column.startswith(CUSTOM_PREFIX)
    )


def sounds_protected(text: str) -> bool:
    """Whether a name, or a value, sounds like data that the law protects specially."""
    return _WORD_START.search(spaced(text)) is not None


def _plain(column: str) -> str:
    return re.sub(r"[\s_]+", " ", column.removeprefix(CUSTOM_PREFIX)).strip()


def spaced(column: str) -> str:
    """Return the words of a name in lower case: ``GenderIdentity__c`` is ``gender identity c``."""
    apart = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])", " ", column.removeprefix(CUSTOM_PREFIX))
    return re.sub(r"[\W_]+", " ", apart).strip().lower()
