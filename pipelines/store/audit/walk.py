"""Walk the audit log from its first line to its end, and name every place where it is not whole."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.store.audit import chain, files
from pipelines.store.audit.chain import Line

_MOST = 100


@dataclass
class Walk:
    """What a walk over the log has found so far.

    Attributes
    ----------
    lines : int
        Lines read, whole or not.
    number, mac : int, str
        Last line that is ours and in its place.
    month : str
        Latest month of any line: where the line belongs, also if the clock went back.
    broken : int
        Places where the log is not what was written.
    findings : list of str
        The first of them in words.
    """

    lines: int = 0
    number: int = 0
    mac: str = chain.START
    month: str = ""
    broken: int = 0
    findings: list[str] = field(default_factory=list)

    def note(self, finding: str) -> None:
        """Record one place."""
        self.broken += 1
        if len(self.findings) < _MOST:
            self.findings.append(finding)


def walk(
    sizes: Mapping[Path, int], key: bytes, found: Walk
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Stream the entries of the log as (action, entry) and fill `found`; linear, a line at a time.

    Parameters
    ----------
    sizes : mapping of Path to int
        Files of the log, the oldest first, and how many bytes of each are looked at.

    Only entries whose hash is right are given out. Every hash covers the number of the line and
    the hash of the line before, so a line that was changed, left out, put in, moved or repeated
    shows at its place.
    """
    for path, size in sizes.items():
        for position, (text, has_end) in enumerate(files.lines_of(path, size), start=1):
            found.lines += 1
            place = f"audit/{path.name} line {position}"
            line = chain.read(text)
            if not has_end:
                found.note(f"{place}: the end of the line is missing")
            elif line is None or not chain.is_ours(key, text, line.mac):
                name = "no entry of this log" if line is None else f"entry {line.number} is changed"
                found.note(f"{place}: {name}")
            else:
                _follow(line, place, found)
                found.month = max(found.month, line.month)
                if found.month != path.stem:
                    found.note(f"{place}: entry {line.number} belongs into {found.month}.jsonl")
                yield line.action, _Entry(text)


class _Entry(dict[str, Any]):
    """An entry that is read only when somebody asks for what it says."""

    def __init__(self, text: bytes) -> None:
        super().__init__()
        self._text: bytes | None = text

    def __missing__(self, name: str) -> Any:  # noqa: ANN401 - any JSON value
        if self._text is None:
            raise KeyError(name)
        self.update(json.loads(self._text))
        self._text = None
        return self[name]


def _follow(line: Line, place: str, found: Walk) -> None:
    """Hold a line that is ours against the one before it."""
    expected = found.number + 1
    if line.number == expected and line.prev == found.mac:
        found.number, found.mac = line.number, line.mac
        return
    if line.number > expected:
        which = f"entry {expected}" if line.number == expected + 1 else (
            f"entries {expected} to {line.number - 1}"
        )  # fmt: skip
        found.note(f"{place}: {which} missing or changed before entry {line.number}")
        found.number, found.mac = line.number, line.mac
    elif line.number == expected:
        found.note(f"{place}: entry {line.number} does not follow the one before it")
        found.number, found.mac = line.number, line.mac
    else:
        found.note(f"{place}: entry {line.number} stands after entry {found.number}")
