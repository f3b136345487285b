"""Take reported attempts into the ledger: each is in force before it is acknowledged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from pipelines.errors import UsageError
from pipelines.outreach.attempt_report import Report
from pipelines.outreach.points import contact_point
from pipelines.outreach.suppressions import suppress
from pipelines.settings.contact_keys import Kind
from pipelines.store.ledger import Ledger, attempts, claims
from pipelines.store.ledger.attempts import Attempt, Handed, Outcome

Leads = Callable[[int | None, str | None], tuple[int, list[Mapping[str, Any]]] | None]
"""Given lead_key or ``source_system:source_id``: its lead_key and its contact points, those it had
before included; None: there is no such lead in the store."""

# More may be heard of these while the lease runs, and nobody else is to come between.
_GOING_ON: Final = frozenset({"sent", "delivered", "opened", "callback_at", "escalated"})
_CALLED: Final = frozenset({"phone", "ai_voice", "sms"})


@dataclass(frozen=True)
class Taken:
    """What became of one report.

    Attributes
    ----------
    attempt_id : str
    outcome : str
        recorded, updated, duplicate or kept.
    is_unclaimed : bool
        No claim had handed the lead out before.
    aside : str or None
        Why nobody knows yet whose it is; None: it is known.
    suppressed : int
        Contact points it closed that were open.
    """

    attempt_id: str
    outcome: Outcome
    is_unclaimed: bool
    aside: str | None
    suppressed: int


@dataclass(frozen=True)
class Meant:
    """One report with everything that was looked up for it, so that nobody waits while it is taken.

    Attributes
    ----------
    aside : str or None
        Why nobody knows yet whose it is.
    points : tuple
        kind, value and channel of what it closes.
    is_over : bool
        It ends the lease of its claim.
    satisfaction : float or None
        How content the person was.
    """

    attempt: Attempt
    is_timed: bool
    aside: str | None = None
    points: tuple[tuple[Kind, str, str | None], ...] = ()
    is_over: bool = False
    satisfaction: float | None = None


def look_up(ledger: Ledger, report: Report, leads: Leads, at: datetime) -> Meant:
    """Find whose attempt it is, by its claim, else by the lead it names, and what it closes.

    Parameters
    ----------
    at : datetime
        Now, UTC.
    """
    attempt, handed, aside = _resolved(ledger, report, leads, at)
    is_over = (
        handed is not None
        # An attempt before its claim is a mistake somewhere, and frees nobody.
        and attempt.at >= handed.claimed_at
        and attempt.disposition not in _GOING_ON
    )
    points: set[tuple[Kind, str, str | None]] = set()
    if attempt.lead_key is not None and attempt.disposition in attempts.CLOSING:
        found = leads(attempt.lead_key, None)
        points = set() if found is None else set(_closed_points(attempt, found[1]))
    is_timed = report.at is not None
    closes = tuple(sorted(points, key=str))
    return Meant(attempt, is_timed, aside, closes, is_over, report.satisfaction)


def take(ledger: Ledger, secret: bytes, meant: Meant, at: datetime) -> Taken:
    """Record one report and everything it closes, in one transaction; within one it is part of it.

    Parameters
    ----------
    at : datetime
        Now, UTC.
    """
    attempt = meant.attempt
    with ledger.transaction():
        attempt_id, outcome = attempts.record(ledger, attempt, at, is_timed=meant.is_timed)
        if meant.satisfaction is not None:
            attempts.rate(ledger, attempt_id, meant.satisfaction, at)
        # What was known before is put in force again: it costs little, and nothing is assumed.
        suppressed = _suppress(ledger, secret, meant, at)
        if meant.is_over and attempt.claim_id is not None:
            claims.release(ledger, [attempt.claim_id], at)
    return Taken(attempt_id, outcome, attempt.is_unclaimed, meant.aside, suppressed)


def take_waiting(ledger: Ledger, secret: bytes, leads: Leads, at: datetime) -> int:
    """Take up the attempts whose lead or claim is known by now; return how many."""
    found = 0
    for attempt in attempts.waiting(ledger):
        report = Report(
            attempt.disposition,
            attempt.attempt_id,
            attempt.claim_id,
            None,
            attempt.lead_name,
            attempt.channel,
            attempt.handler,
            attempt.at,
            attempt.callback_at,
            attempt.note_ref,
        )
        meant = look_up(ledger, report, leads, at)
        if meant.aside is None:
            take(ledger, secret, meant, at)
            found += 1
    return found


def _resolved(
    ledger: Ledger, report: Report, leads: Leads, at: datetime
) -> tuple[Attempt, Handed | None, str | None]:
    when = report.at or at
    plain = Attempt(
        report.own_id,
        report.claim_id,
        None,
        report.lead_name,
        report.channel,
        report.handler,
        when,
        report.disposition,
        report.callback_at,
        report.note_ref,
        is_unclaimed=True,
    )
    handed = attempts.claim_called(ledger, report.claim_id) if report.claim_id else None
    if handed is None and (report.lead_key is not None or report.lead_name is not None):
        found = leads(report.lead_key, report.lead_name)
        if found is None:
            return plain, None, "no such lead is in the store"
        if report.channel is None:
            return plain, None, "no such claim, and no channel"
        handed = attempts.last_claim(ledger, found[0], report.channel, when)
        if handed is None:
            return replace(plain, lead_key=found[0], lead_name=None), None, None
    if handed is None:
        return plain, None, "no such claim"
    known = replace(
        plain,
        claim_id=handed.claim_id,
        lead_key=handed.lead_key,
        lead_name=None,
        channel=report.channel or handed.channel,
        handler=report.handler or handed.handler,
        is_unclaimed=False,
    )
    return known, handed, None


def _suppress(ledger: Ledger, secret: bytes, meant: Meant, at: datetime) -> int:
    added = 0
    for point in meant.points:
        try:
            added += suppress(
                ledger,
                secret,
                [point],
                reason=meant.attempt.disposition,
                source="attempt",
                at=at,
            )
        except UsageError:
            # No point that anybody could be reached at; the lead itself is closed all the same.
            continue
    return added


def _closed_points(
    attempt: Attempt, rows: list[Mapping[str, Any]]
) -> list[tuple[Kind, str, str | None]]:
    """Return the points that a disposition closes, for the channel it closes them on.

    `rows` begins with the lead as it is; the rest is what it was known by before.
    """
    if attempt.disposition in attempts.REFUSALS:
        found: list[tuple[Kind, str, str | None]] = [
            ("email", row["email_key"], None) for row in rows if row["email_key"]
        ]
        numbers = (row[name] for row in rows for name in ("phone_e164", "mobile_e164"))
        return found + [("phone", number, None) for number in numbers if number]
    if attempt.disposition == "bounced":
        return [
            ("email", row["email_key"], "email")
            for row in rows[:1]
            if row["email_key"] and attempt.channel == "email"
        ]
    if attempt.disposition != "wrong_number":
        return []
    # "Do not call" covers machines that call, and text messages.
    if attempt.channel in _CALLED:
        called = [contact_point(attempt.channel, row) for row in rows[:1]]
    else:
        called = [row[name] for row in rows[:1] for name in ("phone_e164", "mobile_e164")]
    return [("phone", number, "phone") for number in called if number]
