"""Hand out the best people of the published list, once each, re-checked at that moment.

This is the only way contact points leave. Whatever may have changed since the file was published is
asked inside one SQLite transaction, which also records who leaves: two claimers never get the same
person, nor two people of one account, and an opt-out recorded a second earlier is honoured.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import polars as pl

from pipelines.errors import RefusedError
from pipelines.outreach.clearance import Clear
from pipelines.outreach.pacing import Terms, is_too_often
from pipelines.outreach.told import asked_at, is_closed_by
from pipelines.store.ledger import Ledger, attempts, claims, suppressed
from pipelines.store.ledger.attempts import Told

# "Do not call" covers a machine that calls and, under the US rules, a text message too.
_ALSO_BINDS: Final = {"ai_voice": {"phone"}, "sms": {"phone"}}
_LEAST_PORTION: Final = 50


@dataclass(frozen=True)
class Lane:
    """The ready list of one channel and handler, best first, as one process keeps it.

    Attributes
    ----------
    rows : DataFrame
        See `ready_list`.
    kin : list of list of int
        Of each row.
    """

    channel: str
    handler: str
    rows: pl.DataFrame
    kin: list[list[int]]

    @classmethod
    def of(cls, ready: pl.DataFrame, channel: str, handler: str) -> "Lane":
        """Take the rows of one channel and handler out of a ready list."""
        rows = ready.filter(channel=channel, handler=handler)
        if "queue_position" in rows.columns:
            # People serve in the order of their queues: hard and easy ones mixed.
            rows = rows.sort("queue_position", "rank", nulls_last=True, maintain_order=True)
        return cls(channel, handler, rows, rows["kin"].to_list())

    def for_person(self, name: str | None) -> "Lane":
        """Return the lane of one named person; None: of everybody."""
        if name is None:
            return self
        is_theirs = pl.lit(value=False)
        if "assignee" in self.rows.columns:
            is_theirs = (pl.col("assignee") == name).fill_null(value=False)
        rows = self.rows.filter(is_theirs)
        return Lane(self.channel, self.handler, rows, rows["kin"].to_list())

    def after(self, first: pl.DataFrame | None) -> "Lane":
        """Return the lane with those before it who do not wait for the list, each person once."""
        if first is None:
            return self
        others = self.rows.join(
            first.select("person_key"), on="person_key", how="anti", maintain_order="left"
        )
        rows = pl.concat([first, others], how="diagonal_relaxed")
        return Lane(self.channel, self.handler, rows, rows["kin"].to_list())


@dataclass
class Handed:
    """What one claim took.

    Attributes
    ----------
    rows : list of dict
        Rows of the ready list, each with claim_id, expires_at and what it was cleared with.
    withheld : int
        People passed over because something speaks against them by now.
    waiting : int
        People passed over for the moment: somebody of their account is out, or it is not the hour.
    gone : int
        People whom another claimer took while this one was looking.
    left : int
        People of this channel and handler still on the list, those waiting among them.
    """

    rows: list[dict[str, Any]] = field(default_factory=list)
    withheld: int = 0
    waiting: int = 0
    gone: int = 0
    left: int = 0


def take(
    ledger: Ledger,
    lane: Lane,
    *,
    run_id: str,
    count: int,
    at: datetime,
    terms: Terms,
    clear: Clear,
    recheck: Callable[[], None],
    recorded: Callable[[Sequence[dict[str, Any]]], None] = lambda rows: None,
    turn: Callable[[], AbstractContextManager[None]] = nullcontext,
) -> Handed:
    """Take up to `count` people of a lane, best first, in one transaction.

    Parameters
    ----------
    at : datetime
        UTC, naive.
    clear : callable
        See `pipelines.outreach.clearance.Clear`.
    recheck : callable
        Raises, inside the transaction, if nothing may be handed out any more.
    recorded : callable
        Told, inside the transaction, which rows leave, each with its claim.
    turn : callable
        What to hold during the transaction: SQLite lets whoever waits for its lock sleep, and
        forgets who came first.

    Raises
    ------
    RefusedError
        The lane is paused.
    LeadTriageError
        Whatever `recheck` raises.
    """
    # Outside, where nobody waits: whoever is found out here is not looked at again below.
    out = claims.out(ledger, at, at - terms.pause)
    order = [place for place, kin in enumerate(lane.kin) if out.isdisjoint(kin)]
    handed = Handed()
    with turn(), ledger.transaction():
        recheck()
        _need_no_pause(ledger, lane)
        looked = 0
        for portion in _portions(lane, order, count):
            looked += len(portion)
            _take_of(portion, handed, ledger, lane, count, at, terms, clear)
            if len(handed.rows) >= count:
                break
        made = [_claim(row, run_id, lane, at, terms) for row in handed.rows]
        claims.record(ledger, made, is_export=terms.is_export)
        for row, claim in zip(handed.rows, made, strict=True):
            row |= {"claim_id": claim.claim_id, "expires_at": claim.expires_at}
        recorded(handed.rows)
    handed.left = len(order) - len(handed.rows) - handed.withheld - handed.gone
    return handed


def _portions(lane: Lane, order: Sequence[int], count: int) -> Iterator[list[dict[str, Any]]]:
    """Yield rows in rank order, in portions, because some of the best may not leave."""
    size = max(count, _LEAST_PORTION)
    for start in range(0, len(order), size):
        yield lane.rows[order[start : start + size]].to_dicts()


def _take_of(
    portion: list[dict[str, Any]],
    handed: Handed,
    ledger: Ledger,
    lane: Lane,
    count: int,
    at: datetime,
    terms: Terms,
    clear: Clear,
) -> None:
    """Move those of `portion` that may leave into `handed`, which is full at `count`."""
    kin = sorted({lead for row in portion for lead in row["kin"]})
    out = claims.out_of(ledger, kin, at, at - terms.pause)
    keys = sorted({key for row in portion for key in row["keys"] or ()})
    bound = suppressed.bound(ledger, keys, at)
    reported = attempts.of_leads(ledger, kin)
    exported = claims.exported(ledger, kin)
    binding = {None, lane.channel} | _ALSO_BINDS.get(lane.channel, set())
    accounts = sorted({account for row in portion for account in row["accounts"] or ()})
    busy = claims.accounts_out(ledger, accounts, at)
    busy |= {account for row in handed.rows for account in row["accounts"] or ()}
    for row in portion:
        if len(handed.rows) >= count:
            return
        if not out.isdisjoint(row["kin"]):
            handed.gone += 1
            continue
        told = [one for lead in row["kin"] for one in reported.get(lead, ())]
        # what the published file knows of it, and what was reported since
        asked = [Told(disposition="callback_at", **one) for one in row["callbacks"] or ()]
        told += asked
        asked += [one for lead in row["own"] for one in reported.get(lead, ())]
        approached = [one.at for one in told]
        approached += [time for lead in row["kin"] for time in exported.get(lead, ())]
        if (
            _is_closed(row, at)
            or any(bound.get(key, set()) & binding for key in row["keys"] or ())
            or is_closed_by(told, lane.channel, at)
            or is_too_often(row, approached, at, terms, _asked(row, asked, lane.channel, at))
        ):
            handed.withheld += 1
            continue
        cleared = clear(row, at)
        if cleared is None or not busy.isdisjoint(row["accounts"] or ()):
            handed.waiting += 1
            continue
        busy.update(row["accounts"] or ())
        out.update(row["kin"])
        handed.rows.append(row | vars(cleared))


def _asked(
    row: Mapping[str, Any], told: Sequence[Told], channel: str, at: datetime
) -> datetime | None:
    """Return when somebody last asked for us by `at`: to be called again, or by coming to us."""
    times = [asked_at(told, channel, at), row.get("came_at")]
    return max((time for time in times if time is not None and time <= at), default=None)


def _is_closed(row: Mapping[str, Any], at: datetime) -> bool:
    """Tell whether what the published file says closes a row by now."""
    return bool(row["is_closed"]) or (row["lapses_at"] is not None and row["lapses_at"] <= at)


def _need_no_pause(ledger: Ledger, lane: Lane) -> None:
    found = claims.paused_by(ledger, lane.channel, lane.handler)
    if found is not None:
        what = " ".join(part for part in (found.channel, found.handler) if part) or "everything"
        raise RefusedError(
            f"{what} is paused since {found.since:%Y-%m-%d %H:%M} UTC"
            + (f": {found.reason}" if found.reason else ""),
            fix="`lead-triage resume` when it may go on; nothing was handed out",
        )


def _claim(
    row: Mapping[str, Any], run_id: str, lane: Lane, at: datetime, terms: Terms
) -> claims.Claim:
    return claims.Claim(
        secrets.token_hex(16),
        run_id,
        row["person_key"],
        row["lead_key"],
        lane.channel,
        lane.handler,
        at,
        at + terms.lease,
        tuple(row["accounts"] or ()),
    )
