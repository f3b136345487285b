"""A day's changes to a world that is on disk: what a CRM would export the next morning."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, cast

import polars as pl
import pyarrow as pa

from pipelines.errors import UsageError
from pipelines.generate.aftermath import events, milestones, refusals, suppressed
from pipelines.generate.edits import HEADERS, Changed, changed
from pipelines.generate.lots import lots
from pipelines.generate.mappings import write_mappings
from pipelines.generate.newcomers import newcomers
from pipelines.generate.readback import format_of, lead_pieces
from pipelines.generate.times import T_END, seconds
from pipelines.generate.write import Table

# Of the changed leads, so many are new.
_NEW_SHARE: Final = 0.1
# Rows gathered before they are written: an export has row groups of this order, not of 300 rows.
_ROW_GROUP: Final = 65_536


@dataclass(frozen=True)
class ChangeReport:
    """What was written.

    Attributes
    ----------
    updated : dict of str to int
        Known leads that a lead export changes, by folder.
    added : dict of str to int
        New records, by folder.
    seconds : float
        Wall time.
    """

    updated: dict[str, int]
    added: dict[str, int]
    seconds: float


def change(
    world: Path, out: Path, *, share: float = 0.01, seed: int, day: date = T_END
) -> ChangeReport:
    """Write the exports of one day's changes, in the formats and under the headers of a world.

    Nine in ten of the changed leads are known ones, chosen by their ids and the seed: a job
    title, a number or an address is corrected, or the status moves on, and the stamp of the last
    modification with it. One in ten is new. Activities, outcomes, refusals and suppressions of
    the changed leads come along. The same world, seed and day give the same bytes; memory does
    not grow with the world.

    Parameters
    ----------
    world : Path
        Folder that `generate` filled.
    out : Path
        Folder to fill; missing or empty.
    share : float
        Changed leads per lead of the world, above 0, up to 0.5.
    seed : int
        0 or more; another seed chooses other leads.
    day : date
        Day on which everything happens; not before the day the world was generated up to.

    Returns
    -------
    ChangeReport
        Folders without a record are left out; ``mappings`` is written as for a world.

    Raises
    ------
    UsageError
        For a value out of range, or a folder that holds something already.
    BadInputError
        The world holds no lead exports.
    """
    _check(out, share, seed)
    started = time.perf_counter()
    day_s = seconds(day)
    form = format_of(world / HEADERS[0].folder)
    write_mappings(out / "mappings")
    updated: Counter[str] = Counter()
    added: Counter[str] = Counter()
    with ExitStack() as stack:
        files: dict[str, _Gathered] = {}

        def put(folder: str, rows: pl.DataFrame) -> None:
            if folder not in files:
                gathered = _Gathered(Table(out / folder, form))
                files[folder] = stack.enter_context(closing(gathered))
            files[folder].add(rows)

        for one in _known(world, share * (1 - _NEW_SHARE), seed, day_s):
            updated[HEADERS[one.system].folder] += one.rows.height
            for folder, rows in _tables(one, day, seed).items():
                if rows.height:
                    put(folder, rows)
                    added[folder] += 0 if folder.startswith("leads") else rows.height
        wanted = round(updated.total() * _NEW_SHARE / (1 - _NEW_SHARE))
        for systems in newcomers(seed, wanted, day_s):
            for one in systems:
                for folder, rows in _tables(one, day, seed).items():
                    if rows.height:
                        put(folder, rows)
                        added[folder] += rows.height
    return ChangeReport(dict(updated), dict(added), time.perf_counter() - started)


def _known(world: Path, share: float, seed: int, day_s: int) -> Iterator[Changed]:
    """Yield the changed leads of a world, a piece of an export at a time."""
    for system, names in HEADERS.items():
        for piece in lead_pieces(world / names.folder):
            chosen = pl.Series(lots(piece[names.id], seed, "changes") < share)
            yield changed(piece.filter(chosen), system, seed, day_s)


def _tables(one: Changed, day: date, seed: int) -> dict[str, pl.DataFrame]:
    """Build every export's rows of some changed leads of one system."""
    names = HEADERS[one.system]
    system = names.folder.removeprefix("leads_")
    stamp = f"{day:%Y%m%d}"
    return {
        names.folder: one.rows,
        f"activities_{system}": events(one, stamp, seed),
        f"outcomes_{system}": milestones(one, stamp),
        f"consent_{system}": refusals(one, stamp, seed),
        "suppressions": suppressed(one, seed),
    }


class _Gathered:
    """A table that is written in few large row groups instead of many small ones."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._waiting: list[pa.Table] = []
        self._blocks = 0

    def add(self, rows: pl.DataFrame) -> None:
        """Take rows; they are written when enough have come together."""
        # Filtered text of a frame is a view that keeps all text of the frame; Arrow's is a copy.
        kept = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
        # Text and typed rows of a CSV do not mix in one frame.
        if self._waiting and self._waiting[0].schema != kept.schema:
            self._write()
        self._waiting.append(kept)
        if sum(table.num_rows for table in self._waiting) >= _ROW_GROUP:
            self._write()

    def close(self) -> None:
        """Write the rest and finish the file."""
        self._write()
        self._table.close()

    def _write(self) -> None:
        if self._waiting:
            rows = cast("pl.DataFrame", pl.from_arrow(pa.concat_tables(self._waiting)))
            self._table.append(rows, self._blocks)
            self._blocks += 1
            self._waiting = []


def _check(out: Path, share: float, seed: int) -> None:
    """Refuse what cannot be meant before anything is written."""
    if not 0 < share <= 0.5:
        raise UsageError(f"a share of {share}", "above 0, up to 0.5")
    if seed < 0:
        raise UsageError(f"seed {seed}", "0 or more")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f"{out} is not an empty folder", "a missing or an empty one", "name another folder"
        )
