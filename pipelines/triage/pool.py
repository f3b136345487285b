"""Those who may come on tonight's list: few enough for arrays, whatever the size of the backlog.

The best of all by rank, more than the lanes can take, are nearly always enough. A lane that they do
not fill, because few speak its language or a limit lets few through, is given the best of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl

from pipelines.settings.selection import SelectionSettings
from pipelines.store import Database, sql
from pipelines.store.erased import CONTACT_MACROS
from pipelines.store.schema import CHANNELS
from pipelines.triage.lanes import Lane
from pipelines.triage.limits import NOT_LIMITED, Bools
from pipelines.triage.problem import Problem, filters_of, problem_of
from pipelines.triage.worth import attribute_sql, sent_from

_SPARE: Final = 20_000
_PER_PLACE: Final = 3
# Of a limited lane each round finds people of cells that had too few before.
_ROUNDS: Final = 5


@dataclass(frozen=True)
class Pool:
    """Who may come on the list.

    Attributes
    ----------
    frame : DataFrame
        As pool.sql gives it, in order of rank.
    problem : Problem
    """

    frame: pl.DataFrame
    problem: Problem


def gather(db: Database, lanes: Sequence[Lane], chosen: SelectionSettings) -> Pool:
    """Return whoever may matter to the lanes, with those in the temporary table `picked` already.

    Parameters
    ----------
    db : Database
        Has candidate, mailed and picked.
    """
    places = sum(lane.quota for lane in lanes)
    count = _PER_PLACE * places + _SPARE
    db.run(
        "INSERT INTO picked SELECT person_key, NULL FROM candidate WHERE rank <= $count",
        count=count,
    )
    pool = _read(db, lanes, chosen)
    if int(db.scalar("SELECT count(*) FROM candidate")) <= count:
        return pool
    known = 0
    for _ in range(_ROUNDS):
        wanting = _unfilled(pool, lanes, places)
        if not wanting or pool.frame.height == known:
            break
        known = pool.frame.height
        for number in wanting:
            _pick(db, lanes[number], _Filters.of(pool, lanes, number, chosen), _PER_PLACE * places)
        pool = _read(db, lanes, chosen)
    return pool


def _read(db: Database, lanes: Sequence[Lane], chosen: SelectionSettings) -> Pool:
    db.run(CONTACT_MACROS)
    domain, params = sent_from(chosen.mail.sending_domains)
    frame = db.frame(sql(__package__, "pool.sql").replace("{sending_domain}", domain), **params)
    return Pool(frame, problem_of(frame, lanes, chosen))


def _unfilled(pool: Pool, lanes: Sequence[Lane], places: int) -> list[int]:
    """Return a lane of each kind in which those picked so far may leave places."""
    best = pool.frame["is_best"].to_numpy() & ~_surplus(pool.problem)
    found: dict[object, int] = {}
    for number, lane in enumerate(lanes):
        of_use = best & pool.problem.may[:, number]
        for limit in pool.problem.limits:
            if limit.lanes[number]:
                room = np.append(limit.room, len(of_use))
                of_use &= _places(limit.cell, of_use) < room[limit.cell]
        if of_use.sum() < places:
            wanted = str(filters_of(lane.worker)) if lane.worker else ""
            found.setdefault((lane.name, wanted, lane.worker and lane.worker.team), number)
    return list(found.values())


def _surplus(problem: Problem) -> Bools:
    """Return (n,) of whose account the ones before are as many as may be listed."""
    surplus = np.zeros(len(problem.value), np.bool_)
    place = _places(problem.member_account, np.ones(len(problem.member_account), np.bool_))
    surplus[problem.member_row[place >= problem.account_room[problem.member_account]]] = True
    return surplus


def _places(key: np.ndarray[Any, Any], counted: Bools) -> np.ndarray[Any, Any]:
    """Return how many of the same key come before, of those counted; 0 where there is no key."""
    place = np.zeros(len(key), np.int64)
    inside = np.flatnonzero(counted & (key != NOT_LIMITED))
    order = inside[np.argsort(key[inside], kind="stable")]
    runs = np.flatnonzero(np.diff(key[order], prepend=NOT_LIMITED))
    starts = np.zeros(len(order), np.int64)
    starts[runs] = runs
    place[order] = np.arange(len(order)) - np.maximum.accumulate(starts)
    return place


@dataclass(frozen=True)
class _Filters:
    """Whom a lane may take and can still use: SQL conditions and what they are given."""

    conditions: list[str]
    params: dict[str, Any]

    @classmethod
    def of(
        cls, pool: Pool, lanes: Sequence[Lane], number: int, chosen: SelectionSettings
    ) -> "_Filters":
        """Return those of lane `number`; a cell that has as many as its limit lets is left out."""
        lane = lanes[number]
        domain, params = sent_from(chosen.mail.sending_domains)
        found = cls([], {})
        for name, values in filters_of(lane.worker).items() if lane.worker else ():
            if values:
                found.add(
                    f"list_contains(${name}, lower(trim({attribute_sql(name)})))", name, values
                )
        best = pool.frame["is_best"].to_numpy() & pool.problem.may[:, number]
        for place, limit in enumerate(pool.problem.limits):
            if limit.by is None or not limit.lanes[number]:
                continue
            cells = limit.cell[best & (limit.cell != NOT_LIMITED)]
            counts = np.bincount(cells, minlength=len(limit.room))
            full = [limit.labels[one] for one in np.flatnonzero(counts >= limit.room).tolist()]
            values = list(limit.values) if full and limit.values else full
            read = domain if limit.by == "sending_domain" else attribute_sql(limit.by)
            cell = f"coalesce(lower(trim({read})), '')"
            if limit.is_of_unmailed:
                cell = f"CASE WHEN mailed.person_key IS NULL THEN {domain} ELSE '/' END"
            if values:
                name = f"full{place}"
                listed = f"(SELECT unnest(${name}::VARCHAR[]))"
                found.add(f"{cell} NOT IN {listed}", name, values)
        used = found.clause
        found.params.update({name: value for name, value in params.items() if f"${name}" in used})
        return found

    def add(self, condition: str, name: str, value: object) -> None:
        """Add a condition with its parameter."""
        self.conditions.append(condition)
        self.params[name] = value

    @property
    def clause(self) -> str:
        """Return the conditions as one."""
        return " AND ".join(self.conditions) or "true"


def _pick(db: Database, lane: Lane, filters: _Filters, count: int) -> None:
    """Put the best of those whom one lane may take into `picked`."""
    clause = filters.clause
    joins = "JOIN lead USING (lead_key) " if "lead." in clause else ""
    if "mailed." in clause:
        joins += "LEFT JOIN mailed ON mailed.person_key = candidate.person_key"
    statement = sql(__package__, "pick_lane.sql").replace("{joins}", joins)
    db.run(
        statement.replace("{filters}", clause),
        bit=1 << CHANNELS.index(lane.channel),
        other="ai" if lane.handler == "human" else "human",
        count=count,
        **filters.params,
    )
