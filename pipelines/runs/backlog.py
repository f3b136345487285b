"""Synthetic backlogs for measuring and for trying things out."""

from datetime import date
from pathlib import Path
from typing import Literal

from pipelines.generate import T_END, GenerateReport, generate

Format = Literal["csv", "csv.gz", "parquet"]


def run_generate(
    out: Path, *, rows: int, seed: int, until: date | None, form: Format
) -> GenerateReport:
    """Write a backlog of `rows` leads into `out`, with its truth in a side folder."""
    return generate(out, leads=rows, seed=seed, until=until or T_END, format=form)
