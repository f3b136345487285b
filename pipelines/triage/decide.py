"""Tonight's decision for every lead: the list that is worth most, one route per person.

SQL puts all persons in order and cuts them to those who may matter; arrays and a linear programme
choose among these; SQL writes what was decided. So the cost is that of one sort of the persons, and
memory that of the pool.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import numpy as np
import polars as pl

from pipelines.settings.selection import SelectionSettings, ValueSettings
from pipelines.store import Database, reset_table, sql
from pipelines.store.schema import CHANNELS
from pipelines.triage.changes import remember_last_list
from pipelines.triage.explore import Lottery, explore, looked_at
from pipelines.triage.fill import fill
from pipelines.triage.handler_lot import draw_handlers
from pipelines.triage.lanes import Lane, in_order
from pipelines.triage.pool import Pool, gather
from pipelines.triage.room import NOBODY, Room
from pipelines.triage.route.measures import write_measures
from pipelines.triage.route.queue import write_queue
from pipelines.triage.route.rules import route_rules
from pipelines.triage.route.share import Share, at_stake, meet_share
from pipelines.triage.sequence import in_sequence, keep_places
from pipelines.triage.usage import write_usage
from pipelines.triage.worth import worth_of

_LONG_AGO: Final = datetime(1970, 1, 1)  # noqa: DTZ001 - naive UTC, as everywhere in the store
_SCRATCH: Final = ("candidate", "picked", "mailed", "listed")


@dataclass(frozen=True)
class TriageResult:
    """Counts of one triage.

    Attributes
    ----------
    candidates : int
        Persons that were scored and may be contacted.
    listed : Mapping[str, int]
        Listed persons by ``channel.handler``.
    explored : int
        Those among them that were drawn by lot.
    verdicts : Mapping[str, int]
        Leads by verdict; adds up to all leads.
    seconds : float
    """

    candidates: int
    listed: Mapping[str, int]
    explored: int
    verdicts: Mapping[str, int]
    seconds: float


def decide(
    db: Database,
    *,
    run_id: str,
    lanes: Sequence[Lane],
    value: ValueSettings | None,
    chosen: SelectionSettings | None = None,
    as_of: datetime = _LONG_AGO,
    key: str | None = None,
) -> TriageResult:
    """Write `decision`, `capacity` and what was used of it, from `eligibility` and `score`.

    Parameters
    ----------
    value : ValueSettings or None
        Worth of conversions; None, or no value in it, orders by probability and ignores costs.
    chosen : SelectionSettings, optional
        People, limits, caps, exploration; the defaults where it is not given.
    as_of : datetime
        Naive UTC; what happened later is not weighed.
    key : str, optional
        Of the night's lot, see `Lottery`; None: nobody is explored.
    """
    started = time.perf_counter()
    value = value or ValueSettings()
    chosen = chosen or SelectionSettings()
    for table in ("decision", "capacity"):
        reset_table(db, table)
    remember_last_list(db, run_id)
    _rank(db, value, chosen, as_of)
    # Without a model nobody has a value, and what stands in for it is no currency.
    costs_count = value.per_conversion is not None and bool(
        db.scalar("SELECT count(gross_value) FROM candidate")
    )
    ordered = in_order([lane if costs_count else replace(lane, cost=0.0) for lane in lanes])
    listed, room, share = _choose(db, ordered, chosen, as_of, key)
    db.register("listed_frame", listed)
    db.run("CREATE OR REPLACE TEMP TABLE listed AS SELECT * FROM listed_frame")
    db.unregister("listed_frame")
    cheapest = min((lane.cost for lane in lanes), default=0.0) if costs_count else -1.0
    db.run(
        sql(__package__, "decide.sql"),
        run_id=run_id,
        cheapest=cheapest,
        duplicate_mask=_duplicate_mask(db),
    )
    write_usage(db, run_id, ordered, room)
    db.run("DELETE FROM night_lot WHERE run_id = $run_id", run_id=run_id)
    db.run(sql(__package__, "night_lot.sql"), run_id=run_id, places=listed.height)
    write_queue(db, run_id, chosen.routing, chosen.contact_minutes)
    write_measures(db, run_id, share, as_of=as_of)
    candidates = int(db.scalar("SELECT count(*) FROM candidate"))
    for table in _SCRATCH:
        db.run(f"DROP TABLE {table}")
    return TriageResult(
        candidates=candidates,
        listed=_counts(db, "channel || '.' || handler", "WHERE verdict = 'listed'"),
        explored=int(listed["propensity"].count()),
        verdicts=_counts(db, "verdict"),
        seconds=time.perf_counter() - started,
    )


def _rank(db: Database, value: ValueSettings, chosen: SelectionSettings, as_of: datetime) -> None:
    """Make the temporary tables candidate, in order of rank, and mailed."""
    route_rules(db, chosen, value, as_of=as_of)
    found = worth_of(db, value, chosen.order)
    if "$as_of" in found.weight:
        found.params["as_of"] = as_of
    statement = sql(__package__, "rank.sql").replace("{worth}", found.worth)
    statement = statement.replace("{weight}", found.weight).replace("{joins}", found.joins)
    db.run(statement, **found.params)
    db.run(sql(__package__, "mailed.sql"), as_of=as_of, months=chosen.mail.unmailed_months)


def _choose(
    db: Database,
    lanes: Sequence[Lane],
    chosen: SelectionSettings,
    as_of: datetime,
    key: str | None,
) -> tuple[pl.DataFrame, Room, Share]:
    """Return who is listed, one row per person as table `listed` has them, and what is left."""
    lottery = Lottery(key or "", chosen.exploration.share if key else 0.0)
    places = lottery.places([lane.quota for lane in lanes])
    db.run("CREATE OR REPLACE TEMP TABLE picked (person_key BIGINT, lot DOUBLE)")
    chance = _draw(db, lottery, lanes, places)
    sequence = in_sequence(db, as_of=as_of, days=chosen.order.sequence_days)
    pool = gather(db, lanes, chosen)
    worth = pool.problem.worth_it()
    room = Room(worth)
    keep_places(room, lanes, pool.frame["person_key"], sequence)
    room.problem = pool.problem
    propensity = explore(
        room,
        lottery,
        pool.frame["person_key"].to_numpy(),
        pool.frame["lot"].is_not_null().to_numpy(),
        chance,
        places,
    )
    room.problem = worth
    people_lanes = sum(lane.handler == "human" for lane in lanes)
    fill(room, people_lanes)
    share = meet_share(room, people_lanes, chosen.routing.human_share, _stake(pool.frame))
    by_lot = draw_handlers(
        room,
        lottery,
        pool.frame["person_key"].to_numpy(),
        people_lanes,
        chosen.handlers.lot_share if key else 0.0,
    )
    return _rows(pool, lanes, room, propensity, by_lot), room, share


def _stake(people: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Return what is at stake with each person; without a model whoever comes first has more."""
    values = people["gross_value"].cast(pl.Float64).to_numpy()
    chances = people["probability"].cast(pl.Float64).to_numpy()
    return at_stake(np.where(np.isnan(values), -people["rank"].to_numpy(), values), chances)


