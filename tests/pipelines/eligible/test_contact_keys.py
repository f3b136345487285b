"""Canonical texts and keyed hashes: Python and SQL agree, and nothing obvious slips through."""

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.eligible import Reason, evaluate
from pipelines.load.normalise.email import domain_keys, email_keys
from pipelines.outreach import kind_of
from pipelines.settings.contact_keys import (
    digest_of,
    folded_email,
    hmac_hex,
    hmac_pads,
    lookup_keys,
    suppression_keys,
    tag_hex,
    tag_prefix,
)
from pipelines.settings.look_alikes import plain_address
from pipelines.settings.policy import FeedSettings, load_policy
from pipelines.store import Database, create_tables, sql
from pipelines.store.ledger.suppressions import TAG_LENGTH
from tests.pipelines.spellings import DECORATED

TEXTS = [
    "",
    "email:a@b.example",
    "phone:+31201234567",
    "domain:acme.example",
    "email:zoë@ü.de",
    "x" * 500,
]
SECRETS = [b"k", b"0123456789abcdef" * 4, b"longer than one block of sixty-four bytes" * 2]

_local = st.text(
    st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters="@\x00"),
    min_size=1,
    max_size=12,
)
_domain = st.sampled_from(
    ["gmail.com", "googlemail.com", "GMAIL.com", "x.example", "notgmail.com", "xn--caf-dma.example"]
)


@pytest.fixture(scope="module")
def db() -> Iterator[Database]:
    with Database.memory(memory_gb=0.5) as database:
        database.run(sql("pipelines.store", "contact_macros.sql"))
        yield database


@pytest.mark.parametrize("secret", SECRETS)
def test_sql_hmac_is_pythons(db: Database, secret: bytes) -> None:
    inner, outer = hmac_pads(secret)
    db.register("text_frame", pl.DataFrame({"text": TEXTS}))
    rows = db.frame(
        "SELECT text, hmac_hex($inner::BLOB, $outer::BLOB, text) AS code FROM text_frame",
        inner=inner,
        outer=outer,
    )
    expected = {text: hmac.new(secret, text.encode(), hashlib.sha256).hexdigest() for text in TEXTS}
    assert dict(rows.rows()) == expected
    assert {text: hmac_hex(secret, text) for text in TEXTS} == expected


@settings(max_examples=100, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))))
def test_sql_tags_are_pythons(db: Database, texts: list[str]) -> None:
    texts = [*TEXTS, *texts]
    db.register("text_frame", pl.DataFrame({"text": texts}))
    for secret in SECRETS:
        rows = db.frame(
            "SELECT text, tag_hex($prefix, text) AS tag FROM text_frame", prefix=tag_prefix(secret)
        )
        assert dict(rows.rows()) == {text: tag_hex(secret, text) for text in texts}


def test_a_tag_tells_nothing_without_the_secret() -> None:
    prefixes = {tag_prefix(secret) for secret in SECRETS}
    assert len(prefixes) == len(SECRETS)
    assert all(len(prefix) == 16 for prefix in prefixes)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_local, _domain), min_size=1, max_size=40))
def test_sql_folds_addresses_as_python_does(db: Database, parts: list[tuple[str, str]]) -> None:
    addresses = [f"{local}@{domain}" for local, domain in parts]
    db.register("address_frame", pl.DataFrame({"address": addresses}))
    folded = db.frame("SELECT address, folded_email(address) AS name FROM address_frame")
    assert dict(folded.rows()) == {address: folded_email(address) for address in addresses}


def test_sql_lowers_every_letter_as_python_does(db: Database) -> None:
    letters = [chr(code) for code in range(0xA1, 0x30000) if not 0xD800 <= code < 0xE000]
    addresses = [f"{letter}@x.example" for letter in letters if letter not in "@+"]
    db.register("letter_frame", pl.DataFrame({"address": addresses}))
    folded = db.frame("SELECT address, folded_email(address) AS name FROM letter_frame")
    different = [a for a, name in folded.rows() if name != folded_email(a)]
    assert different == []


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Ann.Lee+news@GoogleMail.com", "annlee@gmail.com"),
        (" ann@acme.example ", "ann@acme.example"),
        ("Ann Lee <Ann@Acme.example>", "ann@acme.example"),
        ("mailto:ann@acme.example", "ann@acme.example"),
        ("ANN@ACME.EXAMPLE", "Ann@acme.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),
        ("ann@straße.example", "ann@strasse.example"),
        ("zoe\u0308@acme.example", "zoë@acme.example"),
        ("+tag@gmail.com", "+tag@gmail.com"),
    ],
)
def test_a_suppressed_address_meets_the_lead_that_has_it(typed: str, key: str) -> None:
    assert set(suppression_keys("email", typed)) & set(lookup_keys(email_key=key))


