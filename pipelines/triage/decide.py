"""Tonight's decision for every lead: ranked by value, cut by capacity, one route per person.

Lanes (a channel and a handler with a quota) are filled in order, people first: the best persons go
to human lanes, the next best to the AI's. A mailbox or number serves one person a night. Somebody
whose `assisted_channel` asks for a person is never given to the AI. Every lane is one top-N, so
the cost is lanes x persons and memory is that of one candidate table.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.errors import UsageError
from pipelines.store import Database, reset_table, sql
from pipelines.store.schema import CHANNELS

_HANDLERS = ("human", "ai")
# Which contact point a channel uses up; an address of bricks has none to share.
_TURN = {
    "email": "candidate.is_email_turn",
    "phone": "candidate.is_phone_turn",
    "ai_voice": "candidate.is_phone_turn",
    "sms": "candidate.is_sms_turn",
    "mail": "true",
}


@dataclass(frozen=True)
class Lane:
    """A channel worked by a handler.

    Attributes
    ----------
    channel, handler : str
    quota : int
        Contacts per day.
    cost : float
        Cost of one contact in the currency of the value; 0 when no value is set.
    """

    channel: str
    handler: str
    quota: int
    cost: float = 0.0

    def __post_init__(self) -> None:
        if self.channel not in CHANNELS or self.handler not in _HANDLERS:
            raise UsageError(
                f"there is no lane {self.channel}.{self.handler}",
                expected=f"a channel of {', '.join(CHANNELS)} and a handler of ai, human",
            )


@dataclass(frozen=True)
class TriageResult:
    """Counts of one triage.

    Attributes
    ----------
    candidates : int
        Persons that were scored and may be contacted.
    listed : Mapping[str, int]
        Listed persons by ``channel.handler``.
    verdicts : Mapping[str, int]
        Leads by verdict; adds up to all leads.
    seconds : float
    """

    candidates: int
    listed: Mapping[str, int]
    verdicts: Mapping[str, int]
    seconds: float


def decide(
    db: Database, *, run_id: str, lanes: Sequence[Lane], value: float | None
) -> TriageResult:
    """Write `decision` and `capacity` from `eligibility` and `score`.

    Parameters
    ----------
    value : float or None
        Worth of one conversion; None orders by probability and ignores costs.
    """
    started = time.perf_counter()
    costs_count = value is not None
    ordered = sorted(lanes, key=lambda lane: _HANDLERS.index(lane.handler))
    reset_table(db, "decision")
    reset_table(db, "capacity")
    db.run(sql(__package__, "rank.sql"), value=1.0 if value is None else value)
    db.run(
        "CREATE OR REPLACE TEMP TABLE listed"
        " (person_key BIGINT, channel VARCHAR, handler VARCHAR, expected_value DOUBLE)"
    )
    for lane in ordered:
        _fill(db, lane, lane.cost if costs_count else 0.0)
    cheapest = min((lane.cost for lane in lanes), default=0.0) if costs_count else -1.0
    db.run(
        sql(__package__, "decide.sql"),
        run_id=run_id,
        cheapest=cheapest,
        duplicate_mask=_duplicate_mask(db),
    )
    listed = db.frame(
        "SELECT channel || '.' || handler AS lane, count(*) AS count FROM listed"
        " GROUP BY ALL ORDER BY lane"
    )
    by_lane = dict(zip(listed["lane"], listed["count"], strict=True))
    db.insert("capacity", _capacity_rows(run_id, lanes, by_lane))
    verdicts = db.frame(
        "SELECT verdict, count(*) AS count FROM decision GROUP BY ALL ORDER BY verdict"
    )
    candidates = int(db.scalar("SELECT count(*) FROM candidate"))
    db.run("DROP TABLE candidate; DROP TABLE listed")
    return TriageResult(
        candidates=candidates,
        listed=by_lane,
        verdicts=dict(zip(verdicts["verdict"], verdicts["count"], strict=True)),
        seconds=time.perf_counter() - started,
    )


def _fill(db: Database, lane: Lane, cost: float) -> None:
    statement = sql(__package__, "fill_lane.sql").replace("{open}", f"{lane.channel}_reasons")
    statement = statement.replace("{turn}", _TURN[lane.channel])
    rule = "true" if lane.handler == "human" else "NOT candidate.needs_human"
    db.run(
        statement.replace("{human_only}", rule),
        channel=lane.channel,
        handler=lane.handler,
        quota=lane.quota,
        cost=cost,
    )


def _duplicate_mask(db: Database) -> int:
    return int(db.scalar("SELECT 1::BIGINT << bit FROM reason WHERE code = 'DUPLICATE_OF'"))


def _capacity_rows(run_id: str, lanes: Sequence[Lane], listed: Mapping[str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "run_id": [run_id] * len(lanes),
            "channel": [lane.channel for lane in lanes],
            "handler": [lane.handler for lane in lanes],
            "quota": [lane.quota for lane in lanes],
            "listed": [listed.get(f"{lane.channel}.{lane.handler}", 0) for lane in lanes],
        },
        schema_overrides={"quota": pl.Int32, "listed": pl.Int32},
    )
