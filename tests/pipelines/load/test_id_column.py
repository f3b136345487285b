"""The id of a file whose CRM nobody knows."""

import pytest

from pipelines.errors import BadInputError
from pipelines.load.lead_file import open_leads
from pipelines.load.understand import id_column
from pipelines.load.understand.preview import preview
from tests.pipelines.load.conftest import AT, rows


@pytest.mark.parametrize(
    "header",
    ["id", "ID", "Id", "Lead ID", "record_id", "UUID", "ID record", "Record-ID", "ID do registro",
     "Post-ID", "Identyfikator rekordu"],
)  # fmt: skip
def test_a_column_called_so_is_the_id_when_it_is_filled_and_unique(load, header):
    landed = load(f"{header},size\na7,1\nb8,2\n")
    assert rows(landed, "lead")["source_id"].to_list() == ["a7", "b8"]
    assert landed.notes[-1].startswith(f"the column '{header}' is taken as the id")


@pytest.mark.parametrize(
    ("cells", "why"),
    [(["1", "1", "2"], "not unique in 1"), (["1", "", "2"], "blank in 1"), ([" 1", "1", "2"], "1")],
)
def test_a_column_that_is_nearly_an_id_is_asked_about(load, tmp_path, cells, why):
    content = "id,email\n" + "".join(f"{cell},a@x.io\n" for cell in cells)
    with pytest.raises(BadInputError, match=why) as caught:
        load(content)
    assert '[fields] source_id = "id"' in caught.value.fix
    error = caught.value
    assert str(type(error)(error.found, error.expected, error.fix)) == str(error), "as load does"
    assert not list((tmp_path / "batches").glob("*/batch.json")), "nothing was stored"
    named = load(content, custom={"exclude": ["id"]})
    assert rows(named, "lead")["source_id"][0].endswith(":1")
    shown = preview(tmp_path / "file.csv", kind="leads", mapping=None, at=AT)
    assert any("seems to be the id" in problem for problem in shown.problems)


def test_records_that_hold_nothing_need_no_id(load):
    landed = load("id,email\n1,a@x.io\n,\n2,b@x.io\n , \n")
    assert (landed.claims["source_id"], landed.landed, landed.quarantined) == ("id", 2, 2)


def test_an_id_is_looked_at_to_the_end_of_the_file(load, monkeypatch):
    monkeypatch.setattr(id_column, "_HEAD_RECORDS", 2)
    with pytest.raises(BadInputError, match="not unique in 1 of 3 records"):
        load("id,email\n,\n1,a@x.io\n2,b@x.io\n2,c@x.io\n")


def test_a_file_that_is_only_scored_names_its_rows_by_their_numbers(tmp_path):
    (tmp_path / "new.csv").write_text("id,email\n1,a@x.io\n1,b@x.io\n")
    with open_leads(tmp_path / "new.csv", mapping=None, at=AT, scratch=tmp_path) as opened:
        assert opened.records == 2


def test_a_column_of_few_ids_is_none_and_that_is_said(load):
    landed = load("external id,email\n7,a@x.io\n,b@x.io\n,c@x.io\n")
    assert rows(landed, "lead")["source_id"][0].endswith(":1")
    assert any("was not taken as the id: blank in 2 of 3" in note for note in landed.notes)


def test_where_the_first_choice_is_none_the_next_may_be(load):
    landed = load("id,uuid,email\n1,u1,a@x.io\n1,u2,b@x.io\n3,u3,c@x.io\n")
    assert rows(landed, "lead")["source_id"].to_list() == ["u1", "u2", "u3"]


def test_whoever_asks_for_it_gets_it(load):
    landed = load("id,size\n1,1\n1,2\n", fields={"source_id": "id"})
    assert (landed.landed, landed.duplicates) == (1, 1)


def test_what_was_the_id_of_a_source_stays_it(load):
    load("id,size\n1,1\n2,2\n", source_system="own")
    again = load("id,size\n1,1\n1,5\n", name="next.csv", source_system="own")
    assert again.claims["source_id"] == "id", "the same leads under other names would be others"


def test_a_known_id_or_an_excluded_column_is_not_looked_at(load):
    assert load("source_id,id\na,1\nb,2\n").claims["source_id"] == "source_id"
    excluded = load("id,size\n1,1\n2,2\n", custom={"exclude": ["id"]})
    assert "source_id" not in excluded.claims


def test_lines_that_are_no_record_do_not_count(load):
    landed = load('{"id": 1}\nnonsense\n{"id": 2}\n', name="leads.jsonl")
    assert landed.claims["source_id"] == "id"


def test_a_file_of_which_nothing_means_anything_is_still_refused(load):
    with pytest.raises(BadInputError, match="none that means anything"):
        load("id,size\n1,1\n1,2\n")
