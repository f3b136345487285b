"""The words that policy, windows and disclosures share: channels, classes of party, places."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field

Channel = Literal["email", "phone", "ai_voice", "sms", "mail"]
PartyClass = Literal["organisation", "sole_trader", "consumer"]
Place = Annotated[str, Field(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""A region of the policy, or a state of one: its code and the part of ISO 3166-2, as US-KY."""

CHANNELS: tuple[Channel, ...] = ("email", "phone", "ai_voice", "sms", "mail")
PARTY_CLASSES: tuple[PartyClass, ...] = ("organisation", "sole_trader", "consumer")
CALLED: Final[frozenset[Channel]] = frozenset({"phone", "ai_voice", "sms"})
"""Channels that ring or buzz: nobody is handed out for them outside of a call window."""

# The only region whose name is not the ISO 3166-1 code of its country.
REGION_OF_COUNTRY: Mapping[str, str] = {"GB": "UK"}


def region_of(country: str) -> str:
    """Return the region of the policy that a country (ISO 3166-1 alpha-2) is judged by."""
    return REGION_OF_COUNTRY.get(country, country)


def country_of(region: str) -> str:
    """Return the country (ISO 3166-1 alpha-2) that a region of the policy is."""
    return next((c for c, known in REGION_OF_COUNTRY.items() if known == region), region)


def party_class(party_type: str | None) -> PartyClass:
    """Return the class of party that a type is judged as: what is not known is a consumer."""
    return next((known for known in PARTY_CLASSES if known == party_type), "consumer")
