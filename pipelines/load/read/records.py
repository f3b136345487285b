"""The records of one file, whatever its format: all text, streamed, each with its number."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import numpy as np
import numpy.typing as npt
import polars as pl

from pipelines.errors import BadInputError, StoreError
from pipelines.load.read.aside import Aside, Broken
from pipelines.load.read.frames import beside, joined
from pipelines.load.read.parquet_text import Stored, TextColumns
from pipelines.load.read.places import Locate
from pipelines.store import Database

# As many as DuckDB puts into a row group of its own: several batches are in memory at a time.
BATCH_ROWS = 122_880

_QUARANTINE_ROWS = 1_000
# Begins with a sign that no rule about empty cells takes away: Odoo writes False for none.
_NAMED = (
    "__id__ >= '0' AND __id__ < '{' AND NOT starts_with(__id__, '[')"
    " AND lower(__id__[:5]) <> 'false'"
)

QUARANTINE_SCHEMA: dict[str, type[pl.DataType]] = {
    "file": pl.String,
    "record": pl.Int64,
    "line": pl.Int64,
    "byte_offset": pl.Int64,
    "reason_code": pl.String,
    "column_name": pl.String,
    "payload": pl.String,
}


REPAIRED_SCHEMA: dict[str, type[pl.DataType]] = {
    "row_number": pl.Int64,
    "line": pl.Int64,
    "byte_offset": pl.Int64,
    "repair": pl.String,
}


@dataclass(frozen=True)
class Records:
    """What a reader understood of a file.

    Parameters
    ----------
    headers : tuple of str
        Column names, unique, as in the file.
    total : int
        Records in the file, counted without the reader.
    query : str
        SELECT that yields the columns ``c0, c1, ...``, all VARCHAR.
    numeric : frozenset of str
        Headers of which `query` also yields the number itself, as ``n0, n1, ...``.
    unhashed : frozenset of str
        Headers that are no part of what a record says: its content hash passes over them.
    batch_rows : int
        About how many records to hold at a time; fewer where single ones are large.
    locate : callable or None
        Tells where in the file records begin; None: they have no such place.
    texts : TextColumns or None
        Columns of `query` that can be had quicker where the whole file is read.
    params : dict
        Bound values of `query`.
    broken : sequence of Broken
        Records set aside before reading; `query` does not yield them.
    about : dict
        Format and dialect, for the load record.
    repaired : pl.DataFrame
        One row per repair of a record that `query` yields: row_number, line, byte_offset (in the
        file as given) and repair; empty unless the file was opened for salvage.
    """

    file_name: str
    headers: tuple[str, ...]
    total: int
    query: str
    params: dict[str, object]
    broken: Sequence[Broken] = field(default_factory=list)
    about: dict[str, object] = field(default_factory=dict)
    numeric: frozenset[str] = frozenset()
    batch_rows: int = BATCH_ROWS
    repaired: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=REPAIRED_SCHEMA))
    unhashed: frozenset[str] = frozenset()
    locate: Locate | None = None
    texts: TextColumns | None = None

    def column(self, header: str) -> str:
        """Return the name of a header's column in `query`."""
        return f"c{self.headers.index(header)}"

    def batches(
        self,
        db: Database,
        *,
        content_hash: bool = False,
        named_by: str | None = None,
        limit: int | None = None,
        only: Collection[str] | None = None,
        as_numbers: Collection[str] = (),
        as_stored: Collection[str] = (),
    ) -> Iterator[pl.DataFrame]:
        """Stream the records: ``row_number`` (Int64, 1-based), then every header as Utf8.

        With `content_hash` a column of that name holds the MD5 of all cells of the record.

        Parameters
        ----------
        named_by : str or None
            Header of the records' own ids: where one surely stands, the hash is null.
        limit : int or None
            Stop after so many records.
        only : collection of str or None
            Headers to read, at least one; None: all of them.
        as_numbers : collection of str
            Headers to give as the file's own numbers where it has such.
        as_stored : collection of str
            Headers of `stored` to give as such where they can be had quicker, as `texts` can.

        Raises
        ------
        BadInputError
            Fewer or more records arrived than were counted.
        """
        extra = self._hash(db, named_by) if content_hash else ""
        cut = f" LIMIT {int(limit)}" if limit is not None else ""
        names = {c: h for c, h in self._named() if only is None or h in only}
        native = {c for c, h in names.items() if h in as_numbers and h in self.numeric}
        # The hash of a record is made of all its cells where they are read.
        texts = self.texts if limit is None and not extra else None
        stored = [c for c, h in names.items() if h in as_stored and texts and texts.stored_as(c)]
        taken = {*native, *stored}
        quick = [c for c in names if texts and c in texts.names and c not in taken]
        rest = [c for c in names if c not in {*quick, *stored}]
        chosen = [f"n{c[1:]} AS {c}" if c in native else c for c in rest]
        statement = f"SELECT {', '.join(chosen)}{extra} FROM ({self.query}){cut}"
        shift = _Shift(self.broken)
        seen = 0
        for frame in self._read(db, statement if chosen else "", quick, stored):
            numbers = shift.numbers(seen, frame.height)
            seen += frame.height
            ordered = frame.select(pl.col(c).alias(h) for c, h in names.items())
            if content_hash:
                none = pl.Series("content_hash", [None], dtype=pl.String)
                made = frame["content_hash"] if extra else none.new_from_index(0, frame.height)
                ordered = ordered.hstack([made])
            yield ordered.insert_column(0, pl.Series("row_number", numbers))
        expected = self.total - len(self.broken)
        if limit is None and seen != expected:
            raise BadInputError(
                f"{self.file_name}: {seen} records were read",
                expected=f"{expected} by an independent count",
                fix="give the dialect under [file] of a mapping file",
            )

    def stored(self) -> dict[str, Stored]:
        """Return the headers that can be had as what they are in the file, and what that is."""
        texts = self.texts
        if texts is None:
            return {}
        return {h: kind for c, h in self._named() if (kind := texts.stored_as(c)) is not None}

    def head(
        self,
        db: Database,
        limit: int,
        *,
        only: Collection[str] | None = None,
        content_hash: bool = False,
    ) -> pl.DataFrame:
        """Return the first records as one frame, as `batches` gives them; it may be empty."""
        texts = [h for _, h in self._named() if only is None or h in only]
        texts += ["content_hash"] if content_hash else []
        empty = pl.DataFrame(schema={"row_number": pl.Int64, **dict.fromkeys(texts, pl.String)})
        found = list(self.batches(db, content_hash=content_hash, limit=limit, only=only))
        return pl.concat(found) if found else empty

    def _read(
        self,
        db: Database,
        statement: str,
        quick: Collection[str] = (),
        stored: Collection[str] = (),
    ) -> Iterator[pl.DataFrame]:
        """Stream what `statement` yields, beside it the columns `quick` and `stored` of `texts`."""
        rows = self.batch_rows
        try:
            if not (quick or stored) or self.texts is None:
                yield from joined(db.batches(statement, rows, **self.params), rows)
            else:
                streams = [self.texts.frames(quick, stored)]
                if statement:
                    streams.append(db.batches(statement, rows, **self.params))
                yield from beside(streams, rows)
        except StoreError:
            raise BadInputError(
                f"{self.file_name}: the reader stopped before the end",
                expected=f"{self.total} records, as counted independently",
                fix="give the dialect under [file] of a mapping file; nothing was stored"
                if self.about.get("format") == "csv"
                else "copy the file again, or write it anew with text in UTF-8",
            ) from None

    def quarantined(self) -> pl.DataFrame:
        """Return the records set aside before reading, as quarantine rows."""
        return pl.concat([pl.DataFrame(schema=QUARANTINE_SCHEMA), *self.quarantine_frames()])

    def quarantine_frames(self) -> Iterator[pl.DataFrame]:
        """Stream the records set aside before reading, as quarantine rows."""
        broken = iter(self.broken)
        while part := list(islice(broken, _QUARANTINE_ROWS)):
            rows = [
                (self.file_name, b.record, b.line, b.start, b.reason.value, None, b.payload)
                for b in part
            ]
            yield pl.DataFrame(rows, schema=QUARANTINE_SCHEMA, orient="row")

    def _hash(self, db: Database, named_by: str | None) -> str:
        """Return what to select for the hash of a record; empty: no record needs one."""
        cells = ", ".join(
            f"coalesce({c}, chr(0))" for c, h in self._named() if h not in self.unhashed
        )
        made = f"md5(concat_ws(chr(31), {cells}))"
        if named_by is not None:
            c = self.column(named_by)
            named = _NAMED.replace("__id__", c)
            # Where columns are stored apart, to look through one takes next to nothing.
            if self.texts is not None and not db.scalar(
                f"SELECT count(*) FROM ({self.query}) WHERE ({named}) IS NOT TRUE", **self.params
            ):
                return ""
            made = f"CASE WHEN {named} THEN NULL ELSE {made} END"
        return f", {made} AS content_hash"

    def _columns(self) -> list[str]:
        return [f"c{i}" for i in range(len(self.headers))]

    def _named(self) -> list[tuple[str, str]]:
        return list(zip(self._columns(), self.headers, strict=True))


