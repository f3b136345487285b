"""Small worlds for the eligibility tests: rows with defaults, and the same rows in a store."""

from datetime import datetime
from typing import Any

import polars as pl

from pipelines.store import Database, create_tables
from tests.pipelines.plain import insert_plain

AS_OF = datetime(2026, 3, 31)
SECRET = b"not a real secret, only a test's"
MOMENT = datetime(2026, 3, 1, 12)

DEFAULTS: dict[str, dict[str, Any]] = {
    "lead": {
        "source_system": "test",
        "source_id": None,
        "owner_id": None,
        "state_code": None,
        "is_deleted": False,
        "merged_into_id": None,
        "email": None,
        "email_key": None,
        "email_domain": None,
        "phone": None,
        "mobile": None,
        "phone_e164": None,
        "mobile_e164": None,
        "line_type": "unknown",
        "street": None,
        "city": None,
        "postal_code": None,
        "country": None,
        "created_at": MOMENT,
        "email_bounced_at": None,
        "phone_valid": None,
        "party_type": "unknown",
        "is_dated": True,
    },
    "dedupe_link": {"match_rule": "self"},
    "person": {},
    "activity": {"channel": "email", "direction": "in", "at": MOMENT, "result": None}
    | {"actor": None, "actor_id": None},
    "outcome": {"milestone": "converted", "occurred_at": MOMENT, "ingested_at": MOMENT},
    "consent_event": {
        "lead_key": None,
        "contact_key": None,
        "channel": None,
        "purpose": None,
        "status": "opt_out",
        "lawful_basis": None,
        "captured_at": MOMENT,
        "effective_from": None,
        "effective_to": None,
        "is_confirmed": None,
        "evidence_ref": None,
    },
    "contact_attempt": {"channel": "email", "at": MOMENT, "disposition": "sent"}
    | {"handler": "ai", "callback_at": None},
    "customer": {
        "contact_key": None,
        "domain": None,
        "status": "customer",
        "ingested_at": MOMENT,
    },
    "registry": {"screened_at": None, "ingested_at": MOMENT},
    "registry_copy": {"newest": MOMENT, "region_share": None},
    "suppression": {"channel": None, "until": None, "reason": None, "source": None}
    | {"digest": None},
    "salvaged_row": {"lead_key": None, "reviewed_by": None},
    # columns of the file that no canonical field claims
    "custom": {"Currently in Sequence": None},
}


def world(**tables: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Fill the rows of `tables` up with defaults; leads without a link are persons of their own."""
    rows = {name: [{**d, **row} for row in tables.get(name, [])] for name, d in DEFAULTS.items()}
    for lead in rows["lead"]:
        lead["source_id"] = lead["source_id"] or f"id{lead['lead_key']}"
        if lead["email_key"] is not None:
            lead["email_domain"] = lead["email_key"].rsplit("@", 1)[1]
    linked = {link["lead_key"] for link in rows["dedupe_link"]}
    for lead in rows["lead"]:
        if lead["lead_key"] not in linked:
            link = {"lead_key": lead["lead_key"], "person_key": lead["lead_key"]}
            rows["dedupe_link"].append({**DEFAULTS["dedupe_link"], **link})
    stood_for = {row["person_key"] for row in rows["person"]}
    for link in rows["dedupe_link"]:
        if link["person_key"] not in stood_for:
            stood_for.add(link["person_key"])
            row = {"person_key": link["person_key"], "representative_lead_key": link["lead_key"]}
            rows["person"].append(row)
    for row in rows["person"]:
        keys = [k for k in rows["dedupe_link"] if k["person_key"] == row["person_key"]]
        row["lead_count"] = len(keys)
    return rows


def store(rows: dict[str, list[dict[str, Any]]]) -> Database:
    """Write `rows` into the tables of a fresh store in memory."""
    db = Database.memory(memory_gb=1.0)
    create_tables(db)
    if rows.get("custom"):
        db.run('CREATE TABLE lead_custom_test (lead_key BIGINT, "Currently in Sequence" VARCHAR)')
        db.insert("lead_custom_test", pl.DataFrame(rows["custom"], infer_schema_length=None))
    for name, table in rows.items():
        if table and name != "custom":
            frame = pl.DataFrame(table, infer_schema_length=None)
            insert_plain(db, name, frame)
    return db
