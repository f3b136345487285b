"""Append to the audit log: an entry is written if, and only if, what it tells of is done.

An entry is numbered, chained and kept by the ledger in the very transaction of what it tells of,
so several processes take turns and nothing is told that was undone. When the transaction is
committed the lines go to the file and to the disk before anybody is told that it is done. Should
the writer die between the two, the next one finds its lines in the ledger and writes them.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from pipelines.settings.home import Home
from pipelines.settings.operator import operator
from pipelines.store.audit import chain, files
from pipelines.store.audit.chain import Fact
from pipelines.store.ledger import Ledger

# Lines on disk that the ledger keeps all the same: what is cut from the end of a file comes back.
_KEPT = 256
BEHIND = "ledger_behind"
"""Key of `meta`: the ledger was an older copy than the log, and nobody has confirmed it since."""


def append(ledger: Ledger, at: datetime, action: str, **facts: Fact) -> None:
    """Append one entry; within a transaction of `ledger` it is part of it, else by itself.

    Parameters
    ----------
    at : datetime
        UTC.
    action : str
        One word: published, listed, claimed, released, exported, suppressed, erased, ...
    facts
        Ids, keys, counts and hashes: no contact point, no name and no text that somebody typed.
    """
    append_all(ledger, at, [(action, facts)])


def append_all(
    ledger: Ledger, at: datetime, entries: Iterable[tuple[str, Mapping[str, Fact]]]
) -> None:
    """Append several entries at once, as :func:`append` does one."""
    given = list(entries)
    if not given:
        return
    with ledger.transaction():
        home = Home(ledger.path.parent.parent)
        key = chain.audit_key(home)
        ledger.at_end("audit", lambda: _begun(ledger, home.audit))
        number, mac = _head(ledger)
        on_disk = files.last_line(home.audit)
        if on_disk is not None and on_disk.number > number:
            # The ledger is an older copy than the log: go on from the log, and say so.
            given.insert(0, ("ledger_behind", {"ledger": number, "log": on_disk.number}))
            ledger.execute("INSERT OR REPLACE INTO meta VALUES (?, '1')", BEHIND)
            number, mac = on_disk.number, on_disk.mac
        who = operator()
        rows: list[tuple[int, str]] = []
        for action, facts in given:
            number += 1
            line, mac = chain.written(key, number, mac, at, who, action, facts)
            rows.append((number, line))
        kept = 0 if on_disk is None else min(on_disk.number, rows[0][0] - 1) - _KEPT
        ledger.execute("DELETE FROM audit_pending WHERE number <= ?", kept)
        ledger.executemany("INSERT OR REPLACE INTO audit_pending VALUES (?, ?)", rows)
        ledger.execute(
            "INSERT OR REPLACE INTO audit_head VALUES (1, ?, ?, ?)",
            number,
            mac,
            chain.seal(key, number, mac),
        )


def is_behind(ledger: Ledger) -> bool:
    """Tell whether the ledger is an older copy than the log: what came between may be a no."""
    # The file first: who writes meanwhile writes the ledger before the file.
    on_disk = files.last_line(Home(ledger.path.parent.parent).audit)
    number, _ = _head(ledger)
    return (on_disk is not None and on_disk.number > number) or bool(
        ledger.rows("SELECT 1 FROM meta WHERE key = ?", BEHIND)
    )


def repair(ledger: Ledger) -> int:
    """Write what a killed writer, or an edit at the end of the file, left out; return the lines."""
    folder = Home(ledger.path.parent.parent).audit
    descriptor = files.lock(folder)
    try:
        return _write(ledger, folder)
    finally:
        os.close(descriptor)


def _head(ledger: Ledger) -> tuple[int, str]:
    rows = ledger.rows("SELECT number, mac FROM audit_head")
    return (int(rows[0][0]), str(rows[0][1])) if rows else (0, chain.START)


def _begun(ledger: Ledger, folder: Path) -> Callable[[bool], None]:
    """Take the lock of the files, and return what is to be done when the transaction has ended."""
    descriptor = files.lock(folder)

    def end(is_done: bool) -> None:
        try:
            if is_done:
                _write(ledger, folder)
        finally:
            os.close(descriptor)

    return end


def _write(ledger: Ledger, folder: Path) -> int:
    """Write the lines of the ledger that the files lack; the caller holds the lock."""
    on_disk = files.last_line(folder)
    found = ledger.rows(
        "SELECT line FROM audit_pending WHERE number > ? ORDER BY number",
        0 if on_disk is None else on_disk.number,
    )
    lines = [(chain.read(text.encode()), text) for (text,) in found]
    files.write(folder, [(line, text) for line, text in lines if line is not None])
    return len(lines)
