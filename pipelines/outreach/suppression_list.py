"""Take a landed suppression list into the ledger: millions of contact points, hashed in DuckDB."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.settings.contact_keys import (
    Kind,
    hmac_pads,
    suppression_keys,
    tag_prefix,
    tag_scheme,
)
from pipelines.store import Database, sql
from pipelines.store.ledger import Ledger, suppressions

# Such a contact point is known by itself, and an address by its folded form: no other rule applies.
_PLAIN: Final[dict[Kind, str]] = {
    "email": r"[a-z0-9._%+\-]+@[a-z0-9\-]+(\.[a-z0-9\-]+)+",
    "phone": r"\+[1-9][0-9]{6,14}",
    "domain": r"[a-z0-9\-]+(\.[a-z0-9\-]+)+",
    "hash": r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}",
}
_IS_PLAIN: Final = " OR ".join(
    f"(kind = '{kind}' AND regexp_full_match(key, '{pattern}') AND NOT starts_with(key, 'www.'))"
    for kind, pattern in _PLAIN.items()
)
_NO_REASON: Final = "suppression list"
# Of one transaction: what is written is in force, and nobody who claims waits long.
_ROWS: Final = 100_000


def suppress_list(
    ledger: Ledger,
    secret: bytes,
    file: Path,
    *,
    source: str,
    at: datetime,
    ends_at: Callable[[pl.Series, pl.Series], pl.Series],
    scratch: Path,
    memory_gb: float = 1.0,
) -> int:
    """Record every contact point of a landed list; one that stands is never changed.

    Memory is bounded, whatever the length of the list. It may be called again after a crash: what
    is in force already stays as it is.

    Parameters
    ----------
    file : pathlib.Path
        Parquet: kind, key (as the loader normalises it, or as given), channel, reason, until.
    source : str
        What brought it.
    ends_at : callable
        When an entry ends by its reason and its end as landed. It is asked here too: an older
        version may have landed the list, with ends that are none.
    scratch : pathlib.Path
        Folder for what memory cannot hold.

    Returns
    -------
    int
        Suppressions that were new.

    Raises
    ------
    ValueError
        A key cannot be a contact point of its kind; the loader lands none such.
    """
    inner, outer = hmac_pads(secret)
    statement = sql(__package__, "hashed_points.sql").replace("__is_plain__", _IS_PLAIN)
    with Database.memory(memory_gb, spill=scratch) as db:
        db.register("ending_frame", _endings(db, file, ends_at))
        db.register("odd_text_frame", _odd_texts(db, file))
        hashed = db.batches(
            statement,
            _ROWS,
            path=str(file),
            inner_pad=inner,
            outer_pad=outer,
            tag_prefix=tag_prefix(secret),
            reason=_NO_REASON,
        )
        return suppressions.add_hashed(
            ledger, hashed, source=source, since=at, tag_scheme=tag_scheme(secret)
        )


def _endings(
    db: Database, file: Path, ends_at: Callable[[pl.Series, pl.Series], pl.Series]
) -> pl.DataFrame:
    """Return reason, until, ends: one row for each pair that ends; any other holds for ever."""
    pairs = db.frame(
        "SELECT DISTINCT reason, until::TIMESTAMP AS until FROM read_parquet($path)"
        " WHERE until IS NOT NULL AND reason IS NOT NULL",
        path=str(file),
    )
    ends = ends_at(pairs["reason"], pairs["until"]).alias("ends")
    return pairs.with_columns(ends).drop_nulls("ends")


def _odd_texts(db: Database, file: Path) -> pl.DataFrame:
    """Return the texts of what does not look plain, one by one as the rules want it: few rows."""
    odd = db.frame(
        "SELECT kind, key, channel, ends AS until, reason FROM read_parquet($path)"
        " LEFT JOIN ending_frame USING (reason, until)"
        f" WHERE NOT ({_IS_PLAIN})",
        path=str(file),
    )
    schema: dict[str, type[pl.DataType] | pl.DataType] = {
        "kind": pl.String,
        "text": pl.String,
        "channel": pl.String,
        "until": pl.Datetime("us"),
        "reason": pl.String,
    }
    return pl.DataFrame(list(_texts(odd)), schema=schema, orient="row")


def _texts(odd: pl.DataFrame) -> Iterator[tuple[object, ...]]:
    for kind, key, *rest in odd.iter_rows():
        for text in suppression_keys(kind, key):
            yield kind, text, *rest
