"""What a user sees: results, one clear line for bad input, and the exit code."""

import json
import shutil
import sqlite3

import polars as pl
import pytest

from pipelines.load import load_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.train import run_train
from pipelines.settings.home import Home
from pipelines.store.lock import writer_lock
from tests.e2e.conftest import AS_OF

BANK = "source_system = 'bank'\n[label]\ncolumn = 'y'\npositive = ['yes']\n"


def _write_campaign(folder):
    rows = pl.DataFrame({"row": range(1200)}).with_columns(
        age=pl.col("row") % 60 + 20, job=pl.col("row").mod(7).cast(pl.String)
    )
    chance = (pl.col("row").hash(3) % 100).cast(pl.Int64)
    # a step that a linear model cannot follow, so that the gate against logistic regression passes
    likely = pl.when(pl.col("age") % 30 < 10).then(55).otherwise(12)
    frame = rows.with_columns(
        y=pl.when(chance < likely).then(pl.lit("yes")).otherwise(pl.lit("no"))
    )
    frame.drop("row").write_csv(folder / "bank.csv", separator=";")
    (folder / "bank.toml").write_text(BANK)


@pytest.fixture
def campaign(tmp_path):
    """A file without dates whose outcome follows one of its columns."""
    _write_campaign(tmp_path)
    return tmp_path


@pytest.fixture
def trained(campaign, once):
    """The same, and a home that has trained on it."""

    def fill(folder):
        _write_campaign(folder)
        home = Home(folder / "home")
        mapping = load_mapping(folder / "bank.toml")
        run_load(home, [LoadRequest([folder / "bank.csv"], "leads", mapping)])
        run_train(home, as_of=AS_OF)

    shutil.copytree(once("campaign", fill) / "home", campaign / "home", symlinks=True)
    return campaign


def test_load_train_and_score_a_file_without_dates(campaign, cli):
    loaded = cli("load", "bank.csv", "--mapping", "bank.toml", "--json", parse=True)["files"][0]
    assert (loaded["records"], loaded["loaded"], loaded["quarantined"]) == (1200, 1200, 0)
    trained = cli("train", "--json", parse=True)
    assert set(trained) >= {"model_id", "kind", "label", "metrics", "features", "leakage", "gates"}
    assert {"auc", "average_precision", "lift_at_10pct"} <= set(trained["metrics"])
    assert set(trained["leakage"][0]) >= {"feature", "verdict", "value", "reason"}
    shown = cli("models", "show", trained["model_id"], "--json", parse=True)
    assert shown["metrics"] == trained["metrics"]

    cli("score", "bank.csv", "-o", "a.csv", "--mapping", "bank.toml")
    model = campaign / "home/models" / trained["model_id"]
    cli("score", "bank.csv", "-o", "b.csv", "--mapping", "bank.toml", "--model", model, home=None)
    assert (campaign / "a.csv").read_bytes() == (campaign / "b.csv").read_bytes()
    scored = pl.read_csv(campaign / "a.csv")
    expected = {"source_id", "row_number", "probability", "raw_score", "percentile", "rank"}
    assert set(scored.columns) == expected | {"score_source", "model_id"}
    assert sorted(scored["row_number"]) == list(range(1, 1201))
    assert scored["rank"].to_list() == list(range(1, 1201))
    assert scored["probability"].is_sorted(descending=True)


def test_scoring_refuses_a_file_without_the_columns_of_the_model(trained, cli):
    (trained / "other.csv").write_text("age\n30\n40\n")
    done = cli("score", "other.csv", "-o", "x.csv", "--mapping", "bank.toml", code=65)
    assert "job" in done.stderr
    assert not (trained / "x.csv").exists()


def test_a_tampered_model_never_scores(trained, cli):
    (path,) = (trained / "home/models").glob("*/model.txt")
    path.chmod(0o600)
    path.write_text(path.read_text().replace("leaf_value=", "leaf_value= ", 1))
    cli("score", "bank.csv", "-o", "x.csv", "--mapping", "bank.toml", code=78)


