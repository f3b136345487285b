"""A leak that is there only at times, or only in some of the leads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.cells import tally
from models.leakage.column import FOLDS, Column, area_of
from models.leakage.finding import Note
from models.matrix import F64, Bools, Ints
from models.params import LeakageSettings

_FIFTHS: Final = 5
_MIN_MINORITY: Final = 50
_MIN_SHARE: Final = 0.05
_MAX_SEGMENTS: Final = 20
_SURE: Final = 4.0  # standard errors


@dataclass(frozen=True)
class Part:
    """Some of the rows: `rows` are their positions, `words` say which."""

    words: str
    rows: Ints


def fifths(rows: int) -> list[Part]:
    """Cut the rows, which stand in order of time or of the file, into five parts."""
    edges = np.linspace(0, rows, _FIFTHS + 1).astype(np.int64)
    names = ("first", "second", "third", "fourth", "last")
    return [
        Part(f"the {name} fifth of the rows", np.arange(low, high))
        for name, low, high in zip(names, edges[:-1], edges[1:], strict=True)
    ]


def segments(columns: Sequence[Column], values: Sequence[tuple[str, ...]]) -> list[Part]:
    """Return the larger values of the categories as parts, the largest first."""
    held: list[tuple[float, int, int]] = []
    for index, column in enumerate(columns):
        if column.feature.kind == "number" or column.is_constant:
            continue
        share = column.rows / column.rows.sum()
        large = np.flatnonzero((share >= _MIN_SHARE) & (share <= 1 - _MIN_SHARE))
        held += [(float(share[cell]), index, int(cell)) for cell in large]
    held.sort(key=lambda part: -part[0])
    return [
        Part(
            f"rows with {columns[i].words(cell, values[i])} in {columns[i].title}",
            np.flatnonzero(columns[i].cell == cell),
        )
        for _, i, cell in held[:_MAX_SEGMENTS]
    ]


def look_at_parts(
    columns: Sequence[Column],
    chosen: Sequence[int],
    parts: Sequence[Part],
    label: Bools,
    fold: Ints,
    limits: LeakageSettings,
) -> list[Note]:
    """Find columns that tell the outcome in one part of the rows and not elsewhere."""
    found = []
    for part in parts:
        inside, where = label[part.rows], fold[part.rows]
        hits, misses = int(inside.sum()), int((~inside).sum())
        if min(hits, misses) < _MIN_MINORITY:
            continue
        for index in chosen:
            column = columns[index]
            counts = tally(column.cell[part.rows], column.cells.count, inside, where, FOLDS)
            area = area_of(*counts)
            if not is_sudden(area, column.area, hits, misses, limits):
                continue
            if area < limits.suspect_auc:
                continue
            reason = (
                f"in {part.words} {column.title} alone ranks conversions with AUC {area:.3f}, "
                f"in all rows {column.area:.3f}"
            )
            found.append(Note(index, "leak" if area >= limits.leak_auc else "suspect", reason))
    return found


def look_at_fill(column: Column, index: int, limits: LeakageSettings) -> list[Note]:
    """Find a column that was filled during a part of the time only."""
    missing = column.cell == column.cells.count - 1
    fill = [1 - float(missing[part.rows].mean()) for part in fifths(len(missing))]
    gap = max(fill) - min(fill)
    if gap < limits.fill_shift:
        return []
    first, last = fill[0], fill[-1]
    reason = (
        f"{column.title} is filled in {first:.0%} of the first fifth of the rows and {last:.0%} of "
        f"the last (between {min(fill):.0%} and {max(fill):.0%})"
    )
    return [Note(index, "suspect", reason, is_late=True)]


def is_sudden(
    area: float, elsewhere: float, hits: int, misses: int, limits: LeakageSettings
) -> bool:
    """Whether an AUC of so many rows lies above that of the others, by more than chance."""
    least = max(limits.part_jump, _SURE * _area_error(area, hits, misses))
    return area - elsewhere >= least


def _area_error(area: float, hits: int, misses: int) -> float:
    """Return the standard error of an AUC.

    Hanley and McNeil 1982, doi:10.1148/radiology.143.1.7063747.
    """
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    spread: F64 = np.asarray(
        area * (1 - area) + (hits - 1) * (q1 - area**2) + (misses - 1) * (q2 - area**2)
    )
    return float(np.sqrt(spread / (hits * misses)))
