"""Set aside, corrected, loaded again: nothing lost and nothing double, whatever dies in between."""

import csv
import io
import json
import stat

import pytest

from pipelines.console.quarantine import show_open, show_repaired
from pipelines.errors import UsageError
from pipelines.runs.landing import pending_batches, resolve_mapping
from pipelines.runs.load import LoadRequest, run_load
from pipelines.runs.quarantine import find_batch, open_batches, open_rows, run_export, run_reload
from pipelines.runs.query import run_query
from pipelines.runs.review import run_accept
from pipelines.runs.status import read_status

LEADS = "email,name\na@x.example,Ann\nb@x.example\n'c@x.example,+Cy,\nd@x.example,Dee\n"
ALL = "SELECT source_id, email FROM lead ORDER BY row_number"


@pytest.fixture
def batch(home, tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(LEADS)
    loaded = run_load(home, [LoadRequest([path], "leads")])[0].landed
    assert (loaded.landed, loaded.quarantined) == (2, 2)
    return loaded


def correct(path, record, **cells):
    table = list(csv.DictReader(io.StringIO(path.read_text(), newline="")))
    for row in table:
        if row["lead_triage_record"] == str(record):
            row.update(cells)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, table[0].keys())
        writer.writeheader()
        writer.writerows(table)


def opened(home):
    return [(one.landed.batch_id, one.by_reason) for one in open_batches(home)]


def test_what_is_corrected_leaves_the_list_and_the_rest_stays(home, batch, tmp_path):
    out = tmp_path / "open.csv"
    assert run_export(home, batch.batch_id, out) == 2
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    correct(out, 2, name="Bo")
    reloaded = run_reload(home, out, batch.batch_id[:6])
    assert (reloaded.counts.loaded, reloaded.landed.quarantined) == (1, 1)
    assert opened(home) == [(batch.batch_id, {"too_many_fields": 1})]
    files = run_query(home, "SELECT * FROM load_file ORDER BY loaded_at")
    parts = ("loaded", "updated", "unchanged", "duplicates", "quarantined")
    assert files.select(parts).sum_horizontal().to_list() == files["records"].to_list() == [4, 2]
    # Every record of the original file is loaded or open, and none is both.
    leads = run_query(home, ALL)
    open_records = [n for one in open_batches(home) for f in open_rows(one) for n in f["record"]]
    assert leads["source_id"].to_list() == [f"{batch.sha256[:16]}:{n}" for n in (1, 2, 4)]
    assert open_records == [3]


def test_the_same_correction_again_changes_nothing(home, batch, tmp_path):
    out = tmp_path / "open.csv"
    run_export(home, batch.batch_id, out)
    correct(out, 2, name="Bo")
    first = run_reload(home, out, batch.batch_id)
    before = run_query(home, ALL)
    again = run_reload(home, out, first.landed.batch_id)
    assert again.was_loaded_before
    assert (again.counts.loaded, again.counts.unchanged) == (0, 1)
    assert run_query(home, ALL).equals(before)


def test_a_run_that_died_after_landing_loads_each_record_once(home, batch, tmp_path):
    out = tmp_path / "open.csv"
    run_export(home, batch.batch_id, out)
    correct(out, 2, name="Bo")
    run_reload(home, out, batch.batch_id, defer=True)  # landed, and no merge ever came
    assert len(pending_batches(home)) == 1
    assert run_query(home, ALL).height == 2
    assert opened(home) == [(batch.batch_id, {"too_many_fields": 1})]
    assert run_reload(home, out, batch.batch_id).counts.loaded == 1
    assert run_query(home, ALL).height == 3
    assert pending_batches(home) == []


def test_the_last_landing_of_a_file_says_what_is_open(home, batch, tmp_path):
    request = LoadRequest([tmp_path / "leads.csv"], "leads", salvage=True)
    salvaged = run_load(home, [request])[0]
    assert (salvaged.counts.loaded, salvaged.counts.unchanged) == (2, 2)
    assert opened(home) == []
    with pytest.raises(UsageError, match="nothing of batch"):
        run_export(home, batch.batch_id, tmp_path / "out.csv")
    state = read_status(home)["quarantine"]
    assert state == {"open": 0, "unreviewed": 2}


def test_the_load_record_holds_how_the_file_was_read_and_no_cell(home, tmp_path):
    path = tmp_path / "l.csv"
    path.write_text("key;who\n1;ann@x.example\n2;bo@x.example\n")
    given = tmp_path / "m.toml"
    given.write_text(
        'source_system = "crm"\n'
        '[fields]\nsource_id = "key"\nemail = "who"\nphone = "=+31612345678"\n'
    )
    loaded = run_load(home, [LoadRequest([path], "leads", resolve_mapping(str(given)))])[0]
    row = run_query(home, "SELECT * FROM load_file").row(0, named=True)
    assert json.loads(row["mapping"])["fields"] == {"email": "who", "source_id": "key"}
    assert json.loads(row["mapping"])["constants"] == ["phone"]
    assert json.loads(row["dialect"])["delimiter"] == ";"
    assert (row["sha256"], row["salvaged"], row["corrects"]) == (loaded.landed.sha256, 0, None)
    assert row["seconds"] > 0
    for text in (json.dumps(row, default=str), json.dumps(loaded.to_json())):
        assert "31612345678" not in text
        assert "ann@" not in text


def test_the_list_shows_places_and_no_cells_unless_asked(home, batch, capsys, monkeypatch):
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home.root))
    show_open(None, None, with_cells=False, as_json=True)
    assert json.loads(capsys.readouterr().out)["open"] == 2
    show_open(batch.batch_id, None, with_cells=False, as_json=True)
    text = capsys.readouterr().out
    assert "example" not in text
    row = json.loads(text)["rows"][0]
    assert row["reason"] == "too_few_fields"
    assert (row["file"], row["record"], row["line"]) == ("leads.csv", 2, 3)
    assert row["byte_offset"] == LEADS.index("b@x")
    show_open(None, "too_many_fields", with_cells=True, as_json=False)
    text = capsys.readouterr().out
    assert "c@x.example" in text
    assert "b@x.example" not in text


def test_a_review_shows_every_cell_of_what_was_repaired(home, batch, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LEAD_TRIAGE_HOME", str(home.root))
    path = tmp_path / "leads.csv"
    salvaged = run_load(home, [LoadRequest([path], "leads", salvage=True)])[0].landed
    show_repaired(salvaged.batch_id, as_json=True)
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [(row["row_number"], row["is_reviewed"]) for row in rows] == [(2, False), (3, False)]
    assert rows[0]["email"] == "b@x.example"
    with pytest.raises(UsageError, match="was not repaired"):
        run_accept(home, salvaged.batch_id, [1])
    assert run_accept(home, salvaged.batch_id, [2]) == 1
    show_repaired(salvaged.batch_id, as_json=False)
    text = capsys.readouterr().out
    assert "record 2, line 3" in text
    assert "1 of 2 are not reviewed" in text


def test_a_batch_that_is_not_there_is_named(home, batch):
    for text in ("", "zz", "0123456789abcdef0"):
        with pytest.raises(UsageError, match="quarantine list"):
            find_batch(home, text)
