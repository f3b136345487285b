"""Suppressions in the ledger: added, never changed, read in parts, and moved from older homes."""

import sqlite3
from datetime import datetime, timedelta

import polars as pl
import pytest

from pipelines.store.ledger import Ledger, notes, suppressed, suppressions
from pipelines.store.ledger.notes import Notes
from pipelines.store.ledger.suppressions import Suppression

AT = datetime(2026, 1, 2, 3, 4, 5)
# As they stood in ledgers of version 5.
OLD = """
DROP VIEW suppression; DROP TABLE suppressed_point; DROP TABLE suppression_note;
CREATE TABLE suppression (suppression_id TEXT PRIMARY KEY, kind TEXT NOT NULL,
    key_hmac TEXT NOT NULL, channel TEXT, reason TEXT NOT NULL, since TEXT NOT NULL, until TEXT,
    source TEXT NOT NULL) STRICT;
"""
OLD_TAGS = "CREATE TABLE suppression_tag (key_hmac TEXT PRIMARY KEY, tag TEXT NOT NULL) STRICT;"


@pytest.fixture
def ledger(home):
    with Ledger(home.ledger) as opened:
        yield opened


def _key(number):
    return f"{number:064x}"


def _row(number, channel=None, reason="r", tag=None, **more):
    return Suppression("email", _key(number), channel, reason, AT, "test", tag, **more)


def _all(ledger, scheme=None):
    return pl.concat(suppressions.frames(ledger, tag_scheme=scheme))


def _tags(ledger, scheme):
    return _all(ledger, scheme).select("key_hmac", "tag").drop_nulls().rows()


def test_one_is_never_changed_by_a_later_one(ledger):
    assert suppressions.add(ledger, [_row(1, reason="first"), _row(1, reason="again")]) == 1
    assert suppressions.add(ledger, [_row(1, reason="later")]) == 0
    assert _all(ledger).select("reason", "since").rows() == [("first", AT)]


def test_an_end_never_ends_what_binds_for_ever(ledger):
    ends = AT + timedelta(days=9)
    assert suppressions.add(ledger, [_row(1), _row(2, until=ends)]) == 2
    assert suppressions.add(ledger, [_row(1, until=ends), _row(2, until=ends)]) == 1
    keys = [_key(1), _key(2)]
    assert suppressed.bound(ledger, keys, AT) == {key: {None} for key in keys}
    assert suppressed.bound(ledger, keys, ends - timedelta(seconds=1)).keys() == set(keys)
    assert suppressed.bound(ledger, keys, ends) == {_key(1): {None}}
    assert suppressions.add(ledger, [_row(2)]) == 1
    assert suppressed.bound(ledger, keys, ends).keys() == set(keys)


def test_a_long_list_is_read_in_parts(ledger, monkeypatch):
    monkeypatch.setattr(suppressions, "_ROWS", 4)
    given = [
        _row(n, ("email", None)[n % 2], tag=f"{n:032x}", until=AT if n == 3 else None)
        for n in reversed(range(10))
    ]
    assert suppressions.add(ledger, given, tag_scheme="a") == 10
    parts = list(suppressions.frames(ledger, tag_scheme="a"))
    assert [part.height for part in parts] == [4, 4, 2]
    names = ("number", "key_hmac", "channel", "until", "tag", "kind", "reason", "since", "source")
    assert pl.concat(parts).select(names).rows() == [
        (
            10 - n,
            _key(n),
            ("email", None)[n % 2],
            AT if n == 3 else None,
            f"{n:032x}"[: suppressions.TAG_LENGTH],
            *("email", "r", AT, "test"),
        )
        for n in reversed(range(10))
    ]
    later = pl.concat(suppressions.frames(ledger, tag_scheme="a", after=7))
    assert later["number"].to_list() == [8, 9, 10]
    assert suppressions.state(ledger, "a") == suppressions.State(10, 10, 10)
    assert suppressions.state(ledger, "b", upto=7) == suppressions.State(7, 7, 0)


