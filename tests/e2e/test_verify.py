"""`verify` and `explain --night`: the past of a home is whole, and answers."""

import json
import shutil
from datetime import timedelta

import polars as pl
import pytest

from features.errors import FeatureError
from features.featureset import FeatureSet
from pipelines.errors import UsageError
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_pause, run_release, run_resume, run_suppress
from pipelines.runs.past import explain_past
from pipelines.runs.verify import run_verify
from pipelines.store import Database
from pipelines.store.audit import files
from pipelines.store.ledger import Ledger, proof
from pipelines.store.snapshot import current_snapshot
from tests.e2e.conftest import AS_OF


def _log(home):
    return [json.loads(t) for p in files.months(home.audit) for t in p.read_text().splitlines()]


def _flip(path, place=-5):
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.chmod(0o600)
    path.write_bytes(content)


def test_every_listed_row_has_exactly_one_entry(published):
    assert run_verify(published).findings == []
    log = _log(published)
    nights = [entry for entry in log if entry["action"] == "published" and "listed" in entry]
    assert len(nights) == 1
    listed = pl.read_parquet(published.outbox / nights[0]["run"] / "list.parquet")
    entries = [e for e in log if e["action"] == "listed"]
    wanted = listed.select("rank", "lead_key", "person_key", "channel", "handler").rows()
    assert [
        (e["rank"], e["lead"], e["person"], e["channel"], e["handler"]) for e in entries
    ] == wanted
    made_of = ("code_hash", "config_hash", "policy_hash", "model_hash", "input_hash")
    assert all(len(nights[0][name]) == 64 for name in made_of)
    with Ledger(published.ledger) as ledger:
        assert '"policy"' in proof.settings_of(ledger, nights[0]["config_hash"])


def test_no_contact_point_is_in_the_log(night, cli):
    claims = cli(
        "claim", "--channel", "email", "--handler", "ai", "-n", 5, "--export", "out.jsonl",
        home=night,
    )  # fmt: skip
    assert claims.returncode == 0
    run_suppress(night, ["jane@example.com"], channel=None, reason="jane@example.com wrote")
    text = "".join(path.read_text() for path in files.months(night.audit))
    assert "@" not in text


def test_what_is_done_by_day_is_in_the_log(night, cli):
    told = cli(
        "claim", "--channel", "email", "--handler", "ai", "-n", 2, "--json",
        home=night, parse=True,
    )  # fmt: skip
    ids = [row["claim_id"] for row in told["claims"]]
    assert run_release(night, [*ids, ids[0]]) == len(ids)
    run_pause(night, channel="email", handler=None, reason="")
    run_resume(night, channel=None, handler=None)
    run_suppress(night, ["x@y.example"], channel=None, reason="asked")
    log = [entry for entry in _log(night) if entry["n"] > len(_log(night)) - len(ids) * 2 - 3]
    assert [(entry["action"], entry.get("claim")) for entry in log] == [
        *(("claimed", claim) for claim in ids),
        *(("released", claim) for claim in ids),
        ("paused", None),
        ("resumed", None),
        ("suppressed", None),
    ]
    assert run_verify(night).is_whole


def _snapshot(home):
    return current_snapshot(home)


def _list(home):
    return next(home.outbox.glob("*/list.csv"))


def _batch(home):
    return next(home.batches.glob("*/*.parquet"))


def _model(home):
    return next(home.models.glob("*/model.txt"))


@pytest.mark.parametrize("choose", [_snapshot, _list, _batch, _model])
def test_a_changed_file_is_named(night, choose):
    path = choose(night)
    _flip(path, 5_000 if choose is _snapshot else -5)
    findings = run_verify(night).findings
    assert findings
    name = path.name if choose is _snapshot else path.parent.name
    assert all(name in finding for finding in findings)


def test_a_model_of_older_code_is_still_the_one_decided_about(night, monkeypatch):
    def refuse(*_):
        raise FeatureError("other features", "these", "train again")

    monkeypatch.setattr(FeatureSet, "from_json", refuse)
    assert run_verify(night).findings == []
    assert run_verify(night).models > 0


def test_a_batch_that_is_gone_is_named(night):
    folder = _batch(night).parent
    folder.rename(night.root / "elsewhere")
    assert run_verify(night).findings == [f"store/batches/{folder.name}: the batch is gone"]


def test_a_log_that_is_gone_is_missed(night):
    shutil.rmtree(night.audit)
    assert "gone from the end of the log" in run_verify(night).findings[0]
    with Ledger(night.ledger) as ledger:
        ledger.execute("DELETE FROM audit_head")
        ledger.execute("DELETE FROM audit_pending")
    assert "the audit log is gone" in run_verify(night).findings[0]


def test_settings_that_are_changed_are_named(night):
    with Ledger(night.ledger) as ledger:
        ledger.execute("UPDATE settings SET content = replace(content, '120', '121')")
    assert all("settings" in finding for finding in run_verify(night).findings)
    assert not run_verify(night).is_whole


def test_the_command_ends_with_65(night, cli):
    assert cli("verify", "--json", home=night, parse=True)["is_whole"]
    _flip(files.months(night.audit)[0], 100)
    done = cli("verify", home=night, code=65)
    assert "line 1" in done.stdout
    assert "not what was written" in done.stderr


def test_a_run_that_died_after_its_swap_is_recorded_by_the_next(night, monkeypatch):
    run_suppress(night, ["x@y.example"], channel=None, reason="asked")

    def die(*_, **__):
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr("pipelines.runs.publication.record_publication", die)
        patched.setattr("pipelines.runs.ending.record_publication", die)
        run_nightly(night, as_of=AS_OF)
    assert not run_verify(night).is_whole
    assert run_nightly(night, as_of=AS_OF).is_unchanged
    assert run_verify(night).is_whole


def test_a_past_night_answers_for_everybody(night):
    with Database.open(current_snapshot(night), read_only=True) as db:
        first = db.frame("SELECT * FROM decision ORDER BY lead_key")
        reasons = db.frame("SELECT * FROM list_reason ORDER BY lead_key, position")
    settings = night.settings_file.read_text()
    night.settings_file.write_text(settings.replace("ai = 120", "ai = 90"))
    run_nightly(night, as_of=AS_OF + timedelta(days=1))
    chosen = (
        first.filter(verdict="listed")
        .tail(8)
        .vstack(first.filter(pl.col("verdict") != "listed").sample(8, seed=1))
    )
    for row in chosen.to_dicts():
        told = explain_past(night, str(row["lead_key"]), night=AS_OF)
        assert told["decision"] == {"person_key": row["person_key"], "verdict": row["verdict"]}
        is_open = {entry["channel"]: entry["may_contact"] for entry in told["eligibility"]}
        assert is_open == {c: row[f"{c}_reasons"] == 0 for c in is_open}
        if row["verdict"] != "listed":
            assert (told["listed"], told["reasons"], told["log"]) == (None, [], [])
            continue
        assert told["listed"]["rank"] == row["rank"]
        assert told["listed"]["probability"] == row["probability"]
        wanted = reasons.filter(lead_key=row["lead_key"])["reason"].to_list()
        assert [line["reason"] for line in told["reasons"]] == wanted
        assert [entry["action"] for entry in told["log"]] == ["listed"]
        assert told["log"][0]["rank"] == row["rank"]
    by_run = explain_past(night, str(row["lead_key"]), run_id=row["run_id"])
    assert by_run == told
    with pytest.raises(UsageError, match="2026-10-02"):
        explain_past(night, str(row["lead_key"]), night=AS_OF - timedelta(days=1))
