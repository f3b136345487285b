"""Notes that many suppressed contact points share: kind, reason, source and day."""

from datetime import datetime
from typing import Final

import polars as pl

from pipelines.store.ledger.connection import Ledger

_INSERT: Final = (
    "INSERT OR IGNORE INTO suppression_note (kind, digest, reason, since, source)"
    " VALUES (?, ?, ?, ?, ?)"
)
_SCHEMA: Final = {
    "note": pl.Int64,
    "kind": pl.String,
    "digest": pl.String,
    "reason": pl.String,
}
# So many different notes are asked for one by one; few lists give every entry a reason of its own.
_FEW: Final = 1_000
_REMEMBERED: Final = 100_000


class Notes:
    """Numbers of the notes that entries share; each is written when it is first asked for."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known: dict[tuple[object, ...], int] = {}

    def number(
        self, kind: str, digest: str | None, reason: str, since: datetime, source: str
    ) -> int:
        """Return the number of one note."""
        note = (kind, digest, reason, since.isoformat(), source)
        if note not in self._known:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            self._ledger.execute(_INSERT, *note)
            self._known[note] = self._ledger.rows(
                "SELECT note FROM suppression_note WHERE kind = ? AND digest IS ? AND reason = ?"
                " AND since = ? AND source = ?",
                *note,
            )[0][0]
        return self._known[note]

    def numbered(self, notes: pl.DataFrame, since: datetime, source: str) -> pl.DataFrame:
        """Return `notes` (kind, digest, reason; each once) with the Int64 column `note`.

        The caller holds a transaction. Many at once are written in the order of their index and
        read back in one go, which costs a fraction of asking for each.
        """
        if notes.height <= _FEW:
            return self._one_by_one(notes, since, source)
        last = self._ledger.rows("SELECT ifnull(max(note), 0) FROM suppression_note")[0][0]
        rows = notes.sort("kind", "reason", "digest").rows()
        self._ledger.executemany(_INSERT, [(*row, since.isoformat(), source) for row in rows])
        made = self._ledger.rows(
            "SELECT note, kind, digest, reason FROM suppression_note WHERE note > ?", last
        )
        new = pl.DataFrame(made, schema=_SCHEMA, orient="row")
        keys = ["kind", "digest", "reason"]
        # What stood there before, as when a list that was cut short is taken again.
        old = notes.join(new, on=keys, how="anti", nulls_equal=True)
        return pl.concat([new, self._one_by_one(old, since, source).select(new.columns)])

    def _one_by_one(self, notes: pl.DataFrame, since: datetime, source: str) -> pl.DataFrame:
        numbers = [self.number(k, d, r, since, source) for k, d, r in notes.rows()]
        return notes.with_columns(note=pl.Series(numbers, dtype=pl.Int64))
