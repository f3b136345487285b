"""Fields of ours in a CRM: what they are called there, and how they are known when they come back.

What we wrote ourselves is no fact about a lead: an export that holds it tells us nothing new, and
a model that learnt from it would learn from its own lists. So a load knows these columns and keeps
none of them. Those that are a flag (`do_not_email`, `do_not_call`, `no_profiling`) are read as a no
all the same. `refused` is not read back: it repeats what the flags and the store say.
"""

import re
import unicodedata
from typing import Final, Literal

Dialect = Literal["salesforce", "hubspot", "odoo", "plain"]

OWN_FIELDS: Final = (
    "key", "score", "band", "reason_1", "reason_2", "reason_3", "next_step", "route", "attempts",
    "last_attempt", "do_not_email", "do_not_call", "no_profiling", "refused", "decided_on",
)  # fmt: skip
"""In the order of the files; `key` is lead_key."""

_STEM: Final = "lead_triage_"
# Underscores and blanks alike, because exports by label say "Lead Triage Score"; Odoo Studio and
# Salesforce put something around every field that is not their own.
_SHAPE: Final = re.compile(r"(?:x_)?(?:studio_)?lead_?triage_(?P<name>[a-z_0-9]+?)(?:__c)?")


def field_name(name: str, dialect: Dialect) -> str:
    """Return what a field of `OWN_FIELDS` is called in a CRM.

    Examples
    --------
    >>> field_name("next_step", "salesforce"), field_name("score", "odoo")
    ('Lead_Triage_Next_Step__c', 'x_lead_triage_score')
    """
    if dialect == "salesforce":
        words = (_STEM + name).split("_")
        return "_".join(word.capitalize() for word in words) + "__c"
    return ("x_" if dialect == "odoo" else "") + _STEM + name


def own_field(header: str) -> str | None:
    """Return the field of `OWN_FIELDS` that a header is of, by name or label; None: not ours.

    A column that only begins like ours is somebody else's.
    """
    text = unicodedata.normalize("NFKC", header).strip(" \t\r\n\u00a0\u200b\ufeff\"'`").casefold()
    found = _SHAPE.fullmatch("_".join(text.split()))
    name = found["name"] if found else None
    return name if name in OWN_FIELDS else None
