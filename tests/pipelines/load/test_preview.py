import json

import pytest

from pipelines.load import Mapping, preview
from tests.pipelines.load.conftest import AT

CONTENT = (
    "Id,LastName,Email,IsConverted,CreatedDate,AnnualRevenue,Region__c\n"
    "00Q5f0000000000EAA,Lee,lee@x.example,false,2024-01-01T10:00:00.000+0000,1000,EMEA\n"
    "00Q5f0000000001EAA,Ray,none,false,0000-00-00,abc,EMEA\n"
    "00Q5f0000000002EAA,May\n"
)


def test_it_says_what_it_understood_and_stores_nothing(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text(CONTENT)
    seen = preview(path, kind="leads", mapping=None, at=AT)
    assert (seen.preset, seen.records, seen.sampled) == ("salesforce", 3, 2)
    assert seen.dialect["delimiter"] == ","
    assert (seen.source_system, seen.source_from) == ("salesforce", "preset")
    becomes = {column.header: (column.becomes, column.type) for column in seen.columns}
    assert becomes["Email"] == ("email", "text")
    assert becomes["Region__c"] == ("custom", "VARCHAR")
    assert next(iter(becomes)) == "Id"
    assert seen.filled["email_key"] == 1
    assert seen.quarantined_by_reason == {"too_few_fields": 1}
    assert seen.quarantined_at == {"too_few_fields": ("line 4",)}
    assert "1 cells of annual_revenue cannot be read" in seen.problems
    assert "1 cells of created_at cannot be read" in seen.problems
    assert [p.name for p in tmp_path.iterdir()] == ["leads.csv"]


def test_a_file_without_header_is_mapped_by_position(tmp_path):
    path = tmp_path / "f.csv"
    path.write_text("7,ann@x.example\n8,bob@x.example\n")
    mapping = Mapping.model_validate(
        {"file": {"header": False}, "fields": {"source_id": "column_0", "email": "column_1"}}
    )
    seen = preview(path, kind="leads", mapping=mapping, at=AT)
    assert seen.first["source_id"].to_list() == ["7", "8"]
    assert (
        "no creation date: a population without dates, which no nightly list uses" in seen.problems
    )


def test_ids_that_nobody_gave_are_pointed_out(tmp_path):
    path = tmp_path / "bank.csv"
    path.write_text("age;job\n30;cook\n")
    mapping = Mapping(source_system="bank")
    problems = preview(path, kind="leads", mapping=mapping, at=AT).problems
    assert any(problem.startswith("no id column") for problem in problems)


@pytest.mark.parametrize("content", ["age;job\n30;cook\n", "id;job\n7;cook\n7;maid\n"])
def test_a_file_that_nobody_understands_is_shown_to_whoever_is_to_map_it(tmp_path, content):
    path = tmp_path / "bank.csv"
    path.write_text(content)
    seen = preview(path, kind="leads", mapping=None, at=AT)
    assert "2 columns and none that means anything" in seen.refusal
    assert (seen.source_system, seen.source_from) == ("bank", "file name")
    assert seen.dialect["delimiter"] == ";"
    assert {column.becomes for column in seen.columns} == {"custom"}
    assert seen.first["job (custom)"][0] == "cook"


def test_a_count_of_no_cells_is_no_problem(tmp_path):
    path = tmp_path / "gone.csv"
    path.write_text("email\nann@x.example\n")
    assert preview(path, kind="suppressions", mapping=None, at=AT).problems == ()


def test_what_only_a_mapping_can_tell_is_shown_with_what_to_say(tmp_path):
    path = tmp_path / "leads.csv"
    path.write_text('source_id,created_at,annual_revenue\n1,3/4/2024,"1,234"\n2,5/6/2024,"5,000"\n')
    problems = preview(path, kind="leads", mapping=None, at=AT).problems
    assert any("'created_at'" in p and "[dates] format" in p for p in problems)
    assert any("'annual_revenue'" in p and "[numbers] decimal" in p for p in problems)
    path.write_text('source_id,annual_revenue\n1,"1,234"\n2,"5,000.50"\n')
    assert not any(
        "decimal" in p for p in preview(path, kind="leads", mapping=None, at=AT).problems
    )


def test_drift_and_a_lost_consent_column_show_before_anything_is_stored(load, tmp_path):
    load("source_id,DoNotCall,a,b\n1,true,1,x\n", source_system="crm")
    path = tmp_path / "next.csv"
    path.write_text("SOURCE_ID,A,c\n1,about 1,2\n")
    seen = preview(
        path,
        kind="leads",
        mapping=Mapping(source_system="crm"),
        at=AT,
        batches_dir=tmp_path / "batches",
    )
    assert (seen.drift.added, seen.drift.removed) == (("c",), ("DoNotCall", "b"))
    assert seen.drift.renamed == {"source_id": "SOURCE_ID", "a": "A"}
    assert seen.drift.retyped == {"A": ("BIGINT", "VARCHAR")}
    assert "'DoNotCall'" in seen.refusal
    assert len(list((tmp_path / "batches").iterdir())) == 1


def test_a_sample_that_looks_narrower_is_no_drift(load, tmp_path):
    load("source_id,a\n1,x\n", source_system="crm")
    path = tmp_path / "next.csv"
    path.write_text("source_id,a\n1,1\n2,x\n")
    seen = preview(
        path,
        kind="leads",
        mapping=Mapping(source_system="crm"),
        at=AT,
        batches_dir=tmp_path / "batches",
        sample=1,
    )
    assert (seen.sampled, bool(seen.drift)) == (1, False)


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("activities", "lead_source_id,at,channel,extra\n1,2024-01-01,call,x\n"),
        ("suppressions", "email,reason\na@x.example,asked\nnobody,\n"),
        ("consent", "email,status\na@x.example,opt_out\n"),
    ],
)
def test_every_kind_is_shown_and_json_holds_no_row(tmp_path, kind, content):
    path = tmp_path / "f.csv"
    path.write_text(content)
    seen = preview(path, kind=kind, mapping=None, at=AT)
    assert seen.first.height == 1
    told = json.dumps(seen.to_json())
    assert "x.example" not in told
    assert json.loads(told)["columns"][0]["header"] == content.split(",")[0]
