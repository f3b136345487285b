import sqlite3
import stat
from datetime import date, datetime

import pytest

from pipelines.errors import LockedError, RefusedError, StoreError
from pipelines.store.ledger import Ledger, claims, models, runs

AT = datetime(2026, 1, 2, 3, 4, 5)


@pytest.fixture
def ledger(home):
    with Ledger(home.ledger) as opened:
        yield opened


def test_only_its_owner_reads_it(home, ledger):
    assert stat.S_IMODE(home.ledger.stat().st_mode) == 0o600


def test_a_newer_home_is_refused(home, ledger):
    with sqlite3.connect(home.ledger) as raw:
        raw.execute("PRAGMA user_version = 99")
    raw.close()
    with pytest.raises(RefusedError, match="format 99"):
        Ledger(home.ledger)


def test_a_file_that_is_no_ledger_is_a_clear_error(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all, but long enough" * 10)
    with pytest.raises(StoreError, match="not a ledger"):
        Ledger(path)


def test_a_transaction_is_all_or_nothing(ledger):
    with pytest.raises(ZeroDivisionError), ledger.transaction():
        ledger.execute("INSERT INTO meta VALUES ('k', 'v')")
        raise ZeroDivisionError
    assert ledger.rows("SELECT * FROM meta WHERE key = 'k'") == []


def test_a_second_writer_waits_and_then_gives_up(home, ledger, monkeypatch):
    monkeypatch.setattr("pipelines.store.ledger.connection._BUSY_S", 0.05)
    with Ledger(home.ledger) as other, ledger.transaction():
        transaction = other.transaction()
        with pytest.raises(LockedError):
            transaction.__enter__()


def _decision(model_id, action, variant="full"):
    return models.Decision(model_id, "dated", variant, action, AT, "me", f"{action} {model_id}")


def test_one_champion_per_population_and_variant(ledger):
    models.decide(ledger, _decision("a", "promote"), _decision("b", "promote"))
    models.decide(ledger, _decision("c", "promote", "lead_only"))
    assert models.champion(ledger, "dated", "full") == "b"
    assert {m.model_id: m.status for m in models.listing(ledger)} == {
        "a": "retired",
        "b": "champion",
        "c": "champion",
    }


def test_every_decision_stays_with_its_reason(ledger):
    taken = [_decision("a", "refuse"), _decision("a", "promote"), _decision("a", "reject")]
    models.decide(ledger, *taken)
    assert models.history(ledger) == taken
    assert [m.status for m in models.listing(ledger)] == ["rejected"]


def test_a_model_that_its_gates_refuse_again_stays_in_force(ledger):
    models.decide(ledger, _decision("a", "promote"), _decision("a", "refuse"))
    assert models.champion(ledger, "dated", "full") == "a"


def test_going_back_goes_further_back_each_time_and_past_the_rejected(ledger):
    models.decide(ledger, *(_decision(name, "promote") for name in "abcd"))
    models.decide(ledger, _decision("x", "refuse"), _decision("b", "reject"))
    found = []
    while (name := models.before(ledger, "dated", "full")) is not None:
        found.append(name)
        models.decide(ledger, _decision(name, "rollback"))
        assert models.champion(ledger, "dated", "full") == name
    assert found == ["c", "a"]
    models.decide(ledger, _decision("e", "promote"))
    assert models.before(ledger, "dated", "full") == "a"


def test_a_ledger_without_decisions_gets_them_from_its_models(home, ledger):
    models.decide(ledger, _decision("a", "promote"), _decision("b", "promote"))
    with sqlite3.connect(home.ledger) as raw:
        raw.execute("DROP TABLE model_decision")
        raw.execute("PRAGMA user_version = 3")
    raw.close()
    with Ledger(home.ledger) as upgraded:
        assert models.before(upgraded, "dated", "full") == "a"


def test_a_claim_is_out_until_it_is_released_or_its_lease_ends(ledger):
    later = datetime(2026, 1, 3)
    claims.record(ledger, [claims.Claim("c1", "run", 7, 7, "email", "ai", AT, later)])
    assert claims.out(ledger, AT, AT) == {7}
    assert claims.out_of(ledger, [7, 8], AT, AT) == {7}
    assert claims.out(ledger, later, later) == set()
    assert claims.release(ledger, ["c1", "unknown"], AT) == 1
    assert claims.out(ledger, AT, AT) == set()


def test_an_exported_claim_counts_as_an_approach_beyond_its_lease(ledger):
    later = datetime(2026, 1, 3)
    one = claims.Claim("c1", "run", 7, 7, "email", "ai", AT, later)
    claims.record(ledger, [one], is_export=True)
    assert claims.out(ledger, later, datetime(2026, 1, 1)) == {7}
    assert claims.out(ledger, later, later) == set()


def test_a_run_and_its_stages_are_remembered(ledger):
    runs.begin(
        ledger,
        "r1",
        kind="nightly",
        as_of=date(2026, 1, 2),
        at=AT,
        code_version="0",
        config_hash="h",
        model_id=None,
    )
    runs.stage_done(ledger, "r1", "merge", AT, 1.5, {"leads": 3})
    runs.stage_done(ledger, "r1", "score", AT, 0.5, {"scored": 2})
    runs.finish(ledger, "r1", status="published", at=AT, suppression_count=4)
    assert [stage.name for stage in runs.stages(ledger, "r1")] == ["merge", "score"]
    assert runs.last(ledger, "nightly", "published").run_id == "r1"
