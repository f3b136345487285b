"""Several sizes one after another, in a folder that is there as long as it has to be."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.runs.bench.backlog import Form, Places, run_backlog
from pipelines.runs.bench.disk import check_disk, need
from pipelines.runs.bench.report import BacklogReport, BacklogRun, Stage

_MOST_ROWS = 1_000_000_000


def run_sizes(
    report: BacklogReport,
    sizes: Sequence[int],
    *,
    seed: int,
    form: Form,
    out: Path | None,
    keep: bool,
    heard: Callable[[BacklogRun, Stage], None],
) -> None:
    """Measure every size in the order given; `report` grows with each stage.

    Parameters
    ----------
    out : Path or None
        Folder to keep the homes in, one per size where there are several; None: a temporary one,
        gone at the end unless `keep`.
    keep : bool
        Keep the generated exports, too.

    Raises
    ------
    UsageError
        No size, one out of range or twice, or a folder that holds something already.
    RefusedError
        The disk does not hold it.
    LeadTriageError
        A stage failed; sizes after it are not run.
    """
    _check(sizes, seed, out)
    each = [need(rows, form, keep=keep) for rows in sizes]
    stays = out is not None or keep
    check_disk(_existing(out or Path(tempfile.gettempdir())), sum(each) if stays else max(each))
    with _folder(out, stays=stays) as folder:
        for rows in sizes:
            places = Places(folder / str(rows) if len(sizes) > 1 else folder)
            run = BacklogRun(rows=rows, seed=seed, form=form, folder=str(places.root))
            report.runs.append(run)
            try:
                run_backlog(places, run, keep=keep, heard=partial(heard, run))
            finally:
                if not stays:
                    shutil.rmtree(places.root, ignore_errors=True)


@contextmanager
def _folder(out: Path | None, *, stays: bool) -> Iterator[Path]:
    if out is not None:
        yield out.absolute()
        return
    made = Path(tempfile.mkdtemp(prefix="lead-triage-bench-"))
    try:
        yield made
    finally:
        if not stays:
            shutil.rmtree(made, ignore_errors=True)


def _existing(path: Path) -> Path:
    """Return the folder, or the nearest one above it that is there."""
    path = path.absolute()
    while not path.is_dir() and path != path.parent:
        path = path.parent
    return path


def _check(sizes: Sequence[int], seed: int, out: Path | None) -> None:
    if not sizes or len(set(sizes)) < len(sizes):
        raise UsageError("--rows is not a list of different sizes", "one or more, each once")
    for rows in sizes:
        if not 1 <= rows <= _MOST_ROWS:
            raise UsageError(f"--rows {rows}", f"1 to {_MOST_ROWS}")
    if seed < 0:
        raise UsageError(f"--seed {seed}", "0 or more")
    if out is not None and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(
            f"{out} is not an empty folder", "a missing or an empty one", "name another folder"
        )
