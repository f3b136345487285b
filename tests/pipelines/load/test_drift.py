import pytest

from pipelines.load.understand import sources
from pipelines.load.understand.drift import Drift, same_columns
from pipelines.load.understand.sources import last_load

FIRST = "Id,LastName,Region,Score c,Code\n1,Lee,EMEA,20,7\n2,Ray,APAC,30,8\n"


def test_columns_that_come_go_change_their_type_or_their_spelling_are_told(load):
    last = load(FIRST, source_system="crm", fields={"source_id": "Id"})
    content = "ID,last_name,SCORE_C,Code,Tier\n1,Lee,about 20,7,A\n"
    landed = load(content, name="n.csv", source_system="crm", fields={"source_id": "ID"})
    assert last.drift == {}, "nothing to compare the first load with"
    assert landed.drift == {
        "since": last.batch_id,
        "added": ["Tier"],
        "removed": ["Region"],
        "renamed": {"Id": "ID", "LastName": "last_name", "Score c": "SCORE_C"},
        "retyped": {"SCORE_C": ["BIGINT", "VARCHAR"]},
    }
    lines = Drift.from_json(landed.drift).lines()
    assert [line.split(": ")[1] for line in lines] == [
        "Tier",
        "Region",
        "Id -> ID, LastName -> last_name, Score c -> SCORE_C",
        "SCORE_C BIGINT -> VARCHAR",
    ]


def test_the_same_columns_are_no_drift_and_an_empty_one_has_no_type(load):
    load(FIRST, source_system="crm", fields={"source_id": "Id"})
    content = "Id,LastName,Region,Score c,Code\n3,May,,,9\n"
    landed = load(content, name="n.csv", source_system="crm", fields={"source_id": "Id"})
    assert not Drift.from_json(landed.drift)


def test_another_source_or_kind_is_never_compared(load):
    load(FIRST, source_system="crm", fields={"source_id": "Id"})
    assert load("source_id,x\n1,a\n", name="b.csv", source_system="erp").drift == {}
    calls = "lead_source_id,at,channel\n1,2024-01-01,call\n"
    assert load(calls, "activities", "c.csv", source_system="crm").drift == {}


@pytest.mark.parametrize(
    ("before", "now", "same"),
    [
        (["Do Not Call"], ["DoNotCall"], {"DoNotCall": "Do Not Call"}),
        (["a b", "a_b"], ["a b", "ab"], {"a b": "a b", "ab": "a_b"}),
        (["a b", "a_b"], ["ab"], {}),
        (["#", "%"], ["%", "#"], {"%": "%", "#": "#"}),
        (["Straße"], ["STRASSE"], {"STRASSE": "Straße"}),
        (["Cafe\u0301"], ["café"], {"café": "Cafe\u0301"}),
    ],
)
def test_what_counts_as_the_same_column(before, now, same):
    assert same_columns(before, now) == same


def test_a_batch_that_never_appeared_does_not_count(load, tmp_path, monkeypatch):
    batches = tmp_path / "batches"
    first = load("source_id,x\n1,a\n", source_system="crm")
    monkeypatch.setattr(sources, "_newest", None)
    # Noted, then killed before the folder was renamed; twice.
    for lost in ("f00d", "beef"):
        sources.remember_load(batches, "leads", "crm", lost)
        assert last_load(batches, "leads", "crm") == first


def test_a_home_of_an_earlier_version_is_looked_through_once(load, tmp_path, monkeypatch):
    batches = tmp_path / "batches"
    landed = load("source_id,x\n1,a\n", source_system="crm")
    for note in batches.with_name("sources").iterdir():
        note.unlink()
    batches.with_name("sources").rmdir()
    assert last_load(batches, "leads", "crm") == landed
    newer = load("source_id,x\n2,a\n", name="n.csv", source_system="crm")
    assert newer.drift["since"] == landed.batch_id
    monkeypatch.setattr(sources, "_newest", None)
    assert last_load(batches, "leads", "crm") == newer, "two folders, however many there are"
    assert last_load(batches, "leads", "erp") is None


def test_a_column_spelt_differently_goes_to_its_column(db, store):
    store("source_id,Score c\n1,20\n2,30\n", source_system="crm")
    store("source_id,SCORE_C\n1,21\n3,5\n", name="n.csv", source_system="crm")
    assert db.columns("lead_custom_crm") == {"lead_key": "BIGINT", "Score c": "BIGINT"}
    found = db.frame("SELECT * FROM lead_custom_crm ORDER BY lead_key")["Score c"]
    assert found.to_list() == [21, 30, 5]


def test_a_retyped_column_is_widened_and_says_what_it_said(db, store):
    store("source_id,a,b\n1,20,20\n2,30,2.5\n", source_system="crm")
    store("source_id,a,b\n1,about 20,n/a\n", name="n.csv", source_system="crm")
    query = "SELECT a, b FROM lead_custom_crm ORDER BY lead_key"
    assert db.frame(query).rows() == [("about 20", "n/a"), ("30", "2.5")]
    # The first file again, typed as numbers once more: lead 1 is as it was, lead 2 never changed.
    again = store("source_id,b,a\n1,20,20\n2,2.5,30\n", name="o.csv", source_system="crm")
    assert (again.updated, again.unchanged) == (1, 1)
    assert db.frame(query).rows() == [("20", "20"), ("30", "2.5")]


def test_a_whole_number_that_is_no_exact_double_stays_exact(db, store):
    big = 9007199254740993
    store(f"source_id,a,b\n1,{big},1.5\n", source_system="crm")
    store(f"source_id,a,b\n2,0.5,{big}\n", name="n.csv", source_system="crm")
    found = db.frame("SELECT a, b FROM lead_custom_crm ORDER BY lead_key").rows()
    assert found == [(str(big), "1.5"), ("0.5", str(big))]


def test_such_a_number_beside_decimals_is_text(load):
    landed = load("source_id,a\n1,9007199254740993\n2,0.5\n")
    assert landed.custom_types == {"a": "VARCHAR"}


def test_a_column_that_comes_back_is_the_column_it_was(db, store):
    store("source_id,a,b\n1,x,1\n2,y,2\n", source_system="crm")
    store("source_id,b\n1,3\n", name="n.csv", source_system="crm")
    back = store("source_id,a,b\n2,z,2\n", name="o.csv", source_system="crm")
    assert (back.updated, back.unchanged) == (1, 0)
    found = db.frame("SELECT a, b FROM lead_custom_crm ORDER BY lead_key").rows()
    assert found == [("x", 3), ("z", 2)]


def test_a_column_that_was_empty_takes_the_type_of_its_first_values(db, store):
    store("source_id,a\n1,\n", source_system="crm")
    store("source_id,a\n1,7\n", name="n.csv", source_system="crm")
    assert db.frame("SELECT a FROM lead_custom_crm").rows() == [(7,)]


def test_many_columns_are_told_in_one_short_line():
    drift = Drift(since="b", removed=tuple(f"c{i}" for i in range(237)))
    (line,) = drift.lines()
    assert line.endswith("c18, c19 and 217 more")
    assert len(drift.to_json()["removed"]) == 237
