"""`score`: rank a file."""

from datetime import date
from pathlib import Path

from pipelines.console.screen import emit_json, say
from pipelines.runs.landing import resolve_mapping
from pipelines.runs.score_file import run_score
from pipelines.settings.home import Home


def show_score(
    file: Path, out: Path, *, mapping: str, model: str | None, as_of: date | None, as_json: bool
) -> None:
    """Score `file` into `out`."""
    done = run_score(
        file,
        out,
        mapping=resolve_mapping(mapping),
        model=model,
        as_of=as_of,
        home=Home.locate(),
    )
    if as_json:
        emit_json(vars(done))
        return
    by = f"{done.score_source} {done.model_id}"
    say(f"{done.scored:,} of {done.records:,} rows ranked by {by} into {done.out}")
    if done.unreadable:
        say(f"{done.unreadable:,} rows could not be read: they stand at the end without a score")
