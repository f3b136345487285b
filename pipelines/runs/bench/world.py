"""Synthetic backlogs, and a day of changes to one, for measuring and for trying things out."""

import os
from datetime import date
from pathlib import Path
from typing import Literal

from pipelines.generate import T_END, ChangeReport, GenerateReport, change, generate

Format = Literal["csv", "csv.gz", "parquet"]


def run_generate(
    out: Path, *, rows: int, seed: int, until: date | None, form: Format, with_truth: bool = True
) -> GenerateReport:
    """Write a backlog of `rows` leads into `out`, on every core where it has no truth."""
    return generate(
        out,
        leads=rows,
        seed=seed,
        until=until or T_END,
        format=form,
        with_truth=with_truth,
        workers=os.cpu_count() or 1,
    )


def run_change(
    world: Path, out: Path, *, share: float, seed: int, day: date | None
) -> ChangeReport:
    """Write one day's changes to the backlog in `world` into `out`."""
    return change(world, out, share=share, seed=seed, day=day or T_END)
