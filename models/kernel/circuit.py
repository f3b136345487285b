"""Compiles trees into circuits: which leaf a row falls into, as bits, from the bits of its tests.

The leaf number of a tree with up to 2**b leaves is b bit planes over the rows of a block. A split
chooses, plane by plane, between the planes of its children: one operation on 512 rows, and none at
all where both sides say the same. So leaves are numbered such that few planes differ: neighbours
in Gray code, the best of several walks (`_number`). Operations of up to eight trees are sorted by
depth, which keeps dependent ones apart in the processor's pipeline.

The compiled parts are plain loops over arrays that the caller allocates: that compiles fastest.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.kernel.engine import MOST_TREES
from models.kernel.jit import compiled, inlined
from models.kernel.predicates import Ints, Tests
from models.kernel.tree import Tree

Codes = npt.NDArray[np.int32]

# Operations of a unit: their results (64 bytes each) stay in the first-level cache.
UNIT_OPS: Final = 640
WALKS: Final = 4
MOST_BITS: Final = 16  # leaf numbers are uint16
TEMPORARY: Final = 1 << 30  # marks an operand that is the result of an earlier operation


@dataclass(frozen=True)
class Circuits:
    """Compiled trees.

    Attributes
    ----------
    ops : (operations, 3) int32
        Byte offsets of the slots of chooser, yes, no; the result of operation i of a unit goes to
        slot ``first_slot + i``.
    planes : (trees, MOST_BITS) int32
        Byte offsets of the slots with the bits of the leaf number, lowest first, 0 above.
    number : (leaves of all trees,) int64
        Leaf number of each leaf.
    units : (u, 4) int64
        First tree, tree after the last, first operation, operation after the last.
    """

    ops: Codes
    planes: Codes
    number: Ints
    units: Ints


def circuits_of(trees: Sequence[Tree], tests: Tests, slot: Ints, first_slot: int) -> Circuits:
    """Compile trees of at most 2**MOST_BITS leaves.

    Parameters
    ----------
    tests : Tests
        How the splits of `trees` decide.
    slot : (tests,) int64
        Where the bits of each test are; slot 0 is all zeros, slot 1 all ones.
    first_slot : int
        First slot for results.
    """
    splits = np.array([len(tree.split_feature) for tree in trees])
    bits = [int(count).bit_length() for count in splits]
    most = int(splits.max()) + 2
    ops = np.empty((int(splits @ bits) + len(tests.chain_test) + 1, 3), np.int32)
    planes = np.zeros((len(trees), MOST_BITS), np.int32)
    number = np.zeros(int(splits.sum()) + len(trees), np.int64)
    units = np.zeros((len(trees), 4), np.int64)
    tail = np.zeros(len(tests.tail), np.int64)
    tail[tests.tail >= 0] = slot[tests.tail[tests.tail >= 0]]
    count = assemble(
        np.cumsum([0, *splits]),
        np.concatenate([tree.left_child for tree in trees]),
        np.concatenate([tree.right_child for tree in trees]),
        tests.chain_start,
        slot[tests.chain_test],
        tests.chain_constant,
        tail,
        ops,
        planes,
        number,
        units,
        np.empty((4, most), np.int64),
        np.empty((most, MOST_BITS), np.int32),
    )
    units = units[:count]
    ops = ops[: units[-1, 3]]
    size = int((units[:, 3] - units[:, 2]).max()) + 2
    settle(units, ops, planes, first_slot, np.empty((3, size), np.int64), ops.copy())
    return Circuits(ops, planes, number, units)


@inlined
def _walk(left: Ints, right: Ints, begin: int, splits: int, scratch: Ints) -> None:
    """Write the splits from the root down to row 0, the leaves below each to row 1."""
    depth, done = 1, 0
    scratch[2, 0] = 0
    while depth:
        depth -= 1
        node = scratch[2, depth]
        scratch[0, done] = node
        done += 1
        for side in range(2):
            child = right[begin + node] if side else left[begin + node]
            if child >= 0:
                scratch[2, depth] = child
                depth += 1
    for i in range(splits - 1, -1, -1):
        node = scratch[0, i]
        total = 0
        for side in range(2):
            child = right[begin + node] if side else left[begin + node]
            total += scratch[1, child] if child >= 0 else 1
        scratch[1, node] = total


@inlined
def _number(
    left: Ints, right: Ints, begin: int, walk: int, flip: int, scratch: Ints, number: Ints, at: int
) -> None:
    """Count the leaves in Gray code along a walk: one of four, or of four with all bits flipped."""
    rule = walk % WALKS
    depth, done = 1, 0
    scratch[2, 0] = 0
    while depth:
        depth -= 1
        node = scratch[2, depth]
        if node < 0:
            number[at + ~node] = (done ^ (done >> 1)) ^ flip
            done += 1
            continue
        first, second = left[begin + node], right[begin + node]
        big = scratch[1, first] if first >= 0 else 1
        small = scratch[1, second] if second >= 0 else 1
        if rule == 1 or (rule == 2 and big < small) or (rule == 3 and big >= small):
            first, second = second, first
        scratch[2, depth] = second
        scratch[2, depth + 1] = first
        depth += 2


@inlined
def _plane(child: int, bit: int, planes: Codes, number: Ints, at: int) -> int:
    """Return the operand that holds one plane of a child."""
    operand: int = planes[child, bit] if child >= 0 else (number[at + ~child] >> bit) & 1
    return operand


@inlined
def _choose(ops: Codes, done: int, chooser: int, yes: int, no: int) -> int:
    """Return the operand `chooser ? yes : no`; write an operation at `done` if it takes one."""
    if yes == no:
        return yes
    if yes == 1 and no == 0:
        return chooser
    ops[done, 0], ops[done, 1], ops[done, 2] = chooser, yes, no
    return TEMPORARY + done


@inlined
def _emit(
    left: Ints, right: Ints, begin: int, splits: int, bits: int, scratch: Ints, number: Ints,
    at: int, planes: Codes, ops: Codes, done: int,
) -> int:  # fmt: skip
    """Append the operations of one tree; the planes of split 0 are the tree's."""
    for i in range(splits - 1, -1, -1):
        node = scratch[0, i]
        a, b = left[begin + node], right[begin + node]
        for bit in range(bits):
            yes, no = _plane(a, bit, planes, number, at), _plane(b, bit, planes, number, at)
            result = _choose(ops, done, scratch[3, node], yes, no)
            if result == TEMPORARY + done:
                done += 1
                for other in range(bit):  # the same choice for a lower plane: one will do
                    if (
                        _plane(a, other, planes, number, at) == yes
                        and _plane(b, other, planes, number, at) == no
                    ):
                        result = planes[node, other]
                        done -= 1
                        break
            planes[node, bit] = result
    return done


