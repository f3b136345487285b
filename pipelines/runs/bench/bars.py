"""The performance budget: stages of a night in groups, and what each may take at a size."""

from dataclasses import dataclass
from typing import Final

GIB: Final = 1 << 30
_TEN_MILLION: Final = 10_000_000
_HUNDRED_MILLION: Final = 100_000_000


@dataclass(frozen=True)
class Bar:
    """One line of the budget, in seconds on two cores.

    Parameters
    ----------
    stages : tuple of str
        Stages of the nightly; empty: everything from the start of the process to its end.
    at_10m : float
        At 10M leads; other sizes scale linearly from here, or from `at_100m` where that is given
        and the size reaches it.
    """

    name: str
    stages: tuple[str, ...]
    at_10m: float
    at_100m: float | None = None

    def at(self, rows: int) -> float:
        """Return the seconds that `rows` leads may take."""
        if self.at_100m is not None and rows >= _HUNDRED_MILLION:
            return self.at_100m * rows / _HUNDRED_MILLION
        return self.at_10m * rows / _TEN_MILLION


NIGHT_BARS: Final = (
    Bar("load + merge + identify", ("load", "merge", "identify"), 12.0),
    Bar("eligible + featurise + score", ("eligible", "score"), 25.0),
    Bar("triage + decisions + reasons", ("triage", "explain"), 12.0),
    Bar("write + verify + swap", ("publish",), 20.0),
    Bar("whole nightly, start to end", (), 75.0, 720.0),
)
FIRST_LOAD_BARS: Final = {
    "parquet": Bar("first load, Parquet", (), 120.0, 1200.0),
    "csv": Bar("first load, CSV", (), 180.0, 1800.0),
}
# Disk of the store (snapshots, staging, spill, ledger) at its peak, per published byte.
STORE_PEAK_RATIO: Final = 3.0
BYTES_PER_LEAD: Final = 150.0


def memory_bar(rows: int) -> int:
    """Return the bytes that a night of `rows` leads may use."""
    return (8 if rows <= _TEN_MILLION else 12) * GIB
