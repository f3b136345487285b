"""Claims and suppressions as a person or an agent asks for them."""

from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.outreach import kind_of, suppress
from pipelines.runs.claim_desk import ClaimDesk, ClaimResult
from pipelines.runs.context import need_home
from pipelines.runs.safety import check_key
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store import audit
from pipelines.store.digests import file_hash
from pipelines.store.ledger import Ledger, claims


def run_claim(
    home: Home,
    *,
    channel: str,
    handler: str,
    count: int,
    is_export: bool = False,
    person: str | None = None,
) -> ClaimResult:
    """Claim the best `count` people of the published night for one channel and handler.

    For many claims in one process keep a `ClaimDesk` open: it does the same without opening
    anything anew.

    Raises
    ------
    RefusedError
        No night is published, its list has expired, the lane is paused, or what was loaded since
        may say no.
    """
    if count < 1:
        raise UsageError(f"a claim of {count} people", expected="1 or more")
    with ClaimDesk(home) as desk:
        return desk.claim(
            channel=channel, handler=handler, count=count, is_export=is_export, person=person
        )


def run_release(home: Home, claim_ids: Sequence[str]) -> int:
    """Give claims back; returns how many were out."""
    with Ledger(need_home(home).ledger) as ledger:
        return claims.release(ledger, claim_ids, now())


def run_pause(
    home: Home, *, channel: str | None, handler: str | None, reason: str
) -> list[dict[str, str | None]]:
    """Stop handing out for a channel and handler, None: all; return what is paused now."""
    with Ledger(need_home(home).ledger) as ledger:
        at = now()
        with ledger.transaction():
            claims.pause(ledger, channel, handler, at=at, reason=reason)
            audit.append(ledger, at, "paused", channel=channel, handler=handler)
        return paused(ledger)


def run_resume(
    home: Home, *, channel: str | None, handler: str | None
) -> tuple[int, list[dict[str, str | None]]]:
    """Undo pauses; return how many, and what is paused still."""
    with Ledger(need_home(home).ledger) as ledger:
        with ledger.transaction():
            undone = claims.resume(ledger, channel, handler)
            audit.append(ledger, now(), "resumed", channel=channel, handler=handler, pauses=undone)
        return undone, paused(ledger)


def note_export(home: Home, claim_ids: Sequence[str], file: Path) -> None:
    """Write into the audit log that these claims have left as a file."""
    with Ledger(home.ledger) as ledger:
        audit.append(
            ledger,
            now(),
            "exported",
            format=file.suffix.lower().removeprefix("."),
            file_sha256=file_hash(file),
            claims=list(claim_ids),
        )


def paused(ledger: Ledger) -> list[dict[str, str | None]]:
    """Return what is not handed out at present, as JSON values; null stands for all."""
    return [
        {
            "channel": found.channel,
            "handler": found.handler,
            "since": found.since.isoformat(timespec="seconds") + "Z",
            "reason": found.reason,
        }
        for found in claims.pauses(ledger)
    ]


def run_suppress(home: Home, values: Sequence[str], *, channel: str | None, reason: str) -> int:
    """Suppress contact points as a person types them; returns how many were new.

    Raises
    ------
    UsageError
        A value is no e-mail address, phone number with country code, or domain.
    """
    points = [(kind_of(value), value, channel) for value in values]
    with Ledger(home.ensure().ledger) as ledger:
        check_key(home, ledger)
        at = now()
        with ledger.transaction():
            added = suppress(
                ledger, home.secret(), points, reason=reason, source="suppress add", at=at
            )
            audit.append(
                ledger, at, "suppressed", by="hand", given=len(points), new=added, channel=channel
            )
        return added
