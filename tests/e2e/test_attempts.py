"""What is reported of a contact binds the next claim, and the next night, whatever way it comes."""

import io
import json
import shutil
import subprocess
import sys

import polars as pl
import pytest

from pipelines.console.attempting import take_stream
from pipelines.errors import BadInputError
from pipelines.runs.attempts import AttemptDesk, land_attempts
from pipelines.runs.landing import pending_batches, resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim
from pipelines.runs.summary import published_list, summarise
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger
from pipelines.store.snapshot import current_snapshot
from tests.e2e.conftest import NO_CONTROL

# Disposition to whether somebody may be written to again once the recontact interval is over.
EVERY = {
    "sent": True,
    "delivered": True,
    "opened": True,
    "bounced": False,
    "no_answer": True,
    "answered": True,
    "replied": True,
    "meeting": True,
    "callback_at": True,
    "escalated": True,
    "opted_out": False,
    "complaint": False,
    "wrong_number": True,  # this person is written to, not called
    "left_company": False,
}
# Of every disposition one attempt lately and one long ago, each on a person of its own.
ATTEMPTED = [
    (f"p{n}", word, when)
    for n, (word, when) in enumerate((w, when) for w in EVERY for when in ("lately", "ago"))
]
OTHERS = {f"l{n}" for n in range(8)}
EVERYBODY = OTHERS | {one for one, _, _ in ATTEMPTED}
SETTINGS = f"""
{NO_CONTROL}[feeds]
customers = "none"
[capacity.email]
ai = 0
human = 50
[identify]
fuzzy = false
"""


def _fill(folder):
    home = Home(folder / "home").ensure()
    home.settings_file.write_text(SETTINGS)
    rows = [
        (one, f"{one}@firm-{one}.example", "Ann", f"Lee {one}", "US", "2026-05-01")
        for one in sorted(EVERYBODY)
    ]
    names = ["source_id", "email", "first_name", "last_name", "country", "created_at"]
    pl.DataFrame(rows, schema=names, orient="row").write_csv(folder / "leads.csv")
    _load(home, folder / "leads.csv", "leads")
    run_nightly(home)
    assert _listed(home) == EVERYBODY


@pytest.fixture
def home(tmp_path, once):
    """A home of its own that has listed everybody by e-mail."""
    shutil.copytree(once("attempts", _fill) / "home", tmp_path / "home", symlinks=True)
    return Home(tmp_path / "home")


def _load(home, path, kind):
    return run_load(home, [LoadRequest([path], kind, resolve_mapping("auto"), "crm")])


def _listed(home):
    return set(published_list(home, summarise(home).run_id)["source_id"])


def _claimed(home, count=100):
    return run_claim(home, channel="email", handler="human", count=count).claims


def _stored(home, columns="attempt_id, lead_key, claim_id, disposition"):
    with Database.open(current_snapshot(home), read_only=True) as db:
        return db.frame(f"SELECT {columns} FROM contact_attempt ORDER BY attempt_id").to_dicts()


def _stream(home, monkeypatch, lines):
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home.root))
    answers = io.StringIO()
    text = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in lines)
    try:
        take_stream(io.BytesIO(text.encode()), answers)
        error = None
    except BadInputError as found:
        error = found
    return [json.loads(line) for line in answers.getvalue().splitlines()], error


def test_every_disposition_binds_the_next_claim_and_the_next_night(home, tmp_path, monkeypatch):
    at = {"lately": now().isoformat(), "ago": "2026-06-01T10:00:00Z"}
    reports = [
        {"lead": f"crm:{one}", "channel": "email", "at": at[when], "disposition": word}
        | ({"callback_at": "2026-06-09"} if word == "callback_at" else {})
        for one, word, when in ATTEMPTED
    ]
    answers, error = _stream(home, monkeypatch, reports)
    assert error is None
    assert {answer["outcome"] for answer in answers} == {"recorded"}
    assert all(answer["is_unclaimed"] for answer in answers)
    may = OTHERS | {one for one, word, when in ATTEMPTED if EVERY[word] and when == "ago"}
    ledger_only = shutil.copytree(home.root, tmp_path / "copy", symlinks=True)
    # An answer to whoever was passed on to a person, or has written to us, waits for no interval.
    passed_on, came = (
        {one for one, word, when in ATTEMPTED if word == said and when == "lately"}
        for said in ("escalated", "replied")
    )
    assert {one["source_id"] for one in _claimed(Home(ledger_only))} == may | passed_on
    run_nightly(home)
    # A night is decided as of its midnight: what is paced or dated since is left to the claim.
    dated = {word for word, is_open in EVERY.items() if is_open} | {"left_company"}
    lately = {one for one, word, when in ATTEMPTED if word in dated and when == "lately"}
    assert _listed(home) == may | lately
    assert len(_stored(home)) == len(ATTEMPTED)
    assert {one["source_id"] for one in _claimed(home)} == may | passed_on | came


