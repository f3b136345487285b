"""Training: point in time on the dated population, or on the labels of one file without dates."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl

from features.build import build
from features.custom import custom_features
from features.featureset import FeatureSet
from features.registry import REGISTRY, from_history, present_columns, select
from features.spec import Feature
from features.vocabulary import Vocabulary
from models.contest import Field
from models.train import TrainingSet
from pipelines.errors import BadInputError, RefusedError, UsageError
from pipelines.featurise import (
    custom_schema,
    feature_batches,
    logged_chances,
    static_rows,
    training_rows,
)
from pipelines.load.understand.drift import folded
from pipelines.runs.context import Progress, RunContext, silent
from pipelines.runs.landing import declared_custom
from pipelines.runs.left_out import leave_out
from pipelines.runs.open_leads import open_matrix
from pipelines.runs.registry import DATED, FULL, LEAD_ONLY, static_population
from pipelines.runs.rivals import Rivals, capacity_share
from pipelines.runs.trial import Trained, try_out
from pipelines.settings.clock import now, today
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger


@dataclass(frozen=True)
class _Rows:
    """Labelled rows in a temporary table, and what the manifest says about them."""

    table: str
    population: str
    source: str | None
    context: dict[str, Any]
    has_history: bool = False

    @property
    def is_dated(self) -> bool:
        return self.source is None


@dataclass(frozen=True)
class _Examples:
    """What a variant learns from: `data.matrix` holds `features`."""

    features: FeatureSet
    data: TrainingSet


def run_train(
    home: Home, *, as_of: date | None = None, source: str | None = None, progress: Progress = silent
) -> list[Trained]:
    """Train on the published store, save, judge and, where every gate passes, promote.

    Parameters
    ----------
    as_of : date, optional
        Nothing at or after its midnight UTC is read; today when absent.
    source : str, optional
        Source system of a file without dates. Absent: the dated population where there are
        outcomes, else the one source that has labels.

    Returns
    -------
    list of Trained
        The full model first; the dated population has a lead-only twin after it.

    Raises
    ------
    RefusedError
        Nothing to learn from.
    """
    settings = Settings.load(home.settings_file)
    ctx = RunContext(home, settings, "train", as_of or today())
    with ctx.published() as db, Ledger(home.ledger) as ledger:
        progress("rows", None, 0.0)
        rows = _labelled_rows(db, ctx, source)
        count = int(db.scalar(f"SELECT count(*) FROM {rows.table}"))
        progress("rows", {"labelled": count}, 0.0)
        progress("features", None, 0.0)
        started = now()
        rivals = Rivals(ctx, ledger, rows.population)
        whole = _examples(db, ctx, rows, rivals)
        names = whole.features.names
        progress("features", {"features": len(names)}, _seconds_since(started))
        # Tonight's capacity is the full model's; its twin ranks files of any length.
        shares = {FULL: capacity_share(db, ctx)} if rows.is_dated else {}
        variants = {FULL: whole}
        if rows.is_dated:
            variants[LEAD_ONLY] = _lead_only(whole)
        return [
            _train_one(
                ledger, ctx, rows, part, variant,
                rivals.field(variant, shares.get(variant)), progress,
            )
            for variant, part in variants.items()
        ]  # fmt: skip


def _labelled_rows(db: Database, ctx: RunContext, source: str | None) -> _Rows:
    label = ctx.settings.label
    sources = db.frame("SELECT DISTINCT source_system FROM static_label ORDER BY 1")
    static = sources["source_system"].to_list()
    if source is not None and source not in static:
        raise UsageError(
            f"source {source!r} has no labels",
            expected=f"one of {static}" if static else "a file loaded with a [label] mapping",
        )
    has_outcomes = bool(db.scalar("SELECT count(*) FROM outcome WHERE lead_key IS NOT NULL"))
    if source is None and has_outcomes:
        retention = ctx.settings.policy.retention
        made = training_rows(
            db,
            as_of=ctx.as_of,
            horizon_days=label.horizon_days,
            milestone=label.milestone,
            condition=label.condition,
            retention_months=retention.months,
            retention_countries=retention.countries,
        )
        window = {
            "rows": made.row_count,
            "positives": made.positive_count,
            "left_out_too_young": made.too_young_count,
            "left_out_converted_before": made.already_converted_count,
            "left_out_objected": made.objected_count,
            "left_out_retention": made.retention_count,
            "known_to_the_store": made.known_count,
            "data_end": made.data_end.isoformat(),
        }
        words = f"{made.milestone} within {made.horizon_days} days after as_of"
        return _Rows(
            made.table,
            DATED,
            None,
            {
                "label": words,
                "condition": made.condition,
                "horizon_days": made.horizon_days,
                "window": window,
                "selection": made.selection.to_json(),
            },
            made.has_history,
        )
    chosen = source or (static[0] if len(static) == 1 else None)
    if chosen is None:
        raise RefusedError(
            f"several sources have labels: {', '.join(static)}"
            if static
            else "no outcome and no label is loaded",
            expected="outcomes with dates, or a file with a [label] mapping",
            fix="name one with --source" if static else "load outcomes or a labelled file",
        )
    fixed = static_rows(db, source_system=chosen, as_of=ctx.as_of)
    return _Rows(
        fixed.table,
        static_population(chosen),
        chosen,
        {"label": f"label column of {chosen}", "condition": "none", "horizon_days": None},
    )


def _train_one(
    ledger: Ledger,
    ctx: RunContext,
    rows: _Rows,
    examples: _Examples,
    variant: str,
    field: Field,
    progress: Progress,
) -> Trained:
    progress(f"train {variant}", None, 0.0)
    started = now()
    context = {
        **rows.context,
        "population": rows.population,
        "variant": variant,
        "as_of": ctx.as_of.isoformat(),
    }
    trained = try_out(ledger, ctx, examples.data, examples.features, field, context)
    count = len(trained.model.features.names)
    progress(f"train {variant}", {"features": count}, _seconds_since(started))
    return trained


def _seconds_since(started: datetime) -> float:
    return (now() - started) / timedelta(seconds=1)


def _examples(db: Database, ctx: RunContext, rows: _Rows, rivals: Rivals) -> _Examples:
    """Read the inputs of every row once, fit the vocabulary on them and build the matrix."""
    # Fields that are overwritten count where the store kept what they were.
    candidates: list[Feature] = list(from_history(REGISTRY) if rows.has_history else REGISTRY)
    if rows.source is not None:
        candidates += _custom(db, ctx, rows.source)
    candidates = leave_out(candidates, ctx.settings.train.leave_out, db)
    allowed = select(candidates, dated=rows.is_dated, lead_only=not rows.is_dated)
    columns = sorted({c for feature in allowed for c in feature.inputs} | rivals.inputs)
    size = ctx.settings.memory.batch_rows
    batches = deque(
        feature_batches(
            db,
            target=rows.table,
            rows=size,
            columns=columns,
            custom_source=rows.source,
            as_known=rows.is_dated,
        )
    )
    features = _fitted(pl.concat(batches, how="vertical_relaxed"), allowed, rows)
    # Batch by batch: texts are freed as soon as they have become numbers.
    parts = []
    while batches:
        batch = batches.popleft()
        parts.append(build(batch, features))
        rivals.see(batch)
    matrix = pl.concat(parts)
    data = _training_set(db, rows, matrix)
    meant = open_matrix(db, ctx, rows.source, features, rivals)
    return _Examples(features, replace(data, scoring=meant))


def _fitted(frame: pl.DataFrame, allowed: Iterable[Feature], rows: _Rows) -> FeatureSet:
    """Choose the features that the rows hold anything for, and fit their vocabulary."""
    if frame.is_empty():
        raise RefusedError(
            "no labelled lead to learn from",
            expected="leads whose outcome window is over",
            fix="load outcomes, or choose a later --as-of",
        )
    held = present_columns(frame)
    present = select(allowed, dated=rows.is_dated, lead_only=False, present=held)
    return FeatureSet.fit(frame, present)


def _lead_only(whole: _Examples) -> _Examples:
    """Keep what one export row can supply; a feature's values depend on no other feature."""
    kept = select(whole.features.features, dated=True, lead_only=True)
    fitted = whole.features.vocabulary.values
    vocabulary = Vocabulary({f.name: fitted[f.name] for f in kept if f.name in fitted})
    features = FeatureSet(kept, vocabulary)
    data = replace(
        whole.data,
        matrix=whole.data.matrix.select(features.names),
        scoring=None if whole.data.scoring is None else whole.data.scoring.select(features.names),
    )
    return _Examples(features, data)


