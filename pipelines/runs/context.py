"""What every stage of a run is given: ids and paths, never frames."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipelines.errors import RefusedError
from pipelines.settings.clock import midnight
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger
from pipelines.store.snapshot import current_snapshot, staging_file, work_file

Progress = Callable[[str, Mapping[str, int] | None, float], None]
"""Called with a stage's name when it starts (counts None) and when it ends (counts, seconds)."""


def silent(name: str, counts: Mapping[str, int] | None, seconds: float) -> None:
    """Show nothing."""


def code_version() -> str:
    """Return the installed version of lead-triage."""
    try:
        return version("lead-triage")
    except PackageNotFoundError:
        return "unpackaged"


@dataclass(frozen=True)
class RunContext:
    """One run in one home."""

    home: Home
    settings: Settings
    run_id: str
    as_of: date

    @classmethod
    def open(cls, home_path: str | Path, run_id: str, as_of: str | date) -> "RunContext":
        """Rebuild the context from plain values, as a stage in another process gets them."""
        home = Home(Path(home_path))
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
        return cls(home, Settings.load(home.settings_file), run_id, day)

    @property
    def midnight(self) -> datetime:
        """`as_of` as the features and the policy take it: midnight UTC."""
        return midnight(self.as_of)

    def staged(self) -> Database:
        """Open the store file that this run builds."""
        path = staging_file(self.home, self.run_id)
        return self._open(path, read_only=False, work=work_file(self.home, self.run_id))

    def published(self) -> Database:
        """Open the published store file, read-only."""
        return self._open(need_snapshot(self.home), read_only=True)

    def ledger(self) -> Ledger:
        """Open the ledger."""
        return Ledger(self.home.ledger)

    def _open(self, path: Path, *, read_only: bool, work: Path | None = None) -> Database:
        memory = self.settings.memory
        return Database.open(
            path,
            read_only=read_only,
            memory_gb=memory.duckdb_gb,
            threads=memory.threads,
            spill=self.home.spill,
            work=work,
        )


def need_home(home: Home) -> Home:
    """Return `home`, or refuse when nothing was ever loaded there."""
    if not home.exists():
        raise RefusedError(
            f"there is no lead-triage home at {home.root}",
            expected="a home that `lead-triage load` or `lead-triage demo` has made",
            fix="load something first, or set LEAD_TRIAGE_HOME",
        )
    return home


def need_snapshot(home: Home) -> Path:
    """Return the published store file, or refuse when there is none yet."""
    with Ledger(need_home(home).ledger):
        pass  # refuses a home of a newer version
    snapshot = current_snapshot(home)
    if snapshot is None:
        raise RefusedError(
            f"nothing has been published in {home.root}",
            expected="a store file",
            fix="run `lead-triage load FILE --as leads` first",
        )
    return snapshot
