"""The parts of the kernel that need AVX-512: table lookups that stay in registers.

Everything here has a portable twin with the same results: `engine._add_portable` for the sums, and
the table search of `categories` for category sets. `HAS_WIDE` says whether this processor has what
it takes.
"""

from collections.abc import Callable
from typing import Final

import llvmlite.binding  # type: ignore[import-untyped] # ships no types
from llvmlite import ir
from numba import types
from numba.core import config

from models.kernel.jit import Intrinsic, intrinsic
from models.kernel.llvm import (
    DOUBLE,
    FLOAT,
    INT8,
    INT16,
    INT32,
    INT64,
    Context,
    Typing,
    Values,
    declare,
    for_range,
    indices,
    load,
    store,
    variable,
)

# (builder, planes of the tree, slots, leaf values of the tree) -> eight vectors of eight doubles
LeafValues = Callable[[ir.IRBuilder, ir.Value, ir.Value, ir.Value], list[ir.Value]]


def has(feature: str) -> bool:
    """Whether the compiled loop may use a feature of the processor, by LLVM's name."""
    # A setting of Numba may name another processor than this one.
    is_host = (
        config.CPU_NAME is None  # type: ignore[attr-defined] # set when Numba is imported
        and config.CPU_FEATURES is None  # type: ignore[attr-defined]
    )
    return is_host and bool(llvmlite.binding.get_host_cpu_features().get(feature))


HAS_WIDE: Final = has("avx512bw")
# Categories of a set in one register: 32 words of 16 bits.
MOST_CATEGORIES: Final = 512
# Leaf numbers that the adders are made for.
LEAST_WIDE_BITS, MOST_WIDE_BITS = 5, 6


