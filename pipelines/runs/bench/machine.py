"""What a measurement was made on."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psutil

_LIBRARIES: Final = ("duckdb", "polars", "numpy", "numba", "lightgbm", "pyarrow")


def machine() -> dict[str, Any]:
    """Describe the machine, the versions and, in a git checkout, the commit.

    Returns
    -------
    dict
        ``cores`` that this process may use, ``memory_bytes``, ``cpu``, ``system``, ``python``,
        one version per library, ``load`` (processes of others that ran in the last minute: it is
        read before anything is measured), ``commit`` (None outside of git; with ``+`` when files
        differ from it).
    """
    affinity = getattr(os, "sched_getaffinity", None)
    return {
        "cores": len(affinity(0)) if affinity else os.cpu_count(),
        "memory_bytes": int(psutil.virtual_memory().total),
        "cpu": _cpu(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
        "load": round(os.getloadavg()[0], 1),
        "commit": _commit(),
    }


def _cpu() -> str:
    facts = Path("/proc/cpuinfo")
    if facts.is_file():
        for line in facts.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _commit() -> str | None:
    here = Path(__file__).parent
    try:
        found = _git(here, "rev-parse", "--short", "HEAD")
        return found + ("+" if _git(here, "status", "--porcelain", "-uno") else "")
    except (OSError, subprocess.SubprocessError):
        return None


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(  # noqa: S603
        ["git", "-C", str(folder), *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=True,
        timeout=10,
    )
    return done.stdout.strip()
