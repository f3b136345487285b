"""`quarantine`: records set aside, and repaired ones, in front of a person."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.console.loading import fail_unbound, show_loaded
from pipelines.console.screen import StageProgress, emit_json, say, show_table
from pipelines.runs.quarantine import (
    OpenBatch,
    find_batch,
    open_batches,
    open_rows,
    run_export,
    run_reload,
)
from pipelines.runs.review import repaired_batches, repaired_rows, run_accept
from pipelines.settings.home import Home


def show_open(batch: str | None, reason: str | None, *, with_cells: bool, as_json: bool) -> None:
    """Show what is open per batch and reason; the rows too where a batch or a reason is named."""
    home = Home.locate()
    found = open_batches(home)
    if batch is not None:
        wanted = find_batch(home, batch).batch_id
        found = [one for one in found if one.landed.batch_id == wanted]
    if reason is not None:
        found = [one for one in found if reason in one.by_reason]
    rows = _rows(found, reason, with_cells) if batch or reason or with_cells else None
    repaired = [one for one in repaired_batches(home) if one.unreviewed]
    if as_json:
        head = {
            "open": sum(one.open for one in found),
            "batches": [_entry(one) for one in found],
            "unreviewed": [
                {"batch_id": one.landed.batch_id, "records": one.unreviewed} for one in repaired
            ],
        }
        _emit(head, "rows", rows)
        return
    show_table(
        "",
        ("batch", "file", "kind", "source", "reason", "open"),
        [
            (b.batch_id, b.file_name, b.kind, b.source_system, code, count)
            for one in found
            for b in (one.landed,)
            for code, count in one.by_reason.items()
            if reason in (None, code)
        ],
        right=(5,),
    )
    for one in repaired:
        say(f"{one.landed.batch_id}: {one.unreviewed:,} repaired records wait for a review")
    if rows is not None:
        _print_rows(rows, with_cells)


def show_export(batch: str, out: Path, *, as_json: bool) -> None:
    """Write the open records of a batch to a file for correction."""
    written = run_export(Home.locate(), batch, out)
    if as_json:
        emit_json({"records": written, "out": out})
    else:
        say(f"{written:,} records written to {out}; correct it, then `quarantine reload` it.")


def show_reload(file: Path, batch: str, *, defer: bool, as_json: bool) -> None:
    """Load corrected records and show where they went."""
    home = Home.locate()
    with StageProgress() as progress:
        loaded = run_reload(home, file, batch, defer=defer, progress=progress)
    left = {one.landed.batch_id: one.open for one in open_batches(home)}
    still_open = left.get(loaded.landed.corrects or "", 0)
    if as_json:
        emit_json({**loaded.to_json(), "still_open": still_open})
    else:
        show_loaded([loaded])
        say(f"{still_open:,} records of batch {loaded.landed.corrects} are still open")
    fail_unbound([loaded])


def show_repaired(batch: str, *, as_json: bool) -> None:
    """Show the repaired records of a batch as they were stored, with what was repaired."""
    repaired, frames = repaired_rows(Home.locate(), batch)
    rows = (row for frame in frames for row in frame.iter_rows(named=True))
    if as_json:
        head = {"batch_id": repaired.landed.batch_id, "unreviewed": repaired.unreviewed}
        _emit(head, "rows", rows)
        return
    for row in rows:
        known = "reviewed" if row.pop("is_reviewed") else "not reviewed"
        place = f"record {row.pop('row_number')}, line {row.pop('line')}"
        say(f"{place}, byte {row.pop('byte_offset')}: {row.pop('repair')} ({known})")
        say("    " + "  ".join(f"{name}={value!s}" for name, value in row.items() if value))
    say(f"{repaired.unreviewed:,} of {repaired.rows.height:,} are not reviewed")


def show_accepted(batch: str, records: Sequence[int], *, as_json: bool) -> None:
    """Accept repaired records."""
    accepted = run_accept(Home.locate(), batch, records)
    if as_json:
        emit_json({"accepted": accepted})
    else:
        say(f"{accepted:,} repaired records accepted, in force at the next night.")


def _entry(batch: OpenBatch) -> dict[str, Any]:
    landed = batch.landed
    return {
        "batch_id": landed.batch_id,
        "file": landed.file_name,
        "kind": landed.kind,
        "source_system": landed.source_system,
        "landed_at": landed.at,
        "quarantined": landed.quarantined,
        "open": batch.open,
        "by_reason": batch.by_reason,
    }


def _rows(
    batches: Iterable[OpenBatch], reason: str | None, with_cells: bool
) -> Iterator[dict[str, Any]]:
    for batch in batches:
        origin = pl.lit(batch.landed.batch_id), pl.lit(batch.landed.file_name)
        for frame in open_rows(batch, reason=reason, with_cells=with_cells):
            named = frame.insert_column(0, origin[0].alias("batch_id")).insert_column(
                1, origin[1].alias("file")
            )
            yield from named.iter_rows(named=True)


def _print_rows(rows: Iterable[dict[str, Any]], with_cells: bool) -> None:
    """Write one line per row as it comes: there may be hundreds of thousands."""
    names = ["batch_id", "file", "record", "line", "byte_offset", "reason", "column"]
    names += ["cells"] if with_cells else []
    sys.stdout.write("\t".join(names) + "\n")
    for row in rows:
        cells = ("-" if row[name] is None else str(row[name]) for name in names)
        sys.stdout.write("\t".join(c.translate(_BREAKS) for c in cells) + "\n")


# What would break the line, or the terminal.
_BREAKS = dict.fromkeys((*range(32), 127), "�")


def _emit(head: dict[str, Any], name: str, rows: Iterable[dict[str, Any]] | None) -> None:
    """Write one JSON document whose last value is a list that is never held as a whole."""
    if rows is None:
        emit_json(head)
        return
    sys.stdout.write(json.dumps(head, ensure_ascii=False)[:-1] + f', "{name}": [')
    for position, row in enumerate(rows):
        text = json.dumps(row, ensure_ascii=False, default=str)
        sys.stdout.write(("," if position else "") + "\n" + text)
    sys.stdout.write("\n]}\n")