def interleave(build: ir.IRBuilder, first: ir.Value, second: ir.Value, *, high: bool) -> ir.Value:
    """Alternate the lower or upper halves of each 128-bit lane of two vectors."""
    count = first.type.count
    per_lane = count // 4
    start = per_lane // 2 if high else 0
    pairs = [
        lane + start + i + half
        for lane in range(0, count, per_lane)
        for i in range(per_lane // 2)
        for half in (0, count)
    ]
    return build.shuffle_vector(first, second, indices(pairs))


def small_numbers(build: ir.IRBuilder, planes: ir.Value, slots: ir.Value, bits: int) -> ir.Value:
    """Join `bits` bit planes to 64 leaf numbers of one byte."""
    total = ir.Constant(ir.VectorType(INT8, 64), [0] * 64)
    for bit in range(bits):
        slot = build.add(slots, build.zext(load(build, planes, INT32, 4, 4 * bit), INT64))
        mask = build.bitcast(load(build, slot, INT64, 8), ir.VectorType(ir.IntType(1), 64))
        weight = ir.Constant(total.type, [1 << bit] * 64)
        total = build.select(mask, build.add(total, weight), total)
    return total


def _looked_up(
    build: ir.IRBuilder, table: ir.Value, chosen: ir.Value, registers: int
) -> list[ir.Value]:
    """Look 32 leaf values up: 4 vectors of 8.

    A leaf value is four 16-bit pieces, each from a table of one or two registers;
    interleaving the pieces puts the float64 together again.
    """
    pieces = chosen.type
    lookup = "llvm.x86.avx512." + ("permvar", "vpermi2var")[registers - 1] + ".hi.512"
    kind = ir.FunctionType(pieces, [pieces] * (1 + registers))
    function = declare(build.module, kind, lookup)
    parts = []
    for i in range(4):
        held = [load(build, table, pieces, 64, 64 * (registers * i + j)) for j in range(registers)]
        parts.append(build.call(function, [held[0], chosen, *held[1:]]))
    values = []
    for high in (False, True):
        ints = ir.VectorType(INT32, 16)
        low_half = build.bitcast(interleave(build, *parts[:2], high=high), ints)
        high_half = build.bitcast(interleave(build, *parts[2:], high=high), ints)
        for upper in (False, True):
            both = interleave(build, low_half, high_half, high=upper)
            values.append(build.bitcast(both, ir.VectorType(DOUBLE, 8)))
    return values


def adder(bits: int, leaf_values: LeafValues) -> Intrinsic:
    """Add the leaves of trees with up to 2**bits leaves to 64 sums, in the order `lane_rows`.

    Parameters
    ----------
    leaf_values : callable
        Emits the look-up of one tree: eight vectors of eight leaf values, in that order.
    """
    doubles = ir.VectorType(DOUBLE, 8)

    @intrinsic
    def add(
        _: object,
        planes: types.Type,
        trees: types.Type,
        slots: types.Type,
        leaves: types.Type,
        sums: types.Type,
    ) -> Typing:
        def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
            planes, trees, slots, leaves, sums = args
            held = [variable(build, load(build, sums, doubles, 64, 64 * i)) for i in range(8)]
            with for_range(build, trees, intp=INT64) as loop:
                of_tree = build.add(planes, build.mul(loop.index, INT64(4 * bits)))
                table = build.add(leaves, build.mul(loop.index, INT64(8 << bits)))
                values = leaf_values(build, of_tree, slots, table)
                for at, value in zip(held, values, strict=True):
                    build.store(build.fadd(build.load(at), value), at)
            for i in range(8):
                store(build, build.load(held[i]), sums, 64, 64 * i)
            return context.get_dummy_value()

        return types.void(*[types.int64] * 5), emit

    return add


def _wide_adder(bits: int) -> Intrinsic:
    registers = 1 << (bits - 5)  # per table, 32 pieces each
    halves = ir.VectorType(INT16, 32)

    def leaf_values(
        build: ir.IRBuilder, of_tree: ir.Value, slots: ir.Value, table: ir.Value
    ) -> list[ir.Value]:
        leaf = small_numbers(build, of_tree, slots, bits)
        values: list[ir.Value] = []
        for half in range(2):
            rows = indices(list(range(32 * half, 32 * half + 32)))
            chosen = build.zext(build.shuffle_vector(leaf, leaf, rows), halves)
            values += _looked_up(build, table, chosen, registers)
        return values

    return adder(bits, leaf_values)


def lane_rows() -> list[int]:
    """Return the row of each of the 64 sums that the wide adders keep."""
    return [
        32 * half + 8 * lane + 2 * i + odd
        for half in range(2)
        for i in range(4)
        for lane in range(4)
        for odd in range(2)
    ]


def _coder(kind: ir.Type) -> Intrinsic:
    """Split the categories of 512 values into word and bit of a set.

    Decimals are cut off, so everything above -1 and below 1 is category 0. What no set can hold
    (negative, too large, NaN) gets no bit and is in none.
    """
    size = 4 if kind is FLOAT else 8
    lanes = 64 // size
    floats, ints = ir.VectorType(kind, lanes), ir.VectorType(INT32, lanes)
    words = ir.VectorType(INT16, lanes)

    @intrinsic
    def code(_: object, values: types.Type, codes: types.Type) -> Typing:
        def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
            zero, one = ir.Constant(ints, [0] * lanes), ir.Constant(ints, [1] * lanes)
            low, high = (ir.Constant(floats, [x] * lanes) for x in (-1.0, MOST_CATEGORIES))
            with for_range(build, INT64(512 // lanes), intp=INT64) as loop:
                value = load(
                    build, build.add(args[0], build.shl(loop.index, INT64(6))), floats, size
                )
                is_known = build.and_(
                    build.fcmp_ordered(">", value, low), build.fcmp_ordered("<", value, high)
                )
                known = build.select(is_known, value, ir.Constant(floats, [0.0] * lanes))
                category = build.fptosi(known, ints)
                four, rest = (ir.Constant(ints, [x] * lanes) for x in (4, 15))
                bit = build.select(is_known, build.shl(one, build.and_(category, rest)), zero)
                at = build.add(args[1], build.mul(loop.index, INT64(2 * lanes)))
                store(build, build.trunc(build.lshr(category, four), words), at, 2)
                store(build, build.trunc(bit, words), at, 2, 2 * 512)
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), emit

    return code


def _set_tester() -> Intrinsic:
    """Test 256 coded values against `count` sets; bits to one slot each."""
    words = ir.VectorType(INT16, 32)

    @intrinsic
    def test(
        _: object, codes: types.Type, sets: types.Type, count: types.Type, slots: types.Type
    ) -> Typing:
        def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
            word = [load(build, args[0], words, 2, 64 * i) for i in range(8)]
            bit = [load(build, args[0], words, 2, 2 * 512 + 64 * i) for i in range(8)]
            kind = ir.FunctionType(words, [words, words])
            look_up = declare(build.module, kind, "llvm.x86.avx512.permvar.hi.512")
            with for_range(build, args[2], intp=INT64) as loop:
                table = load(build, build.add(args[1], build.shl(loop.index, INT64(6))), words, 2)
                slot = build.add(args[3], build.shl(loop.index, INT64(6)))
                for i in range(8):
                    found = build.and_(build.call(look_up, [table, word[i]]), bit[i])
                    is_in = build.icmp_unsigned("!=", found, ir.Constant(words, [0] * 32))
                    store(build, build.bitcast(is_in, INT32), slot, 4, 4 * i)
            return context.get_dummy_value()

        return types.void(*[types.int64] * 4), emit

    return test


if HAS_WIDE:
    add_wide_32, add_wide_64 = _wide_adder(5), _wide_adder(6)
    code_categories, code_categories_64 = _coder(FLOAT), _coder(DOUBLE)
    test_sets = _set_tester()
