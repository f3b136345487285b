"""The independent check of a home finds who is suppressed and listed, by whatever names them."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.runs.landing import resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_suppress
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger
from tests.e2e.conftest import AS_OF, SENDER

PEOPLE = 6
SETTINGS = f'{SENDER}[feeds]\ncustomers = "none"\n[control_group]\nshare = 0.0\n'
SCRIPT = Path(__file__).parents[2] / "benchmarks/check_floor.py"


def load(home, path, kind):
    run_load(home, [LoadRequest([path], kind, resolve_mapping("auto"), "crm")])


def fill(folder):
    home = Home(folder / "home").ensure()
    home.settings_file.write_text(SETTINGS)
    rows = [f"l{n},ann{n}@firm{n}.example,Ann,Lee{n},US,2026-05-01\n" for n in range(PEOPLE)]
    header = "source_id,email,first_name,last_name,country,created_at\n"
    (folder / "leads.csv").write_text(header + "".join(rows))
    load(home, folder / "leads.csv", "leads")
    run_nightly(home, as_of=AS_OF)


def checked(home):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(home.root)], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture
def home(tmp_path, once):
    """A home of its own that has listed everybody."""
    shutil.copytree(once("check floor", fill) / "home", tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def test_a_home_in_order_has_nobody_to_find(home):
    code, told = checked(home)
    assert code == 0
    assert told["listed_persons"] == told["leads_of_open_persons"] == PEOPLE
    assert told["open_though_suppressed"] == told["listed_though_suppressed"] == 0


@pytest.mark.parametrize("value", ["Ann3+news@FIRM3.example", "firm3.example"])
def test_who_was_suppressed_after_the_night_is_found(home, value):
    run_suppress(home, [value], channel=None, reason="stop")
    code, told = checked(home)
    assert code == 1
    assert (told["listed_though_suppressed"], told["open_though_suppressed"]) == (1, 1)


def test_a_no_to_another_channel_is_no_violation(home):
    run_suppress(home, ["ann3@firm3.example"], channel="phone", reason="stop")
    assert checked(home)[1]["listed_though_suppressed"] == 0


def test_a_plain_hash_is_found(home, tmp_path):
    digest = hashlib.sha256(b"ann3@firm3.example").hexdigest()
    (tmp_path / "no.csv").write_text(f"hash\n{digest}\n")
    load(home, tmp_path / "no.csv", "suppressions")
    with Ledger(home.ledger) as ledger:
        assert ledger.rows("SELECT count(*) FROM suppression") == [(1,)]
    assert checked(home)[1]["listed_though_suppressed"] == 1