def test_a_tag_is_kept_and_a_missing_one_filled_in(ledger):
    suppressions.add(ledger, [_row(1)], tag_scheme="a")
    assert _tags(ledger, "a") == []
    assert suppressions.add(ledger, [_row(1, tag="t1")], tag_scheme="a") == 0
    assert _tags(ledger, "a") == [(_key(1), "t1")]
    # the newest is kept: what made it is what will look for it
    assert suppressions.add(ledger, [_row(1, tag="t2")], tag_scheme="a") == 0
    assert _tags(ledger, "a") == [(_key(1), "t2")]
    assert suppressions.add(ledger, [_row(1)], tag_scheme="a") == 0
    assert _tags(ledger, "a") == [(_key(1), "t2")]


def test_tags_of_another_scheme_are_no_tags(ledger):
    suppressions.add(ledger, [_row(1, tag="t1"), _row(2, tag="t2")], tag_scheme="a")
    assert _tags(ledger, "b") == []
    suppressions.add(ledger, [_row(2, tag="new")], tag_scheme="b")
    assert _tags(ledger, "b") == [(_key(2), "new")]
    assert _tags(ledger, "a") == []
    assert suppressions.count(ledger) == 2
    suppressions.add(ledger, [_row(1, tag="by whom?")])
    assert _tags(ledger, "b") == [(_key(2), "new")]
    # nobody knows what made these
    ledger.execute("DELETE FROM meta")
    assert _tags(ledger, "b") == []


def test_bound_finds_every_channel_of_many_keys(ledger):
    rows = [_row(n, channel) for n in range(1200) for channel in (None, "email")]
    assert suppressions.add(ledger, rows) == 2400
    found = suppressed.bound(ledger, [_key(n) for n in range(0, 2400, 2)], AT)
    assert len(found) == 600
    assert found[_key(2)] == {None, "email"}


@pytest.mark.parametrize("version", [1, 5])
def test_an_older_ledger_loses_nothing(home, ledger, version):
    rows = [
        (f"{_key(n)}:{c or '*'}", kind, _key(n), c, f"why {n % 2}", AT.isoformat(), None, "list")
        for n, c, kind in [(1, None, "email"), (1, "phone", "phone"), (7, "email", "hash")]
    ]
    with sqlite3.connect(home.ledger) as raw:
        raw.executescript(OLD)
        raw.executemany("INSERT INTO suppression VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        if version > 1:
            raw.executescript(OLD_TAGS)
            raw.execute("INSERT INTO suppression_tag VALUES (?, ?)", (_key(7), "0f" * 16))
            raw.execute("INSERT INTO meta VALUES ('suppression_tag_scheme', 'a')")
        raw.execute(f"PRAGMA user_version = {version}")
    raw.close()
    with Ledger(home.ledger) as upgraded:
        names = "suppression_id, kind, key_hmac, channel, reason, since, until, source"
        assert upgraded.rows(f"SELECT {names} FROM suppression ORDER BY rowid") == rows
        assert _tags(upgraded, "a") == ([(_key(7), "0f" * 6)] if version > 1 else [])
        assert suppressions.state(upgraded).last == 3
        assert suppressed.bound(upgraded, [_key(7)], AT) == {_key(7): {"email"}}
    with Ledger(home.ledger) as again:
        assert suppressions.count(again) == 3


def test_many_notes_are_numbered_as_one_by_one(ledger, monkeypatch):
    reasons = [f"said no {n % 7}" for n in range(20)]
    given = pl.DataFrame(
        {"kind": "email", "reason": reasons, "digest": [("md5", None)[n % 2] for n in range(20)]}
    ).select("kind", "digest", "reason")
    first, all_of_them = given.head(5).unique(), given.unique(maintain_order=True)
    known = Notes(ledger).numbered(first, AT, "test").rows()
    monkeypatch.setattr(notes, "_FEW", 3)
    many = Notes(ledger).numbered(all_of_them, AT, "test").select(*given.columns, "note")
    assert set(known) < set(many.rows())
    assert many.sort("note").rows() == [
        (kind, digest, reason, Notes(ledger).number(kind, digest, reason, AT, "test"))
        for kind, digest, reason, _ in many.sort("note").rows()
    ]
    assert ledger.rows("SELECT count(*) FROM suppression_note") == [(all_of_them.height,)]
