import hashlib

import polars as pl
import pytest

from pipelines.errors import LockedError, RefusedError
from pipelines.runs.explain import explain_lead
from pipelines.runs.load import run_load
from pipelines.runs.nightly import run_nightly
from pipelines.runs.outreach import run_claim, run_suppress
from pipelines.runs.query import run_query
from pipelines.runs.summary import published_list, summarise
from pipelines.store.ledger import Ledger, models, runs
from pipelines.store.lock import writer_lock
from pipelines.store.snapshot import current_snapshot
from tests.e2e.conftest import AS_OF, requests

CONTACT_COLUMNS = {"email", "email_key", "phone", "mobile", "phone_e164", "mobile_e164", "street"}


def _list(home):
    return published_list(home, summarise(home).run_id)


def test_every_record_of_every_file_is_accounted_for(published, world):
    files = run_query(published, "SELECT * FROM load_file")
    total = files["loaded"] + files["updated"] + files["unchanged"]
    assert (files["records"] == total + files["duplicates"] + files["quarantined"]).all()
    assert files["quarantined"].sum() > 0
    leads = files.filter(kind="leads")
    assert run_query(published, "SELECT count(*) AS n FROM lead")["n"][0] == leads["loaded"].sum()


def test_the_funnel_adds_up(published):
    funnel = {(row["step"], row["detail"]): row["count"] for row in summarise(published).funnel}
    step = {name: sum(n for (s, _), n in funnel.items() if s == name) for name, _ in funnel}
    elsewhere = step["quarantined"] + step.get("superseded", 0) + step.get("known", 0)
    assert step["records"] == step["leads"] + elsewhere
    assert step["leads"] == step["persons"] + step["duplicates"]
    assert step["persons"] == step["scored"] + step["not_eligible"]
    assert step["scored"] == step["listed"] + step["not_listed"]


def test_nobody_who_said_no_is_listed(published, world):
    """The generator's own truth, which no stage reads, agrees."""
    truth = pl.read_parquet(world / "truth/leads.parquet")
    listed = _list(published).join(truth, on=["source_system", "source_id"], how="left")
    assert listed.height > 50
    assert not listed["is_objector"].any()
    for channel in ("email", "phone", "sms", "ai_voice"):
        refused = listed.filter(pl.col("channel") == channel)[f"consent_{channel}"] == "opt_out"
        assert not refused.any(), channel
    assert listed["converted_at"].null_count() == listed.height


def test_the_list_holds_no_contact_points_and_every_row_has_reasons(published):
    listed = _list(published)
    assert not CONTACT_COLUMNS & set(listed.columns)
    assert listed["reasons"].null_count() == 0
    assert listed["rank"].is_sorted()
    assert listed["person_key"].is_unique().all()
    text = (published.outbox / summarise(published).run_id / "list.csv").read_text()
    assert ".example" not in text


def test_the_best_are_listed_first(published):
    decided = run_query(
        published,
        "SELECT verdict, min(rank) AS best, max(rank) AS worst FROM decision"
        " WHERE verdict IN ('listed', 'below_capacity') AND email_reasons = 0 GROUP BY verdict",
    )
    found = {row["verdict"]: row for row in decided.to_dicts()}
    assert found["below_capacity"]["best"] > found["listed"]["best"]
    lane = _list(published).filter(channel="email")
    assert lane.height == 120
    assert lane.filter(slice="explore").height in {2, 3}
    # capacity by e-mail is used up, so whoever is below the cut and ranks above somebody who was
    # chosen has a company, an address or a number in common with somebody on the list, or is
    # for people, who send no e-mail here
    alone = run_query(
        published,
        "SELECT count(*) AS n FROM decision JOIN lead USING (lead_key)"
        " WHERE verdict = 'below_capacity' AND email_reasons = 0"
        f" AND rank < {lane.filter(slice='exploit')['rank'].max()} AND decision.person_key NOT IN"
        " (SELECT person_key FROM route_rule WHERE must = 'human') AND NOT EXISTS ("
        " SELECT 1 FROM decision AS other JOIN lead AS theirs USING (lead_key)"
        " WHERE other.verdict = 'listed' AND (theirs.email_domain = lead.email_domain"
        " OR lower(theirs.company) = lower(lead.company) AND theirs.country = lead.country"
        " OR theirs.phone_e164 IN (lead.phone_e164, lead.mobile_e164)))",
    )
    assert alone["n"][0] == 0


def test_a_second_run_does_nothing_and_a_rerun_gives_the_same_bytes(night):
    before = current_snapshot(night)
    assert run_nightly(night, as_of=AS_OF).is_unchanged
    assert current_snapshot(night) == before
    path = night.outbox / summarise(night).run_id / "list.parquet"
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    csv = path.with_name("list.csv").read_bytes()
    path.parent.rename(night.root / "gone")
    assert not run_nightly(night, as_of=AS_OF).is_unchanged
    assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
    assert path.with_name("list.csv").read_bytes() == csv


def test_loading_everything_again_changes_nothing(night, world):
    before = current_snapshot(night)
    for file in run_load(night, requests(world)):
        entry = file.to_json()
        assert entry["was_loaded_before"]
        assert entry["loaded"] == entry["updated"] == 0
    assert current_snapshot(night) == before


