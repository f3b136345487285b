"""Columns that belong together: states of one process, or filled in the same step."""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import numpy as np

from models.leakage.column import Column

_SHARED_VALUES: Final = 4  # yes/no and low/medium/high are shared by columns of any meaning
_SHARED_ROWS: Final = 0.5
_SAME_GAPS: Final = 0.99  # agreement of the missing rows, as a share of either


def same_states(
    columns: Sequence[Column], chosen: Sequence[int], values: Sequence[tuple[str, ...]]
) -> list[tuple[int, ...]]:
    """Find pairs of categories that share most of their values: one state, read at two times.

    The later reading of a process that goes on until somebody buys is a fact of the end.
    """
    found: list[tuple[int, ...]] = []
    for first, second in combinations(chosen, 2):
        shared = set(values[first]) & set(values[second])
        if len(shared) >= _SHARED_VALUES and all(
            _share(columns[i], values[i], shared) >= _SHARED_ROWS for i in (first, second)
        ):
            found.append((first, second))
    return found


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


def _share(column: Column, values: tuple[str, ...], shared: set[str]) -> float:
    edges = column.cells.edges
    inside = [cell for cell in range(len(edges)) if values[int(edges[cell])] in shared]
    return float(column.rows[inside].sum() / column.rows.sum())


def _agree(first: Column, second: Column) -> bool:
    one, other = (c.cell == c.cells.count - 1 for c in (first, second))
    both, either = np.count_nonzero(one & other), np.count_nonzero(one | other)
    return bool(both and both >= _SAME_GAPS * either)
