"""The few pieces of LLVM IR that the kernel's vector instructions are written with."""

from collections.abc import Sequence
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped] # ships no types
from numba.core import cgutils

Context = Any  # numba.core.base.BaseContext
Values = Sequence[ir.Value]
Typing = tuple[Any, Any]  # signature and code generator, as Numba wants them

INT8, INT16, INT32, INT64 = (ir.IntType(width) for width in (8, 16, 32, 64))
FLOAT, DOUBLE = ir.FloatType(), ir.DoubleType()

# Untyped, like all of Numba's code generation.
declare: Any = cgutils.get_or_insert_function
variable: Any = cgutils.alloca_once_value
for_range: Any = cgutils.for_range


def indices(values: Sequence[int]) -> ir.Value:
    """Make the constant that tells a shuffle which lanes to take."""
    return ir.Constant(ir.VectorType(INT32, len(values)), values)


def load(
    build: ir.IRBuilder, address: ir.Value, kind: ir.Type, align: int, offset: int = 0
) -> ir.Value:
    """Read from an address held in an integer."""
    at = build.add(address, INT64(offset))
    return build.load(build.inttoptr(at, kind.as_pointer()), align=align)


def store(
    build: ir.IRBuilder, value: ir.Value, address: ir.Value, align: int, offset: int = 0
) -> None:
    """Write to an address held in an integer."""
    at = build.add(address, INT64(offset))
    build.store(value, build.inttoptr(at, value.type.as_pointer()), align=align)


def splat(build: ir.IRBuilder, value: ir.Value, count: int) -> ir.Value:
    """Repeat a value in `count` lanes."""
    none = ir.Constant(ir.VectorType(value.type, count), ir.Undefined)
    return build.shuffle_vector(
        build.insert_element(none, value, INT32(0)), none, indices([0] * count)
    )
