"""Pause the campaigns whose mail bounces or annoys, with the words why."""

from collections.abc import Sequence

from pipelines.runs.context import RunContext
from pipelines.settings.clock import now
from pipelines.store import audit
from pipelines.store.ledger import claims
from pipelines.triage.mail_health import SickMail


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
