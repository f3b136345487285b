"""What a benchmark of one size found, and its JSON."""

from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any, Final

from pipelines.runs.bench.bars import BYTES_PER_LEAD, STORE_PEAK_RATIO

SCHEMA: Final = 1


@dataclass(frozen=True)
class Stage:
    """One measured stage.

    Attributes
    ----------
    step : str
        generate, change, load, train, first night or night: what it is a part of.
    rows : int or None
        Rows it worked through; None where there is nothing to count.
    peak_memory_bytes : int
        Most resident memory of the process tree while it ran, sampled.
    disk_bytes : dict of str to int
        Allocated at its end, by area: world, batches, store, other.
    peak_disk_bytes : int
        Most of all areas together while it ran.
    counts : dict
        What the command itself counted.
    """

    step: str
    name: str
    rows: int | None
    seconds: float
    peak_memory_bytes: int
    disk_bytes: dict[str, int]
    peak_disk_bytes: int
    counts: dict[str, Any] = field(default_factory=dict)

    @property
    def rows_per_second(self) -> float | None:
        """Rows by seconds; None without rows."""
        return None if self.rows is None or self.seconds <= 0 else self.rows / self.seconds

    def to_json(self) -> dict[str, Any]:
        """Return every attribute and the rate."""
        return {**asdict(self), "rows_per_second": self.rows_per_second}


@dataclass(frozen=True)
class Judged:
    """A bar of the budget beside what was measured; both in `unit`."""

    name: str
    unit: str
    measured: float
    bar: float

    @property
    def is_met(self) -> bool:
        """Tell whether the measure is at most the bar."""
        return self.measured <= self.bar

    def to_json(self) -> dict[str, Any]:
        """Return every attribute and the verdict."""
        return {**asdict(self), "is_met": self.is_met}


@dataclass
class BacklogRun:
    """The stages of one size, in order; filled while it runs, so that a failure leaves the rest.

    Attributes
    ----------
    made, merged : dict of str to int
        Leads that the day's change updates and adds, as generated and as the night counted them.
    raw_seconds : float or None
        Time in which DuckDB copies the files of leads and activities into tables.
    published_bytes : int
        Size of the published file of the measured night.
    store_peak_bytes : int
        Most of snapshots, staging, spill and ledger together during that night.
    failure : dict or None
        ``stage``, ``exit_code`` and ``last_lines`` of the command that failed; without an exit
        code it was stopped.
    """

    rows: int
    seed: int
    form: str
    folder: str = ""
    stages: list[Stage] = field(default_factory=list)
    bars: list[Judged] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    made: dict[str, int] = field(default_factory=dict)
    merged: dict[str, int] = field(default_factory=dict)
    raw_seconds: float | None = None
    published_bytes: int = 0
    store_peak_bytes: int = 0
    failure: dict[str, Any] | None = None

    def seconds(self, step: str) -> float:
        """Return the seconds of all stages of a step."""
        return sum(stage.seconds for stage in self.stages if stage.step == step)

    def all_seconds(self) -> dict[tuple[str, str], float]:
        """Return the seconds by step and stage; after the stages of a step, their sum as "all"."""
        found: dict[tuple[str, str], float] = {}
        for step in dict.fromkeys(stage.step for stage in self.stages):
            of_step = {s.name: s.seconds for s in self.stages if s.step == step}
            if len(of_step) > 1:
                of_step["all"] = self.seconds(step)
            found |= {(step, name): seconds for name, seconds in of_step.items()}
        return found

    def peak_memory(self, step: str) -> int:
        """Return the most memory of any stage of a step."""
        return max((s.peak_memory_bytes for s in self.stages if s.step == step), default=0)

    @property
    def raw_ratio(self) -> float | None:
        """First load by the raw copy of its leads and activities; None before both were done."""
        loaded = self.seconds("load")
        return loaded / self.raw_seconds if self.raw_seconds and loaded else None

    def judge_store(self) -> None:
        """Judge the published file and the disk that making it took."""
        per_lead = self.published_bytes / self.rows
        ratio = self.store_peak_bytes / max(self.published_bytes, 1)
        self.bars.append(Judged("published file", "bytes/lead", per_lead, BYTES_PER_LEAD))
        self.bars.append(Judged("store at its peak / published", "x", ratio, STORE_PEAK_RATIO))

    def to_json(self) -> dict[str, Any]:
        """Return the run as JSON values."""
        return {
            **asdict(self),
            "raw_ratio": self.raw_ratio,
            "stages": [stage.to_json() for stage in self.stages],
            "bars": [bar.to_json() for bar in self.bars],
        }


@dataclass
class BacklogReport:
    """All sizes of one call, and what they were measured on."""

    machine: dict[str, Any]
    runs: list[BacklogRun] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as JSON values; `SCHEMA` numbers their shape."""
        return {
            "schema": SCHEMA,
            "machine": self.machine,
            "memory_is": "resident memory of the process tree, added up, sampled every 0.1 s",
            "disk_is": "allocated bytes, sampled every 0.5 s",
            "runs": [run.to_json() for run in self.runs],
            "ratios": ratios(self.runs),
        }


def ratios(runs: list[BacklogRun]) -> list[dict[str, Any]]:
    """Compare the seconds per stage, and of every step as a whole, of neighbouring sizes.

    Returns
    -------
    list of dict
        ``step``, ``name``, ``rows`` and ``seconds`` of both, ``times`` the seconds grew, and
        ``per_row``: how much dearer a row became; 1 is linear.
    """
    finished = sorted((run for run in runs if run.failure is None), key=lambda run: run.rows)
    found = []
    for small, large in pairwise(finished):
        before = small.all_seconds()
        growth = large.rows / small.rows
        for (step, name), seconds in large.all_seconds().items():
            if before.get((step, name), 0) <= 0:
                continue
            times = seconds / before[step, name]
            found.append(
                {
                    "step": step,
                    "name": name,
                    "rows": [small.rows, large.rows],
                    "seconds": [before[step, name], seconds],
                    "times": times,
                    "per_row": times / growth,
                }
            )
    return found
