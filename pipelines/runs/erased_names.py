"""What erased persons are called in later files: learnt when their records are taken out."""

from collections.abc import Collection
from datetime import datetime
from secrets import token_hex

import polars as pl

from pipelines.outreach.erasure import hold_leads
from pipelines.settings.config import Settings
from pipelines.settings.contact_keys import hmac_hex, tag_hex, tag_scheme
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.erased import Erased
from pipelines.store.ledger import Ledger, erasures
from pipelines.store.ledger.erasures import ErasedKey
from pipelines.store.snapshot import current_snapshot


def remember_names(
    home: Home, ledger: Ledger, erased: Erased, names: Collection[tuple[str, str]], at: datetime
) -> None:
    """Keep ids and addresses of erased persons that are new, as keyed hashes, and suppress them.

    An address that somebody else of the store has, or that is a desk's, is nobody's own.

    Parameters
    ----------
    names : collection of (kind, text)
        See `pipelines.load.erasing`.
    """
    known = set(erased.keys["key_hmac"])
    secret = home.secret()
    new = {
        text: ErasedKey(key, tag_hex(secret, text), kind)
        for kind, text in names
        if (key := hmac_hex(secret, text)) not in known
    }
    for text in _of_others(home, ledger, erased, [t for t, k in new.items() if k.kind == "email"]):
        del new[text]
    if new:
        erasures.begin(
            ledger,
            token_hex(8),
            list(new.values()),
            (),
            shared=(),
            at=at,
            tag_scheme=tag_scheme(secret),
        )


def _of_others(home: Home, ledger: Ledger, erased: Erased, addresses: list[str]) -> list[str]:
    if not addresses:
        return []
    roles = Settings.load(home.settings_file).policy.addresses.role_names
    desks = [text for text in addresses if text[6:].partition("@")[0] in roles]
    snapshot = current_snapshot(home)
    if snapshot is None:
        return desks
    with Database.open(snapshot, read_only=True, memory_gb=1.0, spill=home.spill) as db:
        hold_leads(db, erased, erasures.pending_leads(ledger))
        db.register("address_frame", pl.DataFrame({"text": addresses}))
        held = db.frame(
            "SELECT DISTINCT text FROM address_frame JOIN"
            " (SELECT lead_key, email_key FROM lead UNION ALL"
            " SELECT lead_key, email_key FROM lead_snapshot) ON text = point_text(email_key)"
            " WHERE lead_key NOT IN (FROM erased_lead)"
        )
    return sorted({*desks, *held["text"]})
