import gzip
import json
import stat
from collections.abc import Callable

import polars as pl
import pytest

from pipelines.errors import BadInputError
from pipelines.load import Landed
from tests.pipelines.load.conftest import AT, rows

Load = Callable[..., Landed]
LEADS = "source_id,email,company,score\n1,a@acme.example,Acme,1.5\n2,,Beta,007\n3,c@x.example,,\n"


def test_a_batch_is_whole_private_and_described(load: Load):
    landed = load(LEADS)
    assert (landed.records, landed.landed, landed.duplicates, landed.quarantined) == (3, 3, 0, 0)
    assert stat.S_IMODE(landed.folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in landed.folder.iterdir()} == {0o600}
    assert Landed.read(landed.folder) == landed
    assert [p.name for p in landed.folder.parent.iterdir()] == [landed.batch_id], "no leftovers"
    assert json.loads((landed.folder / "batch.json").read_text())["file_name"] == "file.csv"


def test_the_same_file_lands_once_and_another_meaning_is_another_batch(load: Load):
    first = load(LEADS)
    assert load(LEADS) == first
    assert load(LEADS, source_system="other").batch_id != first.batch_id
    assert load(LEADS + "4,,,\n").batch_id != first.batch_id


def test_custom_columns_are_typed_by_the_whole_file(load: Load):
    content = "source_id,n,d,t,e\n1,1,1,1,\n2,2,2.5,007,\n"
    landed = load(content)
    types = {"n": "BIGINT", "d": "DOUBLE", "t": "VARCHAR", "e": "VARCHAR"}
    assert landed.custom_types == types
    assert landed.custom_empty == ("e",)
    custom = rows(landed, "custom")
    assert custom.drop("row_number").rows() == [(1, 1.0, "1", None), (2, 2.5, "007", None)]


def test_a_decimal_comma_is_told_by_the_mapping(load: Load):
    landed = load("source_id;d\n1;1,5\n", numbers={"decimal": ","})
    assert rows(landed, "custom")["d"].to_list() == [1.5]


def test_without_an_id_rows_are_named_by_the_file(load: Load):
    label = {"column": "y", "positive": ["yes"]}
    landed = load("age;job;y\n30;cook;yes\n31;clerk;no\n", name="bank.csv", label=label)
    lead = rows(landed, "lead")
    assert lead["source_id"].to_list() == [f"{landed.sha256[:16]}:1", f"{landed.sha256[:16]}:2"]
    assert lead["is_dated"].to_list() == [False, False]
    assert landed.source_system == "bank"


def test_a_label_becomes_rows_and_its_column_is_no_feature(load: Load):
    content = "source_id,y\n1,Yes\n2,no\n3,\n4,maybe\n"
    landed = load(content, label={"column": "y", "positive": ["yes"]})
    label = rows(landed, "static_label").select("source_id", "is_positive").rows()
    assert label == [("1", True), ("2", False), ("4", False)]
    assert landed.excluded == ("y",)
    landed = load(content, label={"column": "y", "positive": ["yes"], "negative": ["no"]})
    assert rows(landed, "static_label")["source_id"].to_list() == ["1", "2"]


def test_opt_out_flags_become_events_and_blanks_say_nothing(load: Load):
    content = "source_id,Do Not Email,Do Not Call\n1,Yes,No\n2,,1\n3,no,\n4,2019-01-01,\n"
    events = rows(load(content), "consent_event").select("lead_source_id", "channel", "status")
    assert sorted(events.rows()) == [
        ("1", "email", "opt_out"),
        ("2", "phone", "opt_out"),
        ("4", "email", "opt_out"),
    ]


def test_the_later_of_two_records_with_one_id_wins(load: Load):
    landed = load("source_id,company\n1,Old\n2,B\n1,New\n")
    assert (landed.landed, landed.duplicates) == (2, 1)
    assert rows(landed, "superseded")["row_number"].to_list() == [1]
    assert rows(landed, "lead").height == 3, "every record is kept in the batch"


