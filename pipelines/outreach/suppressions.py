"""Suppress contact points: stored as keyed hashes only, effective at the next claim."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import get_args

from pipelines.errors import UsageError
from pipelines.settings.contact_keys import (
    Kind,
    digest_of,
    hmac_hex,
    suppression_keys,
    tag_hex,
    tag_scheme,
)
from pipelines.settings.look_alikes import plain_address, plain_number
from pipelines.settings.written_numbers import respelled, unwrapped
from pipelines.store.ledger import Ledger, suppressions
from pipelines.store.schema import CHANNELS

# Brazil leaves a place for the digits of a carrier: (0xx11) 3123-4567.
_NUMBER = re.compile(r"(?:\(?0[xX]{2})?[+(]?[0-9][0-9 ()./-]{4,}")
# A page of a host; its digits are no number.
_PAGE = re.compile(r"(?i)(?:[a-z]+://)?(?:[a-z0-9-]+\.)+[a-z]{2,}[/:?#]")
_HASH = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f]{40}|[0-9A-Fa-f]{64}")


def kind_of(value: str) -> Kind:
    """Tell what a contact point typed by a person is: address, number, hash or domain."""
    text, typed = plain_address(value), plain_number(value)
    # A link to a chat has a host, and the address of an internet telephone an "@".
    is_number = _NUMBER.fullmatch(unwrapped(typed)) is not None
    if "@" in text.removeprefix("*").removeprefix("@"):
        return "phone" if is_number and respelled(typed) != typed else "email"
    if _HASH.fullmatch(text):
        return "hash"
    if respelled(typed) == typed and _PAGE.match(typed):
        return "domain"
    return "phone" if is_number or _NUMBER.fullmatch(typed) else "domain"


def suppress(
    ledger: Ledger,
    secret: bytes,
    points: Iterable[tuple[Kind, str, str | None]],
    *,
    reason: str,
    source: str,
    at: datetime,
) -> int:
    """Record contact points that may not be used any more.

    Parameters
    ----------
    points : iterable of (kind, value, channel)
        `kind` is email, phone, domain or hash; `value` an e-mail address, number with country code
        or domain; `channel` None binds every channel.
    reason, source : str
        Why, and what brought it.

    Returns
    -------
    int
        Suppressions that were new.

    Raises
    ------
    UsageError
        A kind or channel that does not exist, or a value that cannot be one. It is named by its
        position: the value itself is personal data.
    """
    rows = _rows(secret, points, reason, source, at)
    return suppressions.add(ledger, rows, tag_scheme=tag_scheme(secret))


def _rows(
    secret: bytes,
    points: Iterable[tuple[Kind, str, str | None]],
    reason: str,
    source: str,
    at: datetime,
) -> Iterator[suppressions.Suppression]:
    for position, (kind, value, channel) in enumerate(points, start=1):
        if kind not in get_args(Kind):
            raise UsageError(f"{kind!r} cannot be suppressed", expected=f"one of {get_args(Kind)}")
        if channel is not None and channel not in CHANNELS:
            raise UsageError(f"there is no channel {channel!r}", expected=f"one of {CHANNELS}")
        try:
            texts = suppression_keys(kind, value)
        except ValueError:
            raise UsageError(
                f"contact point {position} is no {kind}",
                expected="an e-mail address, a phone number with +country code, or a domain",
            ) from None
        for text in texts:
            yield suppressions.Suppression(
                kind,
                hmac_hex(secret, text),
                channel,
                reason,
                at,
                source,
                tag_hex(secret, text),
                digest=digest_of(text),
            )
