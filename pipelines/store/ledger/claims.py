"""Claims: who has been handed out to whom, until when, and what is paused."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipelines.store.audit import Fact, append_all
from pipelines.store.ledger.connection import Ledger, listed

# A person is out while a lease runs, and for longer where nobody reports what becomes of it.
# Of a file that was heard of all the same the report is what paces: they asked to be called again.
_UNHEARD: Final = (
    "NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.lead_key = claim.lead_key"
    " AND attempt.claim_id = claim.claim_id AND attempt.disposition = 'callback_at')"
)
_OUT: Final = (
    "released_at IS NULL AND (expires_at > ? OR (claimed_at > ? AND EXISTS"
    " (SELECT 1 FROM claim_export WHERE claim_export.claim_id = claim.claim_id)"
    f" AND {_UNHEARD}))"
)
_EVERY: Final = "*"


@dataclass(frozen=True)
class Claim:
    """One person handed out for one channel.

    Attributes
    ----------
    accounts : tuple of str
        Keyed hashes of the company, household and contact points: nobody else of theirs is handed
        out while the lease runs.
    """

    claim_id: str
    run_id: str
    person_key: int
    lead_key: int
    channel: str
    handler: str
    claimed_at: datetime
    expires_at: datetime
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pause:
    """What is not handed out at present; None stands for every channel or handler."""

    channel: str | None
    handler: str | None
    since: datetime
    reason: str


def out(ledger: Ledger, at: datetime, since: datetime) -> set[int]:
    """Return the lead keys of all who are out: leased, exported after `since`, or being erased."""
    leased = ledger.rows(
        "SELECT lead_key FROM claim WHERE expires_at > ? AND released_at IS NULL", at.isoformat()
    )
    exported = ledger.rows(
        "SELECT lead_key FROM claim JOIN claim_export USING (claim_id)"
        f" WHERE claimed_at > ? AND released_at IS NULL AND {_UNHEARD}",
        since.isoformat(),
    )
    erasing = ledger.rows("SELECT lead_key FROM erasure_lead")
    return {int(row[0]) for row in (*leased, *exported, *erasing)}


def out_of(ledger: Ledger, lead_keys: Sequence[int], at: datetime, since: datetime) -> set[int]:
    """Return which of these leads are out, as `out` does."""
    these = "lead_key IN (SELECT value FROM json_each(?))"
    rows = ledger.rows(
        f"SELECT lead_key FROM claim WHERE {these} AND {_OUT}"
        f" UNION ALL SELECT lead_key FROM erasure_lead WHERE {these}",
        listed(lead_keys),
        at.isoformat(),
        since.isoformat(),
        listed(lead_keys),
    )
    return {int(row[0]) for row in rows}


def exported(ledger: Ledger, lead_keys: Sequence[int]) -> dict[int, list[datetime]]:
    """Return lead_key -> when it left as a file, for the leads that did: each is an approach."""
    found: dict[int, list[datetime]] = {}
    for lead, claimed_at in ledger.rows(
        "SELECT lead_key, claimed_at FROM claim JOIN claim_export USING (claim_id)"
        " WHERE lead_key IN (SELECT value FROM json_each(?)) AND released_at IS NULL",
        listed(lead_keys),
    ):
        found.setdefault(int(lead), []).append(datetime.fromisoformat(claimed_at))
    return found


def accounts_out(ledger: Ledger, accounts: Sequence[str], at: datetime) -> set[str]:
    """Return which of these accounts somebody is leased of at `at`."""
    rows = ledger.rows(
        "SELECT account_hmac FROM claim_account JOIN claim USING (claim_id)"
        " WHERE account_hmac IN (SELECT value FROM json_each(?))"
        " AND released_at IS NULL AND expires_at > ?",
        listed(accounts),
        at.isoformat(),
    )
    return {str(row[0]) for row in rows}


def record(ledger: Ledger, claims: Sequence[Claim], *, is_export: bool = False) -> None:
    """Write claims; the caller holds the transaction that checked them.

    Parameters
    ----------
    is_export : bool
        They leave as a file: nobody reports what becomes of them, so each counts as an approach.
    """
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
    ledger.executemany(
        "INSERT OR IGNORE INTO claim_account VALUES (?, ?)",
        [(account, claim.claim_id) for claim in claims for account in claim.accounts],
    )
    if is_export:
        ledger.executemany(
            "INSERT INTO claim_export VALUES (?)", [(claim.claim_id,) for claim in claims]
        )
    if claims:
        append_all(ledger, claims[0].claimed_at, [("claimed", _facts(claim)) for claim in claims])


def _facts(claim: Claim) -> dict[str, Fact]:
    """Return what the audit log says of one claim."""
    return {
        "claim": claim.claim_id,
        "run": claim.run_id,
        "lead": claim.lead_key,
        "person": claim.person_key,
        "channel": claim.channel,
        "handler": claim.handler,
    }


def release(ledger: Ledger, claim_ids: Sequence[str], at: datetime) -> int:
    """Give claims back; returns how many were out."""
    statement = "UPDATE claim SET released_at = ? WHERE claim_id = ? AND released_at IS NULL"
    with ledger.transaction():
        released = [
            claim_id
            for claim_id in claim_ids
            if ledger.execute(statement, at.isoformat(), claim_id)
        ]
        append_all(ledger, at, [("released", {"claim": claim_id}) for claim_id in released])
    return len(released)


def pause(
    ledger: Ledger, channel: str | None, handler: str | None, *, at: datetime, reason: str
) -> None:
    """Hand nobody out for a channel and handler any more; None stands for all."""
    ledger.execute(
        "INSERT OR REPLACE INTO claim_pause VALUES (?, ?, ?, ?)",
        channel or _EVERY,
        handler or _EVERY,
        at.isoformat(),
        reason,
    )


def resume(ledger: Ledger, channel: str | None, handler: str | None) -> int:
    """Undo the pauses of this channel and of this handler, None: of any; return how many."""
    return ledger.execute(
        "DELETE FROM claim_pause WHERE (? IS NULL OR channel = ?) AND (? IS NULL OR handler = ?)",
        channel,
        channel,
        handler,
        handler,
    )


def pauses(ledger: Ledger) -> list[Pause]:
    """Return what is paused, the oldest first."""
    return [
        Pause(
            None if channel == _EVERY else channel,
            None if handler == _EVERY else handler,
            datetime.fromisoformat(since),
            reason,
        )
        for channel, handler, since, reason in ledger.rows(
            "SELECT channel, handler, since, reason FROM claim_pause ORDER BY since, channel"
        )
    ]


def paused_by(ledger: Ledger, channel: str, handler: str) -> Pause | None:
    """Return a pause that this channel and handler are under, or None."""
    for found in pauses(ledger):
        if found.channel in {None, channel} and found.handler in {None, handler}:
            return found
    return None
