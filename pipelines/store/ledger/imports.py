"""When which suppression list came, how long it was, and when a person confirmed one."""

from dataclasses import dataclass
from datetime import datetime

from pipelines.store.ledger.connection import Ledger


@dataclass(frozen=True)
class Import:
    """One list that was taken, or a confirmation that what stands is whole.

    Attributes
    ----------
    source : str
        Source system.
    at : datetime
        UTC.
    batch_id : str or None
        Landed batch; None: a person confirmed the source.
    entries : int
        Records of the list that could be read.
    known : int
        Those of them that were in force already, about.
    """

    source: str
    at: datetime
    batch_id: str | None
    entries: int
    known: int


def note(ledger: Ledger, one: Import) -> None:
    """Remember that a list came, or was confirmed."""
    ledger.execute(
        "INSERT INTO suppression_import (source, at, batch_id, entries, known)"
        " VALUES (?, ?, ?, ?, ?)",
        one.source,
        one.at.isoformat(),
        one.batch_id,
        one.entries,
        one.known,
    )


def by_source(ledger: Ledger) -> dict[str, list[Import]]:
    """Return source -> what came of it, the oldest first."""
    found: dict[str, list[Import]] = {}
    for source, at, *rest in ledger.rows(
        "SELECT source, at, batch_id, entries, known FROM suppression_import ORDER BY position"
    ):
        found.setdefault(source, []).append(Import(source, datetime.fromisoformat(at), *rest))
    return found
