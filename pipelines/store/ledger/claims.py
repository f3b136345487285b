"""Claims: who has been handed out to whom, until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipelines.store.ledger.connection import Ledger


@dataclass(frozen=True)
class Claim:
    """One person handed out for one channel."""

    claim_id: str
    run_id: str
    person_key: int
    lead_key: int
    channel: str
    handler: str
    claimed_at: datetime
    expires_at: datetime


def held(ledger: Ledger, run_id: str, at: datetime, since: datetime) -> set[int]:
    """Return lead keys that are out: claimed from this run, after `since`, or still leased."""
    return {
        int(row[0])
        for row in ledger.rows(
            "SELECT lead_key FROM claim WHERE released_at IS NULL"
            " AND (run_id = ? OR expires_at > ? OR claimed_at > ?)",
            run_id,
            at.isoformat(),
            since.isoformat(),
        )
    }


def record(ledger: Ledger, claims: Sequence[Claim]) -> None:
    """Write claims; the caller holds the transaction that checked them."""
    ledger.executemany(
        "INSERT INTO claim VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        [
            (
                claim.claim_id,
                claim.run_id,
                claim.person_key,
                claim.lead_key,
                claim.channel,
                claim.handler,
                claim.claimed_at.isoformat(),
                claim.expires_at.isoformat(),
            )
            for claim in claims
        ],
    )


def release(ledger: Ledger, claim_ids: Sequence[str], at: datetime) -> int:
    """Give claims back; returns how many were out."""
    released = 0
    with ledger.transaction():
        for claim_id in claim_ids:
            released += ledger.execute(
                "UPDATE claim SET released_at = ? WHERE claim_id = ? AND released_at IS NULL",
                at.isoformat(),
                claim_id,
            )
    return released