def unique_headers(names: Sequence[str]) -> tuple[str, ...]:
    """Make header names unique and filled: ``_2`` for a repeated one, ``column_<i>`` for none."""
    taken: dict[str, str] = {}
    result = []
    for position, name in enumerate(names):
        base = name.strip().replace("\x00", "") or f"column_{position}"
        candidate, count = base, 2
        # DuckDB compares names without regard to case, and these become column names there.
        while candidate.casefold() in taken or candidate.casefold() in _RESERVED:
            candidate, count = f"{base}_{count}", count + 1
        taken[candidate.casefold()] = base
        result.append(candidate)
    return tuple(result)


_RESERVED = frozenset({"row_number", "content_hash", "lead_key", "batch_id"})


class _Shift:
    """From the n-th record read to its number in the file, past the ones set aside."""

    def __init__(self, broken: Sequence[Broken]) -> None:
        if isinstance(broken, Aside):
            numbers = broken.records
        else:
            numbers = np.array([b.record for b in broken], dtype=np.int64)
        self._landed_before = numbers - 1 - np.arange(len(numbers))

    def numbers(self, first: int, count: int) -> npt.NDArray[np.int64]:
        index = np.arange(first, first + count, dtype=np.int64)
        return index + 1 + np.searchsorted(self._landed_before, index, side="right")
