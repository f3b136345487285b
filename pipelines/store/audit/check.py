"""Checks that the audit log is whole: every line ours, in its place, none gone from the end."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipelines.settings.home import Home
from pipelines.store.audit import chain, files
from pipelines.store.audit.walk import Walk, walk
from pipelines.store.ledger import Ledger


@dataclass(frozen=True)
class Checked:
    """What a check of the log found.

    Attributes
    ----------
    entries : int
        Number of the last entry that was ever acknowledged.
    head : str or None
        Its hash, hex: noted elsewhere, it proves later that nothing was taken back.
    broken : int
        Places where the log is not what was written; 0: it is whole.
    findings : list of str
        The first of them in words.
    """

    entries: int
    head: str | None
    broken: int
    findings: list[str]


def check(
    home: Home,
    ledger: Ledger,
    hear: Callable[[str, dict[str, Any]], None] = lambda action, entry: None,
) -> Checked:
    """Walk the log and hold its end against what the ledger remembers of it.

    What others append meanwhile is not looked at.

    Parameters
    ----------
    hear : callable
        Told action and entry of every line that is ours, in order.
    """
    key = chain.audit_key(home)
    found = Walk()
    descriptor = files.lock(home.audit)
    try:
        # Under the lock no line is on its way from the ledger to its file.
        rows = ledger.rows("SELECT number, mac, seal FROM audit_head")
        sizes = {path: path.stat().st_size for path in files.months(home.audit)}
    finally:
        os.close(descriptor)
    for action, entry in walk(sizes, key, found):
        hear(action, entry)
    if not rows:
        if found.lines:
            found.note("the ledger does not remember any entry: its end is gone, or it is another")
        return Checked(found.number, None, found.broken, found.findings)
    number, mac, seal = int(rows[0][0]), str(rows[0][1]), str(rows[0][2])
    if chain.seal(key, number, mac) != seal:
        found.note("what the ledger remembers of the end of the log is changed")
    if found.number < number:
        gone = f"entries {found.number + 1} to {number}"
        found.note(f"{gone} are gone from the end of the log; `verify --repair` restores the last")
    elif found.number > number:
        found.note(f"the log goes on to entry {found.number}, the ledger ends at {number}")
    elif found.mac != mac:
        found.note(f"entry {number} is not the one that the ledger remembers")
    return Checked(number, mac, found.broken, found.findings)
