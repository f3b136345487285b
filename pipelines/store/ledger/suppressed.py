"""Suppressions asked for by their keys, and counted by what they have in common."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pipelines.store.ledger.connection import Ledger, listed
from pipelines.store.ledger.suppressions import ALL


def bound(ledger: Ledger, key_hmacs: Sequence[str], at: datetime) -> dict[str, set[str | None]]:
    """Return key_hmac -> channels it is suppressed for at `at` (None: all), for keys that are."""
    found: dict[str, set[str | None]] = {}
    for key, channel in ledger.rows(
        "SELECT lower(hex(key)), nullif(channel, ?) FROM suppressed_point"
        " WHERE key IN (SELECT blob_of(value) FROM json_each(?)) AND (until = '' OR until > ?)",
        ALL,
        listed(key_hmacs),
        at.isoformat(),
    ):
        found.setdefault(key, set()).add(channel)
    return found


def entries(ledger: Ledger, key_hmacs: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the entries of these keys: kind, key_hmac, channel, reason, since, until, source."""
    return ledger.rows(
        "SELECT note.kind, lower(hex(point.key)), nullif(point.channel, ?), note.reason,"
        " note.since, nullif(point.until, ''), note.source"
        " FROM suppressed_point AS point JOIN suppression_note AS note USING (note)"
        " WHERE point.key IN (SELECT blob_of(value) FROM json_each(?)) ORDER BY point.number",
        ALL,
        listed(key_hmacs),
    )


def counts(
    ledger: Ledger, *, kind: str | None, reason: str | None, since: str | None
) -> list[tuple[Any, ...]]:
    """Return what is suppressed in groups, the largest first; None: any.

    Each row is kind, channel (``all``: every one), reason, source, day since which it holds, day on
    which it ends (None: never) and how many entries.
    """
    return ledger.rows(
        "SELECT kind, CASE channel WHEN ? THEN 'all' ELSE channel END, reason, source,"
        " substr(since, 1, 10), nullif(substr(until, 1, 10), ''), sum(entries)"
        " FROM (SELECT note, channel, until, count(*) AS entries FROM suppressed_point"
        " GROUP BY note, channel, until) JOIN suppression_note USING (note)"
        " WHERE kind = coalesce(?, kind) AND instr(lower(reason), lower(coalesce(?, ''))) > 0"
        " AND since >= coalesce(?, since) GROUP BY 1, 2, 3, 4, 5, 6 ORDER BY 7 DESC, 1, 2, 3, 4, 5",
        ALL,
        kind,
        reason,
        since,
    )
