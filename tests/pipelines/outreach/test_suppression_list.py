"""A long list in SQL is the same list row by row in Python: same texts, same hashes, same tags."""

import random
from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.load.rows.ending import ends_at
from pipelines.outreach import suppress, suppress_list
from pipelines.settings.contact_keys import folded_email, hmac_hex, tag_scheme
from pipelines.store.ledger import Ledger, suppressions

AT = datetime(2026, 11, 20, 12)
# Shorter and longer than a block of SHA-256.
SECRETS = (b"k" * 32, b"a very long secret " * 9)
SCHEMA = {
    "kind": pl.String,
    "key": pl.String,
    "channel": pl.String,
    "reason": pl.String,
    "until": pl.Datetime("us"),
}
NAMES = ("ann", "ann.lee", "a.n.n", "ann+news", "+x", ".", "a+b+c", "zoë", "o'brien", "ANN", "i")
HOSTS = ("gmail.com", "googlemail.com", "x.example", "m.x.example", "bücher.example", "X.example")
OTHERS = (
    ("phone", "+31612345678"),
    ("phone", "+5215512345678"),
    ("phone", "+31 6 1234 5678"),
    ("domain", "spam.example"),
    ("domain", "www.spam.example"),
    ("domain", "www.example.co.uk"),
    ("domain", "*@wild.example"),
    ("domain", "@at.example"),
    ("domain", "*.sub.example"),
    ("domain", "straße.example"),
    ("hash", "ab" * 16),
    ("hash", "AB" * 32),
    ("email", "Ann Lee <ann@shown.example>"),
    ("email", "one@x.example; two@x.example"),
)


def _list(seed, count):
    dice = random.Random(seed)  # noqa: S311 - no secrets here
    for _ in range(count):
        kind, key = dice.choice(OTHERS)
        if dice.random() < 0.7:
            kind, key = "email", f"{dice.choice(NAMES)}@{dice.choice(HOSTS)}"
        yield kind, key, dice.choice((None, None, "email", "phone")), dice.choice((None, "stop"))


def _write(rows, path):
    for_ever = [(*row[:4], row[4] if len(row) > 4 else None) for row in rows]
    pl.DataFrame(for_ever, schema=SCHEMA, orient="row").write_parquet(path)
    return path


def _entries(ledger, secret):
    entries = pl.concat(suppressions.frames(ledger, tag_scheme=tag_scheme(secret)))
    return sorted(entries.drop("number", "since").rows(), key=repr)


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("seed", range(3))
def test_a_list_is_taken_as_one_contact_point_after_the_other(tmp_path, secret, seed):
    rows = [(k, key, c, "stop") for k, key, c, _ in _list(seed, 150)]
    file = _write(rows, tmp_path / "list.parquet")
    with Ledger(tmp_path / "a.sqlite") as fast, Ledger(tmp_path / "b.sqlite") as slow:
        added = suppress_list(
            fast, secret, file, source="s", at=AT, ends_at=ends_at, scratch=tmp_path
        )
        points = [row[:3] for row in rows]
        assert added == suppress(slow, secret, points, reason="stop", source="s", at=AT)
        assert _entries(fast, secret) == _entries(slow, secret)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("host", HOSTS)
def test_every_address_is_known_by_its_folded_form(tmp_path, name, host):
    address, secret = f"{name}@{host}", SECRETS[0]
    file = _write([("email", address, None, None)], tmp_path / "list.parquet")
    with Ledger(tmp_path / "a.sqlite") as ledger:
        suppress_list(ledger, secret, file, source="s", at=AT, ends_at=ends_at, scratch=tmp_path)
        known = set(pl.concat(suppressions.frames(ledger))["key_hmac"])
    if address.isascii():
        assert hmac_hex(secret, f"email:{folded_email(address)}") in known


def test_it_may_be_taken_twice_and_in_many_parts(tmp_path, monkeypatch):
    monkeypatch.setattr("pipelines.outreach.suppression_list._ROWS", 7)
    rows = list(_list(5, 60))
    file, secret = _write(rows, tmp_path / "list.parquet"), SECRETS[0]
    with Ledger(tmp_path / "a.sqlite") as ledger:
        added = suppress_list(
            ledger, secret, file, source="s", at=AT, ends_at=ends_at, scratch=tmp_path
        )
        before = _entries(ledger, secret)
        later = AT + timedelta(days=1)
        assert added == suppressions.count(ledger)
        assert (
            suppress_list(
                ledger, secret, file, source="t", at=later, ends_at=ends_at, scratch=tmp_path
            )
            == 0
        )
        assert _entries(ledger, secret) == before


def test_an_end_that_an_older_version_landed_is_judged_again(tmp_path):
    day, judged = datetime(2026, 12, 31), datetime(2027, 1, 1, 12)
    rows = [
        ("email", "never@x.example", None, "unsubscribed", day),
        ("email", "nothing@x.example", None, None, day),
        ("phone", "+31 6 1234 5678", None, "STOP", day),
        ("email", "day@x.example", None, "temporary hold", day),
        ("email", "moment@x.example", None, "temporary hold", judged),
        ("phone", "+31 6 1234 5679", None, "temporary hold", day),
    ]
    file = _write(rows, tmp_path / "list.parquet")
    with Ledger(tmp_path / "a.sqlite") as ledger:
        suppress_list(
            ledger, SECRETS[0], file, source="s", at=AT, ends_at=ends_at, scratch=tmp_path
        )
        ends = [row[0] for row in ledger.rows("SELECT until FROM suppression")]
    told = "2027-01-01T12:00:00"
    assert sorted(ends, key=str) == [*[told] * 3, *[None] * 3]
