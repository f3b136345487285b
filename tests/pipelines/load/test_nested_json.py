"""Objects within records, and lists of records deep within answers of interfaces."""

import json

import pytest

from pipelines.load.read.discover import inspect
from pipelines.load.read.read_jsonl import open_jsonl
from pipelines.store import Database


@pytest.fixture
def read(tmp_path):
    """Return the cells of a file by header."""

    def _read(content: str):
        path = tmp_path / "f.json"
        path.write_text(content)
        with Database.memory(1.0, 2, tmp_path) as db:
            frames = list(open_jsonl(inspect(path), db, tmp_path).batches(db))
        return [row for frame in frames for row in frame.drop("row_number").to_dicts()]

    return _read


def test_the_fields_of_a_record_in_an_object_of_its_own(read):
    # HubSpot, GET /crm/v3/objects/contacts
    page = {
        "results": [
            {
                "id": "1",
                "properties": {"email": "a@x.io", "id": "7", "phone": None},
                "archived": False,
                "associations": {"contacts": {"results": [{"id": "42", "type": "x"}]}},
            },
            {"id": "2", "properties": {"email": "b@x.io", "firstname": "Bo"}, "archived": True},
        ],
        "paging": {"next": {"after": "2"}},
    }
    cells = read(json.dumps(page))
    assert [{k: v for k, v in row.items() if v is not None} for row in cells] == [
        {
            "id": "1",
            "email": "a@x.io",
            "properties.id": "7",
            "archived": "false",
            "associations.contacts": "42",
        },
        {"id": "2", "email": "b@x.io", "firstname": "Bo", "archived": "true"},
    ]


def test_a_linked_record_gives_columns_named_for_it_and_no_value_is_lost(read):
    lines = ['{"Owner":{"Name":"Al","Id":"5"},"Owner.Id":"x"}', '{"Owner":"Bo"}', '{"Owner":null}']
    cells = read("\n".join(lines))
    assert cells == [
        {"Owner": '{"Name":"Al","Id":"5"}', "Owner.Name": "Al", "Owner.Id": "5", "Owner.Id_2": "x"},
        {"Owner": "Bo", "Owner.Name": None, "Owner.Id": None, "Owner.Id_2": None},
        {"Owner": None, "Owner.Name": None, "Owner.Id": None, "Owner.Id_2": None},
    ]


def test_values_within_objects_of_the_older_hubspot_interface(read):
    text = '{"contacts":[{"vid":1,"properties":{"email":{"value":"a@x.io","versions":[]}}}]}'
    cells = read(text)
    assert cells == [{"vid": "1", "email": "a@x.io"}]


@pytest.mark.parametrize(
    "text",
    [
        '{"jsonrpc":"2.0","id":null,"result":{"length":2,"records":[{"id":1},{"id":2}]}}',
        '{"status":0,"result":{"done":true,"records":[{"id":1},\n{"id":2}]},"warnings":[]}',
        '{"compositeResponse":[{"body":{"done":true,"records":[{"id":1}]},"httpHeaders":{},'
        '"httpStatusCode":200},{"body":{"done":true,"records":[{"id":2}]}}]}',
        '{"hasErrors":false,"results":[{"statusCode":200,"result":{"records":[{"id":1}]}},'
        '{"statusCode":200,"result":{"records":[{"id":2}]}}]}',
        '{"jsonrpc":"2.0","id":1,"result":[{"id":1},{"id":2}]}',
    ],
)
def test_lists_deep_in_the_answers_of_interfaces(read, text):
    cells = read(text)
    assert cells == [{"id": "1"}, {"id": "2"}]
