"""Hand out the best people of the published list, once each, re-checked at that moment.

This is the only way contact points leave. Selection, the suppression check and the record happen
inside one SQLite transaction, so two claimers never get the same person and an opt-out recorded a
second earlier is honoured.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.errors import LockedError, RefusedError
from pipelines.settings.contact_keys import hmac_hex, lookup_keys
from pipelines.settings.written_addresses import handed_out
from pipelines.store import Database, sql
from pipelines.store.ledger import Ledger, claims, suppressions

# The point that the eligibility stage judged: a number, and for texts the mobile one first.
_POINT = {
    "email": ("email",),
    "phone": ("phone_e164", "mobile_e164"),
    "ai_voice": ("phone_e164", "mobile_e164"),
    "sms": ("mobile_e164", "phone_e164"),
    "mail": ("address",),
}
# "Do not call" covers a machine that calls and, under the US rules, a text message too.
_ALSO_BINDS = {"ai_voice": {"phone"}, "sms": {"phone"}}


@dataclass(frozen=True)
class ClaimResult:
    """What one claim handed out.

    Attributes
    ----------
    rows : DataFrame
        One row per person: claim_id, the list's columns, contact_point, expires_at.
    withheld : int
        Listed people passed over because something speaks against them by now.
    left : int
        People of this channel and handler still on the list.
    """

    rows: pl.DataFrame
    withheld: int
    left: int


def claim(
    ledger: Ledger,
    snapshot: Path,
    listed: pl.DataFrame,
    *,
    run_id: str,
    secret: bytes,
    channel: str,
    handler: str,
    count: int,
    at: datetime,
    lease: timedelta,
    pause: timedelta,
    is_current: Callable[[], bool],
    published_at: datetime,
    ttl: timedelta,
) -> ClaimResult:
    """Claim up to `count` people of one channel and handler, best first.

    Parameters
    ----------
    snapshot : Path
        Published store file, opened read-only for contact points and opt-outs.
    listed : DataFrame
        List of run `run_id`, in rank order.
    at, published_at : datetime
        UTC. A list older than `ttl` is refused.
    lease : timedelta
        How long the claim holds.
    pause : timedelta
        How long nobody who was claimed is handed out again: a claim counts as an approach.
    is_current : callable
        Tells, inside the transaction, whether `snapshot` is still the published one.

    Raises
    ------
    RefusedError
        The list has expired.
    LockedError
        A new list was published in this very moment.
    """
    if at - published_at > ttl:
        raise RefusedError(
            f"the list of run {run_id} is older than {ttl.total_seconds() / 3600:.0f} hours",
            expected="a fresh list",
            fix="run `lead-triage nightly` first",
        )
    lane = listed.filter(channel=channel, handler=handler).sort("rank", "lead_key")
    with (
        Database.open(snapshot, read_only=True, memory_gb=1.0) as db,
        ledger.transaction(),
    ):
        if not is_current():
            raise LockedError("a new list has just been published", fix="claim again")
        if not db.exists("bound_lead"):  # a file of an earlier version
            db.run("CREATE TEMP TABLE bound_lead (group_key BIGINT, lead_key BIGINT, reason TEXT)")
        out = _persons_out(db, claims.held(ledger, run_id, at, at - pause))
        free = lane.filter(~pl.col("lead_key").is_in(sorted(out)))
        chosen, points, withheld = _choose(db, ledger, secret, free, channel, count)
        made = [
            claims.Claim(
                secrets.token_hex(16), run_id, person, lead, channel, handler, at, at + lease
            )
            for person, lead in chosen.select("person_key", "lead_key").rows()
        ]
        claims.record(ledger, made)
    rows = chosen.with_columns(
        pl.Series("claim_id", [row.claim_id for row in made], dtype=pl.String),
        pl.Series(
            "contact_point",
            [points[lead] for lead in chosen["lead_key"].to_list()],
            dtype=pl.String,
        ),
        pl.lit(at + lease).alias("expires_at"),
    )
    return ClaimResult(rows, withheld, free.height - chosen.height - withheld)


def _persons_out(db: Database, held: set[int]) -> set[int]:
    """Return every lead of the persons of whom some lead is out, also of who was one with them.

    Duplicates may have come since, and a person may have been split since.
    """
    found = db.frame(sql(__package__, "persons_out.sql"), keys=sorted(held))
    return held | set(found["lead_key"].to_list())


def _choose(
    db: Database, ledger: Ledger, secret: bytes, free: pl.DataFrame, channel: str, count: int
) -> tuple[pl.DataFrame, dict[int, str], int]:
    """Take the best `count` of `free` that nothing speaks against by now."""
    points: dict[int, str] = {}
    taken: list[int] = []
    used: set[str] = set()
    withheld = 0
    # In portions, because some of the best may be withheld and the next ones take their place.
    for start in range(0, free.height, max(count, 50)):
        if len(taken) >= count:
            break
        portion = free[start : start + max(count, 50)]
        open_points = _open_points(db, ledger, secret, portion, channel)
        for lead in portion["lead_key"].to_list():
            if len(taken) >= count:
                break
            # An address on too many leads joins nobody, and still is one mailbox.
            if lead in open_points and open_points[lead].lower() not in used:
                taken.append(lead)
                points[lead] = open_points[lead]
                used.add(open_points[lead].lower())
            else:
                withheld += 1
    chosen = free.filter(pl.col("lead_key").is_in(taken))
    return chosen, points, withheld


def _open_points(
    db: Database, ledger: Ledger, secret: bytes, portion: pl.DataFrame, channel: str
) -> dict[int, str]:
    """Return listed lead_key -> contact point, for those whom nothing binds."""
    # A temporary table, not a registered frame: claimers in threads of one process share a catalog.
    db.run(
        "CREATE OR REPLACE TEMP TABLE listed_frame AS SELECT unnest($keys::BIGINT[]) AS lead_key",
        keys=portion["lead_key"].to_list(),
    )
    if not db.exists("lead_snapshot"):  # a store of an earlier version
        db.run(sql(__package__, "no_snapshot.sql"))
    refused = set(db.frame(sql(__package__, "refused.sql"), channel=channel)["listed_lead_key"])
    if db.exists("salvaged_row"):  # a store of an earlier version has none
        refused |= set(db.frame(sql(__package__, "unreviewed.sql"))["listed_lead_key"])
    leads = db.frame(sql(__package__, "contact_points.sql"))
    db.run("DROP TABLE listed_frame")
    keyed: dict[int, set[str]] = {}
    points: dict[int, str] = {}
    for row in leads.to_dicts():
        listed_lead = row["listed_lead_key"]
        keyed.setdefault(listed_lead, set()).update(_hashes(secret, row))
        if row["lead_key"] == listed_lead:
            point = next((row[name] for name in _POINT[channel] if row[name]), None)
            if channel == "email" and point:
                point = handed_out(point, row["email_key"]) if row["email_key"] else None
            if point:
                points[listed_lead] = point
    every_key = sorted(set().union(*keyed.values()) if keyed else set())
    bound = suppressions.bound(ledger, every_key)
    binding = {None, channel} | _ALSO_BINDS.get(channel, set())
    return {
        lead: point
        for lead, point in points.items()
        if lead not in refused and not any(bound.get(key, set()) & binding for key in keyed[lead])
    }


def _hashes(secret: bytes, row: dict[str, str | None]) -> Iterable[str]:
    texts = lookup_keys(
        row["email_key"],
        (row["phone_e164"], row["mobile_e164"]),
        row["email_domain"],
        (row["email"], row["phone"], row["mobile"]),
    )
    return (hmac_hex(secret, text) for text in texts)