def test_records_that_cannot_be_leads_are_set_aside_with_their_place(load: Load):
    landed = load('source_id,company\n1,A\n,B\n3\n4,"D\n,\n5,E\n')
    aside = rows(landed, "quarantine").sort("record")
    assert aside.select("record", "reason_code").rows() == [
        (2, "missing_value"),
        (3, "too_few_fields"),
        (4, "unclosed_quote"),
        (5, "empty_record"),
    ]
    assert landed.records == landed.landed + landed.duplicates + landed.quarantined == 6
    assert rows(landed, "lead")["row_number"].to_list() == [1, 6]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(load: Load, encoding, newline):
    content = newline.join(["source_id,company", "1,Müller & Söhne", "2,Crème", ""])
    lead = rows(load(content.encode(encoding)), "lead")
    assert lead["company"].to_list() == ["Müller & Söhne", "Crème"]


def test_broken_bytes_cost_their_records_not_the_file(load: Load):
    content = "source_id,company\n" + "".join(f"{i},Köln\n" for i in range(50))
    landed = load(content.encode() + b"99,K\xf6ln\n")
    assert (landed.landed, landed.quarantined_by_reason) == (50, {"invalid_encoding": 1})


def test_formats_give_the_same_leads(load: Load, tmp_path):
    plain = rows(load(LEADS), "lead")
    packed = rows(load(gzip.compress(LEADS.encode()), name="file.csv.gz"), "lead")
    frame = pl.read_csv(LEADS.encode(), infer_schema=False)
    frame.write_parquet(tmp_path / "f.parquet")
    parquet = rows(load((tmp_path / "f.parquet").read_bytes(), name="f.parquet"), "lead")
    lines = "".join(json.dumps(row) + "\n" for row in frame.to_dicts())
    jsonl = rows(load(lines, name="f.jsonl"), "lead")
    columns = ["row_number", "source_id", "email_key", "company", "country"]
    assert plain.select(columns).equals(packed.select(columns))
    assert plain.select(columns).equals(parquet.select(columns))
    assert plain.select(columns).equals(jsonl.select(columns))


def test_lines_that_are_no_json_object_are_set_aside(load: Load):
    landed = load(b'{"source_id":"1"}\nnope\n\n[1]\n{"source_id":"2"}\n\xff\n', name="f.jsonl")
    assert landed.quarantined_by_reason == {"invalid_encoding": 1, "invalid_json": 2}
    assert rows(landed, "lead").select("row_number", "source_id").rows() == [(1, "1"), (4, "2")]


def test_headers_that_repeat_stay(load: Load):
    landed = load("source_id,Note,note,\n1,a,b,c\n")
    assert list(landed.custom_types) == ["Note", "note_2", "column_3"]


def test_an_ambiguous_date_is_asked_for(load: Load):
    with pytest.raises(BadInputError) as caught:
        load("source_id,created_at\n1,3/4/2024\n2,5/6/2024\n")
    assert "[dates] format" in caught.value.fix
    proved = load("source_id,created_at\n1,3/4/2024\n2,5/16/2024\n")
    assert [d.day for d in rows(proved, "lead")["created_at"]] == [4, 16]


def test_numbers_of_days_are_asked_about_and_read_when_said(load):
    content = "source_id,created_at\n1,45363.5\n2,45364\n3,\n"
    with pytest.raises(BadInputError, match="spreadsheets count days in") as caught:
        load(content)
    assert '[dates] format = "excel"' in caught.value.fix
    landed = load(content, dates={"format": "excel"})
    found = [str(at) for at in rows(landed, "lead")["created_at"]]
    assert found == ["2024-03-12 12:00:00", "2024-03-13 00:00:00", "None"]


def test_salesforce_conversion_is_an_outcome_not_a_feature(load: Load):
    content = (
        "Id,LastName,IsConverted,ConvertedDate,CreatedDate,HasOptedOutOfEmail,Score__c\n"
        "00Q5f0000000000EAA,Lee,true,2024-03-01,2024-01-01T10:00:00.000+0000,false,3\n"
        "00Q5f0000000001,Ray,false,,2024-01-02T10:00:00.000+0000,true,4\n"
        "00Q5f0000000002EAA,May,true,,2024-01-02T10:00:00.000+0000,,5\n"
    )
    landed = load(content)
    assert (landed.preset, landed.source_system) == ("salesforce", "salesforce")
    outcome = rows(landed, "outcome").select("milestone", "occurred_precision", "occurred_at")
    assert outcome["milestone"].to_list() == ["converted", "converted"]
    assert outcome["occurred_precision"][0] == "day"
    assert outcome["occurred_at"].is_null().to_list() == [False, True], "when is unknown, not if"
    assert len(rows(landed, "lead")["source_id"][1]) == 18
    assert rows(landed, "consent_event")["captured_at"].to_list() == [AT]
    assert set(landed.custom_types) - set(landed.excluded) == {"Score__c"}


