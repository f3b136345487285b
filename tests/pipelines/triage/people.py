"""A store with a dozen people in it, made in no time."""

from contextlib import contextmanager
from functools import cache

import polars as pl

from pipelines.store import Database, create_tables, reset_table
from pipelines.store.schema import CHANNELS

DUPLICATE_BIT = 15
TABLES = (
    "lead", "reason", "dedupe_link", "eligibility", "score", "decision", "capacity",
    "capacity_worker", "capacity_limit", "route_rule", "contact_attempt", "past_listed", "run",
)  # fmt: skip
_TEXTS = {
    "own_email_key": "email", "email_domain": "domain", "phone_e164": "phone",
    "mobile_e164": "mobile", "company": "company", "language": "language", "owner_id": "owner",
    "street": "street", "postal_code": "postal_code", "last_name": "last_name",
    "assisted_channel": "assisted_channel", "lead_source": "lead_source",
}  # fmt: skip


@cache
def _store():
    db = Database.memory(memory_gb=0.5)
    create_tables(db)
    return db


@contextmanager
def one_store():
    """One store for all examples: making one takes longer than deciding about a dozen people."""
    for table in TABLES:
        reset_table(_store(), table)
    yield _store()


def fill_store(db, people):
    """Write people, dicts as `tests.oracles.lists` takes them, with probability and raw_score."""
    db.run(f"INSERT INTO reason VALUES ({DUPLICATE_BIT}, 'DUPLICATE_OF', 'd', NULL)")
    keys = [person["person_key"] for person in people]
    texts = {
        column: pl.Series([p.get(name) for p in people], dtype=pl.String)
        for column, name in _TEXTS.items()
    }
    texts["email_domain"] = pl.Series(
        [(p.get("email") or "").lower().partition("@")[2] or None for p in people], dtype=pl.String
    )
    # The country is one of several that are stored as one text.
    places = [f",{p['country']},,," if p.get("country") else None for p in people]
    key_of = pl.Series(keys, dtype=pl.Int64)
    db.insert(
        "lead",
        pl.DataFrame(
            {
                "lead_key": key_of,
                "source_system": pl.Series(["s"] * len(keys), dtype=pl.String),
                "source_id": pl.Series([f"{key:06d}" for key in keys], dtype=pl.String),
                "packed_place": pl.Series(places, dtype=pl.String),
                **texts,
            }
        ),
    )
    db.run("INSERT INTO dedupe_link SELECT lead_key, lead_key, 'self', NULL FROM lead")
    masks = {
        f"{channel}_reasons": pl.Series(
            [0 if channel in p["open"] else 2 for p in people], dtype=pl.UInt64
        )
        for channel in CHANNELS
    }
    scorable = pl.Series([bool(p["open"]) for p in people], dtype=pl.Boolean)
    regions = pl.Series([p.get("region") for p in people], dtype=pl.String)
    db.insert(
        "eligibility",
        pl.DataFrame(
            {
                "person_key": key_of,
                "lead_key": key_of,
                "is_scorable": scorable,
                "region": regions,
                **masks,
            }
        ),
    )
    db.insert(
        "score",
        pl.DataFrame(
            {
                "lead_key": key_of,
                "probability": pl.Series([p["probability"] for p in people], dtype=pl.Float64),
                "raw_score": pl.Series([p["raw_score"] for p in people], dtype=pl.Float64),
            }
        ).filter(scorable),
    )


def listed_rows(db):
    """Return the listed rows of the decision as dicts, by person."""
    rows = db.frame("SELECT * FROM decision WHERE verdict = 'listed' ORDER BY person_key")
    return {row["person_key"]: row for row in rows.to_dicts()}
