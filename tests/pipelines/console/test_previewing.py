"""What `load --dry-run` writes: everything, in lines that fit the screen."""

import json

import pytest
from rich.cells import cell_len

from pipelines.console import previewing
from pipelines.errors import BadInputError
from pipelines.runs.load import LoadRequest
from pipelines.settings.home import HOME_VARIABLE

ADDRESS = "ann.secret@x.example"


@pytest.fixture
def show(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))

    def _show(content: str, width: int = 80, *, as_json: bool = False, kind: str = "leads") -> str:
        path = tmp_path / "leads.csv"
        path.write_text(content)
        monkeypatch.setattr(previewing.out, "width", width)
        monkeypatch.setattr(previewing.out, "_file", None)
        previewing.show_preview(LoadRequest([path], kind), as_json=as_json)
        return capsys.readouterr().out

    return _show


@pytest.mark.parametrize("width", [80, 120])
def test_a_wide_file_with_long_cells_stays_readable(show, width):
    headers = ["source_id", "email", *(f"Custom column number {i} of many" for i in range(254))]
    long = "word " * 1_000
    cells = ["1", ADDRESS, "\x1b[31mred", "短い説明" * 50, *[long] * 252]
    text = show(",".join(headers) + "\n" + ",".join(cells) + "\n", width)
    lines = text.splitlines()
    assert max(map(cell_len, lines)) <= width
    assert len(lines) < 3 * len(headers)
    assert sum("Custom column number" in line for line in lines) == 2 * 254
    assert "\x1b" not in text


def test_everything_understood_is_said(show):
    text = " ".join(
        show(
            "Id,LastName,Email,CreatedDate,DoNotCall,Score__c,AnnualRevenue\n"
            f"00Q5f0000000000EAA,Lee,{ADDRESS},2024-01-01,true,7,many\n"
            "00Q5f0000000001EAA\n"
        ).split()
    )
    for part in (
        "2 records, leads",
        "salesforce, named by the preset",
        "delimiter ','",
        "encoding 'utf-8'",
        "confidence 1.00",
        "Email email text",
        "DoNotCall do_not_call flag",
        "Score__c custom BIGINT",
        ADDRESS,
        "1 records would be set aside, too_few_fields: line 3",
        "1 cells of annual_revenue cannot be read",
        "Nothing was stored.",
    ):
        assert part in text


def test_json_holds_the_same_without_a_cell(show):
    content = f"source_id,email,x\n1,{ADDRESS},7\n2\n"
    told = show(content, as_json=True)
    assert ADDRESS not in told
    found = json.loads(told)["files"][0]
    assert found["quarantined_at"] == {"too_few_fields": ["line 3"]}
    assert [column["becomes"] for column in found["columns"]] == ["source_id", "email", "custom"]
    assert "first" not in found


def test_a_file_that_cannot_be_used_keeps_no_other_from_being_shown(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    monkeypatch.setattr(previewing.out, "_file", None)
    broken, whole = tmp_path / "a.csv", tmp_path / "b.csv"
    broken.write_bytes(bytes(range(256)) * 20)
    whole.write_text("source_id,email\n1,ann@x.example\n")
    with pytest.raises(BadInputError, match=r"^a\.csv is binary data"):
        previewing.show_preview(LoadRequest([broken, whole], "leads"), as_json=False)
    assert "b.csv: 1 records" in capsys.readouterr().out


def test_many_empty_columns_are_counted_and_not_listed(show):
    headers = ["source_id", "email", *(f"Extra {i}" for i in range(40)), "City", "", "", ""]
    text = show(",".join(headers) + "\n1,a@x.io" + "," * 41 + "Oslo,,,\n", 120)
    assert "and 40 more columns (custom, empty in the 1 records looked at): Extra 0" in text
    assert sum(line.strip().startswith("Extra") for line in text.splitlines()) <= 1
    assert "column_43" not in text
    few = show("source_id,Fax,City\n1,,Oslo\n", 120)
    assert any(line.split()[:2] == ["Fax", "custom"] for line in few.splitlines())


def test_what_load_would_ask_stands_in_the_dry_run(show):
    text = show("source_id,Unsubscribe link\n1,x\n", 160)
    assert "load would refuse this file" in text
    assert '[consent] ignored = ["Unsubscribe link"]' in " ".join(text.split())
