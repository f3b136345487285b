"""Ad-hoc scoring: rank any export without touching the store; file in, file out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from features.build import build
from features.schema import AS_OF, CUSTOM_PREFIX
from models import Model
from pipelines.errors import BadInputError, RefusedError, UsageError
from pipelines.load import LeadFile, Mapping, open_leads
from pipelines.load.meaning.mapping import Custom
from pipelines.runs.context import need_home
from pipelines.runs.registry import DATED, FULL, LEAD_ONLY, load_model, static_population
from pipelines.settings.clock import midnight, now, today
from pipelines.settings.home import Home
from pipelines.store.files import check_format, write_table
from pipelines.store.ledger import Ledger, models
from pipelines.store.scratch import scratch_folder

# What is held per row until all are sorted.
_SCORED = pl.DataFrame(
    schema={"row_number": pl.Int32, "source_id": pl.String, "raw_score": pl.Float64}
)
_COLUMNS = (
    "source_id",
    "row_number",
    "probability",
    "raw_score",
    "percentile",
    "rank",
    "score_source",
    "model_id",
)


@dataclass(frozen=True)
class ScoredFile:
    """What was scored.

    Attributes
    ----------
    records : int
        Rows in, and rows out.
    scored, unreadable : int
        Rows with a score; rows that could not be read, at the end of the output without one.
    model_id : str
    score_source : str
        ``model`` or ``scorecard``.
    out : Path
    """

    records: int
    scored: int
    unreadable: int
    model_id: str
    score_source: str
    out: Path


def run_score(
    file: Path,
    out: Path,
    *,
    mapping: Mapping | None,
    model: str | None,
    as_of: date | None,
    home: Home,
) -> ScoredFile:
    """Score every row of `file` and write them to `out` in rank order.

    Parameters
    ----------
    model : str or None
        Model id, or path of a model folder (then no home is needed); None takes the champion of
        the file's own source, else the dated population's lead-only twin.
    as_of : date or None
        Day for which ages and recency are computed; today when None.

    Raises
    ------
    RefusedError
        No model, or one that needs more than a lead's own row.
    BadInputError
        The file cannot be used, or lacks a column that the model was trained on.
    """
    check_format(out)
    if out.exists() and out.samefile(file):
        raise UsageError(f"{out.name} would be written over its own input", fix="name another -o")
    # What the file says about its outcome plays no part in scoring, and may be absent.
    given = mapping.model_copy(update={"label": None, "custom": Custom()}) if mapping else None
    with (
        scratch_folder() as scratch,
        open_leads(file, mapping=given, at=now(), scratch=scratch) as leads,
    ):
        chosen = _choose(home, model, leads.source_system)
        _check_inputs(chosen, leads)
        scored = pl.concat([_SCORED, *_scored(leads, chosen, midnight(as_of or today()))])
    unreadable = pl.Series("row_number", sorted(leads.unreadable), dtype=pl.Int32)
    write_table(_result(_ranked(scored, chosen), unreadable, chosen), out)
    return ScoredFile(
        records=leads.records,
        scored=scored.height,
        unreadable=unreadable.len(),
        model_id=chosen.model_id,
        score_source=chosen.score_source,
        out=out,
    )


def _choose(home: Home, model: str | None, source_system: str) -> Model:
    if model is not None:
        return load_model(home, model)
    with Ledger(need_home(home).ledger) as ledger:
        own = models.champion(ledger, static_population(source_system), FULL)
        found = own or models.champion(ledger, DATED, LEAD_ONLY)
    if found is None:
        raise RefusedError(
            f"no model is in force for source {source_system}",
            expected="a champion of this source, or of the dated population",
            fix="run `lead-triage train`, or name one with --model",
        )
    return load_model(home, found)


def _check_inputs(model: Model, leads: LeadFile) -> None:
    if not model.features.is_lead_only:
        raise RefusedError(
            f"model {model.model_id} needs the events of a lead, which one file does not hold",
            expected="a lead-only model",
            fix="use its lead-only twin, see `lead-triage models list`",
        )
    missing = [name for name in _custom(model) if name not in leads.custom]
    if missing:
        raise BadInputError(
            f"{leads.file_name} lacks {len(missing)} column(s) the model was trained on:"
            f" {', '.join(missing)}",
            expected="the columns of the training file",
            fix="add them (empty is fine), or map them the same way",
        )


def _custom(model: Model) -> list[str]:
    """Name the custom columns that a model reads, as in the file."""
    inputs = (name for name in model.features.inputs if name.startswith(CUSTOM_PREFIX))
    return [name.removeprefix(CUSTOM_PREFIX) for name in inputs]


def _scored(leads: LeadFile, model: Model, as_of: datetime) -> Iterator[pl.DataFrame]:
    """Yield ids and raw scores in the order of the file: all that is kept of a batch."""
    custom = _custom(model)
    columns = [n for n in model.features.inputs if not n.startswith(CUSTOM_PREFIX) and n != AS_OF]
    numbers = {
        name.removeprefix(CUSTOM_PREFIX)
        for feature in model.features.features
        if feature.kind == "number"
        for name in feature.inputs
    }.intersection(custom)
    leads.survey(custom, numbers)

    def matrix(rows: pl.DataFrame) -> pl.DataFrame:
        return build(rows.with_columns(pl.lit(as_of).alias(AS_OF)), model.features)

    for ids, features in leads.batches(columns, custom, numbers, matrix):
        yield ids.with_columns(model.score(features)["raw_score"])


def _ranked(scored: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Sort the best first; ties by id, so that the order of the file decides last."""
    probability = model.probability(scored["raw_score"].to_numpy())
    ranked = scored.with_columns(probability=probability).sort(
        ["probability", "raw_score", "source_id", "row_number"],
        descending=[True, True, False, False],
    )
    return ranked.with_columns(
        percentile=model.percentile(ranked["raw_score"].to_numpy()),
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
    )


def _result(ranked: pl.DataFrame, unreadable: pl.Series, model: Model) -> pl.DataFrame:
    """Return one row per record: the ranked, then the unreadable without a score."""
    found = ranked.with_columns(
        score_source=pl.lit(model.score_source), model_id=pl.lit(model.model_id)
    )
    if not unreadable.is_empty():
        aside = unreadable.to_frame().with_columns(score_source=pl.lit("none"))
        found = pl.concat([found, aside], how="diagonal")
    return found.select(_COLUMNS)
