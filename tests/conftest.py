"""Shared fixtures: a time zone that is not the machine's, small stores, small homes."""

import os
import time
from pathlib import Path

import pytest
from hypothesis import settings

from pipelines.flows.quiet import quiet_exit
from pipelines.settings.home import Home
from pipelines.store import Database, create_tables

os.environ["TZ"] = "UTC"
time.tzset()

# A failed test keeps its frames, and so DuckDB objects, past the end of the interpreter.
quiet_exit()

# No deadline: a busy machine is not a defect. The seed of a failure is printed.
settings.register_profile("suite", deadline=None, max_examples=50, print_blob=True)
settings.load_profile("suite")


@pytest.fixture
def db():
    with Database.memory(memory_gb=1.0) as database:
        create_tables(database)
        yield database


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").ensure()
