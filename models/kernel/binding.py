"""Runs a plan over rows: tells the compiled loop where everything is and shares out the blocks."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Final

import numpy as np
import numpy.typing as npt

from models.kernel import engine
from models.kernel.engine import PANEL
from models.kernel.inputs import Ints, Rows
from models.kernel.plan import Plan, aligned
from models.kernel.vector import BLOCK

# Rows that a thread takes at a time: a millisecond or so, so that threads end together.
CHUNK: Final = 16 * BLOCK
# A panel of 16 adjacent columns is transposed as one if the model uses at least so many of them.
_WORTH_A_PANEL: Final = 4


def scores(plan: Plan, rows: Rows, threads: int) -> npt.NDArray[np.float64]:
    """Raw scores of `rows`, (n,) float64, by at most `threads` threads.

    Rows are independent of each other: neither the number of threads nor the neighbours of a row
    change a bit of its score.
    """
    result = np.empty(rows.count, np.float64)
    panels, panel_columns, singles, width = _layout(plan, rows)
    pointers = 64 * (-(-8 * max(len(plan.columns), 1) // 64))
    tile = width * BLOCK * rows.dtype().itemsize
    tables = {
        engine.PANEL_COLUMNS: panel_columns,
        engine.PANELS: panels,
        engine.SINGLES: singles,
        engine.SEGMENTS: plan.segments,
        engine.GROUPS: plan.groups,
        engine.THRESHOLDS: plan.thresholds,
        engine.OPS: plan.ops,
        engine.UNITS: plan.units,
        engine.PLANES: plan.planes,
        engine.LEAVES: plan.leaves,
        engine.LANES: plan.lanes,
        engine.SETS: plan.sets,
        engine.TABLES: plan.tables,
        engine.OUT: result,
    }
    call = np.zeros(engine.N_FIELDS, np.int64)
    for field, table in tables.items():
        call[field] = table.ctypes.data
    call[engine.N_PANEL_COLUMNS] = len(panel_columns)
    call[engine.N_PANELS] = len(panels)
    call[engine.N_SINGLES] = len(singles)
    call[engine.N_SEGMENTS] = len(plan.segments)
    call[engine.ITEM_SIZE] = rows.dtype().itemsize
    call[engine.ROW_STRIDE] = rows.stride[0] if len(rows.stride) else 0
    call[engine.TILE] = pointers
    call[engine.SLOTS] = call[engine.TILE] + tile
    call[engine.NUMBERS] = call[engine.SLOTS] + 64 * plan.slots
    call[engine.SUMS] = call[engine.NUMBERS] + 2 * BLOCK * engine.MOST_TREES
    call[engine.CODES] = call[engine.SUMS] + 8 * BLOCK
    size = int(call[engine.CODES]) + 4 * BLOCK

    chunks = count(0, CHUNK)

    def work(_: int) -> None:
        scratch = aligned(size)
        ones = int(call[engine.SLOTS]) + 64
        scratch[ones : ones + 64] = 255
        while (begin := next(chunks)) < rows.count:
            end = min(begin + CHUNK, rows.count)
            engine.run(call.ctypes.data, scratch.ctypes.data, begin, end)

    workers = min(threads, -(-rows.count // CHUNK))
    if workers <= 1:
        work(0)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, range(workers)))
    return result


def _layout(plan: Plan, rows: Rows) -> tuple[Ints, Ints, Ints, int]:
    """Panels to transpose, the columns they hold, columns to take one by one, width of the tile."""
    panels: list[tuple[int, int]] = []
    held: list[tuple[int, int]] = []
    singles: list[tuple[int, int, int, int]] = []
    size, used = rows.dtype().itemsize, plan.columns.tolist()
    width, done = 0, 0
    can_panel = rows.is_row_major and size == 4 and len(rows.address) >= PANEL
    while done < len(used):
        # A panel may not reach beyond the last column of the matrix.
        first = min(used[done], len(rows.address) - PANEL)
        end = int(np.searchsorted(plan.columns, first + PANEL))
        if can_panel and end - done >= _WORTH_A_PANEL:
            offset = width * BLOCK * size
            panels.append((int(rows.address[first]), offset))
            held += [(i, offset + (used[i] - first) * BLOCK * size) for i in range(done, end)]
            width += PANEL
            done = end
        else:
            address, stride = int(rows.address[used[done]]), int(rows.stride[used[done]])
            singles.append((address, stride, done, width * BLOCK * size))
            width += 1
            done += 1
    return (
        np.array(panels, np.int64).reshape(-1, 2),
        np.array(held, np.int64).reshape(-1, 2),
        np.array(singles, np.int64).reshape(-1, 4),
        width,
    )
