"""What people are reached at and known by: the point of a channel, hashes to look them up."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pipelines.settings.accounts import BETWEEN_WORDS, LEGAL_FORM, NO_COMPANY, NOBODYS
from pipelines.settings.contact_keys import folded_email, hmac_hex, lookup_keys
from pipelines.settings.written_addresses import handed_out

# The point that the eligibility stage judged: a number, and for texts the mobile one first.
_POINT: Final = {
    "email": ("email",),
    "phone": ("phone_e164", "mobile_e164"),
    "ai_voice": ("phone_e164", "mobile_e164"),
    "sms": ("mobile_e164", "phone_e164"),
    "mail": ("address",),
}


def contact_point(channel: str, row: Mapping[str, Any]) -> str | None:
    """Return what a lead is reached at on `channel`, as it is handed out; None: nothing.

    Parameters
    ----------
    row : mapping
        email, email_key, phone_e164, mobile_e164, address of the lead.
    """
    point: str | None = next((row[name] for name in _POINT[channel] if row[name]), None)
    if channel == "email" and point:
        return handed_out(point, row["email_key"]) if row["email_key"] else None
    return point


def hashes(secret: bytes, row: Mapping[str, Any]) -> Iterator[str]:
    """Yield every keyed hash under which a suppression would bind the lead of `row`."""
    texts = lookup_keys(
        row["email_key"],
        (row["phone_e164"], row["mobile_e164"]),
        row["email_domain"],
        (row["email"], row["phone"], row["mobile"]),
    )
    return (hmac_hex(secret, text) for text in texts)


def accounts(
    secret: bytes, row: Mapping[str, Any], free_domains: Collection[str]
) -> tuple[str, ...]:
    """Return keyed hashes of what two people of one account have in common.

    Parameters
    ----------
    row : mapping
        email_key, email_domain, phone_e164, mobile_e164, company, country, street, postal_code.
    free_domains : collection of str
        Of mail providers: sharing one makes nobody colleagues.

    Returns
    -------
    tuple of str
        Of the company (by its name and country, and by its mail domain), the address and numbers
        themselves and, of who has no company, the household.
    """
    texts = [f"phone:{row[name]}" for name in ("phone_e164", "mobile_e164") if row[name]]
    if row["email_key"]:
        texts.append(f"email:{folded_email(row['email_key'])}")
    domain = row["email_domain"]
    if domain and domain not in free_domains and domain not in NOBODYS:
        texts.append(f"domain:{domain}")
    company = _plain(row["company"])
    company = LEGAL_FORM.sub("", company) or company
    if len(company) > 1 and company not in NO_COMPANY:
        texts.append(f"company:{company}|{row['country'] or ''}")
    elif row["street"] and row["postal_code"]:
        home = f"{_plain(row['street'])}|{_plain(row['postal_code'])}|{row['country'] or ''}"
        texts.append(f"household:{home}")
    return tuple(hmac_hex(secret, f"account of {text}") for text in dict.fromkeys(texts))


def _plain(text: str | None) -> str:
    return BETWEEN_WORDS.sub(" ", (text or "").lower()).strip()
