"""`bench generate` and `bench change`."""

from datetime import date
from pathlib import Path

from pipelines.console.screen import emit_json, say, show_table
from pipelines.runs.bench.world import Format, run_change, run_generate


def show_generate(
    out: Path,
    *,
    rows: int,
    seed: int,
    until: date | None,
    form: Format,
    with_truth: bool,
    as_json: bool,
) -> None:
    """Write a synthetic backlog and show what is in it."""
    report = run_generate(out, rows=rows, seed=seed, until=until, form=form, with_truth=with_truth)
    if as_json:
        emit_json(vars(report))
        return
    show_table("", ("what", "rows"), report.counts.items(), right=(1,))
    say(f"written to {out} in {report.seconds:.1f} s; mappings lie in {out / 'mappings'}")


def show_change(
    world: Path, out: Path, *, share: float, seed: int, day: date | None, as_json: bool
) -> None:
    """Write a day's changes to a synthetic backlog and show what is in them."""
    report = run_change(world, out, share=share, seed=seed, day=day)
    if as_json:
        emit_json(vars(report))
        return
    names = sorted({*report.updated, *report.added})
    lines = [(name, report.updated.get(name, 0), report.added.get(name, 0)) for name in names]
    show_table("", ("what", "updated", "new"), lines, right=(1, 2))
    say(f"written to {out} in {report.seconds:.1f} s; mappings lie in {out / 'mappings'}")
