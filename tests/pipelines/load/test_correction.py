"""Records set aside, corrected by a person and loaded again: they take their own place."""

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import BadInputError
from pipelines.load import Landed, Mapping, land, merge
from pipelines.load.batches.correction import Correction, as_records
from pipelines.load.batches.set_aside import RECORD, guarded_cells, set_aside_rows, to_correct
from pipelines.load.read.records import Records
from pipelines.store import Database
from tests.pipelines.load.conftest import AT, rows

LEADS = (
    "source_id,email,phone,since\n"
    "1,a@x.example,+31612345678,25/12/2020\n"
    "2,b@x.example\n"
    ",c@x.example,+31612345679,03/04/2021\n"
    '4,"d@x.example,,\n'
)


@pytest.fixture
def reload(tmp_path):
    """Land a corrected file for a batch; `change` edits the rows of the export."""

    def _reload(batch: Landed, change, name="corrected.csv") -> Landed:
        path = tmp_path / name
        path.write_text(change(exported(batch)), newline="")
        return land(
            path,
            kind=batch.kind,
            mapping=None,
            batches_dir=tmp_path / "batches",
            at=AT,
            source_system=batch.source_system,
            correction=Correction(batch),
        )

    return _reload


def exported(batch: Landed) -> str:
    frames = [guarded_cells(frame) for frame in to_correct(batch)]
    return pl.concat(frames).write_csv()


