"""From what the user names to files: folders, globs, formats and hashes."""

import glob
import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pyarrow as pa

from pipelines.errors import BadInputError

Format = Literal["csv", "parquet", "jsonl"]
Compression = Literal["gzip", "zstd"]

_JSON = (".jsonl", ".ndjson", ".json")
# Of a folder: a name without an ending may be anything, and is told by its content.
_SUFFIXES = ("", ".csv", ".tsv", ".txt", ".tab", ".parquet", ".pq", *_JSON)
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
_JSON_START = re.compile(rb'\s*(?:\{\s*["}]|\[\s*[{\]])')
_JSON_LINE = re.compile(rb"^[ \t]*\{", re.MULTILINE)
_HEAD = 64 * 1024
_CHUNK = 4 << 20


@dataclass(frozen=True)
class InputFile:
    """One file to load.

    Parameters
    ----------
    sha256 : str
        Hash of the content, unpacked: what makes a file "the same file". An archive and what is in
        it are one, and so are two archives of it, which differ in a time and a level.
    """

    path: Path
    format: Format
    compression: Compression | None
    sha256: str
    size: int


def discover(names: Iterable[str | Path]) -> list[Path]:
    """Expand files, folders (not recursive) and globs to paths in a stable order, each once.

    Of a folder or glob hidden files are left out, of a folder also what does not end like data;
    `passed_over` names those.

    Raises
    ------
    BadInputError
        A name matches nothing, or a folder cannot be read.
    """
    found: dict[Path, None] = {}
    for name in names:
        matched = [path for path in _named(Path(name)) if _is_wanted(path, Path(name))]
        if not matched:
            raise BadInputError(
                f"nothing to load at {name}",
                expected="a file, a folder with CSV, Parquet or JSON-lines files, or a glob",
                fix="check the path",
            )
        found.update(dict.fromkeys(matched))
    return list(found)


def passed_over(names: Iterable[str | Path]) -> list[Path]:
    """Return what lies in the named folders and is not loaded, except hidden files and folders."""
    return [
        path
        for name in map(Path, names)
        for path in _named(name)
        if not _is_wanted(path, name) and not path.name.startswith(".") and not path.is_dir()
    ]


def without_copies(files: Iterable[Path]) -> tuple[list[Path], dict[Path, Path]]:
    """Leave out files that hold the same bytes as one before them.

    Returns
    -------
    list of pathlib.Path
        The others, in the same order.
    dict of pathlib.Path to pathlib.Path
        Every file left out, and the one whose bytes it has.
    """
    given = list(files)
    by_size: dict[int, list[Path]] = defaultdict(list)
    for path in given:
        with _reading(path):
            by_size[path.stat().st_size].append(path)
    copies: dict[Path, Path] = {}
    for alike in by_size.values():
        first: dict[str, Path] = {}
        for path in alike if len(alike) > 1 else ():
            kept = first.setdefault(_sha256(path), path)
            if kept != path:
                copies[path] = kept
    return [path for path in given if path not in copies], copies


def inspect(path: Path) -> InputFile:
    """Recognise a file by its content and hash it, streaming.

    Raises
    ------
    BadInputError
        The file is missing, empty, may not be read, or is of a kind that cannot be read.
    """
    with _reading(path):
        if not path.is_file():
            raise BadInputError(
                f"{path.name} is not a file", expected="an export", fix="check the path"
            )
        with path.open("rb") as stream:
            head = stream.read(_HEAD)
        compression = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
        if compression is not None:
            head = _unpacked(path, compression)
        if not head:
            raise BadInputError(
                f"{path.name} is empty (0 bytes)",
                expected="an export with records",
                fix="export again",
            )
        format_ = _format(path, head, compression)
        digest = _sha256(path, compression)
        return InputFile(path, format_, compression, digest, path.stat().st_size)


def _named(path: Path) -> list[Path]:
    """Return everything that a name stands for, sorted."""
    with _reading(path):
        if path.is_dir():
            return sorted(path.iterdir())
        if path.exists() or path.is_symlink():
            return [path]
        return sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207 - no dot files


def _is_wanted(path: Path, name: Path) -> bool:
    if path == name:
        return True
    with _reading(path):
        is_file = path.is_file()
    if path.parent != name:  # of a glob
        return is_file
    is_hidden = path.name.startswith(".")
    return is_file and not is_hidden and Path(_bare(path)).suffix in _SUFFIXES


def _bare(path: Path) -> str:
    name = path.name.lower()
    for packed in _PACKED:
        name = name.removesuffix(packed)
    return name


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInputError(
            f"{path.name or path} cannot be read ({error.strerror or 'damaged'})",
            expected="a file or folder that this user may read",
            fix="check its permissions, or copy it again",
        ) from None


@contextmanager
def unpacking(path: Path, compression: Compression) -> Iterator[None]:
    """Say what is wrong with an archive where it cannot be unpacked.

    Raises
    ------
    BadInputError
        The archive ends too early or its content was damaged.
    """
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise  # the disk's, not the archive's
        is_cut = "truncated" in str(error).lower()
        found = "the end is missing" if is_cut else "its bytes are damaged"
        raise BadInputError(
            f"{path.name} cannot be unpacked to its end: {found}",
            expected=f"a whole {compression} archive, in which `{compression} -t` finds no fault",
            fix="copy or export the file again; nothing was stored",
        ) from None


def _sha256(path: Path, compression: Compression | None = None) -> str:
    if compression is None:
        with _reading(path), path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    digest = hashlib.sha256()
    with (
        unpacking(path, compression),
        pa.input_stream(str(path), compression=compression) as stream,
    ):
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _unpacked(path: Path, compression: Compression) -> bytes:
    with (
        unpacking(path, compression),
        pa.input_stream(str(path), compression=compression) as stream,
    ):
        head: bytes = stream.read(_HEAD)
    return head


def _format(path: Path, head: bytes, compression: Compression | None) -> Format:
    if head.startswith((b"PAR1", b"PARE")) and compression is None:
        return "parquet"
    foreign = next((what for magic, what in _FOREIGN.items() if head.startswith(magic)), None)
    if compression is not None and head.startswith((b"PAR1", *_MAGIC)):
        foreign = f"packed twice: {compression} around Parquet, {' or '.join(_MAGIC.values())}"
    if foreign is None and _is_binary(head):
        foreign = "binary data"
    if foreign is not None:
        raise BadInputError(
            f"{path.name} is {foreign}",
            expected="CSV or JSON lines (also gzip or zstd), or Parquet",
            fix="export it as CSV with UTF-8 encoding",
        )
    is_json = _JSON_START.match(head.removeprefix(b"\xef\xbb\xbf"))
    if is_json or (_bare(path).endswith(_JSON) and _JSON_LINE.search(head)):
        return "jsonl"
    return "csv"


def _is_binary(head: bytes) -> bool:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    # UTF-16 without a mark has a NUL in about every second byte, always on the same side.
    nuls = head.count(0)
    if nuls and nuls > 0.3 * len(head) and 0 in (head[0::2].count(0), head[1::2].count(0)):
        return False
    # NULs alone are damage that the reader knows; in binary data they have company.
    control = sum(head.count(bytes([code])) for code in range(1, 32) if code not in (9, 10, 12, 13))
    return nuls > 0.1 * len(head) or control > 0.01 * len(head)
