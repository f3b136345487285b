from tests.pipelines.load.conftest import rows


def test_a_column_without_header_and_cells_is_none(load):
    landed = load("source_id,,City,,,Note\n1,,Oslo,,,a\n2,,Rome,,x,b\n")
    assert landed.headers == ("source_id", "City", "column_4", "Note")
    assert landed.dialect["nameless_empty_columns"] == 2
    lead, custom = rows(landed, "lead"), rows(landed, "custom")
    assert lead["city"].to_list() == ["Oslo", "Rome"]
    assert custom["column_4"].to_list() == [None, "x"]
    assert custom["Note"].to_list() == ["a", "b"]


def test_a_named_empty_column_and_a_file_without_names_stay_as_they_are(load):
    landed = load("source_id,Fax,City\n1,,Oslo\n")
    assert landed.headers == ("source_id", "Fax", "City")
    bare = load("1,,Oslo\n", name="b.csv", file={"header": False}, fields={"city": "column_2"})
    assert bare.headers == ("column_0", "column_1", "column_2")
