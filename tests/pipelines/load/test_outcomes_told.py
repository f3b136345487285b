"""`[outcomes]` of a mapping file: the label of a CRM without a preset."""

from datetime import datetime

import polars as pl
import pytest

from pipelines.errors import BadInputError
from pipelines.load import load_mapping
from pipelines.load.meaning.outcome_rules import folded
from tests.pipelines.load.conftest import rows
from tests.pipelines.load.test_exports import HERE, told

STATUSES = """Nr;Mail;Angelegt;Phase;Phase seit;Umsatz
1;a@x.example;01.02.2024;KUNDE;15.03.2024;5
2;b@x.example;02.02.2024;kein budget;16.03.2024;5
3;c@x.example;03.02.2024;Karteileiche;;5
4;d@x.example;04.02.2024;In Arbeit;17.03.2024;5
5;e@x.example;05.02.2024;Wiedervorlage;18.03.2024;5
6;f@x.example;06.02.2024;;19.03.2024;5
"""


@pytest.fixture
def mapped():
    def _mapped(name):
        return load_mapping(HERE / "mappings" / name).model_dump(exclude_defaults=True)

    return _mapped


def test_statuses_become_milestones_with_the_day_on_which_they_came(load, mapped):
    landed = load(STATUSES, **mapped("any_crm.toml"))
    assert told(landed) == {
        ("1", "converted"): (datetime(2024, 3, 15), "day"),
        ("2", "lost"): (datetime(2024, 3, 16), "day"),
        ("3", "disqualified"): (None, "second"),
    }
    assert rows(landed, "lead")["status"].to_list()[:2] == ["KUNDE", "kein budget"]
    # Known only after the outcome: never a feature.
    assert landed.excluded == ("Phase seit",)
    assert landed.label_values == {
        "Phase": {"filled": 5, "unmapped": 1, "values": {"Wiedervorlage": 1}}
    }


def test_the_next_export_says_the_same_and_adds_nothing(store, mapped):
    store(STATUSES, **mapped("any_crm.toml"))
    again = store(STATUSES + "7;;;Kunde;;\n", name="next.csv", **mapped("any_crm.toml"))
    assert (again.loaded, again.updated, again.unchanged) == (1, 0, 6)


def test_deals_that_are_open_tell_nothing_and_are_set_aside_as_such(load, mapped):
    content = (
        "lead,stage,closed,amount\n1,Won,2024-01-05,100\n2,Lost,2024-01-06,0\n"
        "3,Engaging,,\n4,Strange,2024-01-07,1\n5,closed_won,2024-01-08,1\n"
    )
    landed = load(content, "outcomes", **mapped("deals.toml"))
    assert set(told(landed)) == {("1", "won"), ("2", "lost"), ("5", "won")}
    assert landed.quarantined_by_reason == {"no_outcome": 1, "unknown_value": 1}
    assert landed.label_values["stage"]["values"] == {"Strange": 1}


def test_a_column_that_is_no_picklist_is_counted_and_never_shown(load):
    content = "source_id,state\n" + "".join(f"{i},note {i}\n" for i in range(300))
    outcomes = {"column": "state", "won": ["won"]}
    found = load(content, outcomes=outcomes).label_values["state"]
    assert found["values"] == {}
    assert found["unmapped"] > 0


def test_what_may_be_personal_is_counted_and_never_shown(load):
    content = "source_id,s\n1,won\n2,jane@x.example\n3,+49 170 1234567\n4,paused\n"
    found = load(content, outcomes={"column": "s", "won": ["won"]}).label_values["s"]
    assert found == {"filled": 4, "unmapped": 3, "values": {"paused": 1}}


def test_a_label_with_both_lists_says_which_values_are_in_neither(load):
    content = "source_id,y\n1,Yes\n2,no\n3,maybe\n"
    landed = load(content, label={"column": "y", "positive": ["yes"], "negative": ["no"]})
    assert landed.label_values["y"] == {"filled": 3, "unmapped": 1, "values": {"maybe": 1}}


def test_a_label_that_is_also_a_status_is_no_feature(load):
    label = {"column": "status", "positive": ["won"]}
    landed = load("source_id,status\n1,won\n2,open\n", label=label)
    assert "status" not in landed.claims
    assert "status" in landed.excluded


def test_a_column_of_the_mapping_that_is_not_there_is_named(load):
    with pytest.raises(BadInputError, match=r"\[outcomes\] date names the column 'when'"):
        load("source_id,s\n1,won\n", outcomes={"column": "s", "won": ["won"], "date": "when"})


def test_spelling_does_not_matter_and_signs_alone_do():
    given = pl.Series(["Closed - Not Converted", "CLOSED_NOT_CONVERTED", "+", "-", " Gagné! "])
    assert folded(given).to_list() == [
        "closednotconverted",
        "closednotconverted",
        "+",
        "-",
        "gagné",
    ]
