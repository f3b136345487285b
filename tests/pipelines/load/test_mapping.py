from pathlib import Path

import pytest

from pipelines.errors import BadInputError, UsageError
from pipelines.load.meaning.kinds import kind_of
from pipelines.load.meaning.mapping import Mapping, load_mapping
from pipelines.load.meaning.plan import make_plan

CONTRACT = """
source_system = "bank"
[file]
delimiter = ";"
encoding = "utf-8"
[fields]
source_id = "mql_id"
created_at = "first_contact_date"
[label]
column = "y"
positive = ["yes"]
[custom]
exclude = ["duration"]
[dates]
format = "%d/%m/%Y"
timezone = "Europe/Amsterdam"
[numbers]
decimal = ","
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "map.toml"
    path.write_text(text)
    return path


def test_the_contract_of_the_issue_is_read(tmp_path):
    mapping = load_mapping(written(tmp_path, CONTRACT))
    assert mapping.source_system == "bank"
    assert mapping.file.delimiter == ";"
    assert mapping.fields == {"source_id": "mql_id", "created_at": "first_contact_date"}
    assert mapping.label is not None
    assert mapping.label.positive == ("yes",)
    assert mapping.custom.exclude == ("duration",)
    assert mapping.dates.timezone == "Europe/Amsterdam"
    assert mapping.numbers.decimal == ","


def test_label_values_may_be_numbers():
    mapping = Mapping.model_validate({"label": {"column": "c", "positive": [1], "negative": [0]}})
    assert mapping.label is not None
    assert (mapping.label.positive, mapping.label.negative) == (("1",), ("0",))


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('sorce_system = "x"', "sorce_system"),
        ('[fields]\nemial = "E"', "emial"),
        ('[label]\ncolumn = "y"\npositive = ["1"]\nweight = 2', "label.weight"),
        ('[dates]\ntimezone = "Mars/Base"', "timezone"),
        ('[numbers]\ndecimal = ";"', "decimal"),
        ("[fields", "TOML"),
        ('[outcomes]\ncolumn = "s"', "lists no value under any of qualified"),
        ('[outcomes]\nwon = ["x"]', "outcomes.column is missing"),
        ('[outcomes]\ncolumn = "s"\nwon = ["A"]\nlost = ["a "]', "'a ' as won and as lost"),
        ('[outcomes]\ncolumn = "s"\nwin = ["x"]', "did you mean won"),
        ('[labels]\ncolumn = "s"', "did you mean label"),
        ('preset = "zoho"', "'zoho': Input should be 'salesforce', 'hubspot' or 'odoo'"),
        ("[fields]\nemail = 3", "fields.email: '3'"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(tmp_path, text, named):
    with pytest.raises(UsageError, match=named):
        load_mapping(written(tmp_path, text))


@pytest.mark.parametrize(
    "text",
    [
        'sorce_system = "x"',
        '[fields]\nemial = "E"',
        '[outcomes]\ncolumn = "s"\nwin = ["x"]',
        '[outcomes]\ncolumn = 1\nwon = ["x"]',
        '[label]\ncolumn = "y"\npositive = []',
        '[label]\ncolumn = "y"',
        'source_system = "My CRM"',
        "[file]\nencoding = 5",
        '[dates]\ntimezone = "Mars/Base"',
        '[consent]\ndropped = "x"',
    ],
)
def test_a_mistake_is_one_line_of_what_was_found_expected_and_to_do(tmp_path, text):
    with pytest.raises(UsageError) as caught:
        load_mapping(written(tmp_path, text))
    error = caught.value
    assert error.found.startswith("map.toml: ")
    assert error.expected
    assert error.fix
    assert "\n" not in str(error)


def test_outcomes_may_be_one_table_or_several_and_change_the_fingerprint():
    one = {"column": "s", "won": ["A", True, 1]}
    single = Mapping.model_validate({"outcomes": one})
    assert single == Mapping.model_validate({"outcomes": [one]})
    assert single.outcomes[0].meanings() == {"a": "won", "true": "won", "1": "won"}
    assert single.fingerprint() != Mapping().fingerprint()


def test_a_mapping_without_outcomes_keeps_the_fingerprint_it_had_before_there_were_any():
    # A file that was loaded before is known by it.
    assert Mapping().fingerprint()[:8] == "86280df5"


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"nowhere\.toml"):
        load_mapping(tmp_path / "nowhere.toml")


def test_a_column_that_is_not_there_names_the_nearest():
    mapping = Mapping(fields={"email": "E-mail"})
    with pytest.raises(BadInputError) as caught:
        make_plan(["Id", "Email", "Phone"], kind_of("leads"), mapping)
    assert "'E-mail'" in caught.value.found
    assert "Phone" in caught.value.expected
    assert "'Email'" in caught.value.fix


def test_a_column_is_found_without_regard_to_case():
    plan = make_plan(["ID", "MAIL"], kind_of("leads"), Mapping(fields={"email": "Mail"}))
    assert plan.claims["email"] == "MAIL"


def test_a_field_of_another_kind_is_refused():
    with pytest.raises(BadInputError, match="milestone"):
        make_plan(["a"], kind_of("leads"), Mapping(fields={"milestone": "a"}))


def test_the_fingerprint_follows_meaning_not_order():
    one = Mapping(fields={"email": "a", "phone": "b"})
    two = Mapping(fields={"phone": "b", "email": "a"})
    assert one.fingerprint() == two.fingerprint()
    assert one.fingerprint() != Mapping(fields={"email": "b", "phone": "a"}).fingerprint()


def test_a_child_kind_without_its_columns_is_refused():
    with pytest.raises(BadInputError, match="lead_source_id or email or phone"):
        make_plan(["at", "channel"], kind_of("activities"), None)
