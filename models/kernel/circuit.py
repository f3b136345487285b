"""Compiles trees into circuits: which leaf a row falls into, as bits, from the bits of its tests.

The leaf number of a tree with up to 2**b leaves is b bit planes over the rows of a block. A split
chooses, plane by plane, between the planes of its children: one operation on 512 rows, and none at
all where both sides say the same. So leaves are numbered such that few planes differ: neighbours
in Gray code, the best of several walks (`_number`). Operations of up to eight trees are sorted by
depth, which keeps dependent ones apart in the processor's pipeline.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from models.kernel.engine import MOST_TREES, TEMPORARY
from models.kernel.jit import compiled, inlined

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

# Operations of a unit: their results (64 bytes each) stay in the first-level cache.
UNIT_OPS: Final = 640
WALKS: Final = 4
MOST_BITS: Final = 16  # leaf numbers are uint16


@inlined
def _walk(left: Ints, right: Ints, order: Ints, size: Ints) -> None:
    """Write the splits from the root down to `order`, the leaves below each to `size`."""
    splits = len(left)
    stack = np.zeros(splits + 1, np.int64)
    depth, done = 1, 0
    while depth:
        depth -= 1
        node = stack[depth]
        order[done] = node
        done += 1
        for child in (left[node], right[node]):
            if child >= 0:
                stack[depth] = child
                depth += 1
    for i in range(splits - 1, -1, -1):
        node = order[i]
        size[node] = 0
        for child in (left[node], right[node]):
            size[node] += size[child] if child >= 0 else 1


@inlined
def _number(left: Ints, right: Ints, size: Ints, walk: int, number: Ints) -> None:
    """Count the leaves in Gray code along a walk: one of four, or of four with all bits flipped."""
    leaves = len(left) + 1
    flip = 0
    if walk >= WALKS:
        flip = 1
        while flip < leaves:
            flip *= 2
        flip -= 1
    rule = walk % WALKS
    stack = np.zeros(leaves + 1, np.int64)
    depth, done = 1, 0
    while depth:
        depth -= 1
        node = stack[depth]
        if node < 0:
            number[~node] = (done ^ (done >> 1)) ^ flip
            done += 1
            continue
        first, second = left[node], right[node]
        big = (size[first] if first >= 0 else 1) >= (size[second] if second >= 0 else 1)
        if rule == 1 or (rule == 2 and not big) or (rule == 3 and big):
            first, second = second, first
        stack[depth] = second
        stack[depth + 1] = first
        depth += 2


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
    left: Ints, right: Ints, order: Ints, select: Ints, number: Ints, planes: Codes, ops: Codes,
    done: int,
) -> int:  # fmt: skip
    """Append the operations of one tree; the planes of split 0 are the tree's."""
    bits = planes.shape[1]
    for i in range(len(left) - 1, -1, -1):
        node = order[i]
        a, b = left[node], right[node]
        for bit in range(bits):
            yes = planes[a, bit] if a >= 0 else (number[~a] >> bit) & 1
            no = planes[b, bit] if b >= 0 else (number[~b] >> bit) & 1
            result = _choose(ops, done, select[node], yes, no)
            for other in range(bit if result == TEMPORARY + done else 0):
                same_yes = planes[a, other] if a >= 0 else (number[~a] >> other) & 1
                same_no = planes[b, other] if b >= 0 else (number[~b] >> other) & 1
                if same_yes == yes and same_no == no:
                    result = planes[node, other]
            planes[node, bit] = result
            done += 1 if result == TEMPORARY + done else 0
    return done


@inlined
def _best(
    left: Ints, right: Ints, select: Ints, bits: int, result: Codes, number: Ints, ops: Codes,
    done: int,
) -> int:  # fmt: skip
    """Append the shortest of the circuits that the walks give."""
    splits = len(left)
    if splits == 0:
        return done
    order, size = np.empty(splits, np.int64), np.empty(splits, np.int64)
    _walk(left, right, order, size)
    planes = np.empty((splits, bits), np.int32)
    best, shortest = 0, 1 << 60
    for walk in range(2 * WALKS):
        _number(left, right, size, walk, number)
        length = _emit(left, right, order, select, number, planes, ops, done) - done
        if length < shortest:
            best, shortest = walk, length
    _number(left, right, size, best, number)
    done = _emit(left, right, order, select, number, planes, ops, done)
    for bit in range(bits):
        result[bit] = planes[0, bit]
    return done


