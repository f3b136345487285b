"""Files landed side by side, and given back in the order they were named in."""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from pipelines.load import Landed, Mapping, land
from pipelines.load.batches.correction import Correction
from pipelines.load.erasing import Forgotten
from pipelines.load.meaning.naming import told_source

# Two files with one thread each need less processor time than one with two, and 0.9 GB more.
_AT_ONCE: Final = 2
_MEMORY_GB: Final = 4.0
# Polars lets system calls go on after a Ctrl-C, so a plain wait would not notice one.
_LOOK_UP_EVERY_S: Final = 0.2


class _StoppedError(Exception):
    """The landing of a file was given up because the command ends."""


@dataclass(frozen=True)
class FileToLand:
    """One file, and how it is to be read; see `pipelines.load.land`.

    Parameters
    ----------
    unusable : Exception or None
        What is wrong with its mapping; raised when it is the file's turn.
    batch : pathlib.Path or None
        Folder of the batch that the file is known to be; None: it is read.
    """

    path: Path
    kind: str
    mapping: Mapping | None = None
    source_system: str | None = None
    salvage: bool = False
    correction: Correction | None = None
    unusable: Exception | None = None
    batch: Path | None = None

    @property
    def named_source(self) -> str | None:
        """Source system as somebody told it; None: it is found out from the file."""
        return told_source(self.mapping or Mapping(), self.source_system)


def unheard_file(file: FileToLand) -> None:
    """Say nothing of a file that begins."""


def land_side_by_side(
    files: Sequence[FileToLand],
    batches_dir: Path,
    *,
    at: datetime,
    ended: Callable[[FileToLand, Landed | Exception], None],
    began: Callable[[FileToLand], None] = unheard_file,
    forgotten: Forgotten | None = None,
) -> None:
    """Land files two at a time, with the results of landing them one after the other.

    A file is compared with the last load of its source and kind, and where nobody names its source
    with those of its kind: such files wait for each other. After a file that failed no later one
    begins until `ended` has heard of it.

    Parameters
    ----------
    at : datetime
        Load time of the first file, UTC without zone; each later one's is a microsecond more.
    ended : callable
        Called per file with its batch or what it raised, in the order of `files`. What it raises
        ends the landing: files on their way are given up, and leave nothing.
    began : callable
        Called when a file begins; the order need not be that of `files`. Both are called in the
        caller's thread.
    forgotten : Forgotten or None
        Whose records do not land.
    """
    queue = _Queue(files)
    done: dict[int, Landed | Exception] = {}
    running: dict[Future[Landed], int] = {}
    stop = threading.Event()

    def look_up(_last: int, _total: int) -> None:
        if stop.is_set():
            raise _StoppedError

    def one(number: int, threads: int) -> Landed:
        file = files[number]
        if (known := _known(file)) is not None:
            return known
        return land(
            file.path,
            kind=file.kind,
            mapping=file.mapping,
            batches_dir=batches_dir,
            at=at + timedelta(microseconds=number),
            source_system=file.source_system,
            memory_gb=_MEMORY_GB * threads / _AT_ONCE,
            threads=threads,
            salvage=file.salvage,
            correction=file.correction,
            progress=look_up,
            forgotten=forgotten,
        )

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="file") as pool:
        try:
            for heard in range(len(files)):
                while heard not in done:
                    failed = [n for n, found in done.items() if isinstance(found, Exception)]
                    while len(running) < _AT_ONCE:
                        number = queue.take(before=min(failed, default=len(files)))
                        if number is None:
                            break
                        alone = not running and not queue.has_other()
                        began(files[number])
                        running[pool.submit(one, number, _AT_ONCE if alone else 1)] = number
                    for future in wait(running, _LOOK_UP_EVERY_S, FIRST_COMPLETED).done:
                        number = running.pop(future)
                        queue.release(number)
                        done[number] = _outcome(future)
                ended(files[heard], done.pop(heard))
        finally:
            stop.set()


def _known(file: FileToLand) -> Landed | None:
    if file.unusable is not None:
        raise file.unusable
    return None if file.batch is None else Landed.read(file.batch)


def _outcome(future: Future[Landed]) -> Landed | Exception:
    try:
        return future.result()
    except Exception as error:  # noqa: BLE001 - who asked for the file raises it, in its turn
        return error


class _Queue:
    """Files that wait, in lines: one of a line is landed at a time, in its order.

    The line with most bytes left is next, so that none is left over for the end.
    """

    def __init__(self, files: Sequence[FileToLand]) -> None:
        guessed = {file.kind for file in files if file.named_source is None}
        self._size = [file.path.stat().st_size if file.path.is_file() else 0 for file in files]
        self._line = [
            (file.kind, None if file.kind in guessed else file.named_source) for file in files
        ]
        self._lines: dict[tuple[str, str | None], deque[int]] = defaultdict(deque)
        for number, line in enumerate(self._line):
            self._lines[line].append(number)
        self._busy: set[tuple[str, str | None]] = set()

    def take(self, before: int) -> int | None:
        """Return the next file whose line is free, and its number below `before`; None: wait."""
        free = [
            (-sum(self._size[n] for n in line), line[0])
            for name, line in self._lines.items()
            if line and name not in self._busy and line[0] < before
        ]
        if not free:
            return None
        number = min(free)[1]
        self._busy.add(self._line[number])
        self._lines[self._line[number]].popleft()
        return number

    def release(self, number: int) -> None:
        """Let the next file of its line be taken."""
        self._busy.remove(self._line[number])

    def has_other(self) -> bool:
        """Tell whether a file could be landed beside those that were taken."""
        return any(line and name not in self._busy for name, line in self._lines.items())
