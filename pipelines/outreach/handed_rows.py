"""What leaves by a claim: the rows that were taken, with the contact points they are for."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import polars as pl

from pipelines.outreach.handover import handover_of
from pipelines.outreach.points import contact_point
from pipelines.store import Database, sql

_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "claim_id": pl.String,
    "person_key": pl.Int64,
    "lead_key": pl.Int64,
    "source_system": pl.String,
    "source_id": pl.String,
    "channel": pl.String,
    "handler": pl.String,
    "contact_point": pl.String,
    "rank": pl.Int64,
    "probability": pl.Float64,
    "reasons": pl.String,
    "language": pl.String,
    "owner": pl.String,
    "segment": pl.String,
    "last_touches": pl.String,
    "not_before": pl.Datetime("us"),
    "not_after": pl.Datetime("us"),
    "expires_at": pl.Datetime("us"),
    "disclosure_id": pl.String,
    "handover": pl.String,
}


def contact_points(db: Database, rows: Sequence[Mapping[str, Any]]) -> dict[int, str]:
    """Return lead_key -> contact point of the rows that were taken, read by their row number.

    Parameters
    ----------
    db : Database
        The very file that the ready list was made of.
    """
    if not rows:
        return {}
    channel_of = {row["lead_key"]: row["channel"] for row in rows}
    found = db.frame(
        sql(__package__, "handed_points.sql"), rows=[row["lead_rowid"] for row in rows]
    )
    points = {
        row["lead_key"]: contact_point(channel_of[row["lead_key"]], row) for row in found.to_dicts()
    }
    return {lead: point for lead, point in points.items() if point is not None}


def handed_frame(
    rows: Sequence[Mapping[str, Any]],
    points: Mapping[int, str],
    people: Mapping[int, Mapping[str, Any]] | None = None,
) -> pl.DataFrame:
    """Return what is handed out as a table: one row per claim, in the order of the claim.

    Lists are text here: `reasons` with semicolons between, `last_touches` and `handover` as JSON.

    Parameters
    ----------
    people : mapping, optional
        lead_key -> person and account.
    """
    told = [
        {
            **row,
            "contact_point": points[row["lead_key"]],
            "reasons": "; ".join(row["words"] or ()) or None,
            "last_touches": row["last_touches"] or "[]",
            "handover": json.dumps(_handover(row, people), ensure_ascii=False),
        }
        for row in rows
    ]
    return pl.DataFrame(
        [[row.get(name) for name in _SCHEMA] for row in told], schema=_SCHEMA, orient="row"
    )


def handed_json(
    rows: Sequence[Mapping[str, Any]],
    points: Mapping[int, str],
    people: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Return what is handed out as JSON values; times are UTC, ISO 8601."""
    told = []
    for row in rows:
        values = {name: row.get(name) for name in _SCHEMA} | {
            "contact_point": points[row["lead_key"]],
            "reasons": list(row["words"] or ()),
            "last_touches": json.loads(row["last_touches"] or "[]"),
            "handover": _handover(row, people),
        }
        told.append({name: _plain(value) for name, value in values.items()})
    return told


def _handover(
    row: Mapping[str, Any], people: Mapping[int, Mapping[str, Any]] | None
) -> dict[str, Any]:
    found = handover_of(row, (people or {}).get(row["lead_key"], {}))
    if found["first"] is not None:
        found["first"] = {name: _plain(value) for name, value in found["first"].items()}
    return found


def _plain(value: object) -> object:
    return value.isoformat(timespec="seconds") + "Z" if isinstance(value, datetime) else value
