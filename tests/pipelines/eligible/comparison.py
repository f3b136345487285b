"""What the stage finds in a world, in the shape of the oracle's verdicts."""

from collections.abc import Iterable
from typing import Any

import polars as pl

from pipelines.eligible import evaluate, reasons_of
from pipelines.settings.control_group import ControlGroup
from pipelines.settings.policy import FeedSettings, PolicyTable, load_policy
from pipelines.store import Database
from pipelines.store.ledger.suppressions import TAG_LENGTH
from tests.pipelines.eligible.worlds import AS_OF, SECRET

CHANNELS = ("email", "phone", "ai_voice", "sms", "mail")
OLD_SECRET = b"the key before the rotation, longer than one block of sixty-four bytes"
SECRETS = [OLD_SECRET, SECRET]

# Rows the shipped table has no example of, so that every kind of row is exercised.
POLICIES = {
    "shipped": load_policy(),
    "odd": load_policy(
        {
            "pacing": {
                "recontact_interval_days": 0,
                "max_attempts_per_year": 2,
                "max_attempts_ever": 4,
            },
            "ownership": {"active_days": 31},
            "daily_caps": {"house": {"rule": "test", "version": "1", "max_attempts": 1}},
            "addresses": {"is_role_address_blocked": False},
            "NL": {"phone": {"basis": "forbidden"}, "sms": {"consent_max_age_months": 3}},
            "US": {
                "email": {"basis": "consent"},
                "phone": {"consumer": {"basis": "express_consent", "is_proof_required": True}},
            },
            "FR": {
                "mail": {"organisation": {"rule": "test", "version": "1", "basis": "consent"}},
                "phone": {
                    "organisation": {
                        "rule": "test",
                        "version": "1",
                        "basis": "may",
                        "is_mobile_as_consumer": True,
                    }
                },
            },
            "retention": {"countries": ["GB", "FR"], "months": 12},
        }
    ),
}
CONTROL = ControlGroup(share=0.15, draw="test", inbound_days=31)
FEEDS = {"required": FeedSettings(), "none": FeedSettings(customers="none")}

Verdicts = dict[int, tuple[str | None, dict[str, set[str]]]]


def put_tags(db: Database, tags: pl.DataFrame | None) -> None:
    """Give the entries these tags (key_hmac, tag), and the others none."""
    db.run("UPDATE suppression SET tag = NULL")
    if tags is None:
        return
    db.register("tags", tags.with_columns(pl.col("tag").str.slice(0, TAG_LENGTH)))
    db.run(
        "UPDATE suppression SET tag = tags.tag FROM tags"
        " WHERE tags.key_hmac = lower(suppression.key_hmac)"
    )
    db.unregister("tags")


def found(
    db: Database, policy: PolicyTable, feeds: FeedSettings, tags: pl.DataFrame | None = None
) -> Verdicts:
    put_tags(db, tags)
    result = evaluate(
        db,
        policy=policy,
        feeds=feeds,
        as_of=AS_OF,
        suppression_secrets=SECRETS,
        control=CONTROL,
    )
    rows = db.frame("SELECT * FROM eligibility").to_dicts()
    assert len(rows) == result.persons
    assert result.scorable == sum(row["is_scorable"] for row in rows)
    for row in rows:
        assert row["is_scorable"] == any(row[f"{channel}_reasons"] == 0 for channel in CHANNELS)
    return {row["person_key"]: (row["region"], named(row)) for row in rows}


def named(row: dict[str, Any]) -> dict[str, set[str]]:
    return {
        channel: {reason.name for reason in reasons_of(row[f"{channel}_reasons"])}
        for channel in CHANNELS
    }


Case = tuple[Database, str, str, Verdicts]
"""A world in a store, names of its policy and feed settings, and what the oracle says of it."""


def agrees(cases: Iterable[Case], tags: pl.DataFrame | None = None) -> bool:
    return all(
        found(db, POLICIES[policy], FEEDS[feeds], tags) == expected
        for db, policy, feeds, expected in cases
    )
