"""The audit log: an entry is there if, and only if, what it tells of was done."""

import json
import random
import shutil
import signal
import subprocess
import sys
from datetime import datetime, timedelta

import pytest

from pipelines.store import audit
from pipelines.store.audit import chain, files
from pipelines.store.ledger import Ledger

AT = datetime(2026, 10, 31, 23, 59, 59)
WRITER = """
import sys
from datetime import datetime
from pathlib import Path
from pipelines.settings.home import Home
from pipelines.store import audit
from pipelines.store.ledger import Ledger
home, name, count = Home(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
with Ledger(home.ledger) as ledger:
    for i in range(count):
        audit.append(ledger, datetime(2026, 11, 1), "claimed", writer=name, i=i)
        print(i, flush=True)
"""


def _entries(home):
    return [json.loads(t) for p in files.months(home.audit) for t in p.read_text().splitlines()]


def _check(home):
    with Ledger(home.ledger) as ledger:
        return audit.check(home, ledger)


def _writer(home, name, count):
    command = [sys.executable, "-c", WRITER, str(home.root), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def ledger(home):
    with Ledger(home.ledger) as opened:
        yield opened


def test_a_line_says_who_did_what_when_and_follows_the_one_before(home, ledger):
    audit.append(ledger, AT, "claimed", claim="c1", lead=7)
    audit.append(ledger, AT, "released", claim="c1")
    first, second = _entries(home)
    assert (first["n"], first["at"], first["action"]) == (
        1,
        "2026-10-31T23:59:59.000000Z",
        "claimed",
    )
    assert (first["who"], first["lead"], first["prev"]) == (second["who"], 7, chain.START)
    assert (second["n"], second["prev"]) == (2, first["mac"])
    assert _check(home).broken == 0


def test_what_is_undone_is_not_told(home, ledger):
    audit.append(ledger, AT, "paused")
    with pytest.raises(ZeroDivisionError), ledger.transaction():
        audit.append(ledger, AT, "claimed", claim="never")
        raise ZeroDivisionError
    with ledger.transaction():
        audit.append(ledger, AT, "claimed", claim="a")
        audit.append(ledger, AT, "claimed", claim="b")
    assert [entry.get("claim") for entry in _entries(home)] == [None, "a", "b"]
    assert _check(home).broken == 0


def test_half_a_line_is_cut_off_and_the_whole_one_written(home, ledger):
    for i in range(5):
        audit.append(ledger, AT, "claimed", claim=str(i))
    path = files.months(home.audit)[0]
    path.write_bytes(path.read_bytes()[:-200])
    assert _check(home).broken == 2
    audit.append(ledger, AT, "claimed", claim="5")
    assert [entry["claim"] for entry in _entries(home)] == list("012345")
    assert _check(home).broken == 0


def test_what_was_acknowledged_comes_back_when_asked(home, ledger):
    for i in range(5):
        audit.append(ledger, AT, "claimed", claim=str(i))
    files.months(home.audit)[0].unlink()
    assert _check(home).broken == 1
    assert audit.repair(ledger) == 5
    assert _check(home).broken == 0
    assert audit.repair(ledger) == 0


def test_a_writer_that_dies_before_the_file_loses_nothing(home, ledger, monkeypatch):
    audit.append(ledger, AT, "claimed", claim="0")

    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(files, "write", die)
        audit.append(ledger, AT, "claimed", claim="1")
    audit.append(ledger, AT, "claimed", claim="2")
    assert [entry["claim"] for entry in _entries(home)] == list("012")
    assert _check(home).broken == 0


def test_two_writers_take_turns(home):
    writers = [_writer(home, name, 30) for name in "ab"]
    assert [writer.wait() for writer in writers] == [0, 0]
    for writer in writers:
        writer.stdout.close()
    told = [(entry["writer"], entry["i"]) for entry in _entries(home)]
    assert sorted(told) == [(name, i) for name in "ab" for i in range(30)]
    assert _check(home).broken == 0


def test_killed_writers_keep_what_they_acknowledged(home):
    rng = random.Random(9)  # noqa: S311
    acknowledged = 0
    for attempt in range(3):
        writer = _writer(home, str(attempt), 10_000)
        for _ in range(rng.randrange(1, 40)):
            writer.stdout.readline()
            acknowledged += 1
        writer.send_signal(signal.SIGKILL)
        rest, _ = writer.communicate()
        acknowledged += rest.count("\n")
    with Ledger(home.ledger) as ledger:
        audit.repair(ledger)
    assert _check(home).broken == 0
    # One per writer may be written that was not told any more.
    assert acknowledged <= len(_entries(home)) <= acknowledged + 3


def test_a_ledger_from_a_backup_goes_on_where_the_log_ends(home):
    with Ledger(home.ledger) as ledger:
        audit.append(ledger, AT, "claimed", claim="0")
        ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(home.ledger, home.root / "backup")
    with Ledger(home.ledger) as ledger:
        audit.append(ledger, AT, "claimed", claim="1")
    for path in home.ledger.parent.glob("ledger.sqlite*"):
        path.unlink()
    shutil.copy(home.root / "backup", home.ledger)
    assert _check(home).broken == 1
    with Ledger(home.ledger) as ledger:
        audit.append(ledger, AT, "claimed", claim="2")
    actions = [(entry["action"], entry.get("claim")) for entry in _entries(home)]
    assert actions[2:] == [("ledger_behind", None), ("claimed", "2")]
    assert _check(home).broken == 0


def test_a_clock_that_goes_back_opens_no_older_month(home, ledger):
    for days in (2, -40, 3):
        audit.append(ledger, AT + timedelta(days=days), "paused")
    assert [path.name for path in files.months(home.audit)] == ["2026-11.jsonl"]
    assert _check(home).broken == 0


def test_the_ledger_keeps_few_lines(home, ledger):
    for part in range(4):
        audit.append_all(ledger, AT, [("listed", {"lead": i}) for i in range(200)])
        kept = ledger.rows("SELECT count(*), max(number) FROM audit_pending")[0]
        assert kept == (min(200 * (part + 1), 256 + 200), 200 * (part + 1))
    assert _check(home).broken == 0


def test_what_the_log_says_of_one_lead(home, ledger):
    for lead in (1, 11):
        audit.append(ledger, AT, "listed", run="r", lead=lead, rank=lead)
        audit.append(ledger, AT, "claimed", claim=f"c{lead}", run="r", lead=lead, person=1)
    audit.append(ledger, AT, "exported", claims=["c1", "c11"])
    audit.append(ledger, AT, "listed", run="later", lead=1, rank=1)
    found = audit.entries_of(home, 1, "r")
    assert [entry["action"] for entry in found] == ["listed", "claimed", "exported"]
    assert found[2]["claims"] == ["c1"]
