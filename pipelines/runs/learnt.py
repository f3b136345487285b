"""What lists have taught so far, as plain values; and the share of the AI, as a person sets it."""

from typing import Any, Final

from pipelines.errors import UsageError
from pipelines.runs.context import need_home, need_snapshot
from pipelines.settings.clock import now, today
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, ai_share
from pipelines.store.schema import ESTIMATE_TABLES

_LONGEST_REASON: Final = 500


def read_learnt(home: Home) -> dict[str, Any]:
    """Return every estimate of the published night by table, and the share that the AI has.

    Raises
    ------
    RefusedError
        Nothing has been published.
    """
    found: dict[str, Any] = {}
    with Database.open(need_snapshot(home), read_only=True, memory_gb=0.5) as db:
        for table in ESTIMATE_TABLES:
            is_there = db.exists(table.name)
            rows = db.frame(f"SELECT * FROM {table.name} ORDER BY rowid") if is_there else None
            found[table.name] = [] if rows is None else rows.to_dicts()
    return {**found, "ai_share": share_of_ai(home)}


def share_of_ai(home: Home) -> dict[str, Any]:
    """Return the share of its capacity that the AI has today, and every decision about it."""
    with Ledger(need_home(home).ledger) as ledger:
        decisions = ai_share.decided(ledger)
        known = ai_share.in_force(ledger, today())
    return {
        "share": 1.0 if known is None else known.share,
        "decisions": [
            {
                "as_of": one.as_of.isoformat(),
                "share": one.share,
                "by": "person" if one.is_by_hand else "night",
                "reason": one.reason,
            }
            for one in decisions
        ],
    }


def set_share_of_ai(home: Home, share: float, reason: str) -> dict[str, Any]:
    """Set the share from the next night on; what spoke against the AI before counts no more.

    Raises
    ------
    UsageError
        A share outside of 0 to 1, or no reason.
    """
    if not 0 <= share <= 1:
        raise UsageError(f"a share of {share:g}", expected="0 to 1; 1: all of its capacity")
    if not reason.strip() or len(reason) > _LONGEST_REASON:
        raise UsageError(
            "a share without a reason, or with too long a one",
            expected=f"--reason with at most {_LONGEST_REASON} characters",
        )
    with Ledger(need_home(home).ledger) as ledger:
        ai_share.decide_share(
            ledger, as_of=today(), share=share, is_by_hand=True, reason=reason.strip(), at=now()
        )
    return share_of_ai(home)


def learnt_words(db: Database) -> list[str]:
    """Return what a night says of its lessons: the lift, the uplift and the share of the AI."""
    lines = []
    for table, measure, key, begin in (
        ("lift_estimate", "lift", "random", "The ranking converts so many times as often as a lot"),
        ("uplift_estimate", "difference", "both", "Contact adds, by the control group"),
        ("handler_estimate", "difference", "both", "The AI succeeds more often than people by"),
    ):
        column = {"lift_estimate": "policy", "uplift_estimate": "arm"}.get(table, "handler")
        words = _words(db, table, measure, column, key)
        if words is not None:
            lines.append(f"{begin}: {words}")
    share = _words(db, "handler_estimate", "share", "handler", "ai", below=1.0)
    if share is not None:
        lines.append(f"The AI has {share}; `lead-triage ai-share 1 --reason ...` gives all back")
    return lines


def _words(
    db: Database, table: str, measure: str, column: str, key: str, below: float | None = None
) -> str | None:
    """Return what an estimate says, if it is there and there is enough to say."""
    if not db.exists(table):
        return None
    limit = "" if below is None else f" AND value < {below}"
    found = db.frame(
        f"SELECT words FROM {table} WHERE measure = $measure AND {column} = $key"
        f" AND value IS NOT NULL{limit}",
        measure=measure,
        key=key,
    )
    return None if found.is_empty() else str(found["words"][0])
