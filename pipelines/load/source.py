"""Bytes of a CSV as UTF-8: opened, decompressed, transcoded, and freed of what the screen cut."""

import codecs
import io
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from pipelines.load.dialect import Dialect
from pipelines.load.discover import Compression, InputFile
from pipelines.load.screen import Screen

_CHUNK = 4 << 20


@contextmanager
def open_bytes(path: Path, compression: Compression | None) -> Iterator[IO[bytes]]:
    """Open a file for reading, decompressed as it streams."""
    if compression is None:
        with path.open("rb", buffering=_CHUNK) as stream:
            yield stream
        return
    packed = pa.input_stream(str(path), compression=compression)
    with io.BufferedReader(cast("io.RawIOBase", packed), _CHUNK) as stream:
        yield stream


def head_bytes(file: InputFile, size: int = 1 << 20) -> bytes:
    """Return the first bytes of a file, decompressed."""
    with open_bytes(file.path, file.compression) as stream:
        return stream.read(size)


def to_utf8(file: InputFile, dialect: Dialect, scratch: Path) -> tuple[Path, Compression | None]:
    """Return a UTF-8 copy of the file, or the file itself when it is UTF-8 already.

    Bytes that the encoding does not know become the replacement character only where the encoding
    is a guess of one byte per character, which knows them all; UTF-16 is decoded strictly enough
    that a broken pair shows as one replacement character.
    """
    if dialect.encoding in ("utf-8", "utf-8-sig") and dialect.newline != "\r":
        return file.path, file.compression
    target = scratch / "transcoded.csv"
    decoder = codecs.getincrementaldecoder(dialect.encoding)(errors="replace")
    with open_bytes(file.path, file.compression) as source, target.open("wb") as sink:
        while chunk := source.read(_CHUNK):
            sink.write(_lines(decoder.decode(chunk), dialect).encode("utf-8"))
        sink.write(_lines(decoder.decode(b"", final=True), dialect).encode("utf-8"))
    return target, None


def _lines(text: str, dialect: Dialect) -> str:
    # A lone CR as line end is a habit of old Macs that no strict reader splits lines on.
    return text.replace("\r", "\n") if dialect.newline == "\r" else text


def without_broken(
    path: Path, compression: Compression | None, cuts: Sequence[tuple[int, int]], scratch: Path
) -> Path:
    """Copy a file without the byte ranges `cuts`: broken records and blank lines."""
    target = scratch / "screened.csv"
    with open_bytes(path, compression) as source, target.open("wb") as sink:
        position = 0
        for start, end in sorted(cuts):
            _copy(source, sink, start - position)
            _copy(source, None, end - start)
            position = end
        shutil.copyfileobj(source, sink, _CHUNK)
    return target


def with_one_line_end(path: Path, screen: Screen, scratch: Path) -> Path:
    """Copy a screened file so that every record ends with a line feed."""
    target = scratch / "uniform.csv"
    with path.open("rb") as source, target.open("wb") as sink:
        screen.rewrite(source, sink)
    return target


def _copy(source: IO[bytes], sink: IO[bytes] | None, size: int) -> None:
    while size > 0:
        chunk = source.read(min(size, _CHUNK))
        if not chunk:
            return
        if sink is not None:
            sink.write(chunk)
        size -= len(chunk)
