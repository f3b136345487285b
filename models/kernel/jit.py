"""Numba's decorators with types, and a disk cache that never stands in the way."""

import hashlib
import inspect
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar, cast

import numba
from numba.core import caching
from numba.extending import intrinsic as _numba_intrinsic

Intrinsic = Callable[..., Any]
# What reading a damaged cache raises, by the documentation of the format that Numba stores it in.
_DAMAGED = (
    caching.pickle.UnpicklingError,  # type: ignore[attr-defined] # we import none ourselves
    EOFError,
    AttributeError,
    ImportError,
    IndexError,
    OSError,
)
Function = TypeVar("Function", bound=Callable[..., Any])


def compiled(signature: str) -> Callable[[Function], Function]:
    """Compile for one signature, without the GIL, cached on disk where that is possible.

    The cache lies in `__pycache__` beside the source, or in the user's cache directory where that
    is read-only. Numba writes it under a temporary name and renames it, so two processes may start
    at once, and keys it by Numba's version, the processor, the source file and the values of the
    function's closure. Code from other files is not seen: put its `digest` into the closure.
    """

    def decorate(function: Function) -> Function:
        with suppress(RuntimeError):  # Numba found no place that it may write to
            cached = numba.njit(nogil=True, cache=True)(function)
            for _ in range(2):
                try:
                    cached.compile(signature)
                except _DAMAGED:
                    # Half a cache file, as a power cut leaves it: Numba does not recover from that.
                    code = function.__code__
                    name = f"*.{code.co_name}-{code.co_firstlineno}.*.nb[ic]"
                    for file in Path(cached.stats.cache_path or "").glob(name):
                        file.unlink(missing_ok=True)
                else:
                    cached.disable_compile()
                    return cast("Function", cached)
        return cast("Function", numba.njit(signature, nogil=True)(function))

    return decorate


def inlined(function: Function) -> Function:
    """Compile as a part of the compiled functions that call it."""
    return cast("Function", numba.njit(nogil=True)(function))


def intrinsic(function: Intrinsic) -> Intrinsic:
    """Declare a function whose LLVM code we write ourselves; callable from compiled code only."""
    return cast("Intrinsic", _numba_intrinsic(function))


def digest(*modules: ModuleType) -> str:
    """Hash of the source of modules whose code is compiled into a function of another module."""
    total = hashlib.sha256()
    for module in modules:
        total.update(inspect.getsource(module).encode())
    return total.hexdigest()
