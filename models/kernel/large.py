"""Look-ups of the leaves of trees of 65 to 1,024 leaves, with AVX-512 VBMI.

A leaf value is eight bytes, each from a table of one byte per leaf: one instruction looks 64 rows
up among 128 leaves. The portable twin is `engine._add_portable`.
"""

from typing import Final

from llvmlite import ir  # type: ignore[import-untyped] # ships no types

from models.kernel.jit import Intrinsic
from models.kernel.llvm import (
    DOUBLE,
    INT8,
    INT16,
    INT32,
    INT64,
    declare,
    indices,
    load,
)
from models.kernel.wide import (
    HAS_WIDE,
    MOST_WIDE_BITS,
    adder,
    has,
    interleave,
    lane_rows,
    small_numbers,
)

HAS_BYTES: Final = HAS_WIDE and has("avx512vbmi")
# Leaf numbers that the adders are made for.
LEAST_BYTE_BITS, MOST_BYTE_BITS = MOST_WIDE_BITS + 1, 10
_BYTES = ir.VectorType(INT8, 64)
_REACH: Final = 7  # bits of leaf number that one instruction takes


def _in_lanes(build: ir.IRBuilder, rows: ir.Value) -> ir.Value:
    """Put rows where the interleaving of bytes leaves them in the order of `lane_rows`."""
    order = lane_rows()
    # After three interleavings sum 8 * v + 2 * lane + odd comes from byte 16 * lane + 2 * v + odd.
    at = [order[8 * (i % 16 // 2) + 2 * (i // 16) + i % 2] for i in range(64)]
    return build.shuffle_vector(rows, rows, indices(at))


def _masks(build: ir.IRBuilder, low: ir.Value, high: ir.Value, bits: int) -> list[ir.Value]:
    """Rows whose bit of leaf number beyond the reach of one instruction is set, per bit."""
    zero = ir.Constant(_BYTES, [0] * 64)
    masks = []
    for bit in range(_REACH, bits):
        held, weight = (low, 1 << bit) if bit < 8 else (high, 1 << (bit - 8))
        one = build.and_(held, ir.Constant(_BYTES, [weight] * 64))
        masks.append(build.icmp_unsigned("!=", one, zero))
    return masks


def _piece(
    build: ir.IRBuilder, table: ir.Value, offset: int, leaf: ir.Value, masks: list[ir.Value]
) -> ir.Value:
    """Look one byte of 64 leaf values up in the table at `offset`, of 128 << len(masks) bytes."""
    if masks:
        half = 64 << len(masks)
        low = _piece(build, table, offset, leaf, masks[:-1])
        high = _piece(build, table, offset + half, leaf, masks[:-1])
        return build.select(masks[-1], high, low)
    kind = ir.FunctionType(_BYTES, [_BYTES] * 3)
    look_up = declare(build.module, kind, "llvm.x86.avx512.vpermi2var.qi.512")
    first, second = (load(build, table, _BYTES, 64, offset + 64 * i) for i in range(2))
    return build.call(look_up, [first, leaf, second])


def _joined(build: ir.IRBuilder, pieces: list[ir.Value]) -> list[ir.Value]:
    """Make 8 vectors of 8 float64 of the eight bytes of 64 values."""
    levels = [(pieces[i], pieces[i + 1]) for i in range(0, 8, 2)]
    groups = [[interleave(build, *pair, high=h) for h in (False, True)] for pair in levels]
    for kind in (ir.VectorType(INT16, 32), ir.VectorType(INT32, 16)):
        wider = [[build.bitcast(part, kind) for part in group] for group in groups]
        groups = [
            [
                interleave(build, a, b, high=h)
                for a, b in zip(*pair, strict=True)
                for h in (False, True)
            ]
            for pair in zip(wider[::2], wider[1::2], strict=True)
        ]
    return [build.bitcast(part, ir.VectorType(DOUBLE, 8)) for part in groups[0]]


def _byte_adder(bits: int) -> Intrinsic:
    def leaf_values(
        build: ir.IRBuilder, of_tree: ir.Value, slots: ir.Value, table: ir.Value
    ) -> list[ir.Value]:
        low = _in_lanes(build, small_numbers(build, of_tree, slots, min(bits, 8)))
        high = build.add(of_tree, INT64(4 * 8))
        high = _in_lanes(build, small_numbers(build, high, slots, max(bits - 8, 0)))
        masks = _masks(build, low, high, bits)
        pieces = [_piece(build, table, i << bits, low, masks) for i in range(8)]
        return _joined(build, pieces)

    return adder(bits, leaf_values)


if HAS_BYTES:
    add_bytes_7, add_bytes_8, add_bytes_9, add_bytes_10 = (
        _byte_adder(bits) for bits in range(LEAST_BYTE_BITS, MOST_BYTE_BITS + 1)
    )
