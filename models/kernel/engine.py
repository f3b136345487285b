"""The compiled inner loop: blocks of 512 rows through tests, circuits and leaf tables.

Everything is addresses and int64: one specialisation serves every layout and dtype of the input.
Per block: bring the used columns together (`_fill`), compare each with its thresholds, 64 rows to
one word (`_compare`), run the circuits on 512-bit slots (`_circuit`), turn the bit planes into leaf
numbers and add the leaf values, tree after tree, in float64 (`_add_leaves`). No branch depends on
the values. LightGBM adds in the same order, so the sums are the same bits.
"""

from typing import Final

import numpy as np

from models.kernel import large, wide
from models.kernel.categories import test_table
from models.kernel.jit import compiled, inlined
from models.kernel.vector import (
    BLOCK,
    choose,
    compare_ordered,
    compare_ordered_64,
    compare_unordered,
    compare_unordered_64,
    leaf_numbers,
    read16,
    read32,
    read64,
    read_double,
    transpose,
    write32,
    write64,
    write_double,
)

# A call is an int64 per field: addresses of tables, counts before some of them, and byte offsets
# into the scratch of a thread (from POINTERS on). The records of the tables, int64 unless said:
#   PANEL_COLUMNS  column, offset in the tile        PANELS   address in row 0, offset in the tile
#   SINGLES        address in row 0, row stride, column, offset in the tile
#   SEGMENTS       groups from, to, units from, to   SETS     32 x uint16
#   GROUPS         column, kind, first threshold or set or table at, number of tests, first slot
#   UNITS          ops from, to, trees, bits, first plane, leaves at, how to add, first result slot
#   OPS            numbers of 3 slots, packed        PLANES   int32: byte offsets of slots
#   LEAVES         tables of 2**bits float64 or, wide, of their 16-bit pieces;  LANES  row of a sum
(
    N_PANEL_COLUMNS, PANEL_COLUMNS, N_PANELS, PANELS, ROW_STRIDE, N_SINGLES, SINGLES, ITEM_SIZE,
    N_SEGMENTS, SEGMENTS, GROUPS, THRESHOLDS, OPS, UNITS, PLANES, LEAVES, LANES, OUT,
    SETS, TABLES, POINTERS, TILE, SLOTS, NUMBERS, SUMS, CODES, N_FIELDS,
) = range(27)  # fmt: skip

PANEL: Final = 16  # adjacent float32 columns that are transposed together
# What a group of tests asks: `<=` with NaN as no or as yes; in a small set, in a set by a table.
ORDERED, UNORDERED, IN_SET, IN_TABLE, KINDS = range(5)
PORTABLE: Final = 0  # how a unit adds its leaves; or by tables for 5 to 10 bits of leaf number
MOST_TREES: Final = 8  # of a unit
OP_BITS: Final = 21  # of each slot number in an operation: one load instead of three
_OP_MASK: Final = ((1 << OP_BITS) - 1) << 6  # the byte offset of a slot

if large.HAS_BYTES:

    @inlined
    def _add_bytes(kind: int, planes: int, trees: int, slots: int, leaves: int, sums: int) -> None:
        if kind == 7:
            large.add_bytes_7(planes, trees, slots, leaves, sums)
        elif kind == 8:
            large.add_bytes_8(planes, trees, slots, leaves, sums)
        elif kind == 9:
            large.add_bytes_9(planes, trees, slots, leaves, sums)
        else:
            large.add_bytes_10(planes, trees, slots, leaves, sums)

else:  # no plan asks for them on this processor

    @inlined
    def _add_bytes(kind: int, planes: int, trees: int, slots: int, leaves: int, sums: int) -> None:
        pass


if wide.HAS_WIDE:

    @inlined
    def _add_wide(kind: int, planes: int, trees: int, slots: int, leaves: int, sums: int) -> None:
        if kind == 5:
            wide.add_wide_32(planes, trees, slots, leaves, sums)
        elif kind == 6:
            wide.add_wide_64(planes, trees, slots, leaves, sums)
        else:
            _add_bytes(kind, planes, trees, slots, leaves, sums)

    @inlined
    def _test_sets(values: int, size: int, codes: int, sets: int, count: int, slots: int) -> None:
        if size == 4:
            wide.code_categories(values, codes)
        else:
            wide.code_categories_64(values, codes)
        for part in range(2):
            wide.test_sets(codes + BLOCK * part, sets, count, slots + 32 * part)

