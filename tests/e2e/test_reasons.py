"""Reasons and model cards as a night publishes them."""

import json

import numpy as np
import pytest

from pipelines.runs.cards import bring_cards
from pipelines.runs.explain import explain_lead
from pipelines.runs.query import run_query
from pipelines.store import Database, create_tables
from pipelines.store.ledger import Ledger, models


def test_reasons_of_every_listed_lead_add_up_to_its_score(published):
    found = run_query(
        published,
        "SELECT raw_score, base_score + total AS told, lines, rest, reasons FROM score"
        " JOIN model USING (model_id) JOIN (SELECT lead_key, sum(contribution) AS total,"
        " count(*) AS lines, count(*) FILTER (WHERE field IS NULL) AS rest,"
        " count(*) FILTER (WHERE field IS NOT NULL AND points = 0) AS reasons"
        " FROM list_reason GROUP BY lead_key) USING (lead_key)",
    )
    listed = run_query(published, "SELECT count(*) AS n FROM decision WHERE verdict = 'listed'")
    assert found.height == listed["n"][0] > 50
    np.testing.assert_allclose(found["told"], found["raw_score"], atol=1e-9)
    assert (found["rest"] == 1).all()
    assert (found["reasons"] == 0).all()
    signs = run_query(
        published, "SELECT DISTINCT sign(points) AS sign FROM list_reason WHERE field IS NOT NULL"
    )
    assert set(signs["sign"]) == {-1, 1}


def test_explain_tells_a_listed_lead_what_the_list_tells(published):
    told = run_query(
        published,
        "SELECT lead_key, field, feature, contribution, points, reason FROM list_reason"
        " WHERE lead_key = (SELECT arg_min(lead_key, rank) FROM decision WHERE verdict = 'listed')"
        " ORDER BY position",
    )
    found = explain_lead(published, str(told["lead_key"][0]))
    strongest = told.filter(told["field"].is_not_null()).drop("lead_key").to_dicts()
    for line in strongest:
        assert line in found["reasons"]
    parts = found["adds_up"]
    total = sum(line["contribution"] for line in (*found["reasons"], parts["rest"]))
    assert parts["base_score"] + total == pytest.approx(parts["raw_score"], abs=1e-9)
    assert parts["raw_score"] == found["score"]["raw_score"]
    points = [line["points"] for line in (*found["reasons"], parts["rest"])]
    assert sum(points) == parts["points"]


def test_the_cards_are_tables(published):
    with Ledger(published.ledger) as ledger:
        standing = {record.model_id: record.status for record in models.listing(ledger)}
    told = run_query(published, "SELECT * FROM model ORDER BY model_id")
    assert dict(zip(told["model_id"], told["status"], strict=True)) == standing
    for row in told.to_dicts():
        card = json.loads((published.models / row["model_id"] / "card.json").read_text())
        where = f"FROM {{}} WHERE model_id = '{row['model_id']}'"
        counted = {
            table: run_query(published, f"SELECT count(*) AS n {where.format(table)}")["n"][0]
            for table in ("model_feature", "model_segment", "model_band", "model_gate")
        }
        assert counted == {
            "model_feature": len(card["features"]) + len(card["left_out"]),
            "model_segment": len(card["segments"]),
            "model_band": len(card["calibration"]["bands"]),
            "model_gate": len(card["gates"]),
        }
        auc = run_query(
            published,
            f"SELECT value {where.format('model_metric')} AND ranking = 'model' AND metric = 'auc'",
        )
        assert auc["value"].to_list() == [card["metrics"]["auc"]]
        assert row["manifest_sha256"] == card["hashes"]["manifest_sha256"]
        assert row["positive_count"] == sum(
            held["positives"] for name, held in card["data"]["blocks"].items() if name != "unused"
        )


class _Context:
    """What `bring_cards` needs of a run."""

    def __init__(self, home):
        self.home = home

    def ledger(self):
        return Ledger(self.home.ledger)


def test_cards_are_brought_once_and_their_standing_follows(night):
    with Database.open(night.root / "other.duckdb", read_only=False) as db:
        create_tables(db)
        bring_cards(_Context(night), db)
        first = db.frame("SELECT * FROM model ORDER BY model_id")
        gates = db.frame("SELECT count(*) AS n FROM model_gate")["n"][0]
        name = first["model_id"][0]
        with Ledger(night.ledger) as ledger:
            ledger.execute(
                "UPDATE model SET status = 'retired', reason = 'x' WHERE model_id = ?", name
            )
        (night.models / name / "manifest.json").write_text("{}")
        bring_cards(_Context(night), db)
        again = db.frame("SELECT * FROM model ORDER BY model_id")
        assert again["status"][0] == "retired"
        assert again["status_reason"][0] == "x"
        assert again.drop("status", "status_reason").equals(first.drop("status", "status_reason"))
        assert db.frame("SELECT count(*) AS n FROM model_gate")["n"][0] == gates
        # A model that cannot be read and is not published yet is passed over.
        db.run("DELETE FROM model WHERE model_id = $name", name=name)
        bring_cards(_Context(night), db)
        assert name not in set(db.frame("SELECT model_id FROM model")["model_id"])
