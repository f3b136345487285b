"""What was used of tonight's capacity: by lane, by worker, by limit."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.store import Database, reset_table
from pipelines.triage.lanes import Lane
from pipelines.triage.limits import I64
from pipelines.triage.room import NOBODY, Room


def write_usage(db: Database, run_id: str, lanes: Sequence[Lane], room: Room) -> None:
    """Write `capacity`, `capacity_worker` and `capacity_limit`.

    Parameters
    ----------
    lanes : sequence of Lane
        As in the problem of `room`.
    """
    lane_of = np.array(room.lane_of, np.int64)
    used = np.bincount(lane_of[lane_of != NOBODY], minlength=len(lanes)).tolist()
    db.insert("capacity", _by_lane(run_id, lanes, used))
    for table, frame in (
        ("capacity_worker", _by_worker(run_id, lanes, used)),
        ("capacity_limit", _by_limit(run_id, room, lane_of)),
    ):
        reset_table(db, table)
        db.insert(table, frame)


def _by_lane(run_id: str, lanes: Sequence[Lane], used: Sequence[int]) -> pl.DataFrame:
    """Return one row per lane; the lanes that workers share are one by channel."""
    rows = pl.DataFrame(
        {
            "channel": pl.Series([lane.channel for lane in lanes], dtype=pl.String),
            "handler": pl.Series([lane.handler for lane in lanes], dtype=pl.String),
            "named": [lane.worker is not None for lane in lanes],
            "quota": pl.Series([lane.quota for lane in lanes], dtype=pl.Int64),
            "listed": pl.Series(used, dtype=pl.Int64),
        },
        schema_overrides={"named": pl.Boolean},
    )
    of_workers = (
        rows.filter("named")
        .group_by("channel", "handler", maintain_order=True)
        .agg(pl.sum("quota"), pl.sum("listed"))
    )
    # What all lanes of a channel and handler list, as the audit counts it.
    others = rows.filter(~pl.col("named")).with_columns(
        listed=pl.sum("listed").over("channel", "handler")
    )
    return pl.concat([of_workers, others.drop("named")]).select(
        pl.lit(run_id).alias("run_id"),
        "channel",
        "handler",
        pl.col("quota", "listed").cast(pl.Int32),
    )


def _by_worker(run_id: str, lanes: Sequence[Lane], used: Sequence[int]) -> pl.DataFrame:
    rows = pl.DataFrame(
        [
            (lane.worker.name, lane.worker.team, lane.worker.minutes, count * lane.minutes, count)
            for lane, count in zip(lanes, used, strict=True)
            if lane.worker
        ],
        schema={
            "assignee": pl.String,
            "team": pl.String,
            "minutes": pl.Float64,
            "used_minutes": pl.Float64,
            "listed": pl.Int64,
        },
        orient="row",
    )
    return (
        rows.group_by("assignee", "team", "minutes", maintain_order=True)
        .agg(pl.sum("used_minutes"), pl.sum("listed").cast(pl.Int32))
        .with_columns(run_id=pl.lit(run_id))
    )


def _by_limit(run_id: str, room: Room, lane_of: I64) -> pl.DataFrame:
    """Return one row per limit and value that somebody listed counts against."""
    rows = []
    for limit in room.problem.limits:
        # Who has no lane is at the last place, which is none.
        counted = np.append(limit.lanes, False)[lane_of] & (limit.cell >= 0)
        listed = np.bincount(limit.cell[counted], minlength=len(limit.room))
        rows += [
            (run_id, limit.name, limit.labels[cell], int(limit.room[cell]), int(listed[cell]))
            for cell in np.flatnonzero(listed).tolist()
        ]
    return pl.DataFrame(
        rows,
        schema={
            "run_id": pl.String,
            "limit_name": pl.String,
            "value": pl.String,
            "per_day": pl.Int32,
            "listed": pl.Int32,
        },
        orient="row",
    )
