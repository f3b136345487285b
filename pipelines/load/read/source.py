"""Bytes of a CSV as UTF-8: opened, decompressed, transcoded, and freed of what the screen cut."""

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipelines.load.read.dialect import Dialect
from pipelines.load.read.discover import Compression, InputFile, unpacking
from pipelines.load.read.encoding import utf8_chunks
from pipelines.load.read.screen import Screen

COPY_BYTES = 4 << 20


@contextmanager
def open_bytes(path: Path, compression: Compression | None) -> Iterator[IO[bytes]]:
    """Open a file for reading, decompressed as it streams.

    Raises
    ------
    BadInputError
        The archive ends too early or its content was damaged.
    """
    if compression is None:
        with path.open("rb", buffering=COPY_BYTES) as stream:
            yield stream
        return
    with unpacking(path, compression):
        packed = pa.input_stream(str(path), compression=compression)
        with io.BufferedReader(cast("io.RawIOBase", packed), COPY_BYTES) as stream:
            yield stream


def head_bytes(file: InputFile, size: int = 1 << 20) -> bytes:
    """Return the first bytes of a file, decompressed."""
    with open_bytes(file.path, file.compression) as stream:
        return stream.read(size)


def to_utf8(file: InputFile, dialect: Dialect, scratch: Path) -> tuple[Path, Compression | None]:
    """Return a UTF-8 copy of the file with LF or CRLF, or the file itself when it is such."""
    swap = dialect.newline == "\r"
    if dialect.encoding in ("utf-8", "utf-8-sig") and not swap:
        return file.path, file.compression
    target = scratch / "transcoded.csv"
    with open_bytes(file.path, file.compression) as source, target.open("wb") as sink:
        sink.writelines(utf8_chunks(source, dialect.encoding, swap=swap))
    return target, None


def without(
    path: Path,
    compression: Compression | None,
    cuts: npt.NDArray[np.int64],
    scratch: Path,
) -> Path:
    """Copy a file without some byte ranges.

    Parameters
    ----------
    cuts : ndarray of int64, shape (n, 2)
        Start and end of each range; they do not overlap.
    """
    target = scratch / "screened.csv"
    with open_bytes(path, compression) as source, target.open("wb") as sink:
        position = 0
        for start, end in cuts[np.argsort(cuts[:, 0])].tolist():
            copy_bytes(source, sink, start - position)
            copy_bytes(source, None, end - start)
            position = end
        shutil.copyfileobj(source, sink, COPY_BYTES)
    return target


def respelt(
    path: Path, compression: Compression | None, screen: Screen, skip: int, scratch: Path
) -> Path:
    """Copy a screened file as the reader reads it, without its first `skip` lines."""
    target = scratch / "uniform.csv"
    with open_bytes(path, compression) as source, target.open("wb") as sink:
        screen.rewrite(source, sink, skip=skip)
    return target


def plain_name(path: Path, scratch: Path) -> str:
    """Return a name of the file that the reader does not take for a pattern."""
    if not any(c in str(path) for c in "*?[]{}"):
        return str(path)
    link = scratch / "input"
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return str(link)


def copy_bytes(source: IO[bytes], sink: IO[bytes] | None, size: int) -> None:
    """Copy, or pass over, the next bytes of a stream."""
    while size > 0:
        chunk = source.read(min(size, COPY_BYTES))
        if not chunk:
            return
        if sink is not None:
            sink.write(chunk)
        size -= len(chunk)