def test_an_attempt_ends_the_lease_or_keeps_it_and_the_person_stays_out(home):
    claims = {one["source_id"]: one["claim_id"] for one in _claimed(home)}
    with AttemptDesk(home) as desk:
        assert not desk.take({"claim_id": claims["l1"], "disposition": "no_answer"}).is_unclaimed
        desk.take({"claim_id": claims["l2"], "disposition": "sent"})
        desk.take(
            {"claim_id": claims["l3"], "disposition": "no_answer", "at": "2026-01-01T00:00:00Z"}
        )
    with Ledger(home.ledger) as ledger:
        ended = ledger.rows("SELECT claim_id FROM claim WHERE released_at IS NOT NULL")
    assert ended == [(claims["l1"],)]
    assert _claimed(home) == []


def test_who_asked_to_be_called_later_is_out_until_then(home, tmp_path):
    later = now().replace(year=now().year + 1).isoformat()
    for until, is_out in (("2026-07-01", False), (later, True)):
        report = {
            "lead": "crm:l1", "channel": "email", "at": "2026-06-01", "attempt_id": "a1",
            "disposition": "callback_at", "callback_at": until,
        }  # fmt: skip
        copy = Home(shutil.copytree(home.root, tmp_path / f"h{is_out}", symlinks=True))
        with AttemptDesk(copy) as desk:
            desk.take(report)
        assert ("l1" in {one["source_id"] for one in _claimed(copy)}) is not is_out


def test_the_store_takes_each_attempt_once_however_often_it_comes(home, tmp_path):
    claim, other = _claimed(home, 2)
    with AttemptDesk(home) as desk:
        desk.take({**claim, "disposition": "replied", "attempt_id": "a1", "note_ref": "crm/77"})
        with Ledger(home.ledger) as ledger:
            assert land_attempts(home, ledger, at=now()) == 1
            # A run was killed before it could note what it had landed.
            ledger.execute("UPDATE attempt SET batch_id = NULL")
        desk.take({**other, "disposition": "opted_out", "attempt_id": "a2"})
    run_nightly(home)
    assert run_nightly(home).is_unchanged
    assert _stored(home) == [
        {"attempt_id": "a1", "claim_id": claim["claim_id"], "disposition": "replied",
         "lead_key": claim["lead_key"]},
        {"attempt_id": "a2", "claim_id": other["claim_id"], "disposition": "opted_out",
         "lead_key": other["lead_key"]},
    ]  # fmt: skip
    with Database.open(current_snapshot(home), read_only=True) as db:
        loaded = db.frame("SELECT * FROM load_file WHERE kind = 'attempts'").to_dicts()
    assert sum(one["loaded"] for one in loaded) == 2
    assert sum(one["unchanged"] for one in loaded) == 1
    at = _stored(home, 'attempt_id, "at"')[0]["at"].isoformat()
    (tmp_path / "attempts.csv").write_text(
        "attempt_id,claim_id,lead_source_id,channel,handler,at,disposition,note\n"
        f"a1,{claim['claim_id']},{claim['source_id']},email,human,{at}Z,replied,crm/77\n"
    )
    found = _load(home, tmp_path / "attempts.csv", "attempts")[0].to_json()
    assert (found["loaded"], found["updated"], found["unchanged"]) == (0, 0, 1)
    assert len(_stored(home)) == 2


def test_what_is_reported_binds_before_it_is_merged_and_claims_go_on(home):
    first, second = _claimed(home, 2)
    with AttemptDesk(home) as desk:
        desk.take({**first, "disposition": "opted_out"})
        desk.take({**second, "disposition": "complaint"})
    with Ledger(home.ledger) as ledger:
        land_attempts(home, ledger, at=now())
        # Whatever became of the leases since: only what was reported holds them back.
        ledger.execute("DELETE FROM claim_account")
        ledger.execute("DELETE FROM claim")
    assert pending_batches(home)
    left = {one["source_id"] for one in _claimed(home)}
    assert left == EVERYBODY - {first["source_id"], second["source_id"]}


