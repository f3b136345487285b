import pytest

from pipelines.errors import BadInputError
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
    assert seen.claims["email"] == "Email"
    assert seen.custom_types["Region__c"] == "VARCHAR"
    assert seen.filled["email_key"] == 1
    assert seen.quarantined_by_reason == {"too_few_fields": 1}
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


def test_a_file_that_nobody_looked_at_and_nobody_understands_is_refused(tmp_path):
    path = tmp_path / "bank.csv"
    path.write_text("age;job\n30;cook\n")
    with pytest.raises(BadInputError, match="2 columns and none that means anything"):
        preview(path, kind="leads", mapping=None, at=AT)
