"""Numba's decorators with types, and a disk cache that never stands in the way."""

import hashlib
import sys
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

    The cache lies in `__pycache__` beside the source or in the user's cache directory, or where
    NUMBA_CACHE_DIR says. A folder that may only be read is read; what was compiled goes to the
    first that may be written, and without one every process compiles anew.
    """

    def decorate(function: Function) -> Function:
        compiling: Any = numba.njit(nogil=True)(function)
        if compiling is function:  # NUMBA_DISABLE_JIT: nobody may call it, but all may import it
            return function
        files = cache_files(Path(function.__code__.co_filename), function.__qualname__)
        with suppress(RuntimeError):  # a source in an archive, or NUMBA_CACHE_LOCATOR_CLASSES
            places: Any = _Cache(function)  # type: ignore[no-untyped-call]
            places._cache_file = _CacheFile(files)
            compiling._cache = places  # Numba has no public way to its cache files
        compiling.compile(signature)
        compiling.disable_compile()
        return cast("Function", compiling)

    return decorate


def cache_files(source: Path, function: str) -> tuple[Path, ...]:
    """Where the compiled code of a function of a source file may lie, the first choice first."""
    name = f"{source.stem}.{function}-{sys.implementation.cache_tag}-{_key(source.parent)}.nbc"
    return tuple(folder / name for folder in _folders(source))


def _folders(source: Path) -> list[Path]:
    """Return the folders that Numba would try, whether they may be written or not."""
    kinds: list[Any] = [caching.InTreeCacheLocator, caching.UserWideCacheLocator]
    if config.CACHE_DIR:  # type: ignore[attr-defined]
        kinds.insert(0, caching.UserProvidedCacheLocator)
    return [Path(kind(_folders, str(source)).get_cache_path()) for kind in kinds]


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


class _Anywhere(caching.InTreeCacheLocator):
    """Numba refuses to cache without a folder that it may write to; ours need not be."""

    def ensure_cache_path(self) -> None:
        """Demand nothing: `_CacheFile` finds the place."""


class _Places(caching.CompileResultCacheImpl):
    _locator_classes: list[type[object]] = [_Anywhere]  # noqa: RUF012 - as Numba declares it


class _Cache(caching.FunctionCache):
    _impl_class = _Places


class _CacheFile:
    """One compiled function on disk, sealed with a hash; Numba calls `load` and `save`.

    Numba's own cache writes an index before the data, and numbers data files alike for all versions
    and processors: a process that starts in between, or after a crash there, runs other code than
    it asked for. Here the name holds the key, and a file is whole or nothing: it is written under
    a temporary name and renamed, so two processes may start at once.
    """

    def __init__(self, paths: tuple[Path, ...]) -> None:
        self._paths = paths

    def load(self, key: object) -> object:
        """Return what is cached; None, and so a new compilation, where that cannot be read."""
        found = (self._read(path, key) for path in self._paths)
        return next((data for data in found if data is not None), None)

    def save(self, key: object, data: object) -> None:
        """Write the cache where that is possible first."""
        content: bytes = dumps((key, data))  # type: ignore[no-untyped-call]
        for path in self._paths:
            with suppress(OSError):  # read-only, or a full disk
                self._write(path, hashlib.sha256(content).digest() + content)
                return

    @staticmethod
    def _read(path: Path, key: object) -> object:
        try:
            sealed = path.read_bytes()
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

    @staticmethod
    def _write(path: Path, sealed: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f"{path.name}.{uuid.uuid4().hex[:16]}.tmp")
        try:
            part.write_bytes(sealed)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
