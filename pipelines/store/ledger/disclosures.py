"""Every disclosure that rows could be handed out with, word for word: what was told is kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipelines.settings.disclosures import Disclosure
from pipelines.store.ledger.connection import Ledger


@dataclass(frozen=True)
class Kept:
    """One disclosure, and since when (UTC) rows may have been handed out with it."""

    disclosure: Disclosure
    since: datetime


def remember(ledger: Ledger, texts: Iterable[Disclosure], at: datetime) -> int:
    """Keep the disclosures that are not kept yet; return how many were new."""
    known = {row[0] for row in ledger.rows("SELECT disclosure_id FROM disclosure")}
    return ledger.executemany(
        "INSERT OR IGNORE INTO disclosure VALUES (?, ?, ?, ?, ?, ?)",
        [
            (t.disclosure_id, t.language, t.form, t.version, t.text, at.isoformat())
            for t in texts
            if t.disclosure_id not in known
        ],
    )


def kept(ledger: Ledger) -> list[Kept]:
    """Return every disclosure that rows may have been handed out with, the oldest first."""
    return [
        Kept(Disclosure(*row[:5]), datetime.fromisoformat(row[5]))
        for row in ledger.rows(
            "SELECT disclosure_id, language, form, version, text, since FROM disclosure"
            " ORDER BY since, disclosure_id"
        )
    ]
