"""Claims and suppressions as a person or an agent asks for them."""

from collections.abc import Sequence
from datetime import timedelta

from pipelines.errors import RefusedError, UsageError
from pipelines.outreach import ClaimResult, claim, kind_of, suppress
from pipelines.runs.context import need_home, need_snapshot
from pipelines.runs.safety import check_key, check_merged
from pipelines.runs.summary import published_list
from pipelines.settings.clock import now
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, claims, runs
from pipelines.store.snapshot import current_snapshot


def run_claim(home: Home, *, channel: str, handler: str, count: int) -> ClaimResult:
    """Claim the best `count` people of the published night for one channel and handler.

    Raises
    ------
    RefusedError
        No night is published, its list has expired, or what was loaded since may say no.
    """
    if count < 1:
        raise UsageError(f"a claim of {count} people", expected="1 or more")
    snapshot = need_snapshot(home)
    with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
        run_id = db.scalar("SELECT value FROM meta WHERE key = 'nightly_run_id'")
        merged = set(db.frame("SELECT batch_id FROM load_file")["batch_id"])
    check_merged(home, merged)
    settings = Settings.load(home.settings_file)
    with Ledger(home.ledger) as ledger:
        check_key(home, ledger)
        record = runs.get(ledger, run_id) if run_id else None
        if run_id is None or record is None or record.finished_at is None:
            raise RefusedError("no night has been published", fix="run `lead-triage nightly` first")
        return claim(
            ledger,
            snapshot,
            published_list(home, run_id),
            run_id=run_id,
            secret=home.secret(),
            channel=channel,
            handler=handler,
            count=count,
            at=now(),
            lease=timedelta(hours=settings.list.claim_lease_hours),
            pause=timedelta(days=settings.policy.pacing.recontact_interval_days),
            is_current=lambda: current_snapshot(home) == snapshot,
            published_at=record.finished_at,
            ttl=timedelta(hours=settings.list.ttl_hours),
        )


def run_release(home: Home, claim_ids: Sequence[str]) -> int:
    """Give claims back; returns how many were out."""
    with Ledger(need_home(home).ledger) as ledger:
        return claims.release(ledger, claim_ids, now())


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
        return suppress(
            ledger, home.secret(), points, reason=reason, source="suppress add", at=now()
        )


def suppression_counts(home: Home) -> list[dict[str, object]]:
    """Return how many contact points are suppressed, by kind, channel and reason."""
    with Ledger(need_home(home).ledger) as ledger:
        rows = ledger.rows(
            "SELECT kind, coalesce(channel, 'all'), reason, source, count(*) FROM suppression"
            " GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC"
        )
    names = ("kind", "channel", "reason", "source", "count")
    return [dict(zip(names, row, strict=True)) for row in rows]