def test_a_failing_stage_leaves_what_was_published(night, monkeypatch):
    before = current_snapshot(night)

    def broken(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.runs.steps.decide", broken)
    run_suppress(night, ["somebody.else@elsewhere.example"], channel=None, reason="r")
    with pytest.raises(KeyboardInterrupt):
        run_nightly(night, as_of=AS_OF)
    assert current_snapshot(night) == before
    assert not list(night.staging.iterdir())
    with Ledger(night.ledger) as ledger:
        assert runs.last(ledger).status == "failed"
    monkeypatch.undo()
    assert not run_nightly(night, as_of=AS_OF).is_unchanged
    assert current_snapshot(night) != before


def test_one_writer_at_a_time(night):
    with writer_lock(night.lock), pytest.raises(LockedError):
        run_nightly(night, as_of=AS_OF)


def test_an_audit_that_fails_publishes_nothing(night, monkeypatch):
    before = current_snapshot(night)
    monkeypatch.setattr("pipelines.runs.steps.lanes", lambda _: _too_generous())
    run_suppress(night, ["x@elsewhere.example"], channel=None, reason="r")
    with pytest.raises(RefusedError, match="lists_keep_to_capacity"):
        run_nightly(night, as_of=AS_OF)
    assert current_snapshot(night) == before


def _too_generous():
    from pipelines.triage import Lane

    return [Lane("email", "ai", 50), Lane("email", "ai", 50)]


def test_a_suppressed_person_leaves_the_list_at_once_and_for_good(night):
    first = run_claim(night, channel="email", handler="ai", count=1).rows
    second = _list(night).filter(channel="email")["lead_key"].to_list()[1]
    address = run_query(night, f"SELECT email FROM lead WHERE lead_key = {second}")["email"][0]
    run_suppress(night, [address], channel=None, reason="said stop")
    claimed = run_claim(night, channel="email", handler="ai", count=500)
    assert second not in claimed.rows["lead_key"].to_list()
    assert first["lead_key"][0] not in claimed.rows["lead_key"].to_list()
    assert claimed.withheld >= 1
    run_nightly(night, as_of=AS_OF)
    assert second not in _list(night)["lead_key"].to_list()
    why_not = explain_lead(night, str(second))
    assert all(
        "SUPPRESSED" in {reason["code"] for reason in entry["reasons"]}
        for entry in why_not["eligibility"]
    )


def test_a_ledger_that_has_lost_suppressions_publishes_nothing(night):
    with Ledger(night.ledger) as ledger:
        ledger.execute("DELETE FROM suppressed_point")
    with pytest.raises(RefusedError, match="gone from the ledger"):
        run_nightly(night, as_of=AS_OF)


def test_without_a_model_the_night_says_so(night):
    with Ledger(night.ledger) as ledger:
        ledger.execute("UPDATE model SET status = 'retired'")
        assert models.champion(ledger, "dated", "full") is None
    run_nightly(night, as_of=AS_OF)
    listed = _list(night)
    assert set(listed["score_source"]) == {"none"}
    assert listed["probability"].null_count() == listed.height
    assert listed["reasons"].str.starts_with("can be reached by ").all()
    assert "no model is in force" in str(summarise(night).ordered_by["words"])


def test_a_damaged_model_is_found_before_the_night_begins(night):
    with Ledger(night.ledger) as ledger:
        champion = models.champion(ledger, "dated", "full")
        before = ledger.rows("SELECT count(*) FROM run")
    text = night.models / champion / "model.txt"
    text.write_text(text.read_text().replace("leaf_value=", "leaf_value=1", 1))
    snapshot = current_snapshot(night)
    with pytest.raises(RefusedError, match=r"model\.txt"):
        run_nightly(night, as_of=AS_OF.replace(day=2))
    assert current_snapshot(night) == snapshot
    with Ledger(night.ledger) as ledger:
        assert ledger.rows("SELECT count(*) FROM run") == before


def test_explain_says_why_and_why_not(published):
    key = _list(published)["lead_key"][0]
    found = explain_lead(published, str(key))
    assert found["decision"]["verdict"] == "listed"
    assert found["reasons"]
    assert any(entry["may_contact"] for entry in found["eligibility"])
    blocked = run_query(
        published, "SELECT lead_key FROM decision WHERE verdict = 'not_eligible' LIMIT 1"
    )
    found = explain_lead(published, str(blocked["lead_key"][0]))
    assert found["route"] == "none"
    assert all(entry["reasons"] for entry in found["eligibility"])


def test_an_analyst_finds_every_table_view_and_column_explained(published):
    columns = run_query(
        published,
        "SELECT table_name, column_name FROM duckdb_columns() WHERE comment IS NULL"
        " AND NOT internal AND database_name = current_catalog()",
    )
    assert columns.rows() == []
    tables = run_query(
        published,
        "SELECT table_name AS name, comment FROM duckdb_tables()"
        " WHERE database_name = current_catalog() UNION ALL"
        " SELECT view_name, comment FROM duckdb_views() WHERE NOT internal",
    )
    assert tables["comment"].null_count() == 0
    assert {"lead", "decision", "decision_reason"} <= set(tables["name"])


def test_a_run_stopped_after_its_swap_has_published(night, monkeypatch):
    from pipelines.runs import steps

    real = steps.publish_staged

    def stopped(*arguments, **named):
        real(*arguments, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr("pipelines.runs.steps.publish_staged", stopped)
    run_suppress(night, ["x@elsewhere.example"], channel=None, reason="r")
    with pytest.raises(KeyboardInterrupt):
        run_nightly(night, as_of=AS_OF)
    monkeypatch.undo()
    with Ledger(night.ledger) as ledger:
        record = runs.last(ledger)
    assert (record.status, record.run_id) == ("published", summarise(night).run_id)
    assert run_nightly(night, as_of=AS_OF).is_unchanged
