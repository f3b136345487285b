"""Folders and files of a process that may be killed: the next one clears what the dead left."""

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".lock"
_DAY_S = 86_400


@contextmanager
def scratch_folder(parent: Path | None = None, prefix: str = "lead-triage-") -> Iterator[Path]:
    """Give a private folder for what is on its way, gone at the end.

    A killed process cannot remove its own, and what lies there is personal data: folders that
    nobody holds are removed first. Who holds one is told by a lock on a file in it, which the
    kernel frees with its holder: ids of processes mean nothing between containers.

    Parameters
    ----------
    parent : pathlib.Path or None
        Where to make it, a folder of ours; None: the system's folder for such things.
    prefix : str
        Begins the name.
    """
    place = parent or Path(tempfile.gettempdir())
    # In a folder that others use too only a name with a number can be nothing else.
    ours = re.compile(re.escape(prefix) + (r"(\d+-.+|[a-z0-9_]{8})" if parent else r"\d+-.+"))
    for folder in place.iterdir():
        if ours.fullmatch(folder.name) and _is_ours(folder):
            _clear_if_dead(folder)
    folder, descriptor = _begun(place, f"{prefix}{os.getpid()}-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def _begun(place: Path, prefix: str) -> tuple[Path, int]:
    """Make a folder and lock it; another, should somebody have cleared it in between."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        lock = folder / _LOCK
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if lock.exists():
            return folder, descriptor
        os.close(descriptor)


def _clear_if_dead(folder: Path) -> None:
    try:
        descriptor = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        # Just begun, or of a version that did not lock: a day is longer than either lives.
        if _age_s(folder) > _DAY_S:
            shutil.rmtree(folder, ignore_errors=True)
        return
    except OSError:
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)
    except OSError:
        pass  # held: somebody works there
    finally:
        os.close(descriptor)


def _age_s(folder: Path) -> float:
    try:
        return time.time() - folder.stat().st_mtime
    except OSError:
        return 0.0


def _is_ours(folder: Path) -> bool:
    try:
        return folder.lstat().st_uid == os.getuid() and folder.is_dir()
    except OSError:
        return False
