"""The night learns from the nights before, and takes the AI back where it does worse."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.eligible import Reason
from pipelines.learnt import (
    Doubt,
    Settled,
    held_back,
    learn,
    match_control,
    set_control_aside,
)
from pipelines.runs.context import RunContext
from pipelines.settings.clock import now
from pipelines.store import Database
from pipelines.store.ledger import ai_share, runs
from pipelines.triage import Lane

CONTROL_BIT = int(Reason.CONTROL_GROUP)


def learn_from_nights(ctx: RunContext, db: Database) -> None:
    """Write the estimates, and halve the AI's share from tonight on where there is no doubt."""
    settings = ctx.settings
    with ctx.ledger() as ledger:
        known = ai_share.in_force(ledger, ctx.as_of)
    learn(
        db,
        run_id=ctx.run_id,
        as_of=ctx.midnight,
        milestone=settings.label.milestone,
        horizon_days=settings.label.horizon_days,
        response_days=settings.handlers.response_days,
        since=None if known is None else known.as_of,
        settle=lambda doubt: _settle(ctx, doubt, known),
    )


def _settle(ctx: RunContext, doubt: Doubt, known: ai_share.AiShare | None) -> Settled:
    """Say which share the AI has tonight: a night halves it once, then a person has to look."""
    share = 1.0 if known is None else known.share
    is_open = known is None or (known.is_by_hand and known.as_of < ctx.as_of)
    if doubt.words is None or not is_open or not ctx.settings.handlers.halve or not share:
        return Settled(share, _words(known))
    with ctx.ledger() as ledger:
        ai_share.decide_share(
            ledger,
            as_of=ctx.as_of,
            share=share / 2,
            is_by_hand=False,
            reason=doubt.words,
            at=now(),
        )
        return Settled(share / 2, _words(ai_share.in_force(ledger, ctx.as_of)))


def _words(known: ai_share.AiShare | None) -> str:
    """Say why the AI has not all; empty: it has."""
    if known is None or known.share == 1:
        return ""
    if known.is_by_hand:
        return f"set by a person for {known.as_of} ({known.reason})"
    return f"halved on {known.as_of}, because {known.reason}"


def match_tonight(ctx: RunContext, db: Database) -> dict[str, int]:
    """Write down who is as likely to convert as those listed tonight, held back or not."""
    worked = {channel for channel, quotas in ctx.settings.capacity.items() if any(quotas.values())}
    worked |= {channel for worker in ctx.settings.people for channel in worker.channels}
    return match_control(
        db,
        run_id=ctx.run_id,
        bit=CONTROL_BIT,
        channels=worked,
        as_of=ctx.midnight,
        inbound_days=ctx.settings.control_group.inbound_days,
    )


def as_far_as_trusted(ctx: RunContext, lanes: Sequence[Lane]) -> list[Lane]:
    """Return the lanes, those of the AI with the share of their capacity that it has tonight."""
    with ctx.ledger() as ledger:
        record = runs.get(ledger, ctx.run_id)
        ended = None if record is None else record.finished_at
        found = ai_share.in_force(ledger, ctx.as_of, ended)
    share = 1.0 if found is None else found.share
    return [
        replace(lane, quota=int(lane.quota * share)) if lane.handler == "ai" else lane
        for lane in lanes
    ]


def whom_to_score(ctx: RunContext) -> str:
    """Return which rows of `eligibility` are scored: with a model, the control group as well."""
    with ctx.ledger() as ledger:
        record = runs.get(ledger, ctx.run_id)
    has_model = record is not None and record.model_id is not None
    control = f" OR {held_back(CONTROL_BIT)}" if has_model else ""
    return f"eligibility WHERE is_scorable{control}"


def without_control(db: Database, counts: Mapping[str, int]) -> dict[str, int]:
    """Keep the scores of the control group for `match_tonight` alone, and count without them."""
    control = set_control_aside(db)
    return {**counts, "scored": counts["scored"] - control}