@pytest.mark.parametrize(
    "typed",
    [
        "Ann.Lee+x@GMail.com",
        "zoe\u0308@straße.example",
        "Ann <ann@Bücher.example>",
        "a@faß.de",
        "\u0130nan@\u0130stanbul.example",
        "ΝΙΚΟΣ@ΚΟΣΜΟΣ.example",
    ],
)
def test_what_is_suppressed_meets_what_the_loader_makes_of_it(typed: str) -> None:
    assert_met(typed)


# Letters that Python knows: what a later Unicode adds it leaves in upper case.
_known = st.characters(exclude_categories=["Cs", "Cn"], max_codepoint=0x2FFFF)
_letters = st.text(
    _known | st.sampled_from("aZ1.-+@ \u0130Σς\u200c\u00ad\uff20\uff0e\uff41\u2011"), max_size=8
)


@settings(max_examples=300, deadline=None)
@given(_letters, _letters, st.sampled_from(["gmail.com", "acme.example", "ΚΟΣΜΟΣ.example"]))
def test_whatever_the_loader_reads_can_be_suppressed(local: str, host: str, end: str) -> None:
    for typed in (f"{local}@{end}", f"{local}@{host}.{end}", f"{host} <{local}@{end}>"):
        if email_keys(pl.Series([typed]))["email_key"].item() is not None:
            assert_met(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "\u00a0ann@acme.example\u202f",
        "\u200bann@acme.example\ufeff",
        "\u2009ann@acme.example\u3000",
        "a\u200cn\u00adn@ac\u200bme.example",
        "ann\u2060@acme.example",
        "\u202aann@acme.example\u202c",
        "\uff41nn\uff20acme\uff0eexample",
        "ann\ufe6bacme.example",
        "Ann Lee\u2009<\u200bann@acme.example\u00a0>\u2003",
        "ann\ufe0f@acme.example\x00",
    ],
)
def test_invisible_and_full_width_characters_change_no_address(typed: str) -> None:
    assert email_keys(pl.Series([typed])).row(0) == ("ann@acme.example", "acme.example")
    assert kind_of(typed) == "email"
    assert suppression_keys("email", typed) == ("email:ann@acme.example",)


def test_typographic_hyphens_and_quotes_are_those_of_addresses() -> None:
    typed = "o\u2019brien@ac\u2011me.example"
    assert email_keys(pl.Series([typed]))["email_key"].item() == "o'brien@ac-me.example"
    assert suppression_keys("email", typed) == ("email:o'brien@ac-me.example",)
    for name in ("\u200bac\u2011me.example\u00a0", "\uff20ac-me\uff0eexample"):
        assert domain_keys(pl.Series([name])).item() == "ac-me.example"
        assert suppression_keys("domain", name) == ("domain:ac-me.example",)


def test_joiners_stay_where_they_make_another_domain() -> None:
    # Persian writes them inside of words; next to ASCII they are noise.
    typed = "ann@\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example"
    key = email_keys(pl.Series([typed]))["email_key"].item()
    assert key == "ann@xn--mgba3gch31f060k.example"
    assert_met(typed)
    assert f"email:{key}" in suppression_keys("email", typed)


def assert_met(typed: str) -> None:
    keys = email_keys(pl.Series("email", [typed]))
    key, domain = keys["email_key"].item(), keys["email_domain"].item()
    assert key is not None
    assert set(suppression_keys("email", typed)) & set(lookup_keys(email_key=key))
    name = plain_address(typed).rpartition("@")[2].strip("> ")
    assert set(suppression_keys("domain", name)) & set(lookup_keys(email_domain=domain))


