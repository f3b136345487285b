"""The stages of a nightly, in order; each opens what it needs, does one thing and returns counts.

Stages are wired by tables: what one writes the next reads, so any of them can run in a process of
its own, given the home and the run id.
"""

import shutil
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path

import polars as pl

from features.build import build
from models import Model
from pipelines.eligible import EligibleResult, evaluate, publish_reasons, remember_suppressed
from pipelines.featurise import audit_labels, feature_batches, read_ahead
from pipelines.load.merging.review import accept_salvaged
from pipelines.publish.outbox import write_funnel, write_list
from pipelines.publish.past import remember_night
from pipelines.runs.context import RunContext
from pipelines.runs.crm import tell_crms
from pipelines.runs.fresh import find_fresh, note_fresh
from pipelines.runs.landing import merge_pending
from pipelines.runs.learning import (
    as_far_as_trusted,
    learn_from_nights,
    match_tonight,
    whom_to_score,
    without_control,
)
from pipelines.runs.mail_health import bring_judged, pause_sick
from pipelines.runs.old_lists import drop_old_lists
from pipelines.runs.persons import find_persons
from pipelines.runs.publication import publish_staged
from pipelines.runs.registry import load_model
from pipelines.runs.suppressed import bring_suppressions
from pipelines.score import stated_order
from pipelines.score.stream import score_batches, write_scores, write_stated
from pipelines.score.tables import publish_card, reachable_by
from pipelines.settings.clock import now
from pipelines.settings.contact_keys import hmac_hex, tag_scheme
from pipelines.store import Database, reset_table
from pipelines.store.ledger import reviews, runs
from pipelines.store.schema import begin_night, pack_night
from pipelines.store.snapshot import begin, current_snapshot
from pipelines.triage import (
    Lane,
    TriageResult,
    decide,
    lanes_of,
    sick_mail,
    write_changes,
)

Counts = Mapping[str, int]
Step = Callable[[RunContext], Counts]


def merge_step(ctx: RunContext) -> Counts:
    """Copy the published store to staging and merge every batch it does not hold yet."""
    path = begin(ctx.home, ctx.run_id, ctx.settings.store.keep_snapshots)
    with ctx.staged() as db:
        begin_night(db)
    # A connection of its own: the space of the last night is free once the file was closed.
    with ctx.staged() as db:
        merged = merge_pending(db, ctx.home, at=now())
        if merged:
            label = ctx.settings.label
            audit_labels(
                db,
                milestone=label.milestone,
                horizon_days=label.horizon_days,
                as_of=ctx.as_of,
            )
        leads = int(db.scalar("SELECT count(*) FROM lead"))
    return {"batches": len(merged), "leads": leads, "bytes": path.stat().st_size}


def identify_step(ctx: RunContext) -> Counts:
    """Join leads into persons."""
    with ctx.staged() as db:
        result = find_persons(ctx, db)
    return {
        "persons": result.persons,
        "joined_leads": result.joined_leads,
        "looked_at": result.looked_at,
        "oversized_components": result.oversized_components,
    }


def eligible_step(ctx: RunContext) -> Counts:
    """Decide per person and channel who may be contacted, with today's suppressions."""
    with ctx.staged() as db:
        with ctx.ledger() as ledger:
            accepted = reviews.accepted(ledger)
            bring_suppressions(db, ledger, tag_scheme(ctx.home.secret()))
        accept_salvaged(db, accepted)
        publish_reasons(db)
        result = weigh(ctx, db)
        remember_suppressed(db, now())
        return {
            "persons": result.persons,
            "scorable": result.scorable,
            "suppressions": int(db.scalar("SELECT count(*) FROM suppression")),
        }


def weigh(ctx: RunContext, db: Database) -> EligibleResult:
    """Decide who may be contacted by the settings of `ctx`, with the suppressions that `db` has."""
    return evaluate(
        db,
        policy=ctx.settings.policy,
        feeds=ctx.settings.feeds,
        as_of=ctx.midnight,
        suppression_secrets=(ctx.home.secret(),),
        control=ctx.settings.control_group,
    )


def score_step(ctx: RunContext) -> Counts:
    """Build features and score every scorable person's lead, in one streaming pass."""
    with ctx.staged() as db:
        sink = ctx.home.staging / ctx.run_id / "score"
        return without_control(db, score_leads(ctx, db, whom_to_score(ctx), sink))


def score_leads(ctx: RunContext, db: Database, source: str, sink: Path) -> Counts:
    """Write the table `score` anew, of the leads of `source`, with the model of the run.

    Parameters
    ----------
    source : str
        Table, and which rows of it.
    sink : Path
        Folder to work in; it is gone afterwards.
    """
    model = model_of(ctx)
    _target(db, source, ctx)
    batches = feature_batches(
        db,
        target="target",
        rows=ctx.settings.memory.batch_rows,
        columns=(stated_order.FEATURES if model is None else model.features).inputs,
    )
    publish_card(db, None if model is None else model.manifest, run_id=ctx.run_id)
    # Closed before the connection is, also when a run is stopped in the middle.
    with closing(read_ahead(batches, db.interrupt)) as coming:
        if model is None:
            counts = stated_order.place_batches(coming, sink)
        else:
            counts = score_batches(coming, model, sink)
    if model is None:
        write_stated(db, sink, run_id=ctx.run_id)
        found = {"scored": 0, "unscored": counts.leads}
    else:
        known = {"model_id": model.model_id, "score_source": model.score_source}
        write_scores(db, sink, run_id=ctx.run_id, **known)
        found = {"scored": counts.leads}
    shutil.rmtree(sink, ignore_errors=True)
    return {**found, "batches": counts.batches}


