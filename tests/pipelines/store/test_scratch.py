import os
import subprocess
import sys

import pytest

from pipelines.store.scratch import is_alive, scratch_folder


@pytest.fixture
def dead() -> int:
    """Id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_who_is_alive(dead):
    assert is_alive(os.getpid())
    assert is_alive(1)
    assert not is_alive(dead)
    assert not is_alive(10**30)


def test_the_folder_is_private_and_goes(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "copy.csv").touch()
    assert list(tmp_path.iterdir()) == []


def test_what_the_dead_left_goes_and_what_the_living_use_stays(tmp_path, monkeypatch, dead):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    names = [f"lead-triage-{dead}-a", f"lead-triage-{os.getppid()}-b", "lead-triage-c", "d-1-e"]
    for name in names:
        (tmp_path / name).mkdir()
        (tmp_path / name / "copy.csv").touch()
    with scratch_folder():
        pass
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(names[1:])