def _draw(db: Database, lottery: Lottery, lanes: Sequence[Lane], places: Sequence[int]) -> float:
    """Put those among whom the explored are drawn into `picked`; return the chance of each."""
    count = sum(places)
    bits = 0
    for lane in lanes:
        # Also those that have no place tonight: who is looked at may not depend on that lot.
        bits |= (lottery.share * lane.quota > 0) << CHANNELS.index(lane.channel)
    if not count:
        return 0.0
    db.run(sql(__package__, "pick_drawn.sql"), key=lottery.key, bits=bits, count=looked_at(count))
    could = int(
        db.scalar(
            "SELECT count(*) FROM candidate WHERE open_bits & $bits::UTINYINT <> 0"
            " AND must IS DISTINCT FROM 'none'",
            bits=bits,
        )
    )
    return min(1.0, looked_at(count) / could) if could else 0.0


def _rows(
    pool: Pool,
    lanes: Sequence[Lane],
    room: Room,
    propensity: np.ndarray[tuple[int], np.dtype[np.float64]],
    by_lot: np.ndarray[tuple[int], np.dtype[np.float64]],
) -> pl.DataFrame:
    lane_of = np.array(room.lane_of, np.int64)
    rows = np.flatnonzero(lane_of != NOBODY)
    mine = [lanes[lane] for lane in lane_of[rows].tolist()]
    costs = pl.Series([lane.cost for lane in mine], dtype=pl.Float64)
    people = pool.frame[rows]
    is_mail = pl.Series([lane.channel == "email" for lane in mine], dtype=pl.Boolean)
    chance = pl.Series(propensity[rows], dtype=pl.Float64).fill_nan(None)
    return pl.DataFrame(
        {
            "person_key": people["person_key"],
            "channel": pl.Series([lane.channel for lane in mine], dtype=pl.String),
            "handler": pl.Series([lane.handler for lane in mine], dtype=pl.String),
            "assignee": pl.Series(
                [lane.worker.name if lane.worker else None for lane in mine], dtype=pl.String
            ),
            "expected_value": people["gross_value"] - costs,
            "propensity": chance,
            "handler_propensity": pl.Series(by_lot[rows], dtype=pl.Float64).fill_nan(None),
            "is_to_verify": people["is_unmailed"] & is_mail,
        }
    )


def _duplicate_mask(db: Database) -> int:
    return int(db.scalar("SELECT 1::BIGINT << bit FROM reason WHERE code = 'DUPLICATE_OF'"))


def _counts(db: Database, what: str, where: str = "") -> dict[str, int]:
    found = db.frame(
        f"SELECT {what} AS what, count(*) AS count FROM decision {where} GROUP BY ALL ORDER BY what"
    )
    return dict(zip(found["what"], found["count"], strict=True))
