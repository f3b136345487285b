"""Suppressions: the truth about who may not be contacted, effective the moment it is written."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from pipelines.store.ledger.connection import Ledger
from pipelines.store.ledger.notes import Notes

TAG_LENGTH: Final = 12
"""Hex digits that are kept of a tag: one in a million lists of five million meets a stranger's, and
DuckDB joins texts up to here without a look at the heap."""
ALL: Final = "*"
"""Stands for every channel where none is named."""
_TAG_SCHEME: Final = "suppression_tag_scheme"
_TAKEN: Final = "suppressions_of:"
# Of one part of a long list: 30 MB as text.
_ROWS: Final = 250_000
_TEXT: Final = "%Y-%m-%dT%H:%M:%S%.f"
_TAKE: Final = """
INSERT INTO suppressed_point (key, channel, until, note, tag) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (key, channel, until) DO UPDATE SET tag = excluded.tag
WHERE excluded.tag IS NOT NULL AND tag IS NOT excluded.tag
"""
# A column as one text, which Polars splits: an object for every cell takes five times as long.
_PART: Final = """
SELECT group_concat(number), group_concat(hex(key)), group_concat(channel), group_concat(until),
    group_concat(note), group_concat(ifnull(tag, ''))
FROM suppressed_point WHERE number BETWEEN ? AND ?
"""
_PART_SCHEMA: Final[dict[str, Any]] = {
    "number": pl.Int64,
    "key_hmac": pl.String,
    "channel": pl.String,
    "until": pl.String,
    "note": pl.Int64,
    "tag": pl.String,
}


@dataclass(frozen=True)
class Suppression:
    """One suppressed contact point, of kind email, phone, domain or hash, known since a time (UTC).

    Attributes
    ----------
    key_hmac : str
        HMAC-SHA256 of the canonical contact point, hex.
    channel : str or None
        Channel it binds; None binds all.
    tag : str or None
        Cheap second hash of the contact point, of which the beginning is kept; None: nobody made
        one, which is slow and right.
    until : datetime or None
        UTC; from then on it binds no more. None: for ever.
    digest : str or None
        md5, sha1 or sha256: what made a plain hash; None: unknown, which is slow and right.
    """

    kind: str
    key_hmac: str
    channel: str | None
    reason: str
    since: datetime
    source: str
    tag: str | None = None
    until: datetime | None = None
    digest: str | None = None


@dataclass(frozen=True)
class State:
    """How far the list goes.

    Attributes
    ----------
    count : int
        Entries.
    last : int
        Number of the newest one; 0: there is none. Numbers begin at 1 and leave none out, so the
        two are equal unless somebody deleted entries.
    tagged : int
        Those with a tag.
    """

    count: int
    last: int
    tagged: int


def add(ledger: Ledger, rows: Iterable[Suppression], *, tag_scheme: str | None = None) -> int:
    """Record suppressions and return how many were new; one that stands is never changed.

    Only its tag is: the newest is kept, and those of another scheme go. The same contact point with
    another end is another entry, so what binds for ever stays.

    Parameters
    ----------
    tag_scheme : str or None
        Names the scheme and key that the tags were made by; None: tags are not kept.
    """
    notes = Notes(ledger)
    given = list(rows)
    with ledger.transaction():
        values = [
            (
                bytes.fromhex(row.key_hmac),
                row.channel or ALL,
                row.until.isoformat() if row.until else "",
                notes.number(row.kind, row.digest, row.reason, row.since, row.source),
                row.tag[:TAG_LENGTH] if row.tag and tag_scheme else None,
            )
            for row in given
        ]
        return _write(ledger, values, tag_scheme)


def add_hashed(
    ledger: Ledger,
    parts: Iterable[pl.DataFrame],
    *,
    source: str,
    since: datetime,
    tag_scheme: str,
) -> int:
    """Record a long list, each part in one transaction, as `add` does without an object per row.

    Parameters
    ----------
    parts : iterable of pl.DataFrame
        key (Binary, the HMAC), kind, digest (null: unknown or none), channel (null binds all),
        until (ISO 8601 text, null: for ever), reason, tag: String.
    """
    notes = Notes(ledger)
    added = 0
    for part in parts:
        with ledger.transaction():
            told = part.select("kind", "digest", "reason").unique(maintain_order=True)
            rows = part.join(
                notes.numbered(told, since, source),
                on=["kind", "digest", "reason"],
                nulls_equal=True,
                maintain_order="left",
            ).select(
                "key",
                pl.col("channel").fill_null(ALL),
                pl.col("until").fill_null(""),
                "note",
                pl.col("tag").str.slice(0, TAG_LENGTH),
            )
            columns = [column.to_list() for column in rows.get_columns()]
            added += _write(ledger, list(zip(*columns, strict=True)), tag_scheme)
    return added


def _write(ledger: Ledger, rows: Sequence[tuple[object, ...]], tag_scheme: str | None) -> int:
    if tag_scheme is not None and _tag_scheme(ledger) != tag_scheme:
        ledger.execute("UPDATE suppressed_point SET tag = NULL WHERE tag IS NOT NULL")
        ledger.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", _TAG_SCHEME, tag_scheme)
    before = _last(ledger)
    ledger.executemany(_TAKE, rows)
    return _last(ledger) - before


def is_taken(ledger: Ledger, batch_id: str) -> bool:
    """Tell whether every contact point of a landed list is in force."""
    return bool(ledger.rows("SELECT 1 FROM meta WHERE key = ?", _TAKEN + batch_id))


def note_taken(ledger: Ledger, batch_id: str) -> None:
    """Remember that every contact point of a landed list is in force."""
    ledger.execute("INSERT OR IGNORE INTO meta VALUES (?, '1')", _TAKEN + batch_id)


def count(ledger: Ledger) -> int:
    """Return the number of suppressions."""
    return int(ledger.rows("SELECT count(*) FROM suppressed_point")[0][0])


def state(ledger: Ledger, tag_scheme: str | None = None, *, upto: int | None = None) -> State:
    """Return how far the list goes, or what of it has a number up to `upto`.

    Tags of another scheme are none.
    """
    row = ledger.rows(
        "SELECT count(*), max(number), count(tag) FROM suppressed_point WHERE number <= ?",
        _last(ledger) if upto is None else upto,
    )[0]
    is_tagged = tag_scheme is not None and _tag_scheme(ledger) == tag_scheme
    return State(row[0], row[1] or 0, row[2] if is_tagged else 0)


def frames(
    ledger: Ledger, *, tag_scheme: str | None = None, after: int = 0
) -> Iterator[pl.DataFrame]:
    """Stream suppressions as the published table `suppression` holds them, by number, in parts.

    Parameters
    ----------
    tag_scheme : str or None
        Tags of another scheme, or of an unknown one, would hide an entry instead of choosing it:
        they are left out.
    after : int
        Only entries of a higher number.
    """
    is_tagged = tag_scheme is not None and _tag_scheme(ledger) == tag_scheme
    for part in points(ledger, after=after):
        low, high = part["note"].min(), part["note"].max()
        notes = ledger.rows(
            "SELECT note, kind, digest, reason, since, source FROM suppression_note"
            " WHERE note BETWEEN ? AND ?",
            low,
            high,
        )
        schema: dict[str, Any] = {"note": pl.Int64} | dict.fromkeys(
            ("kind", "digest", "reason", "since", "source"), pl.String
        )
        yield (
            part.join(
                pl.DataFrame(notes, schema=schema, orient="row"), on="note", maintain_order="left"
            )
            .with_columns(
                pl.col("since", "until").str.to_datetime(_TEXT, time_unit="us", strict=True),
                pl.col("tag") if is_tagged else pl.lit(None, dtype=pl.String).alias("tag"),
            )
            .drop("note")
        )


def points(ledger: Ledger, *, after: int = 0, upto: int | None = None) -> Iterator[pl.DataFrame]:
    """Stream what binds in parts, by number.

    Returns
    -------
    iterator of pl.DataFrame
        number, key_hmac (64 hex digits), channel (null binds all), until (ISO 8601 text; null: for
        ever), note, tag.
    """
    last = _last(ledger) if upto is None else upto
    for low in range(after + 1, last + 1, _ROWS):
        texts = ledger.rows(_PART, low, min(low + _ROWS - 1, last))[0]
        if texts[0] is None:
            continue
        columns = [pl.Series([text]).str.split(",").explode() for text in texts]
        yield (
            pl.DataFrame(dict(zip(_PART_SCHEMA, columns, strict=True)))
            .with_columns(
                pl.col("key_hmac").str.to_lowercase(),
                *(
                    pl.when(pl.col(name) != blank).then(name).alias(name)
                    for name, blank in (("channel", ALL), ("until", ""), ("tag", ""))
                ),
            )
            .cast(pl.Schema(_PART_SCHEMA))
            .sort("number")
        )


def _last(ledger: Ledger) -> int:
    return int(ledger.rows("SELECT max(number) FROM suppressed_point")[0][0] or 0)


def _tag_scheme(ledger: Ledger) -> str | None:
    found = ledger.rows("SELECT value FROM meta WHERE key = ?", _TAG_SCHEME)
    return str(found[0][0]) if found else None
