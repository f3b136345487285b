"""Attempts: what became of contacts, in force the moment it is written."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from typing import Final, Literal

import polars as pl

from pipelines.store.ledger.connection import Ledger, listed

Outcome = Literal["recorded", "updated", "duplicate", "kept"]
"""`kept`: the attempt is known to have closed something, which a later word does not open."""

REFUSALS: Final = frozenset({"opted_out", "complaint"})
CLOSING: Final = REFUSALS | {"wrong_number", "bounced", "left_company"}
_COLUMNS: Final = (
    "attempt_id, claim_id, lead_key, lead_name, channel, handler, at, disposition, callback_at,"
    " note_ref, is_unclaimed"
)


@dataclass(frozen=True)
class Attempt:
    """One attempt to reach somebody.

    Attributes
    ----------
    claim_id : str or None
        Claim that released the contact point, known or not.
    lead_key : int or None
        None: whose it is is not known yet.
    lead_name : str or None
        ``source_system:source_id`` of a lead that is not in the store yet.
    channel, handler : str or None
        Known wherever the lead is.
    at : datetime
        UTC.
    callback_at : datetime or None
        UTC; when the person asked to be called again.
    note_ref : str or None
        Where notes on it are kept; never the notes.
    is_unclaimed : bool
        No claim had handed the lead out before.
    """

    attempt_id: str
    claim_id: str | None
    lead_key: int | None
    lead_name: str | None
    channel: str | None
    handler: str | None
    at: datetime
    disposition: str
    callback_at: datetime | None
    note_ref: str | None
    is_unclaimed: bool


@dataclass(frozen=True)
class Told:
    """What a claim asks of an attempt."""

    channel: str
    at: datetime
    disposition: str
    callback_at: datetime | None


@dataclass(frozen=True)
class Handed:
    """The claim that an attempt belongs to."""

    claim_id: str
    lead_key: int
    channel: str
    handler: str
    claimed_at: datetime


def record(
    ledger: Ledger, attempt: Attempt, received_at: datetime, *, is_timed: bool = True
) -> tuple[str, Outcome]:
    """Record one attempt, once; the caller holds the transaction.

    A known id with other content replaces what was known, as events of one e-mail do, except that
    what has closed something stands. An id that is known for another lead is another attempt.

    Parameters
    ----------
    received_at : datetime
        UTC.
    is_timed : bool
        Whoever reports it said when it was; else the time of the first report stands.

    Returns
    -------
    tuple
        The id that it is kept under, and what became of it.
    """
    known = _known(ledger, attempt.attempt_id)
    if (
        known is not None
        and None not in (known.lead_key, attempt.lead_key)
        and known.lead_key != attempt.lead_key
    ):
        attempt = replace(attempt, attempt_id=f"{attempt.attempt_id}/{attempt.lead_key}")
        known = _known(ledger, attempt.attempt_id)
    if known is not None and not is_timed:
        attempt = replace(attempt, at=known.at)
    if known is None:
        ledger.execute(
            f"INSERT INTO attempt ({_COLUMNS}, received_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            *_values(attempt),
            received_at.isoformat(),
        )
        return attempt.attempt_id, "recorded"
    if known == attempt or (attempt.lead_key is None and known.lead_key is not None):
        return attempt.attempt_id, "duplicate"
    if known.lead_key is not None and _rank(known.disposition) > _rank(attempt.disposition):
        return attempt.attempt_id, "kept"
    ledger.execute(
        f"UPDATE attempt SET ({_COLUMNS}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?),"
        " received_at = ?, batch_id = NULL WHERE attempt_id = ?",
        *_values(attempt),
        received_at.isoformat(),
        attempt.attempt_id,
    )
    return attempt.attempt_id, "updated"


def rate(ledger: Ledger, attempt_id: str, satisfaction: float, received_at: datetime) -> None:
    """Note how content the person of an attempt was; the caller holds the transaction."""
    changed = ledger.execute(
        "INSERT INTO attempt_rating SELECT attempt_id, lead_key, ? FROM attempt"
        " WHERE attempt_id = ? ON CONFLICT (attempt_id) DO UPDATE SET lead_key = excluded.lead_key,"
        " satisfaction = excluded.satisfaction WHERE satisfaction <> excluded.satisfaction",
        satisfaction,
        attempt_id,
    )
    if changed:
        # The store has the attempt without it.
        ledger.execute(
            "UPDATE attempt SET batch_id = NULL, received_at = ? WHERE attempt_id = ?",
            received_at.isoformat(),
            attempt_id,
        )


def of_leads(ledger: Ledger, lead_keys: Sequence[int]) -> dict[int, list[Told]]:
    """Return lead_key -> its attempts, for the leads that have any."""
    found: dict[int, list[Told]] = {}
    for lead, channel, at, disposition, callback_at in ledger.rows(
        "SELECT lead_key, channel, at, disposition, callback_at FROM attempt"
        " WHERE lead_key IN (SELECT value FROM json_each(?))",
        listed(lead_keys),
    ):
        told = Told(channel, datetime.fromisoformat(at), disposition, _time(callback_at))
        found.setdefault(lead, []).append(told)
    return found


def claim_called(ledger: Ledger, claim_id: str) -> Handed | None:
    """Return the claim of that id, or None."""
    return _handed(ledger, "claim_id = ?", claim_id)


def last_claim(ledger: Ledger, lead_key: int, channel: str, until: datetime) -> Handed | None:
    """Return the newest claim of a lead on a channel that was made by `until`, or None."""
    return _handed(
        ledger,
        "lead_key = ? AND channel = ? AND claimed_at <= ? ORDER BY claimed_at DESC LIMIT 1",
        lead_key,
        channel,
        until.isoformat(),
    )


def waiting(ledger: Ledger) -> list[Attempt]:
    """Return the attempts of which nobody knows yet whose they are, the oldest first."""
    rows = ledger.rows(
        f"SELECT {_COLUMNS} FROM attempt WHERE lead_key IS NULL ORDER BY received_at, attempt_id"
    )
    return [_attempt(row) for row in rows]


def to_land(ledger: Ledger) -> pl.DataFrame:
    """Return the attempts that no batch has taken yet, in the order of their ids.

    Those of a lead that is not in the store are among them: they wait for it there, and bind it in
    the very merge that brings it.

    Returns
    -------
    DataFrame
        attempt_id, claim_id, lead_key (Int64) or lead_name, channel, handler, at (Datetime),
        disposition, callback_at (Datetime), note_ref, received_at (String), satisfaction.
    """
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "attempt_id": pl.String,
        "claim_id": pl.String,
        "lead_key": pl.Int64,
        "lead_name": pl.String,
        "channel": pl.String,
        "handler": pl.String,
        "at": pl.String,
        "disposition": pl.String,
        "callback_at": pl.String,
        "note_ref": pl.String,
        "received_at": pl.String,
        "satisfaction": pl.Float64,
    }
    rows = ledger.rows(
        f"SELECT {', '.join(schema)} FROM attempt"
        " LEFT JOIN (SELECT attempt_id, satisfaction FROM attempt_rating) USING (attempt_id)"
        " WHERE batch_id IS NULL AND coalesce(lead_key, lead_name) IS NOT NULL ORDER BY attempt_id"
    )
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    return frame.with_columns(
        pl.col("at", "callback_at").str.to_datetime(
            "%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=True
        )
    )


def note_landed(ledger: Ledger, taken: Sequence[tuple[str, str]], batch_id: str) -> int:
    """Note which batch took these attempts; what was told anew since is left for the next.

    Parameters
    ----------
    taken : sequence of tuple
        attempt_id and received_at, as `to_land` gave them.
    """
    with ledger.transaction():
        return ledger.executemany(
            "UPDATE attempt SET batch_id = ? WHERE attempt_id = ? AND received_at = ?",
            [(batch_id, attempt_id, received_at) for attempt_id, received_at in taken],
        )


def counts(ledger: Ledger) -> dict[str, int]:
    """Return how many attempts there are, wait for the next night, and wait for their lead."""
    total, pending, without_lead, unclaimed = ledger.rows(
        "SELECT count(*),"
        " count(*) FILTER (WHERE batch_id IS NULL AND coalesce(lead_key, lead_name) IS NOT NULL),"
        " count(*) FILTER (WHERE lead_key IS NULL), coalesce(sum(is_unclaimed), 0) FROM attempt"
    )[0]
    return {
        "attempts": total,
        "for_the_next_night": pending,
        "without_lead": without_lead,
        "unclaimed": unclaimed,
    }


def _rank(disposition: str) -> int:
    if disposition in REFUSALS:
        return 2
    return 1 if disposition in CLOSING else 0


def _known(ledger: Ledger, attempt_id: str) -> Attempt | None:
    rows = ledger.rows(f"SELECT {_COLUMNS} FROM attempt WHERE attempt_id = ?", attempt_id)
    return _attempt(rows[0]) if rows else None


def _attempt(row: tuple[object, ...]) -> Attempt:
    found = Attempt(*row)  # type: ignore[arg-type]
    return replace(
        found,
        at=datetime.fromisoformat(str(found.at)),
        callback_at=_time(found.callback_at),
        is_unclaimed=bool(found.is_unclaimed),
    )


def _values(attempt: Attempt) -> tuple[object, ...]:
    return tuple(
        value.isoformat() if isinstance(value, datetime) else value for value in astuple(attempt)
    )


def _time(text: object) -> datetime | None:
    return None if text is None else datetime.fromisoformat(str(text))


def _handed(ledger: Ledger, where: str, *values: object) -> Handed | None:
    rows = ledger.rows(
        f"SELECT claim_id, lead_key, channel, handler, claimed_at FROM claim WHERE {where}",
        *values,
    )
    if not rows:
        return None
    claim_id, lead_key, channel, handler, claimed_at = rows[0]
    return Handed(claim_id, lead_key, channel, handler, datetime.fromisoformat(claimed_at))