@inlined
def _select(
    begin: int, splits: int, chain_start: Ints, chain_slot: Ints, chain_constant: Ints, tail: Ints,
    ops: Codes, done: int, scratch: Ints,
) -> int:  # fmt: skip
    """Write to row 3 what each split chooses by, and append the operations of its chain."""
    for node in range(splits):
        value = tail[begin + node]
        for k in range(chain_start[begin + node + 1] - 1, chain_start[begin + node] - 1, -1):
            value = _choose(ops, done, chain_slot[k], chain_constant[k], value)
            if value == TEMPORARY + done:
                done += 1
        scratch[3, node] = value
    return done


@compiled(
    "int64(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1],"
    "int32[:,::1], int32[:,::1], int64[::1], int64[:,::1], int64[:,::1], int32[:,::1])"
)
def assemble(
    start: Ints, left: Ints, right: Ints, chain_start: Ints, chain_slot: Ints,
    chain_constant: Ints, tail: Ints, ops: Codes, planes: Codes, number: Ints, units: Ints,
    scratch: Ints, node_planes: Codes,
) -> int:  # fmt: skip
    """Fill `ops`, `planes`, `number` and `units`; return the number of units."""
    done, unit, count = 0, 0, 0
    for tree in range(len(start) - 1):
        begin, splits, before = start[tree], start[tree + 1] - start[tree], done
        bits = 0
        while 1 << bits <= splits:
            bits += 1
        if splits:
            done = _select(
                begin, splits, chain_start, chain_slot, chain_constant, tail, ops, done, scratch
            )
            _walk(left, right, begin, splits, scratch)
            best, shortest = 0, 1 << 60
            for turn in range(2 * WALKS + 1):  # the last turn repeats the best one
                walk = turn if turn < 2 * WALKS else best
                flip = (1 << bits) - 1 if walk >= WALKS else 0
                _number(left, right, begin, walk, flip, scratch, number, begin + tree)
                end = _emit(
                    left, right, begin, splits, bits, scratch, number, begin + tree, node_planes,
                    ops, done,
                )  # fmt: skip
                if end - done < shortest:
                    best, shortest = walk, end - done
            done += shortest
            for bit in range(bits):
                planes[tree, bit] = node_planes[0, bit]
        if count and (count == MOST_TREES or done - units[unit, 2] > UNIT_OPS):
            units[unit, 1], units[unit, 3] = tree, before
            unit += 1
            units[unit, 0], units[unit, 2] = tree, before
            count = 0
        count += 1
    units[unit, 1], units[unit, 3] = len(start) - 1, done
    return unit + 1


@inlined
def _place(ops: Codes, begin: int, end: int, scratch: Ints) -> None:
    """Write to row 1 where each operation of a unit goes when sorted by depth."""
    for i in range(end - begin + 1):
        scratch[2, i] = 0
    for i in range(end - begin):
        depth = 0
        for k in range(3):
            operand = ops[begin + i, k] - TEMPORARY - begin
            if operand >= 0:
                depth = max(depth, scratch[0, operand] + 1)
        scratch[0, i] = depth
        scratch[2, depth + 1] += 1
    for depth in range(end - begin):
        scratch[2, depth + 1] += scratch[2, depth]
    for i in range(end - begin):
        depth = scratch[0, i]
        scratch[1, i] = scratch[2, depth]
        scratch[2, depth] += 1


@inlined
def _offset(operand: int, begin: int, first_slot: int, scratch: Ints) -> int:
    """Turn an operand into the byte offset of its slot."""
    if operand >= TEMPORARY:
        operand = first_slot + scratch[1, operand - TEMPORARY - begin]
    return 64 * operand


@compiled("void(int64[:,::1], int32[:,::1], int32[:,::1], int64, int64[:,::1], int32[:,::1])")
def settle(
    units: Ints, ops: Codes, planes: Codes, first_slot: int, scratch: Ints, old: Codes
) -> None:
    """Sort the operations of each unit by depth; turn operands into byte offsets of slots.

    `scratch` has three rows, longer than any unit; `old` is a copy of `ops`.
    """
    for unit in range(len(units)):
        begin, end = units[unit, 2], units[unit, 3]
        _place(old, begin, end, scratch)
        for i in range(begin, end):
            for k in range(3):
                to = begin + scratch[1, i - begin]
                ops[to, k] = _offset(old[i, k], begin, first_slot, scratch)
        for tree in range(units[unit, 0], units[unit, 1]):
            for bit in range(MOST_BITS):
                planes[tree, bit] = _offset(planes[tree, bit], begin, first_slot, scratch)
