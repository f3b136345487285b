"""JSON lines: every key of any line is a column; lines that are no object are set aside."""

from pathlib import Path

from pipelines.errors import BadInputError
from pipelines.load.discover import InputFile
from pipelines.load.quarantine import Reason
from pipelines.load.records import Records, unique_headers
from pipelines.load.screen import Broken
from pipelines.load.source import open_bytes, without_broken
from pipelines.store import Database, sql

_READ_BYTES = 1 << 20


def open_jsonl(file: InputFile, db: Database, scratch: Path) -> Records:
    """Understand a JSON-lines file: its keys and its number of lines.

    Nested values stay as JSON text.

    Raises
    ------
    BadInputError
        No line of the file is a JSON object.
    """
    name = file.path.name
    total, broken = _count(file)
    path, compression = file.path, file.compression
    if broken:
        cuts = [(b.start, b.end) for b in broken]
        path = without_broken(path, compression, cuts, scratch)
    keys = db.frame(sql("pipelines.load", "jsonl_keys.sql"), path=str(path))["key"].to_list()
    if not keys:
        raise BadInputError(
            f"{name} has no line that is a JSON object",
            expected="one JSON object per line",
            fix="export as JSON lines, not as one array",
        )
    pointers = {f"k{i}": "/" + _escaped(key) for i, key in enumerate(keys)}
    columns = ",\n    ".join(f"cells[{i + 1}] AS c{i}" for i in range(len(keys)))
    statement = sql("pipelines.load", "read_jsonl.sql").replace("__columns__", columns)
    return Records(
        file_name=name,
        headers=unique_headers(keys),
        total=total,
        query=statement.replace("__pointers__", ", ".join(f"${name}" for name in pointers)),
        params={"path": str(path), **pointers},
        broken=broken,
        about={"format": "jsonl", "compression": file.compression, "encoding": "utf-8"},
        has_bad=True,
    )


def _count(file: InputFile) -> tuple[int, list[Broken]]:
    """Count the lines that are not blank, and find those that are not UTF-8."""
    total, line_number, offset = 0, 0, 0
    broken: list[Broken] = []
    with open_bytes(file.path, file.compression) as stream:
        while lines := stream.readlines(_READ_BYTES):
            for line in lines:
                line_number += 1
                if line.strip():
                    total += 1
                    if not line.isascii() and (reason := _reason(line)):
                        text = line.decode("utf-8", errors="backslashreplace").rstrip("\r\n")
                        end = offset + len(line)
                        broken.append(Broken(total, line_number, offset, end, reason, text))
                offset += len(line)
    return total, broken


def _reason(line: bytes) -> Reason | None:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return Reason.INVALID_ENCODING
    return None


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
