"""Claims from a published night: what a desk sees of what happens beside it."""

import json
import shutil
from datetime import timedelta

import polars as pl
import pytest

from pipelines.errors import RefusedError
from pipelines.runs.claim_desk import ClaimDesk
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_pause, run_release, run_resume, run_suppress
from pipelines.runs.status import read_status
from pipelines.settings import clock
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger
from tests.e2e.conftest import AS_OF
from tests.e2e.test_floor import PEOPLE, SETTINGS, fill

LANE = {"channel": "email", "handler": "ai"}


@pytest.fixture
def home(tmp_path, once):
    shutil.copytree(once("floor", fill) / "home", tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


@pytest.fixture
def later(monkeypatch):
    """Put the clock of claims forward."""

    def put(hours):
        moment = clock.now() + timedelta(hours=hours)
        for module in ("claim_desk", "ready_file"):
            monkeypatch.setattr(f"pipelines.runs.{module}.now", lambda: moment)

    return put


def test_the_night_leaves_a_ready_list_without_contact_points(home):
    (path,) = home.outbox.glob("*/ready-*.parquet")
    text = str(pl.read_parquet(path).to_dicts())
    assert pl.read_parquet(path).height == PEOPLE
    assert "@" not in text
    made = path.stat().st_mtime_ns
    assert len(run_claim(home, count=3, **LANE).claims) == 3
    assert path.stat().st_mtime_ns == made


def test_an_open_desk_sees_what_happens_beside_it(home):
    with ClaimDesk(home) as desk:
        first = desk.claim(count=2, **LANE).claims
        assert [row["rank"] for row in first] == [1, 2]
        third = run_claim(home, count=1, **LANE).claims[0]
        assert third["rank"] == 3
        run_release(home, [third["claim_id"]])
        run_suppress(home, [third["contact_point"]], channel=None, reason="stop")
        again = desk.claim(count=2, **LANE)
        assert [row["rank"] for row in again.claims] == [4, 5]
        assert again.withheld == 1
        run_pause(home, channel="email", handler=None, reason="complaints")
        with pytest.raises(RefusedError, match="complaints"):
            desk.claim(count=1, **LANE)
        (paused,) = read_status(home)["paused"]
        assert (paused["channel"], paused["handler"]) == ("email", None)
        assert run_resume(home, channel="email", handler=None)[0] == 1
        # another file is published, with the same list
        home.settings_file.write_text(SETTINGS + "[list]\nreasons = 2\n")
        run_nightly(home, as_of=AS_OF)
        names = {row["contact_point"] for row in desk.claim(count=PEOPLE, **LANE).claims}
        assert len(names) == PEOPLE - 5
        assert not names & {row["contact_point"] for row in [*first, third, *again.claims]}


def test_a_list_expires(home, later):
    later(20)  # the night is as old as the first test that needed it
    assert len(run_claim(home, count=1, **LANE).claims) == 1
    later(24.1)
    with pytest.raises(RefusedError, match="older than 24 hours"):
        run_claim(home, count=1, **LANE)


@pytest.mark.parametrize("is_export", [False, True])
def test_a_lease_that_ran_out_returns_unless_it_left_as_a_file(home, later, is_export):
    home.settings_file.write_text(SETTINGS + "[list]\nclaim_lease_hours = 1\n")
    first = run_claim(home, count=1, is_export=is_export, **LANE).claims[0]
    later(1.1)
    again = run_claim(home, count=1, **LANE).claims[0]
    assert (again["lead_key"] == first["lead_key"]) is not is_export


def test_an_ai_that_has_nothing_to_say_of_itself_gets_nobody(home):
    home.settings_file.write_text('[feeds]\ncustomers = "none"\n')
    with pytest.raises(RefusedError, match=r"\[sender\]"):
        run_claim(home, count=1, **LANE)


def test_what_was_told_is_kept_and_nothing_personal_is_in_the_ledger(home):
    (row,) = run_claim(home, count=1, **LANE).claims
    with Ledger(home.ledger) as ledger:
        kept = ledger.rows("SELECT disclosure_id FROM disclosure")
        assert (row["disclosure_id"],) in kept
        tables = [t for (t,) in ledger.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = json.dumps([ledger.rows(f"SELECT * FROM {t}") for t in tables if "claim" in t])
    assert row["claim_id"] in cells
    for personal in (row["contact_point"], row["source_id"], "firm"):
        assert personal not in cells
