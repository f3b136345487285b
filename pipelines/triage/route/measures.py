"""Who serves whom, as figures: planned and escalated shares, waiting times, satisfaction."""

from datetime import datetime
from typing import Final

import polars as pl

from pipelines.store import Database, reset_table, sql
from pipelines.triage.route.share import Share

_DAYS: Final = 28
_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "measure": pl.String,
    "detail": pl.String,
    "people": pl.Int64,
    "value": pl.Float64,
    "words": pl.String,
}


def write_measures(db: Database, run_id: str, share: Share, *, as_of: datetime) -> None:
    """Write `route_measure`: of tonight's list, and of the last four weeks.

    Parameters
    ----------
    share : Share
        Of tonight's list.
    as_of : datetime
        Midnight of the night, naive UTC; the day before it is the last that counts whole.
    """
    listed = int(db.scalar("SELECT count(*) FROM decision WHERE verdict = 'listed'"))
    words = None if share.target is None else _words(share)
    rows = pl.DataFrame(
        [("planned_share", "human", listed, share.planned, words)]
        + ([("target_share", "human", listed, share.target, None)] if words else []),
        schema=_SCHEMA,
        orient="row",
    )
    frames = [rows]
    for name in ("rules_met.sql", "served.sql", "speed.sql"):
        params = {} if name == "rules_met.sql" else {"as_of": as_of, "days": _DAYS}
        frames.append(db.frame(sql(__package__, name), **params).sort("measure", "detail"))
    reset_table(db, "route_measure")
    found = pl.concat(frames, how="diagonal_relaxed").select(
        pl.col(name).cast(kind) for name, kind in _SCHEMA.items()
    )
    db.insert("route_measure", found.with_columns(run_id=pl.lit(run_id)))


def _words(share: Share) -> str:
    parts = []
    if share.moved:
        parts.append(f"{share.moved:,} changed hands for it")
    if share.left_out:
        parts.append(f"{share.left_out:,} wait though people have time for them")
    if share.why:
        parts.append(f"missed: {share.why}")
    return "; ".join(parts) or "met"
