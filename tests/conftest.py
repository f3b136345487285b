"""How the suite runs, and shared fixtures: small stores, small homes, folders built once."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.flows.quiet import quiet_exit
from pipelines.settings.home import Home
from pipelines.store import Database, create_tables

os.environ["TZ"] = "UTC"
time.tzset()
# Threads of LightGBM that wait would keep the core from the other process of the run.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# A failed test keeps its frames, and so DuckDB objects, past the end of the interpreter.
quiet_exit()

# No deadline: a busy machine is not a defect. The seed of a failure is printed.
settings.register_profile("suite", deadline=None, max_examples=20, print_blob=True)
# By hand before a release: pytest --hypothesis-profile sweep
settings.register_profile("sweep", settings.get_profile("suite"), max_examples=300)
settings.load_profile("suite")

# Each holds some hundred MB and has two threads of DuckDB, Polars and the kernel.
_PROCESSES = 2


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Run the whole suite in several processes, and files that are named in this one."""
    is_whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return _PROCESSES if is_whole else 0


@pytest.fixture(scope="session")
def once(tmp_path_factory, worker_id) -> Callable[[str, Callable[[Path], object]], Path]:
    """Fill a folder once for all processes of the run, whoever asks first; it is read only."""
    place = tmp_path_factory.getbasetemp()
    place = place if worker_id == "master" else place.parent

    def filled(name: str, fill: Callable[[Path], object]) -> Path:
        folder, partial = place / name, place / f"{name}.partial"
        with (place / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not folder.exists():
                shutil.rmtree(partial, ignore_errors=True)
                partial.mkdir()
                fill(partial)
                partial.rename(folder)
        return folder

    return filled


@pytest.fixture
def db():
    with Database.memory(memory_gb=1.0) as database:
        create_tables(database)
        yield database


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()