else:  # no plan asks for them on this processor

    @inlined
    def _add_wide(kind: int, planes: int, trees: int, slots: int, leaves: int, sums: int) -> None:
        pass

    @inlined
    def _test_sets(values: int, size: int, codes: int, sets: int, count: int, slots: int) -> None:
        pass


@inlined
def _field(call: int, field: int) -> int:
    value: int = read64(call + 8 * field)
    return value


@inlined
def _fill(call: int, scratch: int, row: int, rows: int) -> None:
    """Make BLOCK values of every used column readable at its pointer."""
    stride = _field(call, ROW_STRIDE)
    tile = scratch + _field(call, TILE)
    panels, end = _field(call, PANELS), _field(call, N_PANELS)
    whole = rows - rows % PANEL
    for first in range(0, whole, PANEL):
        for i in range(end):
            source = read64(panels + 16 * i) + (row + first) * stride
            transpose(source, stride, tile + read64(panels + 16 * i + 8) + 4 * first)
    for i in range(end):
        for r in range(whole, rows):
            source = read64(panels + 16 * i) + (row + r) * stride
            target = tile + read64(panels + 16 * i + 8) + 4 * r
            for column in range(PANEL):
                write32(target + 4 * BLOCK * column, read32(source + 4 * column))
    pointers = scratch + _field(call, POINTERS)
    columns = _field(call, PANEL_COLUMNS)
    for i in range(_field(call, N_PANEL_COLUMNS)):
        write64(pointers + 8 * read64(columns + 16 * i), tile + read64(columns + 16 * i + 8))
    size = _field(call, ITEM_SIZE)
    singles = _field(call, SINGLES)
    for i in range(_field(call, N_SINGLES)):
        single = singles + 32 * i
        source = read64(single) + row * read64(single + 8)
        pointer = pointers + 8 * read64(single + 16)
        if rows == BLOCK and read64(single + 8) == size:
            write64(pointer, source)
        else:
            _copy(source, read64(single + 8), tile + read64(single + 24), rows, size)
            write64(pointer, tile + read64(single + 24))


@inlined
def _copy(source: int, stride: int, target: int, rows: int, size: int) -> None:
    if size == 4:
        for r in range(rows):
            write32(target + 4 * r, read32(source + r * stride))
    else:
        for r in range(rows):
            write64(target + 8 * r, read64(source + r * stride))


