"""Suppressions: the truth about who may not be contacted, effective the moment it is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from pipelines.store.ledger.connection import Ledger, listed

_TAG_SCHEME = "suppression_tag_scheme"
_TAKEN = "suppressions_of:"
_COLUMNS = ("suppression_id", "kind", "key_hmac", "channel", "reason", "since", "until", "source")
# Of one part of a long list, 130 MB as Python objects; DuckDB appends a whole row group at once.
_ROWS = 122_880


@dataclass(frozen=True)
class Suppression:
    """One suppressed contact point.

    Attributes
    ----------
    kind : str
        email, phone or domain.
    key_hmac : str
        HMAC-SHA256 of the canonical contact point, hex.
    channel : str or None
        Channel it binds; None binds all.
    reason, source : str
    since : datetime
        UTC.
    tag : str or None
        Cheap second hash of the contact point; None: nobody made one, which is slow and right.
    """

    kind: str
    key_hmac: str
    channel: str | None
    reason: str
    since: datetime
    source: str
    tag: str | None = None


def add(ledger: Ledger, rows: Iterable[Suppression], *, tag_scheme: str | None = None) -> int:
    """Record suppressions and return how many were new; one that stands is never changed.

    Only its tag is: the newest is kept, and those of another scheme go.

    Parameters
    ----------
    tag_scheme : str or None
        Names the scheme and key that the tags were made by; None: tags are not kept.
    """
    given = list(rows)
    values = [
        (
            f"{row.key_hmac}:{row.channel or '*'}",
            row.kind,
            row.key_hmac,
            row.channel,
            row.reason,
            row.since.isoformat(),
            None,
            row.source,
        )
        for row in given
    ]
    tagged = [(row.key_hmac, row.tag) for row in given if row.tag is not None]
    return _write(ledger, values, tagged, tag_scheme)


def add_hashed(
    ledger: Ledger,
    hashed: pl.DataFrame,
    *,
    source: str,
    since: datetime,
    tag_scheme: str,
) -> int:
    """Record a part of a long list in one transaction, as `add` does, without an object per row.

    Parameters
    ----------
    hashed : pl.DataFrame
        key_hmac, kind, channel (null binds all), reason, tag: all String.
    """
    rows = hashed.select(
        pl.format("{}:{}", "key_hmac", pl.col("channel").fill_null("*")).alias("suppression_id"),
        "kind",
        "key_hmac",
        "channel",
        "reason",
        pl.lit(since.isoformat()).alias("since"),
        pl.lit(None, dtype=pl.String).alias("until"),
        pl.lit(source).alias("source"),
    ).rows()
    return _write(ledger, rows, hashed.select("key_hmac", "tag").rows(), tag_scheme)


def _write(
    ledger: Ledger,
    rows: Sequence[tuple[object, ...]],
    tagged: Sequence[tuple[str, str]],
    tag_scheme: str | None,
) -> int:
    if tag_scheme is None:
        tagged = []
    with ledger.transaction():
        added = ledger.executemany(
            "INSERT OR IGNORE INTO suppression VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
        )
        if tagged and _tag_scheme(ledger) != tag_scheme:
            ledger.execute("DELETE FROM suppression_tag")
            ledger.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", _TAG_SCHEME, tag_scheme)
        ledger.executemany("INSERT OR REPLACE INTO suppression_tag VALUES (?, ?)", tagged)
    return added


def is_taken(ledger: Ledger, batch_id: str) -> bool:
    """Tell whether every contact point of a landed list is in force."""
    return bool(ledger.rows("SELECT 1 FROM meta WHERE key = ?", _TAKEN + batch_id))


def note_taken(ledger: Ledger, batch_id: str) -> None:
    """Remember that every contact point of a landed list is in force."""
    ledger.execute("INSERT OR IGNORE INTO meta VALUES (?, '1')", _TAKEN + batch_id)


def count(ledger: Ledger) -> int:
    """Return the number of suppressions."""
    return int(ledger.rows("SELECT count(*) FROM suppression")[0][0])


def frames(ledger: Ledger) -> Iterator[pl.DataFrame]:
    """Stream all suppressions as the published table `suppression` holds them, by suppression_id.

    In parts, because a row takes a kilobyte as Python objects, and lists have millions.
    """
    statement = f"SELECT {', '.join(_COLUMNS)} FROM suppression ORDER BY suppression_id"
    for text in _frames(ledger, statement, _COLUMNS):
        yield text.with_columns(
            pl.col("since", "until").str.to_datetime(
                "%Y-%m-%dT%H:%M:%S%.f", time_unit="us", strict=True
            )
        )


def ids(ledger: Ledger) -> Iterator[pl.DataFrame]:
    """Stream the ids of all suppressions in parts: suppression_id (String), not in order."""
    return _frames(ledger, "SELECT suppression_id FROM suppression", ("suppression_id",))


def tags(ledger: Ledger, tag_scheme: str) -> Iterator[pl.DataFrame]:
    """Stream the tags of that scheme and key: key_hmac, tag (String, 32 hex digits).

    Tags of another scheme, or of an unknown one, would hide an entry instead of choosing it.
    """
    if _tag_scheme(ledger) == tag_scheme:
        statement = "SELECT key_hmac, tag FROM suppression_tag ORDER BY key_hmac"
        yield from _frames(ledger, statement, ("key_hmac", "tag"))


def _frames(ledger: Ledger, statement: str, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
    for rows in ledger.batches(statement, _ROWS):
        # By column: half the time of a frame from rows.
        values = zip(*rows, strict=True)
        yield pl.DataFrame(
            [pl.Series(n, v, dtype=pl.String) for n, v in zip(columns, values, strict=True)]
        )


def bound(ledger: Ledger, key_hmacs: Sequence[str]) -> dict[str, set[str | None]]:
    """Return key_hmac -> channels it is suppressed for (None: all), for the keys that are."""
    found: dict[str, set[str | None]] = {}
    for key, channel in ledger.rows(
        "SELECT key_hmac, channel FROM suppression"
        " WHERE key_hmac IN (SELECT value FROM json_each(?))",
        listed(key_hmacs),
    ):
        found.setdefault(key, set()).add(channel)
    return found


def entries(ledger: Ledger, key_hmacs: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the entries of these keys: kind, key_hmac, channel, reason, since, source."""
    return ledger.rows(
        "SELECT kind, key_hmac, channel, reason, since, source FROM suppression"
        " WHERE key_hmac IN (SELECT value FROM json_each(?)) ORDER BY since, suppression_id",
        listed(key_hmacs),
    )


def _tag_scheme(ledger: Ledger) -> str | None:
    found = ledger.rows("SELECT value FROM meta WHERE key = ?", _TAG_SCHEME)
    return str(found[0][0]) if found else None
