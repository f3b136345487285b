"""`bench backlog`: a line per stage while it runs, then the tables, then the budget."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from pipelines.console.screen import emit_json, note, say, show_table
from pipelines.runs.bench.backlog import Form
from pipelines.runs.bench.machine import machine
from pipelines.runs.bench.report import BacklogReport, BacklogRun, Judged, Stage, ratios
from pipelines.runs.bench.sizes import run_sizes

_MB: Final = 1e6
_STAGE_HEADERS: Final = ("step", "stage", "rows", "seconds", "rows/s", "memory MB", "disk MB")
# Less is the benchmark's own start.
_BUSY: Final = 0.5


def show_backlog(
    sizes: Sequence[int],
    *,
    seed: int,
    form: Form,
    out: Path | None,
    keep: bool,
    json_file: Path | None,
    as_json: bool,
) -> None:
    """Measure the whole path and show it; the JSON is written also when a stage fails.

    Parameters
    ----------
    json_file : Path, optional
        Where the JSON goes; in `out`, or this folder, when absent.
    as_json : bool
        Print the JSON instead of the tables.
    """
    target = json_file or (out or Path()) / f"bench-backlog-{max(sizes, default=0)}.json"
    report = BacklogReport(machine())
    try:
        run_sizes(report, sizes, seed=seed, form=form, out=out, keep=keep, heard=_hear)
    finally:
        if report.runs:
            _write(report, target)
            if as_json:
                emit_json(report.to_json())
            else:
                _say_machine(report.machine)
                for run in report.runs:
                    _show_run(run)
                _show_ratios(report)
            note(f"written to {target}")
            for run in report.runs if out is not None or keep else []:
                note(f"kept in {run.folder}")


def _write(report: BacklogReport, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report.to_json(), indent=2)
    target.write_text(text + "\n", encoding="utf-8")


def _hear(run: BacklogRun, stage: Stage) -> None:
    note(f"  {run.rows:>11,}  {stage.step:<12} {stage.name:<26} {stage.seconds:8.1f} s")


def _say_machine(found: dict[str, Any]) -> None:
    say(
        f"{found['cores']} cores, {found['memory_bytes'] / 2**30:.1f} GiB, {found['cpu']},"
        f" {found['system']}"
    )
    libraries = [f"{name} {found[name]}" for name in ("python", "duckdb", "polars", "lightgbm")]
    commit = f"; commit {found['commit']}" if found["commit"] else ""
    say(f"{', '.join(libraries)}{commit}")
    if found["load"] > _BUSY:
        say(f"note: {found['load']} other processes ran when this began; times may be longer")


def _show_run(run: BacklogRun) -> None:
    say()
    say(f"{run.rows:,} leads, seed {run.seed}, {run.form}")
    show_table("", _STAGE_HEADERS, _lines(run), right=(2, 3, 4, 5, 6))
    say("memory: resident, process tree added up, every 0.1 s; disk: allocated at the end")
    if run.bars:
        say()
        title = "Against the budget (2 cores; seconds scaled by rows from its 10M or 100M column)"
        headers = ("what", "measured", "bar", "verdict")
        show_table(title, headers, map(_verdict, run.bars), right=(1, 2))
    if run.raw_ratio is not None:
        say(
            f"The first load took {run.raw_ratio:.1f} times as long as DuckDB's CREATE TABLE AS of"
            f" the same leads and activities ({run.raw_seconds:,.1f} s)"
        )
    if run.merged:
        say(
            f"Changed leads: {run.made['updated']:,} updated and {run.made['new']:,} new were made,"
            f" {run.merged['updated']:,} and {run.merged['new']:,} merged"
        )
    for line in run.notes:
        say(f"note: {line}")
    if run.failure is not None:
        say(f"The stage {run.failure['stage']!r} did not end; its last lines:")
        for line in run.failure["last_lines"]:
            say(f"  {line}")


def _lines(run: BacklogRun) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    step = ""
    for stage in run.stages:
        shown = "" if stage.step == step else stage.step
        step = stage.step
        found.append((shown, *_figures(stage.name, stage)))
        if stage is _last_of(run, step) and sum(s.step == step for s in run.stages) > 1:
            total = f"{run.seconds(step):,.1f}"
            found.append(("", "all", "", total, "", _mb(run.peak_memory(step)), ""))
    return found


def _figures(name: str, stage: Stage) -> tuple[object, ...]:
    rate = stage.rows_per_second
    return (
        name,
        "" if stage.rows is None else stage.rows,
        f"{stage.seconds:,.1f}",
        "" if rate is None else int(rate),
        _mb(stage.peak_memory_bytes),
        _mb(sum(stage.disk_bytes.values())),
    )


def _last_of(run: BacklogRun, step: str) -> Stage:
    return [stage for stage in run.stages if stage.step == step][-1]


def _mb(count: int) -> str:
    return f"{count / _MB:,.0f}"


def _verdict(judged: Judged) -> tuple[str, str, str, str]:
    over = judged.measured - judged.bar
    times = judged.measured / judged.bar
    word = "met" if judged.is_met else f"missed by {over:,.1f} {judged.unit} (x {times:.2f})"
    digits = 1 if judged.bar >= 1 else 3
    bar = f"{judged.bar:,.{digits}f}"
    return (judged.name, f"{judged.measured:,.{digits}f} {judged.unit}", bar, word)


def _show_ratios(report: BacklogReport) -> None:
    found = ratios(report.runs)
    if not found:
        return
    say()
    show_table(
        "How cost grows (per row: 1 is linear)",
        ("step", "stage", "rows", "seconds", "times", "per row"),
        [
            (
                one["step"],
                one["name"],
                f"{one['rows'][0]:,} to {one['rows'][1]:,}",
                f"{one['seconds'][0]:,.1f} to {one['seconds'][1]:,.1f}",
                f"{one['times']:.1f}",
                f"{one['per_row']:.2f}",
            )
            for one in found
        ],
        right=(4, 5),
    )
