"""Columns that belong together: states of one process, or filled in the same step."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np
from scipy.optimize import linear_sum_assignment

from models.leakage.column import Column
from models.matrix import F64, Ints

_SAME_STATES: Final = 4  # yes/no and low/medium/high go together in columns of any meaning
_STATE_ROWS: Final = 20
_SHARED_ROWS: Final = 0.5
# Agreement beyond chance of two readings of one process: the two activities of x_education have
# 0.62, other pairs of categories of eight public sets 0.38 at most. From the second on they are two
# spellings of one fact, a town and its code.
_AGREE: Final = 0.5
_IDENTICAL: Final = 0.98
_SAME_GAPS: Final = 0.99  # agreement of the missing rows, as a share of either


def same_states(columns: Sequence[Column], chosen: Sequence[int]) -> list[tuple[int, ...]]:
    """Find pairs of categories that mostly agree, value for value: one state, read at two times.

    The later reading of a process that goes on until somebody buys is a fact of the end. Which
    value of the one stands for which of the other the rows say, not their spelling.
    """
    categories = [i for i in chosen if columns[i].feature.kind == "category"]
    return [
        (first, second)
        for first, second in combinations(categories, 2)
        if _agree_in_states(columns[first], columns[second])
    ]


def filled_together(columns: Sequence[Column], chosen: Sequence[int]) -> list[tuple[int, ...]]:
    """Group columns that are empty in the same rows; a column like no other is its own group."""
    groups: list[list[int]] = []
    for index in chosen:
        for group in groups:
            if _agree(columns[group[0]], columns[index]):
                group.append(index)
                break
        else:
            groups.append([index])
    return [tuple(group) for group in groups]


def _agree_in_states(first: Column, second: Column) -> bool:
    wide = second.cells.count
    found = np.bincount(first.cell * wide + second.cell, minlength=first.cells.count * wide)
    table = found.reshape(first.cells.count, wide)[:-1, :-1].astype(np.float64)
    if table.sum() < _SHARED_ROWS * len(first.cell):
        return False
    mine, theirs = linear_sum_assignment(-table)
    states = sum(
        table[i, j] >= _STATE_ROWS and table[i, j] == table[i].max() == table[:, j].max()
        for i, j in zip(mine, theirs, strict=True)
    )
    return bool(states >= _SAME_STATES and _AGREE <= _kappa(table, mine, theirs) < _IDENTICAL)


def _kappa(table: F64, mine: Ints, theirs: Ints) -> float:
    """Agreement beyond chance (Cohen 1960, doi:10.1177/001316446002000104)."""
    total = table.sum()
    seen = table[mine, theirs].sum() / total
    chance = (table.sum(axis=1)[mine] * table.sum(axis=0)[theirs]).sum() / total**2
    return float((seen - chance) / (1 - chance)) if chance < 1 else 0.0


def _agree(first: Column, second: Column) -> bool:
    one, other = (c.cell == c.cells.count - 1 for c in (first, second))
    both, either = np.count_nonzero(one & other), np.count_nonzero(one | other)
    return bool(both and both >= _SAME_GAPS * either)
