"""Learn from past nights: write the tables of estimates."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any, Final

import numpy as np
import polars as pl

from models.estimate import bands_of
from pipelines.learnt.handlers import Doubt, Settled, doubt_of, handler_rows
from pipelines.learnt.lift import lift_rows
from pipelines.learnt.rows import Row
from pipelines.learnt.uplift import uplift_rows
from pipelines.store import Database, reset_table, sql
from pipelines.store.schema import ESTIMATE_TABLES

_BEFORE_ALL: Final = date(1970, 1, 1)
_WON: Final = {"converted": ("converted", "won")}


def learn(
    db: Database,
    *,
    run_id: str,
    as_of: datetime,
    milestone: str,
    horizon_days: int,
    response_days: int,
    since: date | None,
    settle: Callable[[Doubt], Settled],
) -> None:
    """Write `lift_estimate`, `uplift_estimate`, `handler_estimate` and `contact_calibration`.

    Parameters
    ----------
    as_of : datetime
        Naive UTC; what happened later is not read.
    milestone, horizon_days
        What counts as a conversion: the same that a model learns.
    response_days : int
        Days within which an answer counts for whoever contacted.
    since : date or None
        Logical date of the last decision about the AI's share: what was before is not held against
        it again.
    settle : callable
        Told of the doubt about the AI, it says which share the AI has tonight, and why.
    """
    for table in ESTIMATE_TABLES:
        reset_table(db, table.name)
    milestones = list(_WON.get(milestone, (milestone,)))
    db.run(sql(__package__, "reached.sql"), milestones=milestones, as_of=as_of)
    window = {"horizon_days": horizon_days, "data_end": _data_end(db, as_of), "as_of": as_of}
    listings = db.frame(sql(__package__, "listings.sql"), **window)
    arms = db.frame(sql(__package__, "arms.sql"), **window)
    db.run("DROP TABLE learnt_reached")
    answers = db.frame(
        sql(__package__, "answers.sql"),
        since=_BEFORE_ALL,
        as_of=as_of,
        response_days=response_days,
    )
    recent = answers
    if since is not None:
        recent = answers.filter(pl.col("as_of") >= since).with_columns(
            night=pl.col("as_of").rank("dense").cast(pl.Int64) - 1
        )
    doubt = doubt_of(recent)
    _write(db, run_id, "lift_estimate", lift_rows(listings))
    _write(db, run_id, "uplift_estimate", uplift_rows(arms))
    settled = settle(doubt)
    _write(db, run_id, "handler_estimate", handler_rows(answers, doubt.evidence, settled))
    _write(db, run_id, "contact_calibration", _calibration(listings))


def _data_end(db: Database, as_of: datetime) -> datetime:
    """Return until when outcomes are known: the last thing that the data tells of."""
    found: datetime | None = db.scalar(sql(__package__, "known_until.sql"), as_of=as_of)
    return found or as_of


def _calibration(listings: pl.DataFrame) -> Iterable[Row]:
    """Yield what was said of who was really contacted, and what came of it."""
    contacted = listings.filter(pl.col("contacted") & pl.col("probability").is_not_null())
    bands = bands_of(
        contacted["probability"].to_numpy().astype(np.float64),
        contacted["converted"].to_numpy().astype(np.bool_),
        contacted["person_key"].to_numpy().astype(np.int64),
    )
    for number, band in enumerate(bands):
        keys: dict[str, Any] = {
            "band": number,
            "probability_low": band.low,
            "probability_high": band.high,
            "said": band.said,
        }
        yield Row(keys, band.came)


def _write(db: Database, run_id: str, table: str, rows: Iterable[Row]) -> None:
    found = [row.to_row(run_id) for row in rows]
    if found:
        db.insert(table, pl.DataFrame(found, infer_schema_length=None))
