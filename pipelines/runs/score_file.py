"""Ad-hoc scoring: rank any export without touching the store; file in, file out."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from features.build import build
from features.schema import AS_OF, CUSTOM_PREFIX
from models import Model
from pipelines.errors import BadInputError, RefusedError, UsageError
from pipelines.load import Landed, Mapping, land
from pipelines.load.mapping import Custom
from pipelines.runs.context import need_home
from pipelines.runs.registry import DATED, FULL, LEAD_ONLY, load_model, static_population
from pipelines.score.stream import with_scores
from pipelines.settings.clock import midnight, now, today
from pipelines.settings.config import MemorySettings
from pipelines.settings.home import Home
from pipelines.store.files import check_format, write_table
from pipelines.store.ledger import Ledger, models

_IDS = ("source_system", "source_id", "row_number")
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
    out : Path
    """

    records: int
    scored: int
    unreadable: int
    model_id: str
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
    with tempfile.TemporaryDirectory(prefix="lead-triage-") as scratch:
        landed = land(file, kind="leads", mapping=given, batches_dir=Path(scratch), at=now())
        chosen = _choose(home, model, landed)
        _check_inputs(chosen, landed)
        parts = list(_scored(landed, chosen, midnight(as_of or today())))
        ranked = _ranked(parts, chosen.model_id)
        unreadable = _unreadable(landed)
        write_table(pl.concat([ranked, unreadable]).select(_COLUMNS), out)
    return ScoredFile(
        records=landed.records,
        scored=ranked.height,
        unreadable=unreadable.height,
        model_id=chosen.model_id,
        out=out,
    )


def _choose(home: Home, model: str | None, landed: Landed) -> Model:
    if model is not None:
        return load_model(home, model)
    with Ledger(need_home(home).ledger) as ledger:
        own = models.champion(ledger, static_population(landed.source_system), FULL)
        found = own or models.champion(ledger, DATED, LEAD_ONLY)
    if found is None:
        raise RefusedError(
            f"no model is in force for source {landed.source_system}",
            expected="a champion of this source, or of the dated population",
            fix="run `lead-triage train`, or name one with --model",
        )
    return load_model(home, found)


def _check_inputs(model: Model, landed: Landed) -> None:
    if not model.features.is_lead_only:
        raise RefusedError(
            f"model {model.model_id} needs the events of a lead, which one file does not hold",
            expected="a lead-only model",
            fix="use its lead-only twin, see `lead-triage models list`",
        )
    wanted = [
        name.removeprefix(CUSTOM_PREFIX)
        for name in model.features.inputs
        if name.startswith(CUSTOM_PREFIX)
    ]
    missing = [name for name in wanted if name not in landed.custom_types]
    if missing:
        raise BadInputError(
            f"{landed.file_name} lacks {len(missing)} column(s) the model was trained on:"
            f" {', '.join(missing)}",
            expected="the columns of the training file",
            fix="add them (empty is fine), or map them the same way",
        )


def _scored(landed: Landed, model: Model, as_of: datetime) -> Iterator[pl.DataFrame]:
    """Yield ids and scores, batch by batch in the order of the file."""
    lead = [name for name in model.features.inputs if not name.startswith(CUSTOM_PREFIX)]
    custom = [name for name in model.features.inputs if name.startswith(CUSTOM_PREFIX)]
    columns = [name for name in lead if name != AS_OF]
    rows = MemorySettings().batch_rows
    for start in range(1, landed.records + 1, rows):
        within = pl.col("row_number").is_between(start, start + rows - 1)
        batch = (
            pl.scan_parquet(landed.path("lead"))
            .filter(within)
            .select(*_IDS, *columns)
            .with_columns(pl.lit(as_of).alias(AS_OF))
        )
        if custom:
            own = pl.scan_parquet(landed.path("custom")).filter(within)
            named = [pl.col(name.removeprefix(CUSTOM_PREFIX)).alias(name) for name in custom]
            batch = batch.join(
                own.select(pl.col("row_number").cast(pl.Int32), *named),
                on="row_number",
                how="left",
                maintain_order="left",
            )
        frame = batch.sort("row_number").collect()
        if frame.height:
            yield with_scores(frame.select(_IDS), build(frame, model.features), model)


def _ranked(parts: list[pl.DataFrame], model_id: str) -> pl.DataFrame:
    if not parts:
        return _nothing()
    scored = pl.concat(parts).sort(
        ["probability", "raw_score", "source_system", "source_id", "row_number"],
        descending=[True, True, False, False, False],
    )
    return scored.with_columns(
        rank=pl.int_range(1, pl.len() + 1, dtype=pl.Int32),
        score_source=pl.lit("model"),
        model_id=pl.lit(model_id),
    ).select(_nothing().columns)


def _unreadable(landed: Landed) -> pl.DataFrame:
    """Return quarantined records as rows without a score: one row out per row in."""
    path = landed.path("quarantine")
    if not path.is_file():
        return _nothing()
    found = (
        pl.read_parquet(path, columns=["record"])
        .unique()
        .sort("record")
        .select(row_number=pl.col("record").cast(pl.Int32), score_source=pl.lit("none"))
    )
    return pl.concat([_nothing(), found], how="diagonal")


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(
        schema={
            "source_id": pl.String,
            "row_number": pl.Int32,
            "probability": pl.Float64,
            "raw_score": pl.Float64,
            "percentile": pl.Float64,
            "rank": pl.Int32,
            "score_source": pl.String,
            "model_id": pl.String,
        }
    )