@inlined
def _settle(ops: Codes, begin: int, end: int, planes: Codes, first_slot: int) -> None:
    """Sort the operations of a unit by depth and turn operands into byte offsets of slots."""
    count = end - begin
    level = np.zeros(count, np.int64)
    for i in range(count):
        for k in range(3):
            operand = ops[begin + i, k]
            if operand >= TEMPORARY:
                level[i] = max(level[i], level[operand - TEMPORARY - begin] + 1)
    order = np.argsort(level, kind="mergesort")
    place = np.empty(count, np.int64)
    place[order] = np.arange(count)
    old = ops[begin:end].copy()
    for i in range(count):
        for k in range(3):
            operand = old[order[i], k]
            if operand >= TEMPORARY:
                operand = first_slot + place[operand - TEMPORARY - begin]
            ops[begin + i, k] = 64 * operand
    for i in range(planes.shape[0]):
        for k in range(planes.shape[1]):
            operand = planes[i, k]
            if operand >= TEMPORARY:
                operand = first_slot + place[operand - TEMPORARY - begin]
            planes[i, k] = 64 * operand


@compiled(
    "Tuple((int32[:,::1], int32[:,::1], int64[::1], int64[:,::1]))"
    "(int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64[::1], int64)"
)
def assemble(
    start: Ints,
    left: Ints,
    right: Ints,
    chain_start: Ints,
    chain_slot: Ints,
    chain_constant: Ints,
    tail: Ints,
    first_slot: int,
) -> tuple[Codes, Codes, Ints, Ints]:
    """Compile t trees with s splits together.

    Parameters
    ----------
    start : (t + 1,)
        Splits of tree i are [start[i], start[i + 1]).
    left, right : (s,)
        Children within the tree: a split, or ~leaf.
    chain_start, chain_slot, chain_constant, tail
        How each split decides, as in `predicates.Tests`, with slots instead of tests;
        slot 0 is all zeros, slot 1 all ones.
    first_slot : int
        First slot for results.

    Returns
    -------
    ops : (operations, 3) int32
        Byte offsets of chooser, yes, no; the result of operation i of a unit goes to slot
        ``first_slot + i``.
    planes : (t, MOST_BITS) int32
        Byte offsets of the slots with the bits of the leaf number, lowest first, 0 above.
    number : (s + t,) int64
        Leaf number of each leaf.
    units : (u, 4) int64
        First tree, tree after the last, first operation, operation after the last.
    """
    trees = len(start) - 1
    number = np.zeros(len(left) + trees, np.int64)
    planes = np.zeros((trees, MOST_BITS), np.int32)
    units = np.zeros((max(trees, 1), 4), np.int64)
    ops = np.empty((len(chain_slot) + 64, 3), np.int32)
    done, unit, count = 0, 0, 0
    for tree in range(trees):
        begin, end = start[tree], start[tree + 1]
        bits = 0
        while 1 << bits < end - begin + 1:
            bits += 1
        room = done + (end - begin) * bits + chain_start[end] - chain_start[begin]
        if room > len(ops):
            more = np.empty((2 * room, 3), np.int32)
            more[:done] = ops[:done]
            ops = more
        before = done
        select = np.empty(end - begin, np.int64)
        for i in range(end - begin):
            value = tail[begin + i]
            for k in range(chain_start[begin + i + 1] - 1, chain_start[begin + i] - 1, -1):
                value = _choose(ops, done, chain_slot[k], chain_constant[k], value)
                done += 1 if value == TEMPORARY + done else 0
            select[i] = value
        done = _best(left[begin:end], right[begin:end], select, bits, planes[tree],
                     number[begin + tree : end + tree + 1], ops, done)  # fmt: skip
        if count and (count == MOST_TREES or done - units[unit, 2] > UNIT_OPS):
            units[unit, 1], units[unit, 3] = tree, before
            unit += 1
            units[unit, 0], units[unit, 2] = tree, before
            count = 0
        count += 1
    units[unit, 1], units[unit, 3] = trees, done
    for i in range(unit + 1):
        own = planes[units[i, 0] : units[i, 1]]
        _settle(ops, units[i, 2], units[i, 3], own, first_slot)
    return ops[:done].copy(), planes, number, units[: unit + 1].copy()
