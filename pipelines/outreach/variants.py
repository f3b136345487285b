"""Which message somebody gets, where a campaign tries several: drawn once, the same ever after."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pipelines.settings.contact_keys import hmac_hex
from pipelines.settings.variants import Campaign
from pipelines.store.ledger import Ledger

_DIGITS: Final = 13  # of a hash in hex: 52 bits, as many as a float can tell apart


def draw_variant(
    secret: bytes, campaigns: Sequence[Campaign], row: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return campaign, variant and propensity of a row; None: no campaign fits.

    Parameters
    ----------
    row : mapping
        channel, handler, source_system and source_id of the lead that is handed out.
    """
    for one in campaigns:
        if one.fits(row["channel"], row["handler"], row["source_system"]):
            who = f"variant|{one.campaign}|{row['source_system']}|{row['source_id']}"
            lot = int(hmac_hex(secret, who)[:_DIGITS], 16) / 16.0**_DIGITS
            name, chance = one.drawn(lot)
            return {"campaign": one.campaign, "variant": name, "propensity": chance}
    return None


def record_variants(ledger: Ledger, rows: Sequence[Mapping[str, Any]]) -> int:
    """Note with which words claims leave; the caller holds the transaction."""
    return ledger.executemany(
        "INSERT INTO claim_variant VALUES (?, ?, ?, ?)",
        [
            (row["claim_id"], drawn["campaign"], drawn["variant"], drawn["propensity"])
            for row in rows
            if (drawn := row.get("variant")) is not None
        ],
    )
