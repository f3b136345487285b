"""The vector instructions of the kernel, written as LLVM IR that Numba compiles in.

Numba vectorises loops when it sees fit; here the shape of the code is the point, so it is spelled
out: comparisons that give one bit per row, a bitwise choice between 512-bit slots, a transposition
in registers. It is plain IR and fits any processor.

All arguments are int64; addresses are not checked by anybody: `plan` and `binding` make them.
"""

from typing import Final

from llvmlite import ir  # type: ignore[import-untyped] # ships no types
from numba import types

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
    for_range,
    indices,
    load,
    splat,
    store,
    variable,
)

BLOCK: Final = 512  # rows per block; one bit of each is a slot of 64 bytes
_HELD: Final = 16  # registers of values that stay while the thresholds pass by


def _reader(kind: ir.Type, result: types.Type, size: int) -> Intrinsic:
    """Read one number at an address."""

    @intrinsic
    def read(_: object, address: types.Type) -> Typing:
        def emit(__: object, build: ir.IRBuilder, ___: object, args: Values) -> ir.Value:
            return load(build, args[0], kind, size)

        return result(types.int64), emit

    return read


def _writer(kind: types.Type, size: int) -> Intrinsic:
    """Write one number to an address."""

    @intrinsic
    def write(_: object, address: types.Type, value: types.Type) -> Typing:
        def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
            store(build, args[1], args[0], size)
            return context.get_dummy_value()

        return types.void(types.int64, kind), emit

    return write


read8 = _reader(INT8, types.uint8, 1)
read16 = _reader(INT16, types.uint16, 2)
read32 = _reader(INT32, types.int32, 4)
read64 = _reader(INT64, types.int64, 8)
read_double = _reader(DOUBLE, types.float64, 8)
write8 = _writer(types.uint8, 1)
write32, write64 = _writer(types.int32, 4), _writer(types.int64, 8)
write_double = _writer(types.float64, 8)


@intrinsic
def transpose(_: object, source: types.Type, row_stride: types.Type, target: types.Type) -> Typing:
    """Move 16 rows of 16 float32 to 16 columns, BLOCK values apart."""

    def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
        kind = ir.VectorType(FLOAT, 16)
        at = [build.add(args[0], build.mul(args[1], INT64(i))) for i in range(16)]
        rows = [load(build, address, kind, 4) for address in at]
        for step in (1, 2, 4, 8):  # exchange one bit of the row number with one of the lane
            low = [i if not i & step else 16 + (i ^ step) for i in range(16)]
            high = [i | step if not i & step else 16 + i for i in range(16)]
            for i in range(16):
                if not i & step:
                    pair = rows[i], rows[i | step]
                    rows[i] = build.shuffle_vector(*pair, indices(low))
                    rows[i | step] = build.shuffle_vector(*pair, indices(high))
        for i in range(16):
            store(build, rows[i], args[2], 4, 4 * BLOCK * i)
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), emit


def _comparer(kind: ir.Type, *, is_nan_true: bool) -> Intrinsic:
    """Compare 256 float32 or 128 float64 with `count` thresholds; bits to one slot each."""
    size = 4 if kind is FLOAT else 8
    lanes = 64 // size
    vector = ir.VectorType(kind, lanes)

    @intrinsic
    def compare(
        _: object, values: types.Type, thresholds: types.Type, count: types.Type, slots: types.Type
    ) -> Typing:
        def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
            held = [load(build, args[0], vector, size, 64 * i) for i in range(_HELD)]
            test = build.fcmp_unordered if is_nan_true else build.fcmp_ordered
            with for_range(build, args[2], intp=INT64) as loop:
                at = build.add(args[1], build.mul(loop.index, INT64(size)))
                limit = splat(build, load(build, at, kind, size), lanes)
                slot = build.add(args[3], build.shl(loop.index, INT64(6)))
                for i in range(_HELD):
                    # Stored in pieces: joining masks to whole words costs more than it saves.
                    bits = build.bitcast(test("<=", held[i], limit), ir.IntType(lanes))
                    store(build, bits, slot, lanes // 8, lanes // 8 * i)
            return context.get_dummy_value()

        return types.void(*[types.int64] * 4), emit

    return compare


compare_ordered = _comparer(FLOAT, is_nan_true=False)
compare_unordered = _comparer(FLOAT, is_nan_true=True)
compare_ordered_64 = _comparer(DOUBLE, is_nan_true=False)
compare_unordered_64 = _comparer(DOUBLE, is_nan_true=True)


@intrinsic
def choose(
    _: object, chooser: types.Type, yes: types.Type, no: types.Type, target: types.Type
) -> Typing:
    """Target = chooser ? yes : no, bit by bit, on slots of 512 bits."""

    def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
        kind = ir.VectorType(INT64, 8)
        chooser, yes, no = (load(build, address, kind, 64) for address in args[:3])
        both = build.or_(build.and_(chooser, yes), build.and_(build.not_(chooser), no))
        store(build, both, args[3], 64)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), emit


