"""Who is handed out before anybody on the list: passed on to a person, or just come to us.

The list is of the night; these come in between. They are looked up in the published file as the
listed are, with the same facts against them, and the claim asks the same of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from pipelines.eligible import Reason
from pipelines.outreach import Night, ready_list
from pipelines.settings.clock import today
from pipelines.settings.config import Settings
from pipelines.store import Database, quoted, sql
from pipelines.store.ledger import Ledger, ai_share, claims, fresh
from pipelines.store.schema import CHANNELS

PASSED_ON: Final = "passed on to a person"
CAME: Final = {"form": "came to us by a form", "reply": "wrote or called us"}
# So many at a time: who came before them waits until these are taken up.
_MOST: Final = 2_000
_WAITS: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "lead_key": pl.Int64,
    "came_at": pl.Datetime("us"),
    "note_ref": pl.String,
    "open_bits": pl.Int64,
}
_Waits = tuple[int, datetime, str | None, int | None]


@dataclass(frozen=True)
class _Group:
    """People of whom the same was known when they were judged."""

    why: str
    night: Night
    waits: tuple[_Waits, ...]


class FirstDesk:
    """Keeps those who come first for one published file; they are read when they have changed."""

    def __init__(self, database: Database, night: Night, settings: Settings, secret: bytes) -> None:
        self._database = database
        self._night = night
        self._settings = settings
        self._secret = secret
        self._known: dict[tuple[str, str], tuple[list[_Group], pl.DataFrame]] = {}

    def rows(self, ledger: Ledger, channel: str, handler: str, at: datetime) -> pl.DataFrame | None:
        """Return rows as a ready list has them, the first first; None: nobody waits.

        Nobody is first for an AI while its share is 0.
        Claims of theirs that are out though what they were for is reported are given back.

        Parameters
        ----------
        at : datetime
            Now, UTC.
        """
        if handler == "ai":
            share = ai_share.in_force(ledger, today())
            if share is not None and share.share == 0:
                return None
        groups = self._groups(ledger, channel, handler, at)
        if not groups:
            return None
        known = self._known.get((channel, handler))
        if known is None or known[0] != groups:
            known = groups, self._read(groups, channel, handler, at)
            self._known[channel, handler] = known
        found = known[1]
        worked = fresh.worked_claims(ledger, found["lead_key"].to_list(), at)
        if worked:
            claims.release(ledger, worked, at)
        return found if found.height else None

    def _groups(self, ledger: Ledger, channel: str, handler: str, at: datetime) -> list[_Group]:
        since = at - timedelta(hours=self._settings.routing.fresh_hours)
        groups = []
        if handler == "human":
            waits = tuple(
                (one.lead_key, one.at, one.note_ref, None) for one in fresh.passed_on(ledger, since)
            )
            groups.append(_Group(PASSED_ON, self._night, waits))
        bit = 1 << CHANNELS.index(channel)
        came: dict[tuple[str, datetime, datetime], list[_Waits]] = {}
        for one in fresh.waiting(ledger, since, bit=bit, handler=handler, most=_MOST):
            key = CAME[one.kind], one.judged_as_of, one.judged_at
            came.setdefault(key, []).append((one.lead_key, one.came_at, None, one.open_bits))
        groups += [
            _Group(why, Night(self._night.run_id, as_of, judged_at), tuple(waits))
            for (why, as_of, judged_at), waits in came.items()
        ]
        return [group for group in groups if group.waits]

    def _read(
        self, groups: Sequence[_Group], channel: str, handler: str, at: datetime
    ) -> pl.DataFrame:
        parts = []
        for group in groups:
            listed = self._leads(group, channel)
            if not listed.height:
                continue
            rows = ready_list(
                self._database,
                listed.with_columns(
                    channel=pl.lit(channel), handler=pl.lit(handler), why_first=pl.lit(group.why)
                ),
                group.night,
                secret=self._secret,
                policy=self._settings.policy,
                feeds=self._settings.feeds,
                at=at,
                control=self._settings.control_group,
            )
            parts.append(rows.sort("came_at", "lead_key"))
        if not parts:
            return pl.DataFrame(schema={"lead_key": pl.Int64})
        # Who was passed on comes before who came.
        return pl.concat(parts, how="diagonal_relaxed").unique(
            "person_key", keep="first", maintain_order=True
        )

    def _leads(self, group: _Group, channel: str) -> pl.DataFrame:
        db = self._database
        frame = pl.DataFrame(list(group.waits), schema=_WAITS, orient="row")
        db.register("first_frame", frame)
        try:
            statement = sql(__package__, "first_leads.sql")
            return db.frame(
                statement.replace("{against}", quoted(f"{channel}_reasons")),
                bit=1 << CHANNELS.index(channel),
                interval=Reason.RECONTACT_INTERVAL.mask,
            )
        finally:
            db.unregister("first_frame")


def told_first(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return why a row came before the list, since when, and where what was said is kept."""
    if row.get("why_first") is None:
        return None
    return {"why": row["why_first"], "since": row["came_at"], "note_ref": row.get("note_ref")}
