"""Lays a checked forest out as the flat arrays that the compiled loop reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.kernel import engine
from models.kernel.categories import table_of
from models.kernel.circuit import circuits_of
from models.kernel.large import HAS_BYTES, MOST_BYTE_BITS
from models.kernel.predicates import Floats, Ints, Tests, tests_of
from models.kernel.tree import Tree
from models.kernel.vector import BLOCK
from models.kernel.wide import (
    HAS_WIDE,
    LEAST_WIDE_BITS,
    MOST_CATEGORIES,
    MOST_WIDE_BITS,
    lane_rows,
)

# Bits of leaf number that this processor looks up in registers; 0 without AVX-512.
WIDE_BITS: Final = MOST_BYTE_BITS if HAS_BYTES else MOST_WIDE_BITS if HAS_WIDE else 0

# Of one segment. A test is 64 bytes per block; beyond 2 MiB of them it is cheaper to cut the forest
# and repeat the tests that both parts use.
MOST_TESTS: Final = 32768
_CONSTANTS: Final = 2  # slots 0 and 1: all zeros, all ones


@dataclass(frozen=True)
class Plan:
    """A compiled forest for values of one dtype; the tables are described in `engine`.

    Attributes
    ----------
    dtype : float32 or float64
    columns : (c,) int64
        The features that any split uses, ascending.
    thresholds : (r,) of dtype
    segments, groups, units : int64 tables
    ops : (operations,) int64
    planes : int32 table
    leaves : (bytes,) uint8, at a multiple of 64
    sets : (m, 32) uint16
        Bit sets of categories.
    tables : (bytes,) uint8
        Sets of categories of one feature each, see `categories.table_of`.
    lanes : (BLOCK,) int64
        Row of each sum.
    slots : int
        Number of slots a block needs.
    """

    dtype: type[np.float32] | type[np.float64]
    columns: Ints
    thresholds: Floats
    segments: Ints
    groups: Ints
    units: Ints
    ops: Ints
    planes: npt.NDArray[np.int32]
    leaves: npt.NDArray[np.uint8]
    sets: npt.NDArray[np.uint16]
    tables: npt.NDArray[np.uint8]
    lanes: Ints
    slots: int


def plan_of(
    trees: Sequence[Tree], dtype: type[np.float32] | type[np.float64], *, wide_bits: int = WIDE_BITS
) -> Plan:
    """Compile trees of at most 65,536 leaves each.

    Parameters
    ----------
    wide_bits : int
        Look leaf numbers of so many bits, and categories, up with AVX-512: `WIDE_BITS` or less;
        0 for not at all. All give the same bits.
    """
    empty = np.empty(0, np.int64)
    columns = np.unique(np.concatenate([empty, *(tree.split_feature for tree in trees)]))
    builder = _Builder(columns, dtype, wide_bits=wide_bits)
    if trees:
        builder.add(trees)
    return builder.plan()


def aligned(size: int) -> npt.NDArray[np.uint8]:
    """Zeroed bytes that start at a multiple of 64."""
    block = np.zeros(size + 64, np.uint8)
    start = -block.ctypes.data % 64
    return block[start : start + size]


class _Builder:
    def __init__(
        self, columns: Ints, dtype: type[np.float32] | type[np.float64], *, wide_bits: int
    ) -> None:
        self._columns, self._dtype, self._wide_bits = columns, dtype, wide_bits
        self._thresholds: list[Floats] = [np.empty(0, dtype)]
        self._segments: list[list[int]] = []
        self._groups: list[Ints] = [np.empty((0, 5), np.int64)]
        self._units: list[list[int]] = []
        self._ops: list[Ints] = [np.empty(0, np.int64)]
        self._planes: list[npt.NDArray[np.int32]] = [np.empty(0, np.int32)]
        self._leaves: list[bytes] = []
        self._sets: list[npt.NDArray[np.uint16]] = [np.empty((0, 32), np.uint16)]
        self._tables: list[npt.NDArray[np.uint8]] = [np.empty(0, np.uint8)]
        self._leaf_bytes = self._slots = 0

    def add(self, trees: Sequence[Tree]) -> None:
        """Add trees as one segment, or as several if they have too many distinct tests."""
        tests = tests_of(trees, self._dtype, MOST_CATEGORIES if self._wide_bits else 0)
        order, rank = _distinct(tests)
        if len(order) > MOST_TESTS and len(trees) > 1:
            self.add(trees[: len(trees) // 2])
            self.add(trees[len(trees) // 2 :])
            return
        groups_before = _rows(self._groups)
        self._add_groups(tests, order)
        units_before = len(self._units)
        self._add_units(trees, tests, rank + _CONSTANTS, len(order) + _CONSTANTS)
        self._segments.append([groups_before, _rows(self._groups), units_before, len(self._units)])

    def _add_groups(self, tests: Tests, order: Ints) -> None:
        """Put the tests of one feature and kind together."""
        feature, kind, threshold = tests.feature[order], tests.kind[order], tests.threshold[order]
        starts = np.flatnonzero(np.diff(engine.KINDS * feature + kind, prepend=-1))
        is_set, is_table = kind == engine.IN_SET, kind == engine.IN_TABLE
        is_limit = ~(is_set | is_table)
        # Thresholds and sets lie in two tables; tests count up in theirs.
        position = np.where(is_set, np.cumsum(is_set) - 1, np.cumsum(is_limit) - 1)
        position += np.where(is_set, _rows(self._sets), _rows(self._thresholds))
        table = np.empty((len(starts), 5), np.int64)
        table[:, 0] = np.searchsorted(self._columns, feature[starts])
        table[:, 1] = kind[starts]
        table[:, 2] = position[starts]
        table[:, 3] = np.diff(starts, append=len(order))
        table[:, 4] = starts + _CONSTANTS
        for i in np.flatnonzero(is_table[starts]):
            numbers = threshold[starts[i] : starts[i] + table[i, 3]].astype(np.int64)
            table[i, 2] = _rows(self._tables)
            self._tables.append(table_of([tests.large_sets[number] for number in numbers]))
        self._groups.append(table)
        self._thresholds.append(threshold[is_limit])
        self._sets.append(tests.sets[threshold[is_set].astype(np.int64)])

    def _add_units(self, trees: Sequence[Tree], tests: Tests, slot: Ints, first: int) -> None:
        """Compile the circuits of a segment and lay out their planes and leaf tables."""
        circuits = circuits_of(trees, tests, slot, first)
        leaf = np.cumsum([0, *(len(tree.leaf_value) for tree in trees)])
        ops_before = _rows(self._ops)
        for begin, end, first_op, end_op in circuits.units.tolist():
            bits = max(len(tree.split_feature).bit_length() for tree in trees[begin:end])
            kind = engine.PORTABLE
            if self._wide_bits and bits <= self._wide_bits:
                kind = bits = max(bits, LEAST_WIDE_BITS)
            place = [ops_before + first_op, ops_before + end_op, end - begin, bits]
            self._units.append([*place, _rows(self._planes), self._leaf_bytes, kind, first])
            self._planes.append(circuits.planes[begin:end, :bits].ravel())
            table = np.zeros((end - begin, 1 << bits), np.float64)
            for i in range(begin, end):
                table[i - begin, circuits.number[leaf[i] : leaf[i + 1]]] = trees[i].leaf_value
            self._add_leaves(table, kind)
            self._slots = max(self._slots, first + end_op - first_op)
        chooser, yes, no = (circuits.ops.astype(np.int64) >> 6).T
        self._ops.append(chooser | yes << engine.OP_BITS | no << 2 * engine.OP_BITS)

    def _add_leaves(self, table: npt.NDArray[np.float64], kind: int) -> None:
        data = table.tobytes()
        if kind != engine.PORTABLE:
            # The wide lookups read each value as 16-bit or 8-bit pieces from as many tables.
            piece = np.uint16 if kind <= MOST_WIDE_BITS else np.uint8
            pieces = table.view(piece).reshape(*table.shape, -1)
            data = pieces.transpose(0, 2, 1).tobytes()
        data += bytes(-len(data) % 64)
        self._leaves.append(data)
        self._leaf_bytes += len(data)

    def plan(self) -> Plan:
        leaves = aligned(self._leaf_bytes)
        leaves[:] = np.frombuffer(b"".join(self._leaves), np.uint8)
        lanes = np.arange(BLOCK)
        if any(unit[6] != engine.PORTABLE for unit in self._units):
            lanes = (lanes & ~63) + np.tile(lane_rows(), BLOCK // 64)
        return Plan(
            dtype=self._dtype,
            columns=self._columns,
            thresholds=np.concatenate(self._thresholds),
            segments=np.array(self._segments, np.int64).reshape(-1, 4),
            groups=np.concatenate(self._groups),
            units=np.array(self._units, np.int64).reshape(-1, 8),
            ops=np.concatenate(self._ops),
            planes=np.concatenate(self._planes),
            leaves=leaves,
            sets=np.concatenate(self._sets),
            tables=np.concatenate(self._tables),
            lanes=lanes.astype(np.int64),
            slots=self._slots,
        )


def _rows(parts: Sequence[npt.NDArray[np.generic]]) -> int:
    return sum(len(part) for part in parts)


def _distinct(tests: Tests) -> tuple[Ints, Ints]:
    """One test per distinct one, sorted by feature, kind, threshold; and ranks of all."""
    keys = (tests.threshold, tests.kind, tests.feature)
    order = np.lexsort(keys)
    is_new = np.ones(len(order), np.bool_)
    if len(order):
        same = [key[order[1:]] == key[order[:-1]] for key in keys]
        is_new[1:] = ~np.logical_and.reduce(same)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.cumsum(is_new) - 1
    return order[is_new], rank
