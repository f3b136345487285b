"""The label audit of a load: published with the store, shown, and given as JSON."""

import json

import pytest

from pipelines.console.labels import show_labels
from pipelines.load import Mapping
from pipelines.runs.labels import label_report
from pipelines.runs.load import LoadRequest, run_load

HEADER = "Id,LastName,Company,Status,IsConverted,ConvertedDate,CreatedDate,HasOptedOutOfEmail"


def _lead(number, year):
    is_converted = number % 10 == 0 and year == 2020
    date = f"{year}-02-01" if is_converted else ""
    status = "Recycled" if number % 20 == 1 else "Working - Contacted"
    return f"{year}{number:011d},N,C,{status},{is_converted},{date},{year}-01-15T09:00:00Z,false"


@pytest.fixture
def loaded(home, tmp_path):
    leads = [_lead(n, year) for year in (2020, 2021) for n in range(200)]
    # The end of what the data knows: its window is not over.
    leads.append("20250000000001,N,C,Open,true,2025-06-02,2025-06-01T09:00:00Z,false")
    path = tmp_path / "leads.csv"
    path.write_text("\n".join([HEADER, *leads]) + "\n")
    return run_load(home, [LoadRequest([path], "leads")])


def test_a_load_says_what_its_labels_look_like_and_what_looks_wrong(home, loaded, capsys):
    report = label_report(home, loaded)
    rows = report.audit.select("source_system", "created_year", "leads", "judged", "positives")
    assert rows.rows() == [
        ("salesforce", 2020, 200, 200, 20),
        ("salesforce", 2021, 200, 200, 0),
        ("salesforce", 2025, 1, 0, 0),
    ]
    assert report.warnings == (
        "leads.csv: 20 of 401 records have a value of 'Status' that means nothing to us: name it"
        " in [outcomes] of a mapping file, under open where it tells of no outcome",
        "salesforce: none of 200 leads of 2021 is converted, where 5.0% is usual: are their"
        " outcomes missing?",
    )
    assert json.loads(json.dumps(report.to_json()))["audit"][0]["share"] == pytest.approx(0.1)
    assert loaded[0].to_json()["label_values"]["Status"]["values"] == {"Recycled": 20}
    show_labels(report)
    shown = capsys.readouterr().out
    assert "Labels: converted within 90 days of creation" in shown
    assert "10.00%" in shown
    assert "Status says nothing to us in: Recycled (20)" in shown


def test_a_value_that_the_mapping_explains_is_no_question(home, loaded, tmp_path):
    assert loaded
    mapping = Mapping.model_validate({"outcomes": {"column": "Status", "lost": ["recycled"]}})
    again = run_load(home, [LoadRequest([tmp_path / "leads.csv"], "leads", mapping)])
    assert again[0].landed.preset == "salesforce"
    assert not any("means nothing" in line for line in label_report(home, again).warnings)


def test_a_load_of_anything_else_has_nothing_to_say(home, loaded, tmp_path):
    assert loaded
    path = tmp_path / "calls.csv"
    path.write_text("lead_source_id,at,channel\n1,2024-01-01,call\n")
    report = label_report(home, run_load(home, [LoadRequest([path], "activities")]))
    assert (report.audit.height, report.unmapped, report.warnings) == (0, {}, ())
    assert report.to_json() == {"audit": [], "warnings": []}
