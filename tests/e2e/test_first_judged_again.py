"""Who waits to be handed out first is judged again, and handed out by the last judgement only."""

import shutil

import pytest

from pipelines.runs import fresh as judging
from pipelines.runs.learnt import set_share_of_ai
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_release, run_suppress
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger
from tests.e2e.conftest import AS_OF
from tests.e2e.test_first import AI, HUMAN, _came, _report
from tests.e2e.test_floor import PEOPLE, SETTINGS, _load, fill

HOLD = (
    "[routing.rules.hold]\nmust = 'none'\nreason = 'legal hold'\n"
    "when = [{ fact = 'column', names = ['country'] }]\n"
)
GERMAN = "source_id,email,mobile,first_name,last_name,country,created_at,city,company\n"


@pytest.fixture
def home(tmp_path, once):
    shutil.copytree(once("floor", fill) / "home", tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def _sources(home, handler):
    return [row["source_id"] for row in run_claim(home, count=PEOPLE, **handler).claims]


def _waiting(home):
    with Ledger(home.ledger) as ledger:
        return [row[0] for row in ledger.rows("SELECT lead_key FROM fresh ORDER BY lead_key")]


def test_whom_a_later_night_gives_to_nobody_is_not_first(home, tmp_path):
    _came(home, tmp_path, 9)
    assert len(_waiting(home)) == 1
    home.settings_file.write_text(SETTINGS + HOLD)
    run_nightly(home, as_of=AS_OF)
    assert (_waiting(home), _sources(home, HUMAN)) == ([], [])


def test_whom_a_later_night_closes_is_not_first(home, tmp_path):
    _came(home, tmp_path, 9)
    columns = "source_id,email,first_name,last_name,country,created_at,currently_in_sequence"
    rows = [
        f"l{n},ann{n}@firm{n}.example,Ann,Lee{n},US,2026-05-01,{'true' if n == 9 else 'false'}"
        for n in range(PEOPLE)
    ]
    (tmp_path / "again.csv").write_text("\n".join([columns, *rows]) + "\n")
    _load(home, tmp_path / "again.csv")
    run_nightly(home, as_of=AS_OF)
    assert _waiting(home) == []
    assert "l9" not in _sources(home, HUMAN)


def test_a_load_judges_everybody_who_waits_again(home, tmp_path):
    _came(home, tmp_path, 9)
    run_suppress(home, ["ann9@firm9.example"], channel=None, reason="stop")
    _came(home, tmp_path, 8, name="next.csv")
    assert len(_waiting(home)) == 1
    assert _sources(home, HUMAN)[0] == "l8"


def test_who_is_open_still_waits_after_a_night(home, tmp_path):
    _came(home, tmp_path, 9)
    run_nightly(home, as_of=AS_OF)
    assert run_claim(home, count=1, **HUMAN).claims[0]["source_id"] == "l9"


def test_whom_somebody_has_taken_up_is_not_offered_again(home, tmp_path):
    _came(home, tmp_path, 9)
    (row,) = run_claim(home, count=1, **HUMAN).claims
    with Ledger(home.ledger) as ledger:
        # The lease is over, and nothing was reported.
        ledger.execute("UPDATE claim SET expires_at = '2026-01-01T00:00:00'")
    _came(home, tmp_path, 8, name="next.csv")
    assert [row["source_id"] for row in run_claim(home, count=1, **HUMAN).claims] == ["l8"]
    assert row["lead_key"] in _waiting(home)
    run_release(home, [row["claim_id"]])
    (again,) = run_claim(home, count=1, **HUMAN).claims
    assert again["handover"]["first"]["why"] == "wrote or called us"
    # How long an answer took is kept.
    _report(home, again, "answered")
    run_nightly(home, as_of=AS_OF)
    assert row["lead_key"] in _waiting(home)


def test_another_lead_of_the_person_was_not_judged(tmp_path):
    home = Home(tmp_path / "home").ensure()
    home.settings_file.write_text(SETTINGS)
    others = "".join(
        f"x{n},a{n}@b{n}.example,+49 151 2345{n:04d},Ina{n},Kurz{n},DE,2026-05-01,Berlin,F{n}\n"
        for n in range(3)
    )
    one = "+49 151 23456789,Berta,Muster,DE,{},Berlin,Muster GbR\n"
    first = f"{GERMAN}l1,berta@gmx.example,{one.format('2026-05-01')}{others}"
    (tmp_path / "leads.csv").write_text(first)
    _load(home, tmp_path / "leads.csv")
    (tmp_path / "consent.csv").write_text(
        "lead_source_id,email,channel,status,captured_at,double_opt_in,lawful_basis\n"
        "l1,berta@gmx.example,email,opt_in,2026-06-01,true,consent\n"
    )
    _load(home, tmp_path / "consent.csv", "consent")
    run_nightly(home, as_of=AS_OF)
    _came(home, tmp_path, 1)
    # The newer lead stands for her now; of that mailbox nobody has said yes.
    newer = f"{GERMAN}l2,b.muster@web.example,{one.format('2026-09-01')}"
    (tmp_path / "newer.csv").write_text(newer)
    _load(home, tmp_path / "newer.csv")
    points = [row["contact_point"] for row in run_claim(home, count=5, **HUMAN).claims]
    assert "b.muster@web.example" not in points


def test_an_ai_without_a_share_gets_nobody_who_came(home, tmp_path):
    _came(home, tmp_path, 9)
    set_share_of_ai(home, 0.0, "stopped")
    first = [row["handover"]["first"] for row in run_claim(home, count=PEOPLE, **AI).claims]
    assert [one for one in first if one] == []


def test_a_full_disk_after_the_load_does_not_undo_it(home, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(judging, "_copied", full)
    _came(home, tmp_path, 9)
    assert _waiting(home) == []
    with Ledger(home.ledger) as ledger:
        assert ledger.rows("SELECT count(*) FROM run WHERE status = 'failed'") == [(0,)]
