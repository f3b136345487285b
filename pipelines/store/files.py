"""Files we hand to people and programs: whole or not at all, and safe to open in a spreadsheet."""

import fcntl
import glob
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import polars as pl

from pipelines.errors import UsageError

# CWE-1236: a cell that begins with one of these is run as a formula by spreadsheets.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")  # noqa: RUF001
_SLICE_ROWS = 250_000
_FORMATS = (".csv", ".parquet", ".jsonl")


def guarded(frame: pl.DataFrame) -> pl.DataFrame:
    """Put a single quote before text cells that a spreadsheet would run; numbers stay numbers."""
    text = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(
        pl.when(pl.any_horizontal(*(pl.col(name).str.starts_with(s) for s in _FORMULA_STARTS)))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in text
    )


def check_format(path: Path) -> str:
    """Return the suffix of an output file.

    Raises
    ------
    UsageError
        The suffix names no format that can be written.
    """
    suffix = path.suffix.lower()
    if suffix not in _FORMATS:
        raise UsageError(
            f"{path.name} has no known output format", expected=f"one of {', '.join(_FORMATS)}"
        )
    return suffix


def write_table(frame: pl.DataFrame, path: Path, mode: int = 0o600) -> Path:
    """Write `frame` as CSV, Parquet or JSON lines, by the suffix of `path`.

    The file appears whole, by a rename, and only its owner may read it. CSV is for people and is
    guarded against formulas; Parquet and JSON lines are for programs and hold the cells as they
    are. What killed writers of the same file left behind is removed.
    """
    suffix = check_format(path)
    with whole_file(path, mode) as stream:
        if suffix == ".parquet":
            frame.write_parquet(stream)
        else:
            _write_text(frame, suffix, stream)
    return path


@contextmanager
def whole_file(path: Path, mode: int = 0o600) -> Iterator[IO[bytes]]:
    """Open a file for writing that appears at `path` when the block ends well, or not at all.

    Raises
    ------
    UsageError
        It cannot be written there.
    """
    try:
        _drop_orphans(path)
        partial, descriptor = _begun(path, mode)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise UsageError(f"{path} cannot be written ({error.strerror})") from None


def _write_text(frame: pl.DataFrame, suffix: str, stream: IO[bytes]) -> None:
    # In slices: text takes several times the memory of the columns.
    for start in range(0, max(frame.height, 1), _SLICE_ROWS):
        part = frame.slice(start, _SLICE_ROWS)
        if suffix == ".csv":
            guarded(part).write_csv(stream, include_header=start == 0)
        else:
            part.write_ndjson(stream)


def _begun(path: Path, mode: int) -> tuple[Path, int]:
    """Make the file to write into, locked while we live; another, should somebody clear it."""
    while True:
        partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.partial")
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if partial.exists():
            return partial, descriptor
        os.close(descriptor)


def _drop_orphans(path: Path) -> None:
    """Delete what writers of this very file left behind that were killed.

    Who lives holds a lock, which the kernel frees with its holder: ids of processes are used again,
    and mean nothing between containers.
    """
    for orphan in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
        try:
            # Not waiting, should somebody have put a pipe there.
            descriptor = os.open(orphan, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            continue  # gone by now, or somebody else's
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            orphan.unlink(missing_ok=True)
        except OSError:
            pass  # being written
        finally:
            os.close(descriptor)
