"""What this process may use, and what it has loaded already."""

import os
import sys
from pathlib import Path
from typing import Final

# Measured on 2 cores; only the choice of the route depends on them.
_LOAD_SECONDS: Final = 1.0  # import Numba and read the compiled loop from disk
_COMPILE_SECONDS: Final = 3.5  # once after an installation


def processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not everywhere
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def may_compile() -> bool:
    """Whether Numba compiles at all in this process: NUMBA_DISABLE_JIT says otherwise."""
    if "numba" in sys.modules:
        from numba.core import config

        return not config.DISABLE_JIT  # type: ignore[attr-defined] # set when Numba is imported
    return os.environ.get("NUMBA_DISABLE_JIT", "0").strip() in ("", "0")


def is_worth_loading(seconds: float) -> bool:
    """Whether the compiled loop can run in this process for less than `seconds`.

    The name of its file on disk depends on Numba itself. So Numba is imported, most of what a
    cached loop takes to load, as soon as that could pay.
    """
    if "models.kernel.engine" in sys.modules:
        return seconds > 0
    if seconds <= _LOAD_SECONDS:
        return False
    from models.kernel import jit

    files = jit.cache_files(Path(__file__).with_name("engine.py"), "run")
    is_cached = any(file.exists() for file in files)
    return is_cached or seconds > _LOAD_SECONDS + _COMPILE_SECONDS
