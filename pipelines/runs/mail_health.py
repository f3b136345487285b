"""Pause the campaigns whose mail bounces or annoys, with the words why."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pipelines.runs.context import RunContext
from pipelines.settings.clock import now
from pipelines.store import Database, audit
from pipelines.store.ledger import claims
from pipelines.triage.mail_health import SickMail, mark_judged

_KEY: Final = "mail_judged_until/"


def bring_judged(ctx: RunContext, db: Database) -> None:
    """Tell the staged store what campaigns were paused for, by nights that failed later as well."""
    with ctx.ledger() as ledger:
        marks = ledger.rows(
            "SELECT key, value FROM meta WHERE substr(key, 1, ?) = ?", len(_KEY), _KEY
        )
    for key, until in marks:
        mark_judged(db, str(key).removeprefix(_KEY), datetime.fromisoformat(until))


def pause_sick(ctx: RunContext, sick: Sequence[SickMail]) -> None:
    """Stop handing out e-mail by these handlers; a pause that stands already keeps its reason."""
    if not sick:
        return
    at = now()
    with ctx.ledger() as ledger, ledger.transaction():
        for one in sick:
            if claims.paused_by(ledger, "email", one.handler) is None:
                claims.pause(ledger, "email", one.handler, at=at, reason=one.words)
                audit.append(ledger, at, "paused", channel="email", handler=one.handler)
            ledger.execute(
                "INSERT OR REPLACE INTO meta VALUES (?, ?)",
                _KEY + one.handler,
                one.judged_until.isoformat(),
            )
