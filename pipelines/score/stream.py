"""Score a stream of feature batches; ids and scores travel in the same frame from end to end."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from features.build import build
from models import Model
from pipelines.store import Database, reset_table, sql

PARTS = "part-*.parquet"


@dataclass(frozen=True)
class ScoreCounts:
    """Leads scored and batches they came in."""

    leads: int
    batches: int


def score_batches(batches: Iterable[pl.DataFrame], model: Model, sink: Path) -> ScoreCounts:
    """Score every batch and write one Parquet part per batch into the folder `sink`.

    Parameters
    ----------
    batches : iterable of DataFrame
        Input frames of `features.build` with `lead_key`; a lead's score depends on its row alone.
    sink : Path
        An empty or new folder.

    Returns
    -------
    ScoreCounts
        Memory is that of one batch, whatever their number.
    """
    sink.mkdir(mode=0o700, parents=True, exist_ok=True)
    leads = parts = 0
    for batch in batches:
        scored = with_scores(batch.select("lead_key"), build(batch, model.features), model)
        scored.write_parquet(sink / f"part-{parts:06d}.parquet", compression="lz4")
        leads += scored.height
        parts += 1
    return ScoreCounts(leads, parts)


def with_scores(ids: pl.DataFrame, matrix: pl.DataFrame, model: Model) -> pl.DataFrame:
    """Return `ids` with ``raw_score``, ``probability`` and ``percentile`` beside every row."""
    scored = model.score(matrix)
    percentile = model.percentile(scored["raw_score"].to_numpy())
    return pl.concat([ids, scored.with_columns(percentile=percentile)], how="horizontal")


def write_scores(
    db: Database, sink: Path, *, run_id: str, model_id: str, score_source: str
) -> None:
    """Move the parts into the table `score`, in order of lead_key."""
    reset_table(db, "score")
    if any(sink.glob(PARTS)):
        db.run(
            sql(__package__, "write_scores.sql"),
            run_id=run_id,
            model_id=model_id,
            score_source=score_source,
            parts=str(sink / PARTS),
        )


def write_stated(db: Database, sink: Path, *, run_id: str) -> None:
    """Fill the table `score` without a model: everybody scorable in the stated order."""
    reset_table(db, "score")
    if any(sink.glob(PARTS)):
        db.run(sql(__package__, "write_stated.sql"), run_id=run_id, parts=str(sink / PARTS))
