"""Memory of a process tree and bytes of folders, sampled while a command runs."""

import os
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import psutil

_MEMORY_EVERY_S: Final = 0.1
# Finding the processes of a tree reads every process of the machine, so it is done less often.
_TREE_EVERY: Final = 5
_DISK_EVERY: Final = 5
# What `st_blocks` counts in, on every system.
_BLOCK_BYTES: Final = 512


class Meter:
    """Samples in a thread of its own; use as a context manager.

    Memory is the resident memory of the followed process and all its descendants, added up every
    0.1 s: pages that they share count once per process, so it is never less than what is used.
    Disk is what the file system has allocated, every 0.5 s.

    Parameters
    ----------
    areas : dict of str to sequence of Path
        Files and folders whose bytes are added up under one name; they need not exist.
    """

    def __init__(self, areas: Mapping[str, Sequence[Path]]) -> None:
        self._areas = areas
        self._root: psutil.Process | None = None
        self._memory: list[tuple[float, int]] = []
        self._disk: list[tuple[float, dict[str, int]]] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, name="meter", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()

    def follow(self, pid: int | None) -> None:
        """Measure the process `pid` and its descendants from now on; None: nothing."""
        try:
            self._root = None if pid is None else psutil.Process(pid)
        except psutil.NoSuchProcess:
            self._root = None

    def look(self, at: float | None = None) -> None:
        """Take a sample of the disk now, as one of the moment `at` (now by default)."""
        moment = time.time() if at is None else at
        self._disk.append((moment, {name: self._bytes(name) for name in self._areas}))

    def peak_memory(self, start: float, end: float) -> int:
        """Return the most bytes between two moments (seconds since 1970).

        A stage shorter than a sample is given the one before its end.
        """
        within = [used for at, used in self._memory if start <= at <= end]
        before = [used for at, used in self._memory if at < end][-1:]
        return max(within or before, default=0)

    def disk(self, end: float) -> dict[str, int]:
        """Return the bytes of each area as last seen at a moment."""
        seen = [sample for sample in self._disk if sample[0] <= end]
        if not seen:
            return dict.fromkeys(self._areas, 0)
        return max(seen, key=itemgetter(0))[1]

    def peak_disk(self, start: float, end: float, areas: Sequence[str] | None = None) -> int:
        """Return the most bytes that areas (all by default) took together between two moments."""
        names = list(self._areas) if areas is None else areas
        within = [found for at, found in self._disk if start <= at <= end] or [self.disk(end)]
        return max(sum(found[name] for name in names) for found in within)

    def _sample(self) -> None:
        tree: list[psutil.Process] = []
        followed: psutil.Process | None = None
        tick = 0
        while not self._ended.wait(_MEMORY_EVERY_S):
            root = self._root
            if root is not followed or tick % _TREE_EVERY == 0:
                followed = root
                tree = _family(root)
            if root is not None:
                self._memory.append((time.time(), sum(_resident(process) for process in tree)))
            if tick % _DISK_EVERY == 0:
                self.look()
            tick += 1

    def _bytes(self, name: str) -> int:
        return sum(bytes_under(path) for path in self._areas[name])


def _family(root: psutil.Process | None) -> list[psutil.Process]:
    if root is None:
        return []
    try:
        return [root, *root.children(recursive=True)]
    except psutil.Error:
        return []


def _resident(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:
        return 0


def bytes_under(path: Path) -> int:
    """Return the bytes allocated to a file, or to all files below a folder; links are not followed.

    What vanishes while it is looked at counts as nothing.
    """
    total = 0
    with suppress(OSError):
        if path.is_symlink() or not path.is_dir():
            return path.lstat().st_blocks * _BLOCK_BYTES
        with os.scandir(path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    total += bytes_under(Path(entry))
                else:
                    total += _allocated(entry)
    return total


def _allocated(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_blocks * _BLOCK_BYTES
    except OSError:
        return 0
