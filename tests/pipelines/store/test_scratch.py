import os
import subprocess
import sys
import time

import pytest

from pipelines.store.scratch import scratch_folder


@pytest.fixture
def dead() -> int:
    """Id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_the_folder_is_private_and_goes(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "copy.csv").touch()
    assert list(tmp_path.iterdir()) == []


def _left(place, names, *, is_locked, days=0):
    for name in names:
        (place / name).mkdir()
        (place / name / "copy.csv").touch()
        if is_locked:
            (place / name / ".lock").touch()
        os.utime(place / name, (time.time() - days * 86_400,) * 2)


def _names(place):
    return {path.name for path in place.iterdir()}


def test_what_nobody_holds_goes_whatever_its_process_id(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    others = ["lead-triage-home", "lead-triage-c", "lead-triage-abcdefgh", "d-1-e"]
    _left(tmp_path, ["lead-triage-1-a", f"lead-triage-{os.getpid()}-b"], is_locked=True)
    _left(tmp_path, others, is_locked=True, days=9)
    with scratch_folder():
        pass
    assert _names(tmp_path) == set(others)


def test_what_another_holds_stays_though_its_process_is_not_seen(tmp_path, dead):
    """As in two containers that share a folder: the id of the other means nothing here."""
    name = f"x-{dead}-abcdefgh"
    _left(tmp_path, [name], is_locked=True)
    code = (
        "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.flock(f, fcntl.LOCK_EX);"
        "print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path / name / ".lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline().strip() == "held"
        with scratch_folder(tmp_path, "x-"):
            pass
        assert _names(tmp_path) == {name}
        holder.kill()
    with scratch_folder(tmp_path, "x-"):
        pass
    assert _names(tmp_path) == set()


def test_one_in_use_stays_beside_another(tmp_path):
    with scratch_folder(tmp_path, "x-") as first, scratch_folder(tmp_path, "x-") as second:
        assert first.is_dir()
        assert first != second
    assert _names(tmp_path) == set()


def test_folders_of_versions_that_did_not_lock_go_after_a_day(tmp_path, dead):
    fresh = {"x-abcdefg2", f"x-{dead}-b"}
    _left(tmp_path, fresh, is_locked=False)
    _left(tmp_path, ["x-abcdefg1", f"x-{dead}-a"], is_locked=False, days=2)
    with scratch_folder(tmp_path, "x-"):
        pass
    assert _names(tmp_path) == fresh