@pytest.mark.parametrize(
    ("typed", "key"),
    [("ann@acme.example", "anne@acme.example"), ("a.b@acme.example", "ab@acme.example")],
)
def test_different_people_stay_different(typed: str, key: str) -> None:
    assert not set(suppression_keys("email", typed)) & set(lookup_keys(email_key=key))


@pytest.mark.parametrize(("typed", "region", "number"), DECORATED)
def test_decorated_numbers(typed: str, region: str | None, number: str) -> None:
    assert suppression_keys("phone", typed, region=region) == (f"phone:{number}",)
    if " x12" not in typed.replace("\u2009", " "):
        assert kind_of(typed) == "phone"


def test_phones_and_domains() -> None:
    broken = suppression_keys("phone", "301234000 ext \r12", region="DE")
    assert "phone:+49301234000" in broken
    assert suppression_keys("phone", "020 123 4567", region="NL") == ("phone:+31201234567",)
    assert suppression_keys("phone", "+31 (0)20-1234567") == ("phone:+31201234567",)
    for typed in ("@Acme.Example.", "https://www.acme.example/about", "acme.example:8080"):
        assert suppression_keys("domain", typed) == ("domain:acme.example",)
    found = lookup_keys(phones=("+31201234567", None), email_domain="eu.acme.example")
    plain = [text for text in found if not text.startswith("hash:")]
    assert plain == ["phone:+31201234567", "domain:eu.acme.example", "domain:acme.example"]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("email", "ann"),
        ("email", "@acme.example"),
        ("email", "ann@localhost"),
        ("email", "a b@acme.example"),
        ("domain", "com"),
        ("domain", "a..example"),
        ("phone", "020 123 4567"),
        ("phone", "call me"),
    ],
)
def test_what_is_no_contact_point_is_refused_without_repeating_it(kind: str, value: str) -> None:
    with pytest.raises(ValueError, match="not a") as caught:
        suppression_keys(kind, value)  # type: ignore[arg-type]
    assert value not in str(caught.value)


@pytest.mark.parametrize("is_tagged", [True, False])
@pytest.mark.parametrize("name", ["md5", "sha1", "sha256"])
def test_a_plain_hash_suppresses_in_sql_as_in_python(
    db: Database, name: str, is_tagged: bool
) -> None:
    secret = b"k" * 32
    create_tables(db)
    for table in ("lead", "dedupe_link", "person"):
        db.run(f"DELETE FROM {table}")
    db.run(
        "INSERT INTO lead BY NAME SELECT 1 AS lead_key, 'jo+x@gmail.com' AS own_email_key,"
        " '+31201234567' AS phone_e164, 'Jo+X@Gmail.com' AS own_email, '020-123 4567' AS phone"
        " UNION ALL SELECT 2, 'other@acme.example', NULL, NULL, NULL"
    )
    db.run("INSERT INTO dedupe_link SELECT lead_key, lead_key, 'self', NULL FROM lead")
    db.run("INSERT INTO person SELECT lead_key, lead_key, 1 FROM lead")
    as_given = ("Jo+X@Gmail.com", "020-123 4567")
    texts = ("jo+x@gmail.com", "jo@gmail.com", "JO+X@GMAIL.COM", "+31201234567", "31201234567")
    for value in (*texts, *as_given):
        digest = hashlib.new(name, value.encode()).hexdigest()
        (text,) = suppression_keys("hash", digest.upper())
        assert text in lookup_keys("jo+x@gmail.com", ("+31201234567",), None, as_given)
        db.run("DELETE FROM suppression")
        db.run(
            "INSERT INTO suppression BY NAME"
            " SELECT 'hash' AS kind, $key AS key_hmac, $tag AS tag, $digest AS digest",
            key=hmac_hex(secret, text),
            tag=tag_hex(secret, text)[:TAG_LENGTH] if is_tagged else None,
            digest=digest_of(text) if is_tagged else None,
        )
        evaluate(
            db,
            policy=load_policy(),
            feeds=FeedSettings(customers="none"),
            as_of=datetime.fromisoformat("2026-01-01"),
            suppression_secrets=[secret],
        )
        masks = dict(db.frame("SELECT lead_key, mail_reasons FROM eligibility").rows())
        assert masks[1] & Reason.SUPPRESSED_HASH.mask
        assert not masks[2] & Reason.SUPPRESSED_HASH.mask
