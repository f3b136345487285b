"""The id of a file whose CRM nobody knows."""

import pytest

from pipelines.errors import BadInputError
from tests.pipelines.load.conftest import rows


@pytest.mark.parametrize("header", ["id", "ID", "Id", "Lead ID", "record_id", "UUID"])
def test_a_column_called_so_is_the_id_when_it_is_filled_and_unique(load, header):
    landed = load(f"{header},size\na7,1\nb8,2\n")
    assert rows(landed, "lead")["source_id"].to_list() == ["a7", "b8"]
    assert landed.notes[-1].startswith(f"the column '{header}' is taken as the id")


@pytest.mark.parametrize(
    ("cells", "why"),
    [(["1", "1", "2"], "not unique in 1"), (["1", "", "2"], "blank in 1"), ([" 1", "1", "2"], "1")],
)
def test_otherwise_it_is_not_and_that_is_said(load, cells, why):
    landed = load("id,city\n" + "".join(f"{cell},x\n" for cell in cells))
    assert rows(landed, "lead")["source_id"][0].endswith(":1")
    assert any("was not taken as the id" in note and why in note for note in landed.notes)
    assert any('[fields] source_id = "id"' in note for note in landed.notes)


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
