"""`bench generate`."""

from datetime import date
from pathlib import Path

from pipelines.console.screen import emit_json, say, show_table
from pipelines.runs.backlog import Format, run_generate


def show_generate(
    out: Path, *, rows: int, seed: int, until: date | None, form: Format, as_json: bool
) -> None:
    """Write a synthetic backlog and show what is in it."""
    report = run_generate(out, rows=rows, seed=seed, until=until, form=form)
    if as_json:
        emit_json(vars(report))
        return
    show_table("", ("what", "rows"), report.counts.items(), right=(1,))
    say(f"written to {out} in {report.seconds:.1f} s; mappings lie in {out / 'mappings'}")