def test_a_dry_run_stores_nothing(campaign, cli):
    found = cli("load", "bank.csv", "--mapping", "bank.toml", "--dry-run", "--json", parse=True)
    entry = found["files"][0]
    assert entry["dialect"]["delimiter"] == ";"
    assert entry["custom_types"]["age"] == "BIGINT"
    assert not (campaign / "home").exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "nothing to load"),
        (b"", "empty"),
        (bytes(range(256)) * 20, "binary"),
        (b"foo,bar\n1,2\n3,4\n", "none that means anything"),
    ],
    ids=["missing", "empty", "binary", "no usable column"],
)
def test_a_file_that_cannot_be_used_is_one_clear_line(tmp_path, cli, content, words):
    if content is not None:
        (tmp_path / "x.csv").write_bytes(content)
    done = cli("load", "x.csv", code=65)
    assert words in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not list((tmp_path / "home").glob("store/batches/*"))
    assert not (tmp_path / "home/store/leads.duckdb").exists()


def test_a_mapping_that_names_a_missing_column_says_what_there_is(tmp_path, cli):
    (tmp_path / "x.csv").write_text("mail,name\na@b.example,A\n")
    (tmp_path / "m.toml").write_text("[fields]\nemail = 'e-mail'\n")
    done = cli("load", "x.csv", "--mapping", "m.toml", code=65)
    assert "'e-mail'" in done.stderr
    assert "mail, name" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("load", "x.csv", "--as", "nonsense"),
        ("nightly", "--as-of", "yesterday"),
        ("claim", "--channel", "fax", "--handler", "ai"),
        ("score", "x.csv", "-o", "x.docx"),
        ("nonsense",),
    ],
)
def test_an_unknown_value_is_exit_2(cli, arguments):
    assert len(cli(*arguments, code=2).stderr.splitlines()) == 1


def test_a_home_of_a_newer_version_is_refused(night, cli):
    with sqlite3.connect(night.ledger) as ledger:
        ledger.execute("PRAGMA user_version = 99")
    ledger.close()
    assert "newer" in cli("nightly", home=night, code=78).stderr


def test_a_locked_store_is_exit_75_and_readers_do_not_care(night, cli):
    with writer_lock(night.lock):
        assert "another run" in cli("nightly", "--as-of", AS_OF, home=night, code=75).stderr
        rows = cli("sql", "SELECT count(*) AS n FROM decision", "--json", home=night, parse=True)
        assert rows[0]["n"] > 1000
        assert cli("status", "--json", home=night, parse=True)["is_locked"]


CLAIM_KEYS = [
    "claim_id",
    "person_key",
    "lead_key",
    "source_system",
    "source_id",
    "channel",
    "handler",
    "contact_point",
    "rank",
    "probability",
    "reasons",
    "language",
    "owner",
    "segment",
    "last_touches",
    "not_before",
    "not_after",
    "expires_at",
    "disclosure_id",
    "handover",
]


def test_claim_hands_out_contact_points_and_sql_guards_its_csv(night, cli, tmp_path):
    claims = cli(
        "claim",
        "--channel",
        "email",
        "--handler",
        "ai",
        "-n",
        "2",
        "--json",
        home=night,
        parse=True,
    )["claims"]
    assert len(claims) == 2
    assert all("@" in claim["contact_point"] for claim in claims)
    assert all(list(claim) == CLAIM_KEYS for claim in claims)
    assert all(isinstance(claim["reasons"], list) and claim["disclosure_id"] for claim in claims)
    cli("sql", "SELECT '=1+1' AS formula, -5 AS number", "-o", "out.csv", home=night)
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == "'=1+1,-5"


def test_settings_refuse_what_they_do_not_know(night, cli):
    night.settings_file.write_text("[label]\nhorizon_day = 30\n")
    done = cli("nightly", home=night, code=2)
    assert "label.horizon_day" in done.stderr


def test_the_inbox_is_loaded_by_the_nightly(night, cli, tmp_path):
    folder = night.inbox / "leads" / "webshop"
    folder.mkdir(parents=True)
    (folder / "new.csv").write_text(
        "id,email,country,created_at\n1,new@shop.example,US,2026-09-30\n"
    )
    (folder / "mapping.toml").write_text(
        "[fields]\nsource_id='id'\nemail='email'\ncountry='country'\ncreated_at='created_at'\n"
    )
    cli("nightly", "--as-of", AS_OF, home=night)
    rows = cli(
        "sql",
        "SELECT verdict FROM decision JOIN lead USING (lead_key) WHERE source_system = 'webshop'",
        "--json",
        home=night,
        parse=True,
    )
    assert [row["verdict"] for row in rows] in (["listed"], ["below_capacity"])
    explained = cli("explain", "webshop:1", "--json", home=night, parse=True)
    assert set(explained) >= {"eligibility", "score", "reasons", "route", "decision"}
    assert json.dumps(explained)
