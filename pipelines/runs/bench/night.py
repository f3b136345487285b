"""A measured command taken apart: the stages of a nightly, the landing and merging of a load."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipelines.errors import StoreError
from pipelines.runs.bench.child import Finished
from pipelines.runs.bench.meter import Meter
from pipelines.runs.bench.report import Stage
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, runs

# What a stage works through, among the counts of its run.
_ROWS: Final[dict[str, Callable[[dict[str, Any]], int | None]]] = {
    "load": lambda counts: counts.get("records"),
    "merge": lambda counts: counts.get("leads"),
    "identify": lambda counts: counts.get("leads"),
    "eligible": lambda counts: counts.get("persons"),
    "score": lambda counts: counts.get("scored", 0) + counts.get("unscored", 0),
    "triage": lambda counts: counts.get("leads"),
    "explain": lambda counts: counts.get("explained"),
    "publish": lambda counts: counts.get("leads"),
}
# Seconds are those of the files added up, of which two are landed at a time.
_OF_EXPORT: Final = ("records", "quarantined", "duplicates", "seconds")
START_AND_END: Final = "process start and end"


@dataclass(frozen=True)
class Window:
    """A stage and when it ran; times are seconds since 1970."""

    name: str
    rows: int | None
    start: float
    end: float
    seconds: float
    counts: dict[str, Any]


def measured(step: str, window: Window, meter: Meter) -> Stage:
    """Look up what the meter saw while a stage ran."""
    return Stage(
        step=step,
        name=window.name,
        rows=window.rows,
        seconds=window.seconds,
        peak_memory_bytes=meter.peak_memory(window.start, window.end),
        disk_bytes=meter.disk(window.end),
        peak_disk_bytes=meter.peak_disk(window.start, window.end),
        counts=window.counts,
    )


def night_windows(home: Home, done: Finished) -> list[Window]:
    """Return the stages of the last nightly, and last what the process took besides."""
    with Ledger(home.ledger) as ledger:
        record = runs.last(ledger, "nightly")
        if record is None:
            raise StoreError("the ledger knows of no nightly", fix="report this")
        found = _stage_windows(ledger, record.run_id, {})
    rest = done.seconds - sum(window.seconds for window in found)
    last = found[-1].end if found else done.started
    return [*found, Window(START_AND_END, None, last, done.ended, rest, {})]


def _stage_windows(ledger: Ledger, run_id: str, known: dict[str, Any]) -> list[Window]:
    """Return the stages of a run. A stage's end is in the ledger; it began its seconds before.

    Parameters
    ----------
    known : dict of str to Any
        Counts that its stages need not have made themselves.
    """
    ends = ledger.rows("SELECT started_at FROM stage WHERE run_id = ? ORDER BY position", run_id)
    stages = runs.stages(ledger, run_id)
    found = []
    for stage, (at,) in zip(stages, ends, strict=True):
        known |= {key: stage.counts[key] for key in ("leads",) if key in stage.counts}
        counts = {**known, **stage.counts}
        rows = _ROWS[stage.name](counts) if stage.name in _ROWS else None
        end = _epoch(datetime.fromisoformat(at))
        found.append(
            Window(stage.name, rows, end - stage.seconds, end, stage.seconds, stage.counts)
        )
    return found


def load_windows(home: Home, leads: int, done: Finished) -> list[Window]:
    """Return the stages of a `load` of the inbox: landing, with the process's start and end first.

    Parameters
    ----------
    leads : int
        Lead rows that all exports hold.
    """
    counts: dict[str, Any] = {}
    for file in done.output["files"]:
        export = Path(file["path"]).relative_to(home.inbox).parent.as_posix()
        of_export = counts.setdefault(export, dict.fromkeys(_OF_EXPORT, 0))
        for key in _OF_EXPORT:
            of_export[key] += file[key]
    records = sum(export["records"] for export in counts.values())
    with Ledger(home.ledger) as ledger:
        record = runs.last(ledger, "load")
        if record is None:
            raise StoreError("the ledger knows of no load", fix="report this")
        together = _stage_windows(ledger, record.run_id, {"leads": leads})
    landing = done.seconds - sum(window.seconds for window in together)
    start = _epoch(record.started_at)
    return [Window("landing", records, done.started, start, landing, counts), *together]


def _epoch(at: datetime) -> float:
    return at.replace(tzinfo=UTC).timestamp()
