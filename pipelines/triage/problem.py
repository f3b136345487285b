"""Tonight's choice as arrays: whom each lane may take, what they are worth, and what binds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.settings.selection import SelectionSettings, Worker
from pipelines.store.schema import CHANNELS
from pipelines.triage.accounts import shared_accounts
from pipelines.triage.lanes import Lane
from pipelines.triage.limits import F64, I64, Bools, Limit, limits_of, text_of


@dataclass(frozen=True)
class Problem:
    """Persons are in order of rank, lanes in the order in which they are filled.

    Attributes
    ----------
    value : (n,) float64
        What a contact with the person is expected to bring before its cost.
    may : (n, lanes) bool
        The lane may take the person.
    cost : (lanes,) float64
    quota : (lanes,) int64
    minutes : (lanes,) float64
        That one contact takes; 0 where nobody's time is counted.
    worker : (lanes,) int64
        Who works the lane; -1: nobody who is named.
    worker_minutes : (workers,) float64
    limits : tuple of Limit
    member_row, member_account : (m,) int64
        Who is in which account.
    account_room : (accounts,) int64
        People of it that may be listed.
    """

    value: F64
    may: Bools
    cost: F64
    quota: I64
    minutes: F64
    worker: I64
    worker_minutes: F64
    limits: tuple[Limit, ...]
    member_row: I64
    member_account: I64
    account_room: I64

    def worth_it(self) -> "Problem":
        """Return the problem with only the contacts that are worth more than they cost."""
        return replace(self, may=self.may & ((self.cost == 0) | (self.value[:, None] > self.cost)))


def problem_of(frame: pl.DataFrame, lanes: Sequence[Lane], chosen: SelectionSettings) -> Problem:
    """Put the persons of `frame`, in order of rank, and the lanes into arrays.

    Parameters
    ----------
    frame : DataFrame
        As pool.sql gives it, with `sending_domain` and `is_unmailed`. Where nobody has a value the
        order itself is worth something, more for whoever comes first.
    """
    workers = list(dict.fromkeys(lane.worker for lane in lanes if lane.worker))
    if chosen.caps.phone_number > 1:
        frame = _with_turns(frame, lanes)
    may = may_take(frame, lanes)
    shared = shared_accounts(frame, chosen.caps, chosen.free_domains)
    rooms = shared.unique("account").sort("account")["room"]
    return Problem(
        value=_value(frame),
        may=may,
        cost=np.array([lane.cost for lane in lanes], np.float64),
        quota=np.array([lane.quota for lane in lanes], np.int64),
        minutes=np.array([lane.minutes for lane in lanes], np.float64),
        worker=np.array([_place(workers, lane.worker) for lane in lanes], np.int64),
        worker_minutes=np.array([worker.minutes for worker in workers], np.float64),
        limits=tuple(limits_of(frame, lanes, may, chosen)),
        member_row=shared["row"].to_numpy().astype(np.int64),
        member_account=shared["account"].to_numpy().astype(np.int64),
        account_room=rooms.to_numpy().astype(np.int64),
    )


def may_take(frame: pl.DataFrame, lanes: Sequence[Lane]) -> Bools:
    """Return (n, lanes): the channel is open, no rule forbids the handler, the worker can do it."""
    bits = frame["open_bits"].to_numpy()
    must = {who: (frame["must"] == who).fill_null(value=False).to_numpy() for who in
            ("human", "ai", "none")}  # fmt: skip
    texts = {name: text_of(frame, name) for name in ("language", "region", "owner")}
    may = np.zeros((frame.height, len(lanes)), np.bool_)
    for number, lane in enumerate(lanes):
        is_open = (bits >> CHANNELS.index(lane.channel)) & 1 == 1
        other = must["ai" if lane.handler == "human" else "human"]
        may[:, number] = is_open & ~other & ~must["none"]
        if lane.worker is not None:
            for name, wanted in filters_of(lane.worker).items():
                if wanted:
                    may[:, number] &= texts[name].is_in(wanted).fill_null(value=False).to_numpy()
    return may


def _with_turns(frame: pl.DataFrame, lanes: Sequence[Lane]) -> pl.DataFrame:
    """Close calls and texts to who shares a number with somebody better: it serves one a night.

    Whom no lane could call or text takes nobody's turn.
    """
    may = may_take(frame, lanes)
    called, texted = (
        pl.coalesce(first, second)
        for first, second in (("phone_e164", "mobile_e164"), ("mobile_e164", "phone_e164"))
    )
    bits = pl.col("open_bits")
    for point, channels in ((called, ("phone", "ai_voice")), (texted, ("sms",))):
        closed = sum(1 << CHANNELS.index(channel) for channel in channels)
        on = [lane.channel in channels for lane in lanes]
        able = pl.lit(pl.Series(may[:, on].any(axis=1), dtype=pl.Boolean))
        before = able.cast(pl.Int64).cum_sum().over(point) - able.cast(pl.Int64)
        waits = point.is_not_null() & (before > 0)
        bits = pl.when(waits).then(bits & (255 - closed)).otherwise(bits)
    return frame.with_columns(open_bits=bits)


def filters_of(worker: Worker) -> dict[str, list[str]]:
    """Return attribute -> the values that a worker serves, in lower case; empty: any."""
    wanted = {"language": worker.languages, "region": worker.regions, "owner": worker.owners}
    return {name: [value.strip().lower() for value in values] for name, values in wanted.items()}


def _place(workers: Sequence[Worker], worker: Worker | None) -> int:
    return -1 if worker is None else workers.index(worker)


def _value(frame: pl.DataFrame) -> F64:
    value = frame["weighed_value"].cast(pl.Float64)
    if value.null_count() == frame.height:
        return 1.0 - 0.5 * np.arange(frame.height) / max(frame.height, 1)
    return value.fill_null(0.0).to_numpy().copy()
