"""What became of the files of the inbox: one that nobody has touched since is not read again.

A file is known by its place, device, inode, size and the times of its last writing and last change,
together with how it is read and by which program. Whoever writes to a file, or puts another in its
place, moves the time of the last change to the present, and no program can move it back, as it can
the time of the last writing. Times of change are coarse, so one that was young when the file was
read is not trusted, and each week all files are read again, for file systems that keep no such
time. What is noted can be lost at any time: then files are read.
"""

import hashlib
import json
import time
from datetime import datetime
from pathlib import Path
from typing import Final

from pipelines.load import Landed, Mapping
from pipelines.load.batches.batch import RECORD_FILE
from pipelines.runs.fingerprint import code_hash
from pipelines.runs.side_by_side import FileToLand
from pipelines.settings.home import Home
from pipelines.store.files import whole_file

_NOTES: Final = "inbox-seen.json"
# Coarser than any file system's clock, and than the write-back of a page that is mapped.
_OLD_ENOUGH_NS: Final = 60 * 10**9
_DAYS: Final = 7


class Seen:
    """Which batch each file of the inbox became when it was last read.

    Parameters
    ----------
    home : Home
    at : datetime
        Naive UTC; the week in which files are believed to be as they were.
    """

    def __init__(self, home: Home, at: datetime) -> None:
        self._notes = home.staging.parent / _NOTES
        self._batches = home.batches
        self._reader = f"{code_hash()} {at.toordinal() // _DAYS}"
        self._known = _read(self._notes)
        self._now: dict[Path, str] = {}
        self._kept: dict[str, str] = {}

    def batch(self, file: FileToLand) -> Path | None:
        """Return the folder of the batch that `file` is; None: read it."""
        mark = self._mark(file)
        if mark is None:
            return None
        self._now[file.path] = mark
        name = self._known.get(mark)
        folder = self._batches / str(name)
        return folder if name and (folder / RECORD_FILE).is_file() else None

    def note(self, file: FileToLand, landed: Landed) -> None:
        """Note what `file` became, if it is still what it was when it was asked for."""
        mark = self._now.get(file.path)
        if mark is not None and mark == self._mark(file):
            self._kept[mark] = landed.batch_id

    def save(self) -> None:
        """Keep what was noted of the files that are there now, and nothing of others."""
        if self._kept != self._known:
            with whole_file(self._notes, 0o600) as stream:
                stream.write(json.dumps(self._kept, indent=0, sort_keys=True).encode())

    def _mark(self, file: FileToLand) -> str | None:
        """Return the hash of all that must be as it was; None: nothing is known, or it is young."""
        if file.unusable is not None:
            return None
        try:
            found = file.path.stat()
        except OSError:
            return None
        if not 0 <= found.st_ctime_ns <= time.time_ns() - _OLD_ENOUGH_NS:
            return None
        parts = (
            self._reader,
            str(file.path),
            file.kind,
            file.source_system,
            file.salvage,
            (file.mapping or Mapping()).model_dump_json(),
            *(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns),
        )
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(notes: Path) -> dict[str, str]:
    try:
        found = json.loads(notes.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
