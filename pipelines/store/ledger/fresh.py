"""Who came to us, or was passed on to a person, and waits for an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipelines.store.ledger.connection import Ledger, listed

_UNTRIED: Final = (
    " NOT EXISTS (SELECT 1 FROM attempt WHERE attempt.lead_key = fresh.lead_key"
    "   AND attempt.at > fresh.came_at)"
)
_TAKEN: Final = (
    " EXISTS (SELECT 1 FROM claim WHERE claim.lead_key = fresh.lead_key"
    "   AND claim.claimed_at >= fresh.judged_at AND claim.released_at IS NULL)"
)


@dataclass(frozen=True)
class Fresh:
    """Somebody who came to us.

    Attributes
    ----------
    lead_key : int
        Lead that stands for the person.
    kind : str
        reply or form.
    came_at : datetime
        UTC; when they wrote or called.
    judged_as_of, judged_at : datetime
        UTC; what was known of them then, and when that was looked at.
    open_bits : int
        Channels that are open, one bit each in the order of the channels; the recontact interval
        does not hold for who came after the last approach.
    must : str or None
        Who has to serve them by a rule.
    """

    lead_key: int
    person_key: int
    kind: str
    came_at: datetime
    judged_as_of: datetime
    judged_at: datetime
    open_bits: int
    must: str | None


@dataclass(frozen=True)
class PassedOn:
    """Somebody whom the AI passed on to a person; `note_ref` is where what was said is kept."""

    lead_key: int
    at: datetime
    note_ref: str | None


def record(ledger: Ledger, people: Sequence[Fresh], *, since: datetime) -> int:
    """Note who came and may be answered; what came before `since` is forgotten.

    Everybody else whom nobody has tried is taken off: give all of `untried` that are open still.
    Whoever is taken up stays so, unless they came again. Returns how many wait newly.
    """
    rows = [
        (
            one.lead_key, one.person_key, one.kind, one.came_at.isoformat(),
            one.judged_as_of.isoformat(), one.judged_at.isoformat(), one.open_bits, one.must,
        )
        for one in people
    ]  # fmt: skip
    with ledger.transaction():
        ledger.execute("DELETE FROM fresh WHERE came_at < ?", since.isoformat())
        waited = {int(row[0]) for row in ledger.rows(f"SELECT lead_key FROM fresh WHERE{_UNTRIED}")}
        keys = {one.lead_key for one in people}
        ledger.executemany(
            "DELETE FROM fresh WHERE lead_key = ?", [(key,) for key in sorted(waited - keys)]
        )
        # Taken up is who was claimed after they were judged: for them that stays the time.
        stays = f"excluded.came_at <= fresh.came_at AND{_TAKEN}"
        ledger.executemany(
            "INSERT INTO fresh VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (lead_key) DO UPDATE SET"
            f" judged_as_of = iif({stays}, fresh.judged_as_of, excluded.judged_as_of),"
            f" judged_at = iif({stays}, fresh.judged_at, excluded.judged_at),"
            " person_key = excluded.person_key, kind = excluded.kind, came_at = excluded.came_at,"
            " open_bits = excluded.open_bits, must = excluded.must",
            rows,
        )
        return len(keys - waited)


def untried(ledger: Ledger, since: datetime) -> list[tuple[int, str, datetime, bool]]:
    """Return lead, kind, when, and whether taken up, of who came after `since` and is not tried."""
    return [
        (int(lead), kind, datetime.fromisoformat(came_at), bool(is_taken))
        for lead, kind, came_at, is_taken in ledger.rows(
            f"SELECT lead_key, kind, came_at, {_TAKEN} FROM fresh WHERE came_at >= ? AND{_UNTRIED}"
            " ORDER BY lead_key",
            since.isoformat(),
        )
    ]


def waiting(ledger: Ledger, since: datetime, *, bit: int, handler: str, most: int) -> list[Fresh]:
    """Return who came after `since` and nobody has tried or taken up since, the oldest first.

    Parameters
    ----------
    bit : int
        Of the channel; it is open for them.
    handler : str
        No rule gives them to another.
    most : int
        Of more than so many the newest are returned.
    """
    at = datetime.fromisoformat
    found = [
        Fresh(row[0], row[1], row[2], at(row[3]), at(row[4]), at(row[5]), row[6], row[7])
        for row in ledger.rows(
            "SELECT * FROM fresh WHERE came_at >= ?"
            f" AND open_bits & ? <> 0 AND coalesce(must, ?) = ? AND{_UNTRIED} AND NOT{_TAKEN}"
            " ORDER BY came_at DESC, lead_key DESC LIMIT ?",
            since.isoformat(),
            bit,
            handler,
            handler,
            most,
        )
    ]
    return found[::-1]


def passed_on(ledger: Ledger, since: datetime) -> list[PassedOn]:
    """Return who was passed on after `since` and no person has tried or taken up, oldest first."""
    found: dict[int, PassedOn] = {}
    for lead, at, note_ref in ledger.rows(
        "SELECT told.lead_key, told.at, told.note_ref FROM attempt AS told"
        " WHERE told.disposition = 'escalated' AND told.lead_key IS NOT NULL AND told.at >= ?"
        " AND NOT EXISTS (SELECT 1 FROM attempt AS later WHERE later.lead_key = told.lead_key"
        "   AND later.handler = 'human' AND later.at > told.at)"
        " AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.lead_key = told.lead_key"
        "   AND claim.handler = 'human' AND claim.claimed_at >= told.at"
        "   AND claim.released_at IS NULL)"
        " ORDER BY told.at, told.attempt_id",
        since.isoformat(),
    ):
        # Of several the last says what to begin with.
        found[int(lead)] = PassedOn(int(lead), datetime.fromisoformat(at), note_ref)
    return sorted(found.values(), key=lambda one: (one.at, one.lead_key))


def worked_claims(ledger: Ledger, lead_keys: Sequence[int], at: datetime) -> list[str]:
    """Return claims of these leads that are out though what they were for is reported."""
    rows = ledger.rows(
        "SELECT claim_id FROM claim WHERE lead_key IN (SELECT value FROM json_each(?))"
        " AND released_at IS NULL AND EXISTS (SELECT 1 FROM attempt"
        "   WHERE attempt.claim_id = claim.claim_id AND attempt.at >= claim.claimed_at"
        "   AND attempt.at <= ?) ORDER BY claim_id",
        listed(lead_keys),
        at.isoformat(),
    )
    return [str(row[0]) for row in rows]


def waits(ledger: Ledger) -> list[tuple[datetime, datetime | None]]:
    """Return when each of those who came lately did, and when they were first tried after it."""
    rows = ledger.rows(
        "SELECT came_at, (SELECT min(at) FROM attempt WHERE attempt.lead_key = fresh.lead_key"
        " AND attempt.at >= fresh.came_at) FROM fresh ORDER BY came_at"
    )
    return [
        (datetime.fromisoformat(came), None if first is None else datetime.fromisoformat(first))
        for came, first in rows
    ]


def escalation_waits(ledger: Ledger, since: datetime) -> list[tuple[datetime, datetime | None]]:
    """Return when people were passed on after `since`, and when a person first tried them."""
    rows = ledger.rows(
        "SELECT told.at, (SELECT min(later.at) FROM attempt AS later"
        " WHERE later.lead_key = told.lead_key AND later.handler = 'human'"
        " AND later.at > told.at) FROM attempt AS told"
        " WHERE told.disposition = 'escalated' AND told.at >= ? ORDER BY told.at",
        since.isoformat(),
    )
    return [
        (datetime.fromisoformat(at), None if first is None else datetime.fromisoformat(first))
        for at, first in rows
    ]