def _custom(db: Database, ctx: RunContext, source: str) -> Iterable[Feature]:
    excluded, immutable = declared_custom(ctx.home, source)
    held = custom_schema(db, source)
    # A later export may spell a column differently; the store keeps the first spelling.
    closed, fixed = ({folded(name) for name in names} for names in (excluded, immutable))
    allowed = {name: dtype for name, dtype in held.items() if folded(name) not in closed}
    return custom_features(allowed, [name for name in allowed if folded(name) in fixed])


def _training_set(db: Database, rows: _Rows, matrix: pl.DataFrame) -> TrainingSet:
    # feature_batches yields every row of the target in order of (lead_key, as_of); so does this.
    facts = db.frame(
        "SELECT target.lead_key, target.as_of, target.person_key, target.is_positive,"
        " lead.created_at, try_cast(lead.source_id AS BIGINT)::DOUBLE AS serial,"
        # Files in the order in which they were merged, records in the order of their file.
        " row_number() OVER (ORDER BY load_file.loaded_at, lead.batch_id, lead.row_number,"
        " target.lead_key, target.as_of) AS place"
        f" FROM {rows.table} AS target JOIN lead USING (lead_key)"
        " LEFT JOIN load_file USING (batch_id)"
        " ORDER BY target.lead_key, target.as_of"
    )
    if matrix.height != facts.height:
        raise BadInputError("training rows without a lead", expected="one lead per row")
    created = facts["created_at"].dt.epoch("s").cast(pl.Float64)
    return TrainingSet(
        matrix=matrix,
        label=facts["is_positive"].to_numpy(),
        group=facts["person_key"].to_numpy(),
        at=facts["as_of"].to_numpy().astype("datetime64[D]") if rows.is_dated else None,
        order=facts["lead_key" if rows.is_dated else "place"].to_numpy(),
        newest=created.fill_null(float("nan")).to_numpy(),
        serial=None if rows.is_dated else facts["serial"].fill_null(float("nan")).to_numpy(),
        chance=logged_chances(db, rows.table) if rows.is_dated else None,
    )
