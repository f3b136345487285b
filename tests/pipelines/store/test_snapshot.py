import shutil
import stat
import subprocess
import sys
from datetime import date

import pytest

from pipelines.errors import LockedError, RefusedError
from pipelines.store import Database
from pipelines.store.lock import writer_lock
from pipelines.store.snapshot import begin, current_snapshot, finish, publish, staging_file

TODAY = date(2026, 1, 9)


def _publish(home, run_id, statement, keep=2):
    path = begin(home, run_id, keep=keep)
    with Database.open(path, read_only=False) as db:
        db.run(statement)
    finish(path, 0.25, today=TODAY, memory_gb=1, threads=1, spill=home.spill)
    return publish(home, path, run_id, keep=keep)


def _publish_copy(home, run_id, keep=2):
    """Publish what is published once more, as another run: the protocol without the work."""
    path = staging_file(home, run_id)
    path.parent.mkdir()
    shutil.copyfile(home.current, path)
    return publish(home, path, run_id, keep=keep)


def test_a_reader_keeps_what_it_opened_and_a_new_one_sees_the_new(home):
    _publish(home, "one", "INSERT INTO meta VALUES ('a', '1')")
    with Database.open(current_snapshot(home), read_only=True) as reader:
        _publish(home, "two", "INSERT INTO meta VALUES ('b', '2')")
        assert reader.scalar("SELECT max(key) FROM meta WHERE key < 'c'") == "a"
    with Database.open(home.current, read_only=True) as reader:
        assert reader.scalar("SELECT max(key) FROM meta WHERE key < 'c'") == "b"


def test_what_is_published_is_immutable_and_old_files_go(home):
    for number in range(4):
        published = _publish(home, f"run{number}", f"INSERT INTO meta VALUES ('k', '{number}')")
    assert stat.S_IMODE(published.path.stat().st_mode) == 0o400
    assert len(list(home.snapshots.iterdir())) == 2
    assert current_snapshot(home) == published.path
    assert not list(home.staging.iterdir())


def test_a_run_that_dies_before_the_swap_changes_nothing(home):
    published = _publish(home, "one", "INSERT INTO meta VALUES ('a', '1')")
    path = begin(home, "two", keep=2)
    with Database.open(path, read_only=False) as db:
        db.run("DELETE FROM meta")
    assert current_snapshot(home) == published.path
    # the next run deletes what is left, and starts from what is published
    begin(home, "three", keep=2)
    assert not staging_file(home, "two").exists()
    with Database.open(staging_file(home, "three"), read_only=False) as db:
        assert db.scalar("SELECT value FROM meta WHERE key = 'a'") == "1"


def test_a_file_full_of_free_blocks_is_rewritten(home):
    filler = "INSERT INTO meta SELECT range, md5(range::VARCHAR) FROM range(600000)"
    big = _publish(home, "one", filler).bytes
    small = _publish(home, "two", "DELETE FROM meta").bytes
    assert small < big / 4


def test_the_lock_holds_across_processes_and_dies_with_its_holder(home):
    code = (
        "import sys, time; from pathlib import Path;"
        "from pipelines.store.lock import writer_lock;"
        "lock = writer_lock(Path(sys.argv[1])); lock.__enter__();"
        "print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home.lock)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline().strip() == "held"
        with pytest.raises(LockedError), writer_lock(home.lock):
            pass
        holder.kill()
    with writer_lock(home.lock):
        pass


def test_a_run_refuses_when_the_disk_is_too_full(home, monkeypatch):
    _publish(home, "one", "INSERT INTO meta VALUES ('a', '1')")
    monkeypatch.setattr(
        "pipelines.store.snapshot.shutil.disk_usage", lambda _: type("U", (), {"free": 10})()
    )
    with pytest.raises(RefusedError, match="disk"):
        begin(home, "two", keep=2)


@pytest.mark.parametrize(("missing", "kept"), [(0, 4), (1, 3), (2, 2), (3, 1)])
def test_old_snapshots_make_room_before_a_run_is_refused(home, monkeypatch, missing, kept):
    _publish(home, "run0", "INSERT INTO meta VALUES ('k0', '')", keep=4)
    for number in range(1, 4):
        newest = _publish_copy(home, f"run{number}", keep=4).path
    with Database.open(min(home.snapshots.iterdir()), read_only=True) as reader:
        monkeypatch.setattr(
            "pipelines.store.snapshot.shutil.disk_usage",
            lambda _: type(
                "U",
                (),
                {"free": 10**12 if len(list(home.snapshots.iterdir())) <= 4 - missing else 10},
            ),
        )
        begin(home, "next", keep=5)
        assert reader.scalar("SELECT count(*) FROM meta WHERE key LIKE 'k%'") == 1
    left = sorted(file.name.split("-")[1] for file in home.snapshots.iterdir())
    assert left == [f"run{number}" for number in range(4)][-kept:]
    assert newest == current_snapshot(home)


@pytest.mark.parametrize(("keep", "left"), [(1, 1), (2, 1), (3, 2), (4, 3)])
def test_the_file_that_is_built_counts_as_one_of_those_to_keep(home, keep, left):
    _publish(home, "run0", "INSERT INTO meta VALUES ('k0', '')", keep=3)
    for number in range(1, 3):
        newest = _publish_copy(home, f"run{number}", keep=3).path
    begin(home, "next", keep=keep)
    names = sorted(file.name.split("-")[1] for file in home.snapshots.iterdir())
    assert names == ["run0", "run1", "run2"][-left:]
    assert newest == current_snapshot(home)


def test_what_is_staged_spills_inside_of_the_home(home, monkeypatch):
    opened = []

    def noted(cls, path, **given):
        opened.append(given["spill"])
        return real(path, **given)

    real = Database.open
    monkeypatch.setattr(Database, "open", classmethod(noted))
    path = begin(home, "one", keep=2)
    finish(path, -1.0, today=TODAY, memory_gb=1, threads=1, spill=home.spill)
    assert opened == [home.spill] * 3


def test_the_published_name_is_never_missing_while_it_is_swapped(home):
    _publish(home, "first", "INSERT INTO meta VALUES ('k', 'v')")
    code = (
        "import os, sys\nmissing = 0\nprint('polling', flush=True)\n"
        "while not os.path.exists(sys.argv[2]):\n"
        "    for _ in range(2000): missing += not os.path.exists(sys.argv[1])\n"
        "print(missing)"
    )
    stop = home.root / "stop"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(home.current), str(stop)],
        stdout=subprocess.PIPE,
        text=True,
    ) as poller:
        assert poller.stdout.readline().strip() == "polling"
        for number in range(60):
            _publish_copy(home, f"run{number}")
        stop.touch()
        assert poller.stdout.read().strip() == "0"