def triage_step(ctx: RunContext) -> Counts:
    """Rank, cut by capacity, and write a decision for every lead."""
    with ctx.staged() as db:
        # Before the rules of everybody take the place of theirs.
        came = note_fresh(ctx, db, as_of=ctx.midnight) if find_fresh(ctx, db) else 0
        learn_from_nights(ctx, db)
        result = choose(ctx, db)
        matched = match_tonight(ctx, db)
        changes = write_changes(db, ctx.run_id, current_snapshot(ctx.home))
        bring_judged(ctx, db)
        sick = sick_mail(db, ctx.settings.mail, as_of=ctx.midnight)
    pause_sick(ctx, sick)
    return {
        "candidates": result.candidates,
        "explored": result.explored,
        "came_to_us": came,
        **result.verdicts,
        **changes,
        **matched,
        "paused": len(sick),
    }


def choose(ctx: RunContext, db: Database) -> TriageResult:
    """Decide about everybody by the settings of `ctx`, in a night or in a what-if."""
    return decide(
        db,
        run_id=ctx.run_id,
        lanes=lanes(ctx),
        value=ctx.settings.value,
        chosen=ctx.settings.choosing,
        as_of=ctx.midnight,
        key=lottery_key(ctx),
    )


def explain_step(ctx: RunContext) -> Counts:
    """Write the reasons in words of every listed lead."""
    model = model_of(ctx)
    with ctx.staged() as db:
        reset_table(db, "list_reason")
        _target(db, "decision WHERE verdict = 'listed'", ctx)
        explained = 0
        columns = (stated_order.FEATURES if model is None else model.features).inputs
        reachable = None if model else reachable_by(db)
        for batch in feature_batches(db, target="target", rows=10_000, columns=columns):
            if model is not None:
                db.insert("list_reason", _reasons(ctx, model, batch))
            elif reachable is not None:
                stated = stated_order.stated_reasons(batch, reachable)
                db.insert("list_reason", stated.with_columns(run_id=pl.lit(ctx.run_id)))
            explained += batch.height
    return {"explained": explained}


def publish_step(ctx: RunContext) -> Counts:
    """Write the list, audit the store in a fresh process and swap it in."""
    with ctx.staged() as db:
        write_funnel(db, ctx.run_id)
        listed = write_list(db, ctx.home.staging / ctx.run_id / "outbox")
        pack_night(db)
        remembered = remember_night(
            db,
            ctx.run_id,
            current_snapshot(ctx.home),
            as_of=ctx.as_of,
            keep_days=ctx.settings.list.history_days,
        )
        told = tell_crms(ctx, db)
    counts = {"listed": listed, **remembered, "told_crm": told}
    counts |= publish_staged(ctx, kind="nightly")
    if dropped := drop_old_lists(ctx.home, ctx.as_of, ctx.settings.list.history_days):
        counts["old_lists_dropped"] = dropped
    return counts


NIGHTLY: tuple[tuple[str, Step], ...] = (
    ("merge", merge_step),
    ("identify", identify_step),
    ("eligible", eligible_step),
    ("score", score_step),
    ("triage", triage_step),
    ("explain", explain_step),
    ("publish", publish_step),
)


def lanes(ctx: RunContext) -> list[Lane]:
    """Return the lanes of the settings, those of the AI with the share it is trusted with."""
    settings = ctx.settings
    found = lanes_of(settings.capacity, settings.value, settings.choosing)
    return as_far_as_trusted(ctx, found)


def lottery_key(ctx: RunContext) -> str:
    """Return the key of the night's lot: the same for the same night of the same home."""
    return hmac_hex(ctx.home.secret(), f"explored on {ctx.as_of.isoformat()}")


def _reasons(ctx: RunContext, model: Model, batch: pl.DataFrame) -> pl.DataFrame:
    """Return what speaks for and against each lead of a batch, and what the rest adds."""
    explained = model.explain(build(batch, model.features), top=ctx.settings.list.reasons)
    keys = batch.select(pl.col("lead_key"), pl.int_range(pl.len()).alias("row"))
    return explained.lines.join(keys, on="row", maintain_order="left").select(
        pl.lit(ctx.run_id).alias("run_id"), "lead_key", "position", "reason",
        "field", "feature", "contribution", "points",
    )  # fmt: skip


def _target(db: Database, source: str, ctx: RunContext) -> None:
    db.run(
        "CREATE OR REPLACE TEMP TABLE target AS"
        f" SELECT lead_key, $as_of::TIMESTAMP AS as_of FROM {source} ORDER BY lead_key",
        as_of=ctx.midnight,
    )


def model_of(ctx: RunContext) -> Model | None:
    """Return the model the run began with: a training that ends meanwhile changes nothing."""
    with ctx.ledger() as ledger:
        record = runs.get(ledger, ctx.run_id)
    model_id = record.model_id if record else None
    return None if model_id is None else load_model(ctx.home, model_id)