def test_country_and_where_it_came_from(load: Load):
    content = (
        "source_id,email,phone,country\n1,a@x.de,+31612345678,France\n"
        "2,a@x.de,+31612345678,\n3,a@x.de,,\n4,a@x.com,,\n"
    )
    lead = rows(load(content), "lead").select("country", "country_source").rows()
    assert lead == [("FR", "field"), ("NL", "phone"), ("DE", "domain"), (None, None)]


@pytest.mark.parametrize("content", ["", "\n\n", "a,b\n", "a,b\n1\n2\n"])
def test_a_file_without_records_is_refused_and_leaves_nothing(load: Load, tmp_path, content):
    with pytest.raises(BadInputError):
        load(content)
    assert list((tmp_path / "batches").glob("*")) == []


def test_no_error_tells_what_is_in_the_cells(load: Load):
    address = "ann.secret@example.org"
    for content in (f"{address},x\n1,2\n", f"source_id,created_at\n{address},3/4/2024\n"):
        with pytest.raises(BadInputError) as caught:
            load(content)
        assert "secret" not in str(caught.value)


def test_what_a_killed_load_left_is_cleared_by_the_next(load: Load, tmp_path):
    left = tmp_path / "batches" / ".landing-1-x"
    left.mkdir(parents=True)
    (left / ".lock").touch()  # that nobody holds
    (left / "lead.parquet").touch()
    landed = load(LEADS)
    assert [p.name for p in landed.folder.parent.iterdir()] == [landed.batch_id]


def test_keys_of_json_lines_may_hold_anything(load: Load):
    document = {"source_id": "1", "a/b": "s", "t~": 1.5, "": "none", "$.a": {"x": [1]}, "0": True}
    landed = load(json.dumps(document) + '\n{"source_id": "2"}\n', name="f.jsonl")
    custom = rows(landed, "custom").drop("row_number")
    first = dict(zip(custom.columns, custom.row(0), strict=True))
    assert sorted(str(value) for value in first.values()) == [
        "1.5",
        "[1]",
        "none",
        "s",
        "true",
    ]
    assert set(custom.row(1)) == {None}


def test_hours_that_a_zone_ran_twice_are_told_not_hidden(load):
    content = "source_id,created_at\n1,2024-10-27 02:30:00\n2,2024-10-27 04:30:00\n"
    landed = load(content, dates={"timezone": "Europe/Berlin"})
    assert [note for note in landed.notes if "ran twice" in note] == [
        "clocks of created_at in the hour that its zone ran twice, taken as the first: 1"
    ]
    assert rows(landed, "lead")["created_at"][0].isoformat() == "2024-10-27T00:30:00"


def test_an_export_of_headers_alone_holds_nothing(load):
    landed = load("Id,LeadId,Amount,Won on\n", kind="outcomes", source_system="crm", fields={
        "outcome_id": "Id", "lead_source_id": "LeadId", "value_amount": "Amount",
        "occurred_at": "Won on", "milestone": "=won",
    })  # fmt: skip
    assert (landed.records, landed.landed) == (0, 0)


def test_a_file_and_its_archive_are_one_load(load):
    plain = load("email,city\na@x.io,Rome\n")
    packed = load(gzip.compress(b"email,city\na@x.io,Rome\n"), name="file.csv.gz")
    assert packed.batch_id == plain.batch_id, "without an id its leads would be there twice"


def test_what_databases_write_for_null_is_empty(load):
    lead = rows(load("source_id,email,name\n1,\\N,\\N\n2,a@x.io,Ann\n"), "lead")
    assert lead["full_name"].to_list() == [None, "Ann"]
    assert lead["email"].to_list() == [None, "a@x.io"]


def test_a_doubled_quote_proves_which_quote_it_is(load):
    # Of the damaged record a reading with the usual quote makes something, and so wins by count.
    content = "source_id,full_name,city\n1,'O''Neil',5\" pipe\n  2 , 'it''s' , x\n3,'D''Arcy',y\n"
    landed = load(content)
    assert rows(landed, "lead")["full_name"].to_list() == ["O'Neil", "D'Arcy"]
    assert landed.quarantined == 1, "a blank before a quote has two readings"
