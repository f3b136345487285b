"""The state of a home: published file, writer, runs, models."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from pipelines.errors import LockedError
from pipelines.runs.context import need_home
from pipelines.runs.landing import pending_batches
from pipelines.runs.nightly import published_night
from pipelines.runs.outreach import paused
from pipelines.runs.quarantine import open_batches
from pipelines.runs.review import repaired_batches
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, attempts, fresh, models, suppressions
from pipelines.store.lock import writer_lock
from pipelines.store.snapshot import current_snapshot

_SHOWN_RUNS = 8
_LATELY: Final = timedelta(days=28)


def read_status(home: Home) -> dict[str, Any]:
    """Return the state of `home` as JSON values; works while a run is writing."""
    need_home(home)
    snapshot = current_snapshot(home)
    with Ledger(home.ledger) as ledger:
        runs = ledger.rows(
            "SELECT run_id, kind, status, started_at, finished_at, error FROM run"
            " ORDER BY started_at DESC LIMIT ?",
            _SHOWN_RUNS,
        )
        champions = [m for m in models.listing(ledger) if m.status == "champion"]
        suppressed = suppressions.count(ledger)
        reported = attempts.counts(ledger)
        stopped = paused(ledger)
        came = _speed(fresh.waits(ledger))
        since = now() - _LATELY
        passed_on = _speed(fresh.escalation_waits(ledger, since))
    names = ("run_id", "kind", "status", "started_at", "finished_at", "error")
    return {
        "home": str(home.root),
        "snapshot": snapshot.name if snapshot else None,
        "bytes": snapshot.stat().st_size if snapshot else 0,
        "nightly_run_id": published_night(home),
        "is_locked": _is_locked(home),
        "pending_batches": len(pending_batches(home)),
        "quarantine": {
            "open": sum(one.open for one in open_batches(home)),
            "unreviewed": sum(one.unreviewed for one in repaired_batches(home)),
        },
        "suppressions": suppressed,
        "attempts": reported,
        "paused": stopped,
        "speed_to_lead": came,
        "passed_on": passed_on,
        "runs": [dict(zip(names, row, strict=True)) for row in runs],
        "champions": [
            {
                "model_id": m.model_id,
                "population": m.population,
                "variant": m.variant,
                "reason": m.reason,
            }
            for m in champions
        ],
    }


def _speed(waits: Sequence[tuple[datetime, datetime | None]]) -> dict[str, float | int | None]:
    """Return how many came, wait still and were tried, and after how many minutes those were."""
    tried = sorted((first - came).total_seconds() / 60 for came, first in waits if first)
    return {
        "came": len(waits),
        "waiting": len(waits) - len(tried),
        "answered": len(tried),
        "median_minutes": float(np.median(tried)) if tried else None,
        "p90_minutes": float(np.quantile(tried, 0.9)) if tried else None,
    }


def _is_locked(home: Home) -> bool:
    try:
        with writer_lock(home.lock):
            return False
    except LockedError:
        return True
