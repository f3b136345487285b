"""Which share of its capacity the AI has: halved where it does worse, set back by a person."""

from dataclasses import dataclass
from datetime import date, datetime

from pipelines.store.audit import append
from pipelines.store.ledger.connection import Ledger


@dataclass(frozen=True)
class AiShare:
    """What was decided about the share, and when.

    Attributes
    ----------
    as_of : date
        Logical date from which it holds.
    share : float
        Of the capacity of every lane of the AI, 0 to 1.
    is_by_hand : bool
        A person has set it; else the night has halved it.
    """

    as_of: date
    share: float
    is_by_hand: bool
    reason: str
    at: datetime


def decide_share(
    ledger: Ledger, *, as_of: date, share: float, is_by_hand: bool, reason: str, at: datetime
) -> None:
    """Write down another share, in the ledger and in the audit log."""
    with ledger.transaction():
        ledger.execute(
            "INSERT INTO ai_share (as_of, share, is_by_hand, reason, at) VALUES (?, ?, ?, ?, ?)",
            as_of.isoformat(),
            share,
            int(is_by_hand),
            reason,
            at.isoformat(),
        )
        who = "person" if is_by_hand else "night"
        append(ledger, at, "ai_share", share=share, by=who, as_of=as_of.isoformat())


def decided(ledger: Ledger) -> list[AiShare]:
    """Return every decision, in the order in which they were made."""
    return [
        AiShare(date.fromisoformat(as_of), share, bool(by_hand), reason, datetime.fromisoformat(at))
        for as_of, share, by_hand, reason, at in ledger.rows(
            "SELECT as_of, share, is_by_hand, reason, at FROM ai_share ORDER BY position"
        )
    ]


def in_force(ledger: Ledger, as_of: date, until: datetime | None = None) -> AiShare | None:
    """Return the decision that a night of that date keeps to; None: the AI has all.

    `until` is when that night ended, for one that is looked at again: what was decided later the
    same day was unknown to it.
    """
    found = [
        one for one in decided(ledger) if one.as_of <= as_of and (until is None or one.at <= until)
    ]
    return found[-1] if found else None


def by_hand(ledger: Ledger) -> int:
    """Return how often a person has decided: another night is made then."""
    return int(ledger.rows("SELECT count(*) FROM ai_share WHERE is_by_hand = 1")[0][0])
