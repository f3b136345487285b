"""From what the user names to files: folders, globs, formats and hashes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.errors import BadInputError

Format = Literal["csv", "parquet", "jsonl"]
Compression = Literal["gzip", "zstd"]

_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".jsonl", ".ndjson", ".json")
_PACKED = (".gz", ".zst")
_MAGIC: dict[bytes, Compression] = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
_FOREIGN = {
    b"PK\x03\x04": "a ZIP archive or an Excel workbook",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF": "a PDF",
    b"SQLite": "an SQLite database",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
}
_HEAD = 64 * 1024


@dataclass(frozen=True)
class InputFile:
    """One file to load.

    Parameters
    ----------
    sha256 : str
        Hash of the bytes as they lie on disk; what makes a file "the same file".
    """

    path: Path
    format: Format
    compression: Compression | None
    sha256: str
    size: int


def discover(names: Iterable[str | Path]) -> list[Path]:
    """Expand files, folders (not recursive) and globs to paths in a stable order, each once.

    Raises
    ------
    BadInputError
        A name matches nothing.
    """
    found: dict[Path, None] = {}
    for name in names:
        path = Path(name)
        if path.is_dir():
            matched = sorted(p for p in path.iterdir() if p.is_file() and _is_data(p))
        elif path.exists():
            matched = [path]
        else:
            matched = sorted(p for p in path.parent.glob(path.name) if p.is_file())
        if not matched:
            raise BadInputError(
                f"nothing to load at {name}",
                expected="a file, a folder with CSV, Parquet or JSON-lines files, or a glob",
                fix="check the path",
            )
        found.update(dict.fromkeys(matched))
    return list(found)


def inspect(path: Path) -> InputFile:
    """Recognise a file by its content and hash it, streaming.

    Raises
    ------
    BadInputError
        The file is missing, empty, binary, or of a kind that cannot be read.
    """
    if not path.is_file():
        raise BadInputError(
            f"{path.name} is not a file", expected="an export", fix="check the path"
        )
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    if not head:
        raise BadInputError(
            f"{path.name} is empty (0 bytes)", expected="an export with records", fix="export again"
        )
    compression = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
    format_ = _format(path, head if compression is None else None)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return InputFile(path, format_, compression, digest, path.stat().st_size)


def _is_data(path: Path) -> bool:
    name = path.name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name.endswith(_SUFFIXES) and not name.startswith(".")


def _format(path: Path, head: bytes | None) -> Format:
    name = path.name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    if head is None:
        return "jsonl" if name.endswith((".jsonl", ".ndjson", ".json")) else "csv"
    if head.startswith(b"PAR1"):
        return "parquet"
    foreign = next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), None)
    if foreign is None and _is_binary(head):
        foreign = "binary data"
    if foreign is not None:
        raise BadInputError(
            f"{path.name} is {foreign}",
            expected="CSV (also gzip or zstd), Parquet or JSON lines",
            fix="export it as CSV with UTF-8 encoding",
        )
    is_json = name.endswith((".jsonl", ".ndjson", ".json"))
    if is_json or head.lstrip().startswith((b'{"', b"{ ")):
        return "jsonl"
    return "csv"


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    # UTF-16 without a mark has a NUL in about every second byte, always on the same side.
    nuls = head.count(0)
    if nuls and nuls > 0.3 * len(head) and 0 in (head[0::2].count(0), head[1::2].count(0)):
        return False
    control = sum(head.count(bytes([code])) for code in range(32) if code not in (9, 10, 12, 13))
    return control > 0.01 * len(head)
