"""Folders and files of a process that may be killed: the next one clears what the dead left."""

import glob
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def scratch_folder(parent: Path | None = None, prefix: str = "lead-triage-") -> Iterator[Path]:
    """Give a private folder for what is on its way, gone at the end.

    A killed process cannot remove its own, and what lies there is personal data: folders of
    processes that no longer run are removed first.

    Parameters
    ----------
    parent : pathlib.Path or None
        Where to make it; None: the system's folder for such things.
    prefix : str
        Begins the name; the id of the process follows.
    """
    place = parent or Path(tempfile.gettempdir())
    for folder in place.glob(f"{glob.escape(prefix)}*-*"):
        process = folder.name.removeprefix(prefix).partition("-")[0]
        if process.isdecimal() and not is_alive(int(process)) and _is_ours(folder):
            shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory(
        prefix=f"{prefix}{os.getpid()}-", dir=place, ignore_cleanup_errors=True
    ) as name:
        yield Path(name)


def is_alive(process: int) -> bool:
    """Tell whether a process of that id runs, whoever owns it."""
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True  # somebody else's
    return True


def _is_ours(folder: Path) -> bool:
    try:
        return folder.lstat().st_uid == os.getuid() and folder.is_dir()
    except OSError:
        return False
