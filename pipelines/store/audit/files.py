"""The files of the audit log: one per month, appended to, forced to disk before anybody is told."""

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from pipelines.errors import StoreError
from pipelines.store.audit import chain
from pipelines.store.audit.chain import Line

_TAIL_BYTES = 1 << 16
_READ_BYTES = 1 << 20


def months(folder: Path) -> list[Path]:
    """Return the files of the log, the oldest first."""
    return sorted(folder.glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def lock(folder: Path) -> int:
    """Wait for the lock of the log and return its descriptor; closing it frees the lock.

    Whoever writes holds it from before its transaction ends until its lines are on disk.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / ".lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _unwritable(error) from None
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    return descriptor


def last_line(folder: Path) -> Line | None:
    """Return the last whole line of the log that is one of ours by its looks, or None."""
    for path in reversed(months(folder)):
        size = path.stat().st_size
        window = _TAIL_BYTES
        while True:
            with path.open("rb") as stream:
                stream.seek(max(size - window, 0))
                # The last is torn or empty; the first may have lost its beginning.
                lines = stream.read().split(b"\n")[:-1]
            for line in reversed(lines):
                if found := chain.read(line):
                    return found
            if window >= size:
                break
            window *= 16
    return None


def write(folder: Path, lines: list[tuple[Line, str]]) -> None:
    """Append lines, each into the file of its month, and force them to disk.

    Half a line that a killed writer left is cut off before.
    """
    known = months(folder)
    latest = known[-1].stem if known else ""
    if known:
        _cut_torn(known[-1])
    by_month: dict[str, list[str]] = {}
    for line, text in lines:
        # A clock that goes back does not take the log along.
        latest = max(latest, line.month)
        by_month.setdefault(latest, []).append(text)
    try:
        for month, texts in by_month.items():
            _append(folder / f"{month}.jsonl", texts)
    except OSError as error:
        raise _unwritable(error) from None


def lines_of(path: Path, size: int) -> Iterator[tuple[bytes, bool]]:
    """Stream the lines of the first `size` bytes of a file without their ends.

    False: the last one has no end.
    """
    rest = b""
    with path.open("rb") as stream:
        while block := stream.read(min(_READ_BYTES, size)):
            size -= len(block)
            *whole, rest = (rest + block).split(b"\n")
            for line in whole:
                yield line, True
    if rest:
        yield rest, False


def _append(path: Path, texts: list[str]) -> None:
    is_new = not path.exists()
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
    with os.fdopen(os.open(path, flags, 0o600), "ab") as stream:
        stream.write("".join(f"{text}\n" for text in texts).encode())
        stream.flush()
        os.fsync(stream.fileno())
    if is_new:
        descriptor = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _cut_torn(path: Path) -> None:
    size = kept = path.stat().st_size
    with path.open("rb+") as stream:
        while kept:
            start = max(kept - _TAIL_BYTES, 0)
            stream.seek(start)
            newline = stream.read(kept - start).rfind(b"\n")
            if newline >= 0:
                kept = start + newline + 1
                break
            kept = start
        if kept < size:
            stream.truncate(kept)
            os.fsync(stream.fileno())


def _unwritable(error: OSError) -> StoreError:
    return StoreError(
        f"the audit log cannot be written ({error.strerror})",
        expected="a folder audit/ in the home that this user may write, and free disk",
        fix="make room; what was decided stands, and its entries are written with the next one",
    )
