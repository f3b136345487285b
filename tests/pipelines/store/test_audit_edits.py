"""Whatever is done to the lines of the audit log shows, and is named."""

import json
import os
import random
import shutil
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.settings.home import Home
from pipelines.store import audit
from pipelines.store.audit import chain, files
from pipelines.store.ledger import Ledger

AT = datetime(2026, 10, 31, 23, 59, 59)
LINES = 12


def _check(home):
    with Ledger(home.ledger) as ledger:
        return audit.check(home, ledger)


@pytest.fixture(scope="session")
def log(tmp_path_factory):
    """A home with a log of twelve entries in two months, and a foreign line of another home."""
    home = Home(tmp_path_factory.mktemp("log") / "home").ensure()
    with Ledger(home.ledger) as ledger:
        for i in range(LINES):
            audit.append(ledger, AT + timedelta(hours=i // 6), "listed", run="r", lead=i)
    return home


def test_files_are_the_owners_alone(log):
    assert log.audit.stat().st_mode & 0o777 == 0o700
    assert {p.name for p in files.months(log.audit)} == {"2026-10.jsonl", "2026-11.jsonl"}
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in log.audit.iterdir())


def _edited(lines, how, first, second, rng):
    """Return the log with one edit; `lines` have no ends."""
    lines = list(lines)
    if how == "flip":
        line = bytearray(lines[first])
        place = rng.randrange(len(line))
        line[place] ^= 1 << rng.randrange(8)
        lines[first] = bytes(line)
    elif how == "delete":
        del lines[min(first, second) : max(first, second) + 1]
    elif how == "copy":
        lines.insert(second, lines[first])
    elif how == "forge":
        body = json.loads(lines[first]) | {"lead": 99}
        key = rng.randbytes(32)
        facts = {
            k: v for k, v in body.items() if k not in {"n", "at", "who", "action", "prev", "mac"}
        }
        lines[first] = chain.written(
            key, body["n"], body["prev"], AT, body["who"], body["action"], facts
        )[0].encode()
    elif how == "swap":
        lines[first], lines[second] = lines[second], lines[first]
    elif how == "move":
        lines.insert(second, lines.pop(first))
    elif how == "blank":
        lines.insert(first, b"")
    return lines


HOW = ("flip", "delete", "copy", "forge", "swap", "move", "blank", "cut")


def _trial(log, rng, how, first, second, *, over_months):
    """Edit a copy of the log in one way, and tell whether that shows; None: nothing was changed."""
    before = {path: path.read_bytes() for path in files.months(log.audit)}
    path = sorted(before)[first % 2]
    lines = before[path].split(b"\n")[:-1]
    if over_months:
        lines = b"".join(before[p] for p in sorted(before)).split(b"\n")[:-1]
    after = b"".join(
        line + b"\n" for line in _edited(lines, how, first % len(lines), second % len(lines), rng)
    )
    if how == "cut":
        after = after[: -rng.randrange(1, len(after))]
    changed = {path: after} | ({p: b"" for p in before if p != path} if over_months else {})
    if how != "cut" and changed == {p: before[p] for p in changed}:
        return None
    try:
        for file, content in changed.items():
            file.write_bytes(content)
        return _check(log).broken > 0
    finally:
        for file, content in before.items():
            file.write_bytes(content)


@given(
    st.randoms(use_true_random=False),
    st.sampled_from(HOW),
    st.integers(0, LINES - 1),
    st.integers(0, LINES - 1),
)
def test_every_edit_shows(log, rng, how, first, second):
    assert _check(log).broken == 0
    assert _trial(log, rng, how, first, second, over_months=how != "cut" and first > second) in {
        True,
        None,
    }


def test_edits_at_random_show(log):
    """Ten thousand with AUDIT_TRIALS=10000, by hand before a release."""
    rng = random.Random(40)  # noqa: S311
    seen = [
        _trial(
            log,
            rng,
            rng.choice(HOW),
            rng.randrange(LINES),
            rng.randrange(LINES),
            over_months=rng.random() < 0.3,
        )
        for _ in range(int(os.environ.get("AUDIT_TRIALS", "200")))
    ]
    assert seen.count(True) > len(seen) / 2
    assert False not in seen


def test_every_bit_of_a_line_counts(log):
    path = files.months(log.audit)[1]
    whole = path.read_bytes()
    try:
        for place in range(whole.index(b"\n") + 1):
            flipped = bytearray(whole)
            flipped[place] ^= 4
            path.write_bytes(flipped)
            assert _check(log).broken > 0, place
    finally:
        path.write_bytes(whole)


def test_a_finding_names_the_entry(log):
    path = files.months(log.audit)[0]
    whole = path.read_bytes()
    try:
        path.write_bytes(whole.replace(b'"lead":2,', b'"lead":3,'))
        assert "audit/2026-10.jsonl line 3: entry 3 is changed" in _check(log).findings
        lines = whole.splitlines(keepends=True)
        path.write_bytes(b"".join(lines[:1] + lines[3:]))
        assert "entries 2 to 3 missing" in _check(log).findings[0]
    finally:
        path.write_bytes(whole)


def test_who_has_not_the_key_cannot_take_back_the_end(log, tmp_path):
    shutil.copytree(log.root, tmp_path / "home")
    home = Home(tmp_path / "home")
    path = files.months(home.audit)[1]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-2]))
    last = chain.read(lines[-3].rstrip())
    with Ledger(home.ledger) as ledger:
        ledger.execute("DELETE FROM audit_pending WHERE number > ?", last.number)
        ledger.execute("UPDATE audit_head SET number = ?, mac = ?", last.number, last.mac)
    assert _check(home).findings == ["what the ledger remembers of the end of the log is changed"]
    with Ledger(home.ledger) as ledger:
        ledger.execute("DELETE FROM audit_head")
    assert _check(home).broken == 1


def test_a_line_of_another_history_of_the_same_home_does_not_fit(home, tmp_path):
    with Ledger(home.ledger) as ledger:
        audit.append(ledger, AT, "claimed", claim="0")
        ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copytree(home.root, tmp_path / "fork")
    fork = Home(tmp_path / "fork")
    for one in (home, fork):
        with Ledger(one.ledger) as ledger:
            audit.append(ledger, AT, "claimed", claim=one.root.name)
            audit.append(ledger, AT, "paused")
            audit.append(ledger, AT, "resumed")
    ours, theirs = (files.months(one.audit)[0] for one in (home, fork))
    lines = ours.read_bytes().splitlines(keepends=True)
    lines[1] = theirs.read_bytes().splitlines(keepends=True)[1]
    ours.write_bytes(b"".join(lines))
    assert _check(home).findings == [
        "audit/2026-10.jsonl line 3: entry 3 does not follow the one before it"
    ]
