"""Records that were set aside: what is open, out to a person, and back."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines.errors import UsageError
from pipelines.load import Landed
from pipelines.load.batches.set_aside import guarded_cells, set_aside_rows, to_correct
from pipelines.load.meaning.kinds import KINDS
from pipelines.runs.context import Progress, need_home, silent
from pipelines.runs.landing import landed_batches
from pipelines.runs.load import LoadedFile, LoadRequest, run_load
from pipelines.settings.home import Home
from pipelines.store.files import whole_file

_ROW = {
    "record": "record",
    "line": "line",
    "byte_offset": "byte_offset",
    "reason": "reason_code",
    "column": "column_name",
}


@dataclass(frozen=True)
class OpenBatch:
    """One batch with records that were set aside and have not come back.

    Attributes
    ----------
    corrected : pl.Series
        Numbers of its file's records that came back corrected, Int64.
    by_reason : dict of str to int
        Open records by reason code.
    """

    landed: Landed
    corrected: pl.Series
    by_reason: dict[str, int] = field(default_factory=dict)

    @property
    def open(self) -> int:
        """Open records."""
        return sum(self.by_reason.values())


def open_batches(home: Home) -> list[OpenBatch]:
    """Return the batches with open records, the oldest first.

    Of a file that was landed several times, with another mapping or with salvage, only the last
    landing counts. A record that came back corrected is open no more.
    """
    landed = sorted(landed_batches(need_home(home)), key=lambda one: (one.at, one.batch_id))
    newest = {_file_of(one): one for one in landed if one.corrects is None}
    found = []
    for key, batch in newest.items():
        if not batch.quarantined:
            continue
        corrections = [one for one in landed if one.corrects and _file_of(one) == key]
        corrected = _records_of(corrections)
        counts: Counter[str] = Counter()
        for frame in set_aside_rows(batch, ["reason_code"], without=corrected):
            counts.update(dict(frame["reason_code"].value_counts().iter_rows()))
        if counts:
            found.append(OpenBatch(batch, corrected, dict(sorted(counts.items()))))
    return found


def open_rows(
    batch: OpenBatch, *, reason: str | None = None, with_cells: bool = False
) -> Iterator[pl.DataFrame]:
    """Stream the open records of a batch: record, line, byte_offset, reason, column.

    With `with_cells` also ``cells``, the text of the record: personal data.
    """
    names = _ROW | ({"cells": "payload"} if with_cells else {})
    for frame in set_aside_rows(batch.landed, list(names.values()), without=batch.corrected):
        rows = frame.rename({stored: name for name, stored in names.items()})
        if reason is not None:
            rows = rows.filter(pl.col("reason") == reason)
        if rows.height:
            yield rows


def find_batch(home: Home, batch_id: str) -> Landed:
    """Return the landed batch of that id, or of the only one that begins so.

    Raises
    ------
    UsageError
        There is none, or there are several.
    """
    known = landed_batches(need_home(home))
    found = [one for one in known if one.batch_id.startswith(batch_id)] if batch_id else []
    if len(found) != 1:
        raise UsageError(
            f"{len(found) or 'no'} batch{'es' * (len(found) > 1)} of id {batch_id!r}",
            expected="the id of one",
            fix="see `lead-triage quarantine list`",
        )
    return found[0]


def run_export(home: Home, batch_id: str, out: Path) -> int:
    """Write the open records of a batch as CSV for a person to correct; returns how many.

    Only the owner may read the file. Cells that a spreadsheet would run are quoted.

    Raises
    ------
    UsageError
        Nothing of that batch is open, or the file cannot be written.
    """
    if out.suffix.lower() != ".csv":
        raise UsageError(f"{out.name} is not to be corrected", expected="a file called *.csv")
    batch = _open_batch(home, batch_id)
    written = 0
    with whole_file(out) as stream:
        for frame in to_correct(batch.landed, without=batch.corrected):
            guarded_cells(frame).write_csv(stream, include_header=written == 0)
            written += frame.height
    return written


def run_reload(
    home: Home, file: Path, batch_id: str, *, defer: bool = False, progress: Progress = silent
) -> LoadedFile:
    """Load records back that were set aside, as records of the file that they came from.

    They are read with the kind, mapping, source and dates of their batch. Whatever cannot be read
    stays open.

    Raises
    ------
    BadInputError
        The file is not what `run_export` wrote.
    """
    batch = find_batch(home, batch_id)
    if batch.corrects is not None:
        batch = find_batch(home, batch.corrects)
    request = LoadRequest([file], batch.kind, None, batch.source_system, corrects=batch)
    return run_load(home, [request], defer=defer, progress=progress)[0]


def _open_batch(home: Home, batch_id: str) -> OpenBatch:
    wanted = find_batch(home, batch_id)
    for batch in open_batches(home):
        if batch.landed.batch_id == wanted.batch_id:
            return batch
    raise UsageError(
        f"nothing of batch {wanted.batch_id} is open",
        expected="a batch with records that were set aside",
        fix="see `lead-triage quarantine list`",
    )


def _file_of(batch: Landed) -> tuple[str, str, str]:
    return batch.file_id or batch.sha256[:16], batch.kind, batch.source_system


def _records_of(batches: list[Landed]) -> pl.Series:
    numbers = [pl.Series("record", [], dtype=pl.Int64)]
    for batch in batches:
        path = batch.path(KINDS[batch.kind].table)
        if path.exists():
            rows = pl.read_parquet(path, columns=["row_number"])
            numbers.append(rows["row_number"].cast(pl.Int64).alias("record"))
    return pl.concat(numbers).unique()
