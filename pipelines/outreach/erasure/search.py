"""Files that are the user's own and hold somebody: named, never changed."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa

_CHUNK: Final = 1 << 22
# What a chunk keeps of the one before: no contact point is longer.
_OVERLAP: Final = 512
_COMPRESSED: Final = {".gz": "gzip", ".zst": "zstd", ".bz2": "bz2"}
_DIGITS: Final = 8


def files_holding(files: Iterable[Path], points: Sequence[str]) -> list[Path]:
    """Return the files in which one of the contact points stands.

    Parameters
    ----------
    files : iterable of pathlib.Path
        Text of any kind, also compressed, and Parquet.
    points : sequence of str
        Normalised addresses, found in any case, and E.164 numbers, found by their last digits
        whatever stands between them.
    """
    if not points:
        return []
    pattern = "|".join(_pattern(point) for point in points)
    found = []
    for path in files:
        try:
            if _holds(path, pattern):
                found.append(path)
        except (OSError, pa.ArrowException, pl.exceptions.PolarsError):
            continue  # it cannot be read at all, by us or by a load
    return found


def _pattern(point: str) -> str:
    if "@" in point:
        return re.escape(point)
    return r"[ ()./\-]*".join(point[-_DIGITS:])


def _holds(path: Path, pattern: str) -> bool:
    if path.suffix == ".parquet":
        return _parquet_holds(path, pattern)
    compiled = re.compile(pattern.encode(), re.IGNORECASE)
    return any(compiled.search(chunk) for chunk in _chunks(path))


def _parquet_holds(path: Path, pattern: str) -> bool:
    frame = pl.scan_parquet(path)
    text = [name for name, kind in frame.collect_schema().items() if kind == pl.String]
    if not text:
        return False
    is_there = pl.any_horizontal(pl.col(name).str.contains(f"(?i){pattern}").any() for name in text)
    return bool(frame.select(is_there).collect().item())


def _chunks(path: Path) -> Iterator[bytes]:
    kind = _COMPRESSED.get(path.suffix.lower())
    with pa.input_stream(str(path), compression=kind) as stream:
        tail = b""
        while chunk := stream.read(_CHUNK):
            yield tail + chunk
            tail = chunk[-_OVERLAP:]