@inlined
def _compare(call: int, scratch: int, begin: int, end: int) -> None:
    """Fill the slots of the tests of one segment."""
    size = _field(call, ITEM_SIZE)
    pointers = scratch + _field(call, POINTERS)
    slots = scratch + _field(call, SLOTS)
    for i in range(begin, end):
        group = _field(call, GROUPS) + 40 * i
        values = read64(pointers + 8 * read64(group))
        kind, first, count = read64(group + 8), read64(group + 16), read64(group + 24)
        target = slots + 64 * read64(group + 32)
        if kind == IN_SET:
            codes, sets = scratch + _field(call, CODES), _field(call, SETS) + 64 * first
            _test_sets(values, size, codes, sets, count, target)
            continue
        if kind == IN_TABLE:
            codes, numbers = scratch + _field(call, CODES), scratch + _field(call, NUMBERS)
            table = _field(call, TABLES) + first
            test_table(values, size, codes, table, count, target, numbers)
            continue
        thresholds = _field(call, THRESHOLDS) + size * first
        for part in range(size // 2):  # 1,024 bytes of values each
            at = target + 128 // size * part
            if size == 4 and kind == UNORDERED:
                compare_unordered(values + 1024 * part, thresholds, count, at)
            elif size == 4:
                compare_ordered(values + 1024 * part, thresholds, count, at)
            elif kind == UNORDERED:
                compare_unordered_64(values + 1024 * part, thresholds, count, at)
            else:
                compare_ordered_64(values + 1024 * part, thresholds, count, at)


@inlined
def _circuit(call: int, slots: int, begin: int, end: int, target: int) -> None:
    """Run the operations of one unit; each writes the next temporary slot."""
    op = _field(call, OPS) + 8 * begin
    last = _field(call, OPS) + 8 * end
    while op < last:
        packed = read64(op)
        chooser = slots + ((packed << 6) & _OP_MASK)
        yes = slots + ((packed >> (OP_BITS - 6)) & _OP_MASK)
        no = slots + ((packed >> (2 * OP_BITS - 6)) & _OP_MASK)
        choose(chooser, yes, no, target)
        target += 64
        op += 8


@inlined
def _add_portable(call: int, scratch: int, unit: int) -> None:
    """Add the leaves of one unit by plain loads."""
    slots, numbers = scratch + _field(call, SLOTS), scratch + _field(call, NUMBERS)
    sums, lanes = scratch + _field(call, SUMS), _field(call, LANES)
    trees, bits = read64(unit + 16), read64(unit + 24)
    planes = _field(call, PLANES) + 4 * read64(unit + 32)
    leaves = _field(call, LEAVES) + read64(unit + 40)
    table = 8 << bits
    for tree in range(trees):
        for word in range(BLOCK // 64):
            target = numbers + 2 * BLOCK * tree + 128 * word
            leaf_numbers(planes + 4 * bits * tree, bits, slots + 8 * word, target)
    whole = trees - trees % 4
    for tree in range(0, whole, 4):
        leaf, n = leaves + table * tree, numbers + 2 * BLOCK * tree
        for i in range(BLOCK):
            at = n + 2 * read64(lanes + 8 * i)
            total = read_double(sums + 8 * i)
            total += read_double(leaf + 8 * np.int64(read16(at)))
            total += read_double(leaf + table + 8 * np.int64(read16(at + 2 * BLOCK)))
            total += read_double(leaf + 2 * table + 8 * np.int64(read16(at + 4 * BLOCK)))
            total += read_double(leaf + 3 * table + 8 * np.int64(read16(at + 6 * BLOCK)))
            write_double(sums + 8 * i, total)
    for tree in range(whole, trees):
        leaf, n = leaves + table * tree, numbers + 2 * BLOCK * tree
        for i in range(BLOCK):
            number = np.int64(read16(n + 2 * read64(lanes + 8 * i)))
            write_double(sums + 8 * i, read_double(sums + 8 * i) + read_double(leaf + 8 * number))


@inlined
def _add_leaves(call: int, scratch: int, unit: int) -> None:
    kind = read64(unit + 48)
    if kind == PORTABLE:
        _add_portable(call, scratch, unit)
        return
    planes = _field(call, PLANES) + 4 * read64(unit + 32)
    leaves = _field(call, LEAVES) + read64(unit + 40)
    for word in range(BLOCK // 64):
        slots = scratch + _field(call, SLOTS) + 8 * word
        sums = scratch + _field(call, SUMS) + 512 * word
        _add_wide(kind, planes, read64(unit + 16), slots, leaves, sums)


@compiled("void(int64, int64, int64, int64)")
def run(call: int, scratch: int, begin: int, end: int) -> None:
    """Score the rows from `begin` to `end`; `call` and `scratch` as `binding` makes them."""
    slots, sums = scratch + _field(call, SLOTS), scratch + _field(call, SUMS)
    for row in range(begin, end, BLOCK):
        rows = min(BLOCK, end - row)
        _fill(call, scratch, row, rows)
        for i in range(BLOCK):
            write_double(sums + 8 * i, 0.0)
        for i in range(_field(call, N_SEGMENTS)):
            segment = _field(call, SEGMENTS) + 32 * i
            _compare(call, scratch, read64(segment), read64(segment + 8))
            for j in range(read64(segment + 16), read64(segment + 24)):
                unit = _field(call, UNITS) + 64 * j
                target = slots + 64 * read64(unit + 56)
                _circuit(call, slots, read64(unit), read64(unit + 8), target)
                _add_leaves(call, scratch, unit)
        for i in range(BLOCK):
            position = read64(_field(call, LANES) + 8 * i)
            if position < rows:
                at = _field(call, OUT) + 8 * (row + position)
                write_double(at, read_double(sums + 8 * i))
