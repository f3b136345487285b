"""Category sets of any size and on any processor: one table per feature, a row per category.

A row holds a bit per set of the feature. Per value: find the category among those that any set
holds, then take eight sets at a time from its row. What costs is the number of sets, not how many
categories they hold or how large the codes are. AVX-512 has a faster way for small codes
(`wide.test_sets`).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from models.kernel.jit import inlined
from models.kernel.tree import members
from models.kernel.vector import (
    BLOCK,
    one_of_eight,
    read8,
    read32,
    read64,
    whole_numbers,
    whole_numbers_64,
    write8,
    write32,
)

_HEAD = 64  # bytes before the categories: their number, and where the rows start


def table_of(sets: Sequence[bytes]) -> npt.NDArray[np.uint8]:
    """Lay the sets of one feature out as the bytes that `test_table` reads.

    Parameters
    ----------
    sets : sequence of bytes
        Bit sets: category c is in if bit c % 8 of byte c // 8 is set.

    Returns
    -------
    (bytes,) uint8, a multiple of 64
        Count of categories and offset of the rows as int64; the categories as int32, ascending;
        then one byte per category and one zero, for sets 0 to 7, for sets 8 to 15, and so on.
    """
    categories = [members(own) for own in sets]
    known = np.unique(np.concatenate(categories))
    rows = np.zeros((-(-len(sets) // 8), len(known) + 1), np.uint8)
    for i, own in enumerate(categories):
        rows[i // 8, np.searchsorted(known, own)] |= np.uint8(1 << i % 8)
    start = _HEAD + 4 * len(known)
    table = np.zeros(-(-(start + rows.size) // 64) * 64, np.uint8)
    table[:16] = np.array([len(known), start], np.int64).view(np.uint8)
    table[_HEAD:start] = known.astype(np.int32).view(np.uint8)
    table[start : start + rows.size] = rows.ravel()
    return table


@inlined
def _find(categories: int, count: int, codes: int) -> None:
    """Replace 512 categories by their positions in the table, unknown ones by `count`."""
    top = 1
    while 2 * top <= count:
        top *= 2
    for i in range(BLOCK):
        code, below, step = read32(codes + 4 * i), 0, top
        while step:
            probe = min(below + step, count)
            # No branch on the values: those would be guessed wrong half of the time.
            below = probe if read32(categories + 4 * (probe - 1)) <= code else below
            step //= 2
        is_known = below > 0 and read32(categories + 4 * (below - 1)) == code
        write32(codes + 4 * i, below - 1 if is_known else count)


@inlined
def test_table(
    values: int, size: int, codes: int, table: int, count: int, slots: int, scratch: int
) -> None:
    """Test 512 values against `count` sets; bits to one slot each.

    Parameters
    ----------
    size : int
        Bytes per value: 4 for float32, 8 for float64.
    codes, scratch : int
        Room for 512 int32 and for 512 bytes.
    """
    if size == 4:
        whole_numbers(values, codes)
    else:
        whole_numbers_64(values, codes)
    known, rows = read64(table), table + read64(table + 8)
    _find(table + _HEAD, known, codes)
    for first in range(0, count, 8):
        for i in range(BLOCK):
            write8(scratch + i, read8(rows + read32(codes + 4 * i)))
        for i in range(first, min(first + 8, count)):
            one_of_eight(scratch, i - first, slots + 64 * i)
        rows += known + 1
