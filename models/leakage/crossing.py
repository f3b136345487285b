"""Counts of every column against every other, per outcome: one matrix product for all pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from models.leakage.column import Column
from models.matrix import F32, F64, Bools, Ints

WIDTH: Final = 8
_GROUPS: Final = WIDTH - 1  # the last cell holds the missing values
_HALVES: Final = 2


@dataclass(frozen=True)
class Crossing:
    """Tables of all pairs of columns.

    Parameters
    ----------
    counts : (halves, outcomes, k * WIDTH, k * WIDTH) float64
        Rows of fold parity h and outcome y in cell a of one column and cell b of another.
    """

    counts: F64

    @classmethod
    def of(cls, cells: Sequence[Ints], label: Bools, half: Ints) -> "Crossing":
        """Count (n,) coarse cells per column; `half` is 0 or 1 per row."""
        width = len(cells) * WIDTH
        counts = np.zeros((_HALVES, 2, width, width))
        for part in range(_HALVES):
            for outcome in (0, 1):
                chosen = (half == part) & (label == bool(outcome))
                flags: F32 = np.zeros((int(chosen.sum()), width), dtype=np.float32)
                at = np.arange(len(flags))
                for index, cell in enumerate(cells):
                    flags[at, index * WIDTH + cell[chosen]] = 1.0
                counts[part, outcome] = flags.T @ flags
        return cls(counts)

    def pair(self, first: int, second: int) -> F64:
        """Return (halves, outcomes, WIDTH, WIDTH) counts of two columns."""
        across, down = (slice(i * WIDTH, (i + 1) * WIDTH) for i in (first, second))
        return self.counts[:, :, across, down]

    def overlap(self, first: int, second: int) -> float:
        """Share of the information of the poorer column that the other one also holds, 0 to 1."""
        table = self.pair(first, second).sum(axis=(0, 1))
        total = table.sum()
        own, other = _entropy(table.sum(axis=1)), _entropy(table.sum(axis=0))
        least = min(own, other)
        if least < _LEAST_ENTROPY or not total:
            return 0.0
        chance = (np.count_nonzero(table.sum(1)) - 1) * (np.count_nonzero(table.sum(0)) - 1)
        shared = own + other - _entropy(table.ravel()) - chance / (2 * total)
        return float(max(0.0, shared) / least)


_LEAST_ENTROPY: Final = 0.05  # below, a column is nearly constant and overlaps with nothing


def coarse(column: Column) -> Ints:
    """Return at most `WIDTH` cells: neighbours of a number joined, rare values put together."""
    filled = column.cells.count - 1
    if column.feature.kind == "number" and filled > _GROUPS:
        joined = column.cell * _GROUPS // filled
    else:
        joined = np.minimum(column.cell, _GROUPS - 1)  # codes stand in order of frequency
    return np.where(column.cell == filled, _GROUPS, joined)


def _entropy(counts: F64) -> float:
    share = counts[counts > 0] / counts.sum()
    return float(-(share * np.log(share)).sum())
