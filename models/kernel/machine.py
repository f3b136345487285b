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


def seconds_to_load() -> float:
    """Estimate what it takes until the compiled loop can run in this process."""
    if "models.kernel.engine" in sys.modules:
        return 0.0
    is_cached = any(Path(__file__).with_name("__pycache__").glob("engine.*.nbc"))
    return _LOAD_SECONDS if is_cached else _LOAD_SECONDS + _COMPILE_SECONDS
