"""Who was passed on to a person or has just come to us is handed out first, and nobody opened."""

import shutil
from datetime import timedelta

import polars as pl
import pytest

from pipelines.runs.attempts import AttemptDesk
from pipelines.runs.claim_desk import ClaimDesk
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_suppress
from pipelines.runs.status import read_status
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger
from pipelines.store.snapshot import current_snapshot
from tests.e2e.conftest import AS_OF
from tests.e2e.test_floor import PEOPLE, SETTINGS, _leads, _load, _row, fill

AI = {"channel": "email", "handler": "ai"}
HUMAN = {"channel": "email", "handler": "human"}
VARIANTS = """
[[variants]]
campaign = "autumn"
channels = ["email"]
weights = { short = 1, long = 3 }
"""


@pytest.fixture
def home(tmp_path, once):
    shutil.copytree(once("floor", fill) / "home", tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def _report(home, claim, disposition, **more):
    with AttemptDesk(home) as desk:
        desk.take({"claim_id": claim["claim_id"], "disposition": disposition, **more})


def _came(home, tmp_path, number, *, hours_ago=1.0, channel="email", name="in.csv"):
    at = now() - timedelta(hours=hours_ago)
    row = {
        "lead_id": [f"l{number}"], "id": [f"m{number}{hours_ago}"], "channel": [channel],
        "direction": ["in"], "at": [f"{at:%Y-%m-%d %H:%M:%S}"],
    }  # fmt: skip
    pl.DataFrame(row).rename({"lead_id": "lead_source_id", "id": "activity_id"}).write_csv(
        tmp_path / name
    )
    return _load(home, tmp_path / name, "activities")


def test_who_was_passed_on_waits_first_for_a_person_with_what_was_said(home):
    first, second = run_claim(home, count=2, **AI).claims
    assert run_claim(home, count=5, **HUMAN).claims == []
    _report(home, second, "escalated", note_ref="calls/77")
    (row,) = run_claim(home, count=5, **HUMAN).claims
    assert row["lead_key"] == second["lead_key"]
    told = row["handover"]["first"]
    assert (told["why"], told["note_ref"]) == ("passed on to a person", "calls/77")
    assert row["handover"]["say"][0] == "We said that one of us would get in touch with you"
    # Taken up once, and not by the machine again.
    assert run_claim(home, count=5, **HUMAN).claims == []
    left = {r["lead_key"] for r in run_claim(home, count=PEOPLE, **AI).claims}
    assert not left & {first["lead_key"], second["lead_key"]}
    with Ledger(home.ledger) as ledger:
        assert ledger.rows("SELECT count(*) FROM claim WHERE handler = 'human'") == [(1,)]


def test_the_interval_holds_again_once_a_person_has_tried(home):
    (one,) = run_claim(home, count=1, **AI).claims
    _report(home, one, "escalated")
    (row,) = run_claim(home, count=1, **HUMAN).claims
    _report(home, row, "no_answer")
    assert run_claim(home, count=1, **HUMAN).claims == []


@pytest.mark.parametrize("said", ["opted_out", "complaint", "left_company"])
def test_who_was_passed_on_and_said_no_is_handed_to_nobody(home, said):
    (one,) = run_claim(home, count=1, **AI).claims
    _report(home, one, "escalated", attempt_id="a1")
    _report(home, one, said, attempt_id="a2")
    assert run_claim(home, count=5, **HUMAN).claims == []


def test_a_suppression_binds_who_comes_first_too(home):
    (one,) = run_claim(home, count=1, **AI).claims
    _report(home, one, "escalated")
    run_suppress(home, [one["contact_point"]], channel=None, reason="stop")
    found = run_claim(home, count=5, **HUMAN)
    assert (found.claims, found.withheld) == ([], 1)


def test_a_reply_is_claimable_first_after_its_load(home, tmp_path):
    (one,) = run_claim(home, count=1, **AI).claims
    _report(home, one, "sent")
    worst = PEOPLE - 1
    _came(home, tmp_path, worst)
    with ClaimDesk(home) as desk:
        rows = desk.claim(count=2, **AI).claims
        assert rows[0]["source_id"] == f"l{worst}"
        assert rows[0]["handover"]["first"]["why"] == "wrote or called us"
        assert rows[0]["segment"] == "re-engage"
        assert rows[1]["segment"] == "cold"
        # Whom we have just mailed, and who has answered since, is answered all the same.
        _came(home, tmp_path, one["source_id"][1:], hours_ago=-1 / 3600, name="again.csv")
        assert desk.claim(count=1, **HUMAN).claims[0]["source_id"] == one["source_id"]


def test_a_form_of_somebody_new_is_judged_and_claimable_between_nights(home, tmp_path):
    path = _leads(tmp_path, [_row(77, created=f"{now():%Y-%m-%d %H:%M:%S}")], "form.csv")
    frame = pl.read_csv(path).with_columns(lead_source=pl.lit("Web Form"))
    frame.write_csv(path)
    _load(home, path)
    (row,) = run_claim(home, count=1, **HUMAN).claims
    assert row["source_id"] == "l77"
    assert row["handover"]["person"] == "Ann Lee77"
    waits = read_status(home)["speed_to_lead"]
    assert (waits["came"], waits["waiting"]) == (1, 1)
    _report(home, row, "answered")
    waits = read_status(home)["speed_to_lead"]
    assert (waits["waiting"], waits["answered"]) == (0, 1)
    assert 0 <= waits["median_minutes"] <= waits["p90_minutes"] < 24 * 60


def test_a_form_of_somebody_who_said_no_opens_nothing(home, tmp_path):
    run_suppress(home, ["ann3@firm3.example"], channel=None, reason="stop")
    _came(home, tmp_path, 3, channel="form")
    rows = (
        run_claim(home, count=PEOPLE, **HUMAN).claims + run_claim(home, count=PEOPLE, **AI).claims
    )
    assert "l3" not in {row["source_id"] for row in rows}


def test_what_came_long_ago_is_nobodys_turn(home, tmp_path):
    _came(home, tmp_path, 9, hours_ago=100)
    assert run_claim(home, count=5, **HUMAN).claims == []


def test_a_night_hands_out_first_who_came_with_it(home, tmp_path):
    _came(home, tmp_path, 8)
    run_nightly(home, as_of=AS_OF)
    assert run_claim(home, count=1, **HUMAN).claims[0]["source_id"] == "l8"


def test_who_must_have_a_person_is_never_first_for_the_machine(home, tmp_path):
    home.settings_file.write_text(
        SETTINGS + "[routing.rules.all]\nmust = 'human'\nreason = 'r'\n"
        "when = [{ fact = 'column', names = ['country'] }]\n"
    )
    _came(home, tmp_path, 9)
    assert "l9" not in {row["source_id"] for row in run_claim(home, count=1, **AI).claims}
    assert run_claim(home, count=1, **HUMAN).claims[0]["source_id"] == "l9"


def test_whom_a_rule_gives_to_nobody_is_handed_to_nobody(home):
    rule = (
        "[routing.rules.hold]\nmust = 'none'\nreason = 'legal hold'\n"
        "when = [{ fact = 'column', names = ['country'] }]\n"
    )
    (row,) = run_claim(home, count=1, **AI).claims
    home.settings_file.write_text(SETTINGS + rule)
    run_nightly(home, as_of=AS_OF)
    _report(home, row, "escalated")
    assert run_claim(home, count=5, **HUMAN).claims == []


def test_how_content_people_were_is_reported(home):
    rows = run_claim(home, count=3, **AI).claims
    for row, rating in zip(rows, (5, 4, None), strict=True):
        _report(home, row, "answered", satisfaction=rating)
    with Ledger(home.ledger) as ledger:
        ledger.execute("UPDATE attempt SET at = '2026-09-30T12:00:00'")
    run_nightly(home, as_of=AS_OF)
    with Database.open(current_snapshot(home), read_only=True) as db:
        found = db.frame(
            "SELECT detail, people, value FROM route_measure WHERE measure = 'satisfaction'"
        ).rows()
    assert found == [("ai", 2, 4.5)]


def test_variants_are_drawn_once_and_logged(home):
    home.settings_file.write_text(SETTINGS + VARIANTS)
    rows = run_claim(home, count=6, **AI).claims
    drawn = {row["claim_id"]: row["handover"]["variant"] for row in rows}
    with Ledger(home.ledger) as ledger:
        logged = ledger.rows("SELECT claim_id, campaign, variant, propensity FROM claim_variant")
    assert {claim: (c, v, p) for claim, c, v, p in logged} == {
        claim: tuple(one.values()) for claim, one in drawn.items()
    }
    assert {one["propensity"] for one in drawn.values()} <= {0.25, 0.75}
    assert len(drawn) == 6
