"""Suppressed contact points as a ledger keeps them, with the texts that they were made from."""

import hashlib
import hmac

from tests.pipelines.eligible.worlds import SECRET

# HMAC -> canonical text of every hash made here: what a ledger would have made the tags from.
TEXTS: dict[str, str] = {}


def hash_of(kind: str, value: str) -> str:
    """Return the HMAC of a contact point, and remember its text."""
    text = f"{kind}:{value}"
    digest = hmac.new(SECRET, text.encode(), hashlib.sha256).hexdigest()
    TEXTS[digest] = text
    return digest
