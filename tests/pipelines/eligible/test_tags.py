"""Tags save time: with all, some or none the verdicts are the same.

A tag too many changes nothing; a wrong one alone would hide its entry, so the ledger gives only
tags of the scheme and key that are in force.
"""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.eligible import evaluate
from pipelines.eligible.reasons import SUPPRESSED_FOR_GOOD
from pipelines.outreach.suppressions import suppress
from pipelines.settings.contact_keys import Kind, hmac_hex, tag_hex, tag_scheme
from pipelines.settings.policy import FeedSettings, load_policy
from pipelines.store import Database, sql
from pipelines.store.ledger import Ledger, suppressions
from tests.pipelines.eligible.comparison import OLD_SECRET, Case, agrees, put_tags
from tests.pipelines.eligible.hashes import TEXTS
from tests.pipelines.eligible.worlds import AS_OF, SECRET, store, world

LEADS = [
    {"lead_key": 1, "email_key": "Ann.Lee+x@gmail.com", "email": "x"},
    {"lead_key": 2, "email_key": "bo@eu.acme.example", "email": "x"},
    {"lead_key": 3, "email_key": "cy@other.example", "phone_e164": "+31201234567"},
    {"lead_key": 4, "email_key": "di@other.example", "mobile_e164": "+31612345678"},
    {"lead_key": 5, "email_key": "ed@other.example", "phone_e164": "+31207654321"},
]
POINTS: list[tuple[Kind, str, str | None]] = [
    ("email", "annlee@gmail.com", None),
    ("domain", "acme.example", None),
    ("phone", "+31 20 123 4567", None),
    ("hash", "a94a8fe5ccb19ba61c4c0873d391e987982fbbd3", None),
]


def tags_of(digests: list[str]) -> pl.DataFrame:
    rows = [(digest, tag_hex(SECRET, TEXTS[digest])) for digest in digests]
    return pl.DataFrame(rows, schema={"key_hmac": pl.String, "tag": pl.String}, orient="row")


def ledger_tags(ledger: Ledger) -> pl.DataFrame:
    entries = pl.concat(suppressions.frames(ledger, tag_scheme=tag_scheme(SECRET)))
    return entries.select("key_hmac", "tag").drop_nulls()


def suppressed(db: Database, tags: pl.DataFrame | None, secrets: list[bytes]) -> set[int]:
    put_tags(db, tags)
    evaluate(
        db,
        policy=load_policy(),
        feeds=FeedSettings(customers="none"),
        as_of=AS_OF,
        suppression_secrets=secrets,
    )
    masks = db.frame("SELECT lead_key, mail_reasons FROM eligibility").rows()
    return {lead for lead, mask in masks if mask & SUPPRESSED_FOR_GOOD}


@pytest.mark.parametrize("share", ["all", "half"])
def test_verdicts_do_not_depend_on_tags(corpus: tuple[Case, ...], share: str) -> None:
    digests = sorted(TEXTS)
    assert len(digests) > 20
    assert agrees(corpus, tags_of(digests if share == "all" else digests[::2]))


def test_an_entry_without_a_tag_is_noticed(
    monkeypatch: pytest.MonkeyPatch, corpus: tuple[Case, ...]
) -> None:
    def all_tagged(package: str, name: str) -> str:
        return sql(package, name).replace("tag IS NOT NULL", "true")

    monkeypatch.setattr("pipelines.eligible.suppressed.sql", all_tagged)
    assert not agrees(corpus, tags_of(sorted(TEXTS)[::2]))


@pytest.mark.parametrize("secrets", [[SECRET], [OLD_SECRET, SECRET], [SECRET, OLD_SECRET]])
def test_what_the_ledger_remembers_is_matched_by_tag(tmp_path: Path, secrets: list[bytes]) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        suppress(ledger, SECRET, POINTS, reason="r", source="s", at=at)
        entries = pl.concat(suppressions.frames(ledger))
        tags = ledger_tags(ledger)
    assert set(tags["key_hmac"]) == set(entries["key_hmac"])
    with store(world(lead=LEADS)) as db:
        db.insert("suppression", entries)
        assert suppressed(db, tags, secrets) == {1, 2, 3}
        assert suppressed(db, None, secrets) == {1, 2, 3}


@pytest.mark.parametrize("is_repaired", [False, True])
def test_tags_of_another_scheme_hide_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_repaired: bool
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        with monkeypatch.context() as other:
            other.setattr("pipelines.settings.contact_keys.tag_prefix", lambda _: "other")
            suppress(ledger, SECRET, POINTS, reason="r", source="s", at=at)
            wrong = ledger_tags(ledger)
        if is_repaired:
            suppress(ledger, SECRET, POINTS[1:], reason="r", source="s", at=at)
        entries = pl.concat(suppressions.frames(ledger))
        tags = ledger_tags(ledger)
    assert wrong.height == entries.height
    assert bool(tags.height) == is_repaired
    with store(world(lead=LEADS)) as db:
        db.insert("suppression", entries)
        assert suppressed(db, tags, [SECRET]) == {1, 2, 3}
        # this is what the note of the scheme is for
        assert suppressed(db, wrong, [SECRET]) == set()


def test_the_hmac_decides_where_a_tag_meets_somebody_else() -> None:
    text = "email:cy@other.example"
    entry = {"kind": "email", "key_hmac": hmac_hex(SECRET, text)}
    stray = pl.DataFrame(
        {
            "key_hmac": [hmac_hex(SECRET, text)] * 2,
            "tag": [tag_hex(SECRET, text), tag_hex(SECRET, "email:di@other.example")],
        }
    )
    with store(world(lead=LEADS, suppression=[entry])) as db:
        assert suppressed(db, stray, [SECRET]) == {3}


def test_a_tagged_entry_does_not_hide_one_of_an_older_ledger() -> None:
    texts = ["email:cy@other.example", "phone:+31612345678"]
    entries = [
        {"kind": text.split(":")[0], "key_hmac": hmac_hex(SECRET, text).upper()} for text in texts
    ]
    known = pl.DataFrame(
        {"key_hmac": [hmac_hex(SECRET, texts[0])], "tag": [tag_hex(SECRET, texts[0])]}
    )
    with store(world(lead=LEADS, suppression=entries)) as db:
        assert suppressed(db, known, [OLD_SECRET, SECRET]) == {3, 4}