def test_a_no_of_a_lead_that_comes_later_binds_it_in_the_night_that_brings_it(
    home, tmp_path, monkeypatch
):
    reports = [
        {"lead": "crm:late1", "channel": "email", "attempt_id": "x", "disposition": "opted_out"},
        {"claim_id": "0" * 32, "disposition": "no_answer"},
    ]
    answers, error = _stream(home, monkeypatch, reports)
    assert [one["outcome"] for one in answers] == ["set_aside", "set_aside"]
    assert error is not None
    assert "1 that say no" in str(error)
    (home.inbox / "leads" / "crm").mkdir(parents=True)
    (home.inbox / "leads" / "crm" / "late.csv").write_text(
        "source_id,email,first_name,last_name,country,created_at\n"
        "late1,zed@z1.example,Zed,Zo,US,2026-05-01\nlate2,yak@z2.example,Yak,Yo,US,2026-05-01\n"
    )
    run_nightly(home)
    assert "late2" in _listed(home)
    assert "late1" not in _listed(home)
    assert [one["attempt_id"] for one in _stored(home)] == ["x"]
    with Ledger(home.ledger) as ledger:
        land_attempts(home, ledger, at=now())
        assert ledger.rows("SELECT count(*) FROM attempt WHERE lead_key IS NULL") == [(1,)]
        assert ledger.rows("SELECT count(*) FROM suppression WHERE reason = 'opted_out'") == [(1,)]


def test_bad_lines_are_named_and_do_not_stop_the_others(home, monkeypatch):
    claim = _claimed(home, 1)[0]
    lines = [
        "disposition,claim_id,at",
        "no_answer,123,",
        "no such word ann@firm.example,,",
        "",
        "no_answer",
        f'opted_out,"{claim["claim_id"]}",2026-10-05T10:00:00+02:00',
        f"sent,{claim['claim_id']},2999-01-01",
    ]
    answers, error = _stream(home, monkeypatch, lines)
    assert [(one["line"], one["outcome"]) for one in answers] == [
        (2, "refused"), (3, "refused"), (5, "refused"), (6, "recorded"), (7, "refused"),
    ]  # fmt: skip
    assert error is not None
    assert error.exit_code == 65
    assert "ann@firm" not in json.dumps(answers) + str(error)


def test_each_line_is_on_disk_before_it_is_answered(home):
    claims = _claimed(home, 4)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "pipelines.cli", "attempt", "--stdin"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin", "LEAD_TRIAGE_HOME": str(home.root)},
    )
    for claim in claims[:2]:
        process.stdin.write(json.dumps({**claim, "disposition": "opted_out"}).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["outcome"] == "recorded"
    process.kill()
    process.communicate()
    with AttemptDesk(home) as desk:
        outcomes = [desk.take({**one, "disposition": "opted_out"}).outcome for one in claims]
    assert outcomes == ["duplicate", "duplicate", "recorded", "recorded"]


def test_two_processes_at_once_lose_nothing_and_take_nothing_twice(home):
    claims = _claimed(home)
    lines = "".join(
        json.dumps({**claim, "disposition": "no_answer", "attempt_id": f"a{n}"}) + "\n"
        for n, claim in enumerate(claims * 3)
    )
    # Both bring all of them, so every attempt is a race.
    racers = [
        subprocess.Popen(
            [sys.executable, "-P", "-m", "pipelines.cli", "attempt", "--stdin"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PATH": "/usr/bin:/bin", "LEAD_TRIAGE_HOME": str(home.root)},
        )
        for _ in range(2)
    ]
    for racer in racers:
        racer.stdin.write(lines)
        racer.stdin.close()
        racer.stdin = None
    told = [json.loads(line) for racer in racers for line in racer.communicate()[0].splitlines()]
    assert all(racer.returncode == 0 for racer in racers)
    outcomes = [one["outcome"] for one in told]
    assert outcomes.count("recorded") == outcomes.count("duplicate") == len(claims) * 3
    with Ledger(home.ledger) as ledger:
        assert ledger.rows("SELECT count(*) FROM attempt") == [(len(claims) * 3,)]
