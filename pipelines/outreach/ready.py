"""The claim-ready list: what a claim needs of the published file, worked out once for each file.

A published file never changes, so what its events say of the listed people does not either. What
does change, with the clock or in the ledger, is left to the claim. No contact point is in here:
keyed hashes of them, and the row of the file that holds them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import polars as pl

from pipelines.outreach.handover import handover_facts
from pipelines.outreach.points import accounts, contact_point, hashes
from pipelines.outreach.terms import terms_frame
from pipelines.outreach.windows import zones_of_number
from pipelines.settings.control_group import ControlGroup
from pipelines.settings.policy import FeedSettings, PolicyTable
from pipelines.store import Database, quoted, sql
from pipelines.store.ages import under_age_rows
from pipelines.store.erased import CONTACT_MACROS
from pipelines.store.feeds import required_feeds
from pipelines.store.registers import read_registers
from pipelines.store.schema import TABLES

_TOUCHES: Final = 5
_CALLED: Final = frozenset({"phone", "ai_voice", "sms"})
# Of a store file of an earlier version some may be missing: nothing is known from them.
_LATER_TABLES: Final = frozenset({"bound_lead", "lead_snapshot", "salvaged_row"})


@dataclass(frozen=True)
class Night:
    """The night that made the list.

    Attributes
    ----------
    run_id : str
    as_of : datetime
        Midnight that it was decided for.
    published_at : datetime
        UTC; whatever was merged later it did not know.
    """

    run_id: str
    as_of: datetime
    published_at: datetime


def ready_list(
    db: Database,
    listed: pl.DataFrame,
    night: Night,
    *,
    secret: bytes,
    policy: PolicyTable,
    feeds: FeedSettings,
    at: datetime,
    control: ControlGroup | None = None,
) -> pl.DataFrame:
    """Return the list with everything that a claim asks about a row, best first.

    Parameters
    ----------
    db : Database
        The published file, read-only.
    listed : DataFrame
        The list of the night: lead_key, person_key, rank, channel, handler and, where they are
        known, source_system, source_id, probability.
    control : ControlGroup, optional
        Whom no list contains; None: nobody.

    Returns
    -------
    DataFrame
        One row per listed lead. `is_closed`: something speaks against it for good, as far as this
        file goes. `lapses_at` (null: never): from then on nothing that it stands on is sure.
        `approaches`: times of the last ones, the newest first, and `earlier_approaches`, how many
        were before them. `kin`: every lead that is, was or may be the same person; `own`: those
        that are. `callbacks`: when those asked to be contacted again (channel, at, callback_at).
        `keys`: HMACs that a suppression may name. `accounts`: HMACs.
    """
    _stand_in(db)
    db.run(CONTACT_MACROS)
    db.run(sql("pipelines.store", "consent_use.sql"))
    lane = listed.select("lead_key", "channel").unique()
    db.run(
        "CREATE OR REPLACE TEMP TABLE listed_frame AS SELECT unnest($keys::BIGINT[]) AS lead_key,"
        " unnest($channels::VARCHAR[]) AS channel",
        keys=lane["lead_key"].to_list(),
        channels=lane["channel"].to_list(),
    )
    facts = db.frame(sql(__package__, "facts.sql"))
    terms = _terms(db, lane.join(facts, on="lead_key"), night, policy, feeds)
    _widen(db, terms)
    db.run(sql(__package__, "kin.sql"))
    closed = _closed(db, night, policy) | _held_back(db, control, at) | _under_age(db, night)
    known = _known(db, lane, facts, secret, frozenset(policy.addresses.free_domains))
    lapses = db.frame(sql(__package__, "lapses.sql"), as_of=night.as_of)
    touches = _touches(db, at, policy)
    kin = db.frame(
        "SELECT listed_lead_key AS lead_key, list(lead_key ORDER BY lead_key) AS kin,"
        " list(lead_key ORDER BY lead_key) FILTER (WHERE is_own) AS own"
        " FROM kin GROUP BY ALL"
    )
    callbacks = _callbacks(db)
    handover = handover_facts(db, at)
    db.run("DROP TABLE kin; DROP TABLE listed_frame")
    told = facts.drop("company", "email_domain", "street", "postal_code")
    return (
        listed.join(told, on="lead_key", how="inner", suffix="_of_lead", maintain_order="left")
        .join(_words(db), on="lead_key", how="left")
        .join(terms.select("lead_key", "is_allowed", "stale_at", market="segment"), on="lead_key")
        .join(known, on="lead_key", how="left")
        .join(kin, on="lead_key", how="left")
        .join(lapses, left_on="lead_key", right_on="listed_lead_key", how="left")
        .join(touches, on="lead_key", how="left")
        .join(callbacks, on="lead_key", how="left")
        .join(handover, on="lead_key", how="left")
        .with_columns(
            is_closed=pl.col("lead_key").is_in(sorted(closed))
            | ~pl.col("is_allowed")
            | ~pl.col("is_reachable").fill_null(False),
            lapses_at=pl.min_horizontal("lapses_at", "stale_at"),
            earlier_approaches=pl.col("earlier_approaches").fill_null(0).cast(pl.Int64),
        )
        .sort("rank", "lead_key")
    )


def _words(db: Database) -> pl.DataFrame:
    """Return lead_key, words; nobody has any where the reasons of an earlier version say less."""
    if "contribution" in db.columns("list_reason"):
        return db.frame(sql(__package__, "words.sql"))
    return pl.DataFrame(schema={"lead_key": pl.Int64, "words": pl.List(pl.String)})


def _callbacks(db: Database) -> pl.DataFrame:
    """Return lead_key, callbacks; a file of an earlier version knows of none."""
    if "callback_at" in db.columns("contact_attempt"):
        return db.frame(sql(__package__, "callbacks.sql"))
    time = pl.Datetime("us")
    asked = pl.Struct({"channel": pl.String(), "at": time, "callback_at": time})
    return pl.DataFrame(schema={"lead_key": pl.Int64, "callbacks": pl.List(asked)})


def _stand_in(db: Database) -> None:
    for table in TABLES:
        if table.name in _LATER_TABLES and not db.exists(table.name):
            columns = ", ".join(f"{quoted(c.name)} {c.type}" for c in table.columns)
            db.run(f"CREATE OR REPLACE TEMP TABLE {quoted(table.name)} ({columns})")


def _terms(
    db: Database,
    rows: pl.DataFrame,
    night: Night,
    policy: PolicyTable,
    feeds: FeedSettings,
) -> pl.DataFrame:
    cells = ("country", "channel", "party_type")
    terms = terms_frame(
        rows.select(cells).unique(),
        policy,
        registers=read_registers(db, feeds.max_shrink_percent),
        feed_ends=[
            # without one it is the next night's to say
            night.as_of if newest is None else newest + timedelta(days=days)
            for _, newest, days in required_feeds(db, feeds)
        ],
        as_of=night.as_of,
    )
    return rows.select("lead_key", *cells).join(terms, on=cells, nulls_equal=True)


def _widen(db: Database, terms: pl.DataFrame) -> None:
    """Put the terms beside the listed leads; a table, because claimers may share a catalog."""
    db.register("terms_frame", terms)
    db.run(
        "CREATE OR REPLACE TEMP TABLE listed_frame AS"
        " SELECT * EXCLUDE (country, party_type, segment) FROM terms_frame"
    )
    db.unregister("terms_frame")


def _closed(db: Database, night: Night, policy: PolicyTable) -> set[int]:
    refused = db.frame(sql(__package__, "refused.sql"))
    later = db.frame(
        sql(__package__, "since_the_night.sql"),
        published_at=night.published_at,
        as_of=night.as_of,
        free_domains=list(policy.addresses.free_domains),
    )
    return set(refused["listed_lead_key"]) | set(later["listed_lead_key"])


def _held_back(db: Database, control: ControlGroup | None, at: datetime) -> set[int]:
    if control is None or control.share == 0:
        return set()
    found = db.frame(
        sql(__package__, "held_back.sql"),
        draw=control.draw,
        below=control.below,
        since=at - timedelta(days=control.inbound_days),
    )
    return set(found["listed_lead_key"])


def _under_age(db: Database, night: Night) -> set[int]:
    born = under_age_rows(db)
    if born is None:
        return set()
    found = db.frame(
        f"SELECT DISTINCT listed_lead_key FROM kin JOIN ({born}) USING (lead_key)",
        as_of=night.as_of,
    )
    return set(found["listed_lead_key"])


def _known(
    db: Database,
    lane: pl.DataFrame,
    facts: pl.DataFrame,
    secret: bytes,
    free_domains: frozenset[str],
) -> pl.DataFrame:
    """Return what is made of the contact points; the points themselves stay where they are."""
    channel_of = dict(lane.rows())
    fact_of = {row["lead_key"]: row for row in facts.to_dicts()}
    keys: dict[int, set[str]] = {}
    own: dict[int, tuple[list[str], bool, list[str]]] = {}
    for row in db.frame(sql(__package__, "contact_points.sql")).to_dicts():
        lead = row["listed_lead_key"]
        keys.setdefault(lead, set()).update(hashes(secret, row))
        if row["lead_key"] == lead:
            point = contact_point(channel_of[lead], row)
            called = point if channel_of[lead] in _CALLED else None
            own[lead] = (
                list(accounts(secret, fact_of[lead] | row, free_domains)),
                point is not None,
                list(zones_of_number(called, fact_of[lead]["country"])),
            )
    return pl.DataFrame(
        [(lead, sorted(keys[lead]), *found) for lead, found in own.items()],
        schema={
            "lead_key": pl.Int64,
            "keys": pl.List(pl.String),
            "accounts": pl.List(pl.String),
            "is_reachable": pl.Boolean,
            "number_zones": pl.List(pl.String),
        },
        orient="row",
    )


def _touches(db: Database, at: datetime, policy: PolicyTable) -> pl.DataFrame:
    """Return lead_key, approaches (newest first), how many earlier, last_touches, a JSON list."""
    found = db.frame(
        sql(__package__, "touches.sql"),
        since=at - timedelta(days=max(policy.pacing.recontact_interval_days, 366)),
        last=_TOUCHES,
    ).sort("listed_lead_key", "at", descending=[False, True], maintain_order=True)
    approaches = found.group_by("listed_lead_key", maintain_order=True).agg(
        approaches=pl.col("at").filter("is_approach"),
        # of whom only later answers are left too
        earlier_approaches=pl.col("approaches_ever").first() - pl.col("is_approach").sum(),
    )
    last = found.filter("is_own").group_by("listed_lead_key", maintain_order=True).head(_TOUCHES)
    told: dict[int, list[Mapping[str, Any]]] = {}
    for row in last.to_dicts():
        told.setdefault(row["listed_lead_key"], []).append(
            {
                "at": row["at"].isoformat() + "Z",
                "channel": row["channel"],
                "direction": row["direction"],
                "result": row["result"],
            }
        )
    texts = pl.DataFrame(
        [(lead, json.dumps(rows, ensure_ascii=False)) for lead, rows in told.items()],
        schema={"lead_key": pl.Int64, "last_touches": pl.String},
        orient="row",
    )
    return approaches.rename({"listed_lead_key": "lead_key"}).join(
        texts, on="lead_key", how="full", coalesce=True
    )
