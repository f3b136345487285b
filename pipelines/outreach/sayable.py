"""Which values of a CRM can be said to the face of the person whom they are about.

People type into product and source what was meant for colleagues. A word too many here costs a
sentence; a word too few may cost the person a secret, or us the person.
"""

import re
from typing import Final

from features.fields import sounds_protected, spaced

# Beside what the law protects by name: what nobody wants to hear from a stranger.
_TENDER: Final = (
    "fertil", "ivf", "birth", "baby", "maternity", "abort", "contracept", "menopaus", "debt",
    "insolv", "bankrupt", "payday", "arrears", "divorc", "union", "addict", "alcohol", "gambl",
    "rehab", "mental", "psych", "therap", "depress", "clinic", "cancer", "oncolog", "hiv", "aids",
    "diabet", "obes", "weight loss", "incontinen", "hospice", "funeral", "bereave", "gay", "lesb",
    "lgbt", "queer", "transgender", "dating", "erotic", "asylum", "refugee", "migra", "immigra",
    "muslim", "islam", "halal", "christian", "catholic", "jewish", "kosher", "hindu", "prison",
    "offend", "crim", "schuld", "kinderwunsch", "scheidung", "sucht", "dette", "faillite",
    "grossesse", "zwanger", "deuda", "embaraz",
)  # fmt: skip
_INTERNAL: Final = (
    "purchas", "bought", "rented", "scrap", "crawl", "cold", "broker", "vendor", "enrich",
    "append", "third party", "competitor", "lookalike", "prospect", "score", "segment", "churn",
    "win back", "winback", "upsell", "cross sell", "do not", "internal", "test lead",
    "unknown", "none", "n a", "null", "tbd", "gekauft", "achat", "gekocht",
)  # fmt: skip
# What somebody did to come to us; lists, adverts, partners and referrals are somebody else's doing.
_THEIRS: Final = (
    "web", "webform", "website", "webinar", "form", "contact us", "contact request", "inbound",
    "chat", "chatbot", "demo", "trial", "download", "newsletter", "sign up", "signup",
    "subscription", "registration", "inquiry", "inquiries", "enquiry", "enquiries", "call in",
    "walk in", "visit", "showroom", "test drive", "fair", "trade show", "exhibition", "event",
    "conference", "seminar", "workshop", "messe", "kontaktformular", "salon", "beurs", "feria",
)  # fmt: skip
_NOT_THEIRS: Final = (
    "list", "liste", "lijst", "data", "database", "import", "imported", "partner", "affiliate",
    "referral", "referred", "agency", "reseller", "ad", "advert", "paid", "lead gen", "target",
)  # fmt: skip


def _starts(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?:^| )(?:" + "|".join(words) + r")")


def _whole(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"(?:^| )(?:" + "|".join(words) + r")s?(?: |$)")


_UNSAID: Final = _starts((*_TENDER, *_INTERNAL))
_DONE: Final = _whole(_THEIRS)
_NOT_DONE: Final = _whole(_NOT_THEIRS)


def may_be_said(value: str) -> bool:
    """Tell whether a value is neither meant for us alone nor about what is nobody's business."""
    words = spaced(value)
    return bool(words) and not sounds_protected(value) and _UNSAID.search(words) is None


def is_their_doing(source: str) -> bool:
    """Tell whether a source is something that the person did themselves, and can be said."""
    words = spaced(source)
    is_theirs = _DONE.search(words) is not None and _NOT_DONE.search(words) is None
    return is_theirs and may_be_said(source)