def edited(changes: dict[str, dict[str, str]]):
    """Change cells by record number."""

    def change(text: str) -> str:
        table = list(csv.DictReader(io.StringIO(text, newline="")))
        for row in table:
            row.update(changes.get(row[RECORD], {}))
        out = io.StringIO()
        writer = csv.DictWriter(out, table[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(table)
        return out.getvalue()

    return change


def reasons(batch: Landed) -> dict[int, str]:
    found = pl.concat(set_aside_rows(batch, ["record", "reason_code"]))
    return dict(found.rows())


def test_the_export_holds_what_was_set_aside_and_its_text(load):
    batch = load(LEADS)
    table = list(csv.DictReader(io.StringIO(exported(batch), newline="")))
    assert {row[RECORD] for row in table} == {"2", "3", "4"}
    by_record = {row[RECORD]: row for row in table}
    assert by_record["3"]["email"] == "c@x.example"
    assert by_record["3"]["phone"] == "'+31612345679", "a spreadsheet must not run it"
    assert by_record["3"]["lead_triage_reason"] == "missing_value: source_id"
    assert by_record["2"]["lead_triage_raw"] == "2,b@x.example"


def test_rows_as_they_were_exported_change_nothing(load, reload):
    batch = load(LEADS)
    again = reload(batch, lambda text: text)
    assert (again.records, again.landed, again.quarantined) == (3, 0, 3)
    assert set(reasons(again).values()) == {"not_corrected"}


def test_a_corrected_record_is_loaded_and_the_others_stay(load, reload):
    batch = load(LEADS)
    again = reload(batch, edited({"3": {"source_id": "3"}}))
    assert (again.landed, again.quarantined) == (1, 2)
    lead = rows(again, "lead").row(0, named=True)
    assert (lead["source_id"], lead["row_number"], lead["phone_e164"]) == ("3", 3, "+31612345679")
    assert again.corrects == batch.batch_id
    assert again.source_system == batch.source_system


def test_a_record_is_taken_as_it_is_where_the_reason_was_deleted(load, reload):
    batch = load(LEADS)
    again = reload(batch, edited({"2": {"lead_triage_reason": ""}}))
    assert rows(again, "lead")["email_key"].to_list() == ["b@x.example"]


def test_a_record_without_id_takes_its_own_place(load, reload, db):
    content = "email,note\na@x.example,one\nb@x.example\nc@x.example,three\n"
    whole = content.replace("b@x.example\n", "b@x.example,two\n")
    batch = load(content)
    again = reload(batch, edited({"2": {"note": "two"}}))
    assert rows(again, "lead")["source_id"].to_list() == [f"{batch.sha256[:16]}:2"]
    counts = merge(db, [batch, again], AT)
    assert [one.loaded for one in counts] == [2, 1]
    assert db.scalar("SELECT count(DISTINCT source_id) FROM lead") == whole.count("\n") - 1
    third = merge(db, [reload(batch, edited({"2": {"note": "2"}}), "later.csv")], AT)[0]
    assert (third.loaded, third.updated) == (0, 1), "corrected twice is one lead"


def test_dates_are_read_as_in_the_file_the_record_came_from(load, reload):
    content = "source_id,created_at\n1,25/12/2020\n,03/04/2021\n"
    again = reload(load(content), edited({"2": {"source_id": "2"}}))
    assert rows(again, "lead")["created_at"].dt.strftime("%F").to_list() == ["2021-04-03"]


def test_a_corrected_event_is_the_event_of_a_corrected_file(load, reload):
    content = "lead_source_id,at,phone,result\n1,2024-05-05,+31612345678,ok\n2,soon,,=ok\n"
    batch = load(content, "activities", "calls.csv", source_system="crm")
    again = reload(batch, edited({"2": {"at": "2024-05-06"}}))
    whole = load(content.replace("soon", "2024-05-06"), "activities", "c.csv", source_system="crm")
    expected = rows(whole, "activity").filter(row_number=2)
    assert rows(again, "activity")["activity_id"].to_list() == expected["activity_id"].to_list()
    assert rows(again, "activity")["result"].to_list() == ["=ok"]


def test_a_number_that_was_not_set_aside_loads_nothing(load, reload):
    batch = load(LEADS)
    lines = "lead_triage_record,source_id,email,phone,since\n1,9,z@x.example,,\nx,8,,,\n3,3,,,\n"
    again = reload(batch, lambda _: lines + "3,33,other@x.example,,\n")
    assert rows(again, "lead")["source_id"].to_list() == ["3"]
    assert again.quarantined_by_reason == {"unknown_record": 3}
    assert again.landed + again.quarantined == again.records == 4


@pytest.mark.parametrize(
    "header",
    [
        "source_id,email,phone,since",
        "lead_triage_record,email,phone,since",
        "lead_triage_record,source_id,email,phone,since,extra",
    ],
)
def test_another_header_is_refused(load, reload, header):
    batch = load(LEADS)
    with pytest.raises(BadInputError, match="quarantine export"):
        reload(batch, lambda _: header + "\n" + "3" + "," * header.count(",") + "\n")


def test_a_spreadsheet_of_another_country_is_understood(load, reload):
    batch = load(LEADS)
    again = reload(
        batch,
        lambda _: "\ufefflead_triage_record;source_id;email;phone;since\n3;3;ü@x.example;;\n",
    )
    assert rows(again, "lead")["email"].to_list() == ["ü@x.example"]


def test_json_lines_that_are_no_object_are_kept_whole_and_can_be_corrected(load, reload):
    content = '{"source_id": 1, "email": "a@x.example"}\n{"source_id": 2, "email": \n[7]\n'
    batch = load(content, name="f.jsonl")
    text = exported(batch)
    assert '{""source_id"": 2, ""email"":' in text
    again = reload(batch, edited({"2": {"source_id": "2", "email": "b@x.example"}}))
    assert rows(again, "lead")["source_id"].to_list() == ["2"]


CELL = st.text(st.sampled_from("a'=+-@\t\r\n,;\"é\\{1 "), max_size=6)


@settings(max_examples=15)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=5))
def test_cells_come_back_as_they_were(cells):
    """Guarded against formulas, written, read as text, freed of the guard."""
    batch = Landed("b", "f", "", "leads", "s", "", "", 0, 0, 0, 0, headers=("one", "two"))
    schema = {RECORD: pl.String, "one": pl.String, "two": pl.String}
    given_rows = [("1", *pair) for pair in cells]
    frame = guarded_cells(pl.DataFrame(given_rows, schema=schema, orient="row"))
    with Database.memory(0.5) as db:
        db.register("written", frame)
        query = f'SELECT "{RECORD}" AS c0, one AS c1, two AS c2 FROM written'
        records = Records("f", (RECORD, "one", "two"), len(cells), query, {})
        found = pl.concat(as_records(records, batch).batches(db))
    assert found.select("one", "two").rows() == cells


def test_the_mapping_of_the_batch_is_used(load, reload):
    batch = load(
        "key;mail\n1;a@x.example\n;b@x.example\n",
        fields={"source_id": "key", "email": "mail", "country": "=NL"},
        file={"delimiter": ";"},
        source_system="crm",
    )
    again = reload(batch, edited({"2": {"key": "2"}}))
    lead = rows(again, "lead")
    assert lead.select("source_id", "email", "country").rows() == [("2", "b@x.example", "NL")]
    assert Mapping.model_validate(again.mapping).fields["country"] == "=NL"
