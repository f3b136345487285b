"""Processes that are killed by a signal, at any of their file operations: nothing is half done.

A home is loaded, suppressed, decided about, reported to and erased from by processes of their own,
each killed at a place that the seed names. Whoever comes next goes on, and whoever said no stays
off every list. Five deaths in the suite; the slow run dies at every place in turn, and at any time.
"""

import multiprocessing
import os
import random
import shutil
import signal
import sys
from pathlib import Path

import pytest

from pipelines.runs.attempts import AttemptDesk
from pipelines.runs.forget import run_forget
from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_suppress
from pipelines.runs.query import run_query
from pipelines.runs.summary import published_list, summarise
from pipelines.runs.verify import run_verify
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger
from tests.e2e.conftest import AS_OF
from tests.e2e.erased_world import HEADER, fill, traces

SPAWN = multiprocessing.get_context("spawn")
JANE = "jane.canary@own.example"
# What a process does to the files of the home. DuckDB and SQLite write between these, unseen.
_DEEDS = frozenset({
    "open", "os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink",
    "sqlite3.connect", "shutil.copyfile", "shutil.rmtree", "fcntl.flock", "os.listdir",
})  # fmt: skip


def _load(home: Home) -> None:
    folder = home.root.parent / f"{home.root.name}-files"
    folder.mkdir(exist_ok=True)
    auto, wanted = resolve_mapping("auto"), []
    for kind, name, text in (
        ("leads", "new.csv", HEADER + "crm-7,ann7@firm7.example,Ann,Lee7,,,Firm 7,,US,2026-05-01,"
         "2026-05-02,,\n"),
        ("consent", "no.csv", "email,status\nann1@firm1.example,opt_out\n"),
        ("suppressions", "list.csv", "email\nann2@firm2.example\n"),
    ):  # fmt: skip
        (folder / name).write_text(text)
        wanted.append(LoadRequest([folder / name], kind, auto, "crm"))
    run_load(home, wanted)


def _night(home: Home) -> None:
    run_suppress(home, ["ann1@firm1.example"], channel=None, reason="asked")
    run_nightly(home, as_of=AS_OF)
    run_suppress(home, ["ann2@firm2.example"], channel=None, reason="asked")


def _claim(home: Home) -> None:
    for name in ("ann1@firm1.example", "ann2@firm2.example"):
        run_suppress(home, [name], channel=None, reason="asked")
        run_claim(home, channel="email", handler="ai", count=1)


def _forget(home: Home) -> None:
    run_forget(home, [JANE, "ann1@firm1.example", "ann2@firm2.example"])


def _report(home: Home) -> None:
    with AttemptDesk(home) as desk:
        for name in ("crm-3", "crm-1", "crm-2"):
            named = {"lead": f"crm:{name}", "channel": "email", "disposition": "opted_out"}
            desk.take(named | {"attempt_id": name, "at": "2026-11-01T10:00:00"})


WORK = {"load": _load, "night": _night, "claim": _claim, "forget": _forget, "report": _report}


def worker(root: Path, name: str, deeds: int) -> None:
    """Do one piece of work, and die at one of its file operations."""
    done = 0

    def count(event: str, given: tuple) -> None:
        nonlocal done
        if event in _DEEDS and str(root) in str(given[0] if given else ""):
            done += 1
            if done == deeds:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    WORK[name](Home(root))
    assert not deeds, f"done before, after {done} file operations"


def dies(home: Home, name: str, deeds: int, seconds: float | None = None) -> bool:
    """Let a process work that dies; tell whether it did before it was done."""
    process = SPAWN.Process(target=worker, args=(home.root, name, deeds))
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
    process.join()
    return process.exitcode == -signal.SIGKILL


@pytest.fixture
def fresh(tmp_path, once):
    """Homes that have handed somebody out, and hold one person everywhere."""
    made = once("erased", fill) / "home"

    def copied(name: object) -> Home:
        shutil.copytree(made, tmp_path / str(name), symlinks=True)
        return Home(tmp_path / str(name))

    return copied


def check(home: Home, name: str) -> None:
    """Do the work again, to its end, then a night: all is whole, and whoever said no is out."""
    WORK[name](home)
    run_nightly(home, as_of=AS_OF)
    open_now = run_query(
        home,
        "SELECT source_id FROM eligibility JOIN lead USING (lead_key)"
        " WHERE least(email_reasons, phone_reasons, sms_reasons, mail_reasons) = 0",
    )
    listed = published_list(home, summarise(home).run_id)
    gone = {"crm-1", "crm-2"}
    assert not gone & {*open_now["source_id"], *listed["source_id"]}
    assert {"crm-0", "crm-5"} <= set(listed["source_id"])
    with Ledger(home.ledger) as ledger, ledger.transaction():
        ledger.execute("UPDATE claim SET released_at = claimed_at")
    claimed = run_claim(home, channel="email", handler="ai", count=100).rows
    assert not gone & set(claimed["source_id"])
    wrong = run_query(
        home,
        "SELECT batch_id FROM load_file"
        " WHERE records <> loaded + updated + unchanged + duplicates + quarantined",
    )
    assert wrong.is_empty()
    assert run_verify(home).findings == []
    if name == "forget":
        assert traces(home) == []


# About how many file operations each piece of work does.
DEEDS = {"load": 200, "night": 140, "claim": 50, "forget": 270, "report": 22}


@pytest.mark.parametrize("name", WORK)
def test_what_died_is_ended_by_whoever_comes_next(fresh, name):
    deeds = random.Random(name).randrange(2, DEEDS[name])  # noqa: S311 - no secrets here
    home = fresh(name)
    assert dies(home, name, deeds), "it was done before: the number of its file operations fell"
    check(home, name)


@pytest.mark.slow
@pytest.mark.parametrize("name", WORK)
def test_it_may_die_anywhere(fresh, name):
    dice, deaths = random.Random(7), 0  # noqa: S311 - no secrets here
    for place in range(16):
        home = fresh(place)
        if place % 4:
            deaths += dies(home, name, dice.randrange(1, DEEDS[name] * 2))
        else:  # at any time: while DuckDB or SQLite writes
            deaths += dies(home, name, 0, seconds=2 + 4 * dice.random())
        check(home, name)
        shutil.rmtree(home.root)
    assert deaths > 6