@intrinsic
def leaf_numbers(
    _: object, planes: types.Type, bits: types.Type, slots: types.Type, target: types.Type
) -> Typing:
    """64 leaf numbers (uint16) from `bits` bit planes; `planes` lists their slots."""

    def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
        zero = ir.Constant(ir.VectorType(INT16, 64), [0] * 64)
        total = variable(build, zero)
        weight = variable(build, INT16(1))
        with for_range(build, args[1], intp=INT64) as loop:
            entry = build.add(args[0], build.shl(loop.index, INT64(2)))
            slot = build.add(args[2], build.zext(load(build, entry, INT32, 4), INT64))
            mask = build.bitcast(load(build, slot, INT64, 8), ir.VectorType(ir.IntType(1), 64))
            unit, sums = build.load(weight), build.load(total)
            build.store(build.select(mask, build.add(sums, splat(build, unit, 64)), sums), total)
            build.store(build.shl(unit, INT16(1)), weight)
        store(build, build.load(total), args[3], 64)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), emit


def _cutter(kind: ir.Type) -> Intrinsic:
    """Cut the decimals of 512 values off, as LightGBM does: int32; -1 for what is no category.

    No category is what is missing, -1 or less, or beyond int32.
    """
    size = 4 if kind is FLOAT else 8
    lanes = 64 // size
    floats, ints = ir.VectorType(kind, lanes), ir.VectorType(INT32, lanes)

    @intrinsic
    def cut(_: object, values: types.Type, codes: types.Type) -> Typing:
        def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
            low, high = (ir.Constant(floats, [x] * lanes) for x in (-1.0, 2.0**31))
            with for_range(build, INT64(BLOCK // lanes), intp=INT64) as loop:
                at = build.add(args[0], build.shl(loop.index, INT64(6)))
                value = load(build, at, floats, size)
                is_known = build.and_(
                    build.fcmp_ordered(">", value, low), build.fcmp_ordered("<", value, high)
                )
                known = build.select(is_known, value, ir.Constant(floats, [0.0] * lanes))
                none = ir.Constant(ints, [-1] * lanes)
                category = build.select(is_known, build.fptosi(known, ints), none)
                store(
                    build, category, build.add(args[1], build.mul(loop.index, INT64(4 * lanes))), 4
                )
            return context.get_dummy_value()

        return types.void(types.int64, types.int64), emit

    return cut


whole_numbers, whole_numbers_64 = _cutter(FLOAT), _cutter(DOUBLE)


@intrinsic
def one_of_eight(_: object, source: types.Type, bit: types.Type, slot: types.Type) -> Typing:
    """One bit of each of 512 bytes, to a slot."""

    def emit(context: Context, build: ir.IRBuilder, __: object, args: Values) -> ir.Value:
        kind = ir.VectorType(INT8, 64)
        one = splat(build, build.shl(INT8(1), build.trunc(args[1], INT8)), 64)
        for i in range(BLOCK // 64):
            chosen = build.and_(load(build, args[0], kind, 1, 64 * i), one)
            is_set = build.icmp_unsigned("!=", chosen, ir.Constant(kind, [0] * 64))
            store(build, build.bitcast(is_set, INT64), args[2], 8, 8 * i)
        return context.get_dummy_value()

    return types.void(*[types.int64] * 3), emit
