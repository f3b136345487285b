"""The real flow against a real (ephemeral) Prefect server, through the command line."""

import json
import sqlite3

import polars as pl

from pipelines.runs.query import run_query
from pipelines.runs.steps import NIGHTLY
from pipelines.runs.summary import published_list, summarise
from tests.e2e.conftest import AS_OF


def test_the_flow_runs_the_same_stages_and_tells_prefect_nothing_personal(night, cli, published):
    (night.outbox / summarise(night).run_id).rename(night.root / "gone")
    done = cli("nightly", "--as-of", AS_OF, "--prefect", "--json", home=night)
    result = json.loads(done.stdout)
    assert not result["is_unchanged"]
    assert [stage["name"] for stage in result["stages"]] == ["load", *(name for name, _ in NIGHTLY)]
    run_id = summarise(night).run_id
    assert run_id == summarise(published).run_id
    assert published_list(night, run_id).equals(published_list(published, run_id))

    with sqlite3.connect(night.root / "prefect/prefect.db") as db:
        flows = db.execute("SELECT state_name, parameters FROM flow_run").fetchall()
        tasks = db.execute("SELECT name, state_name FROM task_run").fetchall()
        artifact = db.execute("SELECT data FROM artifact").fetchone()[0]
    db.close()
    assert [state for state, _ in flows] == ["Completed"]
    assert set(json.loads(flows[0][1])) == {"home", "as_of"}
    assert {state for _, state in tasks} == {"Completed"}
    assert {name for name, _ in NIGHTLY} <= {name for name, _ in tasks}
    listed = next(
        row["count"]
        for row in json.loads(json.loads(artifact))
        if (row["stage"], row["what"]) == ("publish", "listed")
    )
    assert listed == published_list(night, run_id).height

    kept = b"".join(p.read_bytes() for p in (night.root / "prefect").rglob("*") if p.is_file())
    assert _leaked(night, kept) == []
    assert _leaked(night, done.stderr.encode()) == []


def _leaked(home, text: bytes) -> list[str]:
    """Return contact points and ids of leads that occur in `text`."""
    leads = run_query(home, "SELECT email, phone_e164, source_id, last_name FROM lead LIMIT 3000")
    long_enough = pl.concat([leads[c] for c in ("email", "phone_e164", "source_id")]).drop_nulls()
    return [value for value in long_enough if len(value) > 8 and value.encode() in text]
