"""One small backlog, loaded, trained on and published once for all end-to-end tests."""

import json
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from pipelines.generate import generate
from pipelines.load import load_mapping
from pipelines.runs.landing import expand
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.train import run_train
from pipelines.settings.home import Home

AS_OF = date(2026, 10, 1)
# Names are compared as shipped in test_bench_backlog: learning their weights takes ten seconds.
# Who writes: without it no AI row leaves.
SENDER = """
[sender]
name = "Test & Co"
contact = "hello@test.example"
privacy_url = "https://test.example/privacy"
postal_address = "1 Main Street, Springfield"
source = "your inquiry"
"""
# Where every lead may be listed, the lot of the control group draws nobody.
NO_CONTROL = "[control_group]\nshare = 0\n"
SETTINGS = f"""
{SENDER}[identify]
fuzzy = false
[gates]
min_positives = 30
min_test_positives = 5
min_auc = 0.0
max_auc_below_logistic = 0.5
max_calibration_error = 1.0
max_count_error = 1.0
min_lift_over_newest = 0.0
[capacity.email]
ai = 120
[capacity.phone]
human = 10
"""


def requests(world: Path) -> list[LoadRequest]:
    mappings = sorted(
        (world / "mappings").glob("*.toml"), key=lambda m: (not m.stem.startswith("leads"), m.stem)
    )
    return [
        LoadRequest(expand([world / m.stem]), m.stem.split("_")[0], load_mapping(m))
        for m in mappings
    ]


@pytest.fixture(scope="session")
def world(once) -> Path:
    return once("world", lambda folder: generate(folder, leads=9_000, seed=11, format="csv"))


@pytest.fixture(scope="session")
def published(once, world) -> Home:
    """A home with the small world loaded, a model in force and one night published: read only."""

    def fill(folder: Path) -> None:
        home = Home(folder / "home").ensure()
        home.settings_file.write_text(SETTINGS)
        run_load(home, requests(world))
        assert run_train(home, as_of=AS_OF)[0].is_promoted
        run_nightly(home, as_of=AS_OF)

    return Home(once("published", fill) / "home")


@pytest.fixture
def night(tmp_path, published) -> Home:
    """A copy of the published home that a test may change."""
    shutil.copytree(published.root, tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


@pytest.fixture
def cli(tmp_path):
    """Run the command line as a user would, in a process of its own."""

    def run(*arguments, home=None, code=0, parse=False):
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "TZ": "UTC"}
        environment["LEAD_TRIAGE_HOME"] = str(home.root if home else tmp_path / "home")
        done = subprocess.run(
            [sys.executable, "-P", "-m", "pipelines.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=environment,
        )
        assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
        assert "Traceback" not in done.stderr
        return json.loads(done.stdout) if parse else done

    return run
