"""The leads that attempts were with, looked up in one published file."""

from collections.abc import Mapping
from typing import Any

from pipelines.store import Database, sql


def attempt_lead(
    db: Database, lead_key: int | None, lead_name: str | None
) -> tuple[int, list[Mapping[str, Any]]] | None:
    """Return lead_key and contact points of a lead: as it is, then as it was; None: no such lead.

    Parameters
    ----------
    db : Database
        A published file, read-only.
    lead_key : int or None
        None: `lead_name` says it, as ``source_system:source_id``.
    """
    if not db.exists("lead_snapshot"):  # a store of an earlier version
        db.run(
            "CREATE TEMP TABLE lead_snapshot (lead_key BIGINT, email_key VARCHAR,"
            " phone_e164 VARCHAR, mobile_e164 VARCHAR)"
        )
    statement = sql(__package__, "attempt_lead.sql")
    if lead_key is not None:
        rows = db.frame(
            statement.replace("__lead__", "lead_key = $lead_key"), lead_key=lead_key
        ).to_dicts()
    else:
        source_system, _, source_id = (lead_name or "").partition(":")
        rows = db.frame(
            statement.replace(
                "__lead__", "source_system = $source_system AND source_id = $source_id"
            ),
            source_system=source_system,
            source_id=source_id,
        ).to_dicts()
    return (int(rows[0]["lead_key"]), list(rows)) if rows else None
