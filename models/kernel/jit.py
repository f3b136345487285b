"""Numba's decorators with types, and a disk cache that never stands in the way."""

import hashlib
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import llvmlite  # type: ignore[import-untyped] # ships no types
import llvmlite.binding  # type: ignore[import-untyped]
import numba
from numba.core import caching, config
from numba.core.serialize import dumps
from numba.extending import intrinsic as _numba_intrinsic

Intrinsic = Callable[..., Any]
Function = TypeVar("Function", bound=Callable[..., Any])
_SEAL = hashlib.sha256().digest_size


def compiled(signature: str) -> Callable[[Function], Function]:
    """Compile for one signature, without the GIL, cached on disk where that is possible.

    The cache lies in `__pycache__` beside the source, or in the user's cache directory where that
    is read-only; without either every process compiles anew.
    """

    def decorate(function: Function) -> Function:
        with suppress(RuntimeError):  # Numba found no place that it may write to
            cached: Any = numba.njit(nogil=True, cache=True)(function)
            key = _key(Path(function.__code__.co_filename).parent)
            place = cached._cache  # Numba has no public way to its cache files
            name = f"{place._impl.filename_base}-{key}.nbc"
            place._cache_file = _CacheFile(Path(place.cache_path) / name)
            cached.compile(signature)
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


@cache
def _key(folder: Path) -> str:
    """Name everything that compiled code depends on: compiler, processor, sources of a folder.

    Numba looks at the file of the function alone, and code of other files is compiled into it.
    """
    compiler = numba.__version__, llvmlite.__version__
    processor = (
        llvmlite.binding.get_host_cpu_name(),
        llvmlite.binding.get_host_cpu_features().flatten(),
        config.CPU_NAME,  # type: ignore[attr-defined] # set when Numba is imported
        config.CPU_FEATURES,  # type: ignore[attr-defined]
        config.OPT,  # type: ignore[attr-defined]
    )
    total = hashlib.sha256(repr((compiler, processor)).encode())
    for file in sorted(folder.glob("*.py")):
        total.update(hashlib.sha256(file.read_bytes()).digest())
    return total.hexdigest()[:16]


class _CacheFile:
    """One compiled function on disk, sealed with a hash; Numba calls `load` and `save`.

    Numba's own cache writes an index before the data, and numbers data files alike for all versions
    and processors: a process that starts in between, or after a crash there, runs other code than
    it asked for. Here the name holds the key, and a file is whole or nothing: it is written under
    a temporary name and renamed, so two processes may start at once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, key: object) -> object:
        """Return what is cached; None, and so a new compilation, where that cannot be read."""
        try:
            sealed = self._path.read_bytes()
        except OSError:
            return None
        content = sealed[_SEAL:]
        if hashlib.sha256(content).digest() != sealed[:_SEAL]:
            return None
        try:
            found, data = caching.pickle.loads(content)  # type: ignore[attr-defined] # its format
        except (ImportError, AttributeError):  # names code that is not there in this process
            return None
        return data if found == key else None

    def save(self, key: object, data: object) -> None:
        """Write the cache if that is possible."""
        content: bytes = dumps((key, data))  # type: ignore[no-untyped-call]
        part = self._path.with_name(f"{self._path.name}.{uuid.uuid4().hex[:16]}.tmp")
        with suppress(OSError):  # a full disk
            try:
                part.write_bytes(hashlib.sha256(content).digest() + content)
                part.replace(self._path)
            finally:
                part.unlink(missing_ok=True)
