"""CSV files written in any dialect, and what the reader makes of a file."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.load.meaning.mapping import FileDialect
from pipelines.load.read.discover import inspect
from pipelines.load.read.reader import open_records
from pipelines.load.read.records import Records
from pipelines.store import Database


@dataclass(frozen=True)
class Opened:
    """A file as read: `rows` hold the record number, then the cells, null as empty text."""

    records: Records
    frame: pl.DataFrame
    quarantine: pl.DataFrame

    @property
    def rows(self) -> list[tuple[object, ...]]:
        return [tuple("" if c is None else c for c in row) for row in self.frame.iter_rows()]

    @property
    def cells(self) -> list[list[object]]:
        return [list(row[1:]) for row in self.rows]

    @property
    def reasons(self) -> list[str]:
        return self.quarantine["reason_code"].to_list()


def read(path: Path, *, salvage: bool = False, **given: object) -> Opened:
    """Read a file; conservation is asserted for every one."""
    with tempfile.TemporaryDirectory() as scratch, Database.memory(0.5, 1) as db:
        records = open_records(
            inspect(path), FileDialect.model_validate(given), db, Path(scratch), salvage=salvage
        )
        frames = list(records.batches(db))
        frame = pl.concat(frames) if frames else pl.DataFrame()
        quarantine = records.quarantined()
    assert records.total == frame.height + quarantine.height
    return Opened(records, frame, quarantine)


def write(
    table: Sequence[Sequence[str]],
    delimiter: str = ",",
    quote: str = '"',
    escape: str = "",
    end: str = "\n",
) -> str:
    """Spell a table; with an empty quote the cells must not need any."""

    def spelt(cell: str) -> str:
        needs = (delimiter, quote, "\n", "\r", escape or quote)
        if not quote or not (any(c in cell for c in needs) or cell.startswith((" ", "\t"))):
            return cell
        if escape:
            cell = cell.replace(escape, escape * 2).replace(quote, escape + quote)
        else:
            cell = cell.replace(quote, quote * 2)
        return quote + cell + quote

    return "".join(delimiter.join(map(spelt, row)) + end for row in table)
