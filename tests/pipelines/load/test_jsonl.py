"""JSON lines and their relatives, against Python's own parser."""

import gzip
import json
import random

import pyarrow as pa
import pytest

from pipelines.errors import BadInputError
from pipelines.load.read import json_document, json_lines
from pipelines.load.read.discover import inspect
from pipelines.load.read.read_jsonl import open_jsonl
from pipelines.store import Database
from tests.pipelines.load.conftest import rows

NUMBERS = """
 1 1.0 -0 -0.0 1.10 1e5 1E+2 12.50 0.00001 0.0000 9007199254740993 -9007199254740993
  12345678901234567890123 1e400 -1e-400 0.12345678901234567890 100000000000000000.5
  3.141592653589793238 1234567.125 0.1 7e0 20.0
""".split()  # noqa: SIM905 - easier to read


@pytest.fixture
def read(tmp_path):
    """Read a file; returns its cells by header, its quarantine and what is said about it."""

    def _read(content: bytes, name="f.jsonl"):
        path = tmp_path / name
        path.write_bytes(content)
        with Database.memory(1.0, 2, tmp_path) as db:
            records = open_jsonl(inspect(path), db, tmp_path)
            frames = list(records.batches(db))
        cells = [row for frame in frames for row in frame.drop("row_number").to_dicts()]
        return cells, records.quarantined(), records

    return _read


def _twin(text: str) -> dict[str, str | None]:
    """Say what one line holds, with numbers as they are written."""
    parsed = json.loads(text, parse_float=_Number, parse_int=_Number)
    return {key: _cell(value) for key, value in parsed.items()}


class _Number(str):
    __slots__ = ()


def _cell(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return None if value is None else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return _nested(value)


def _nested(value: object) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(map(_nested, value)) + "]"
    if isinstance(value, dict):
        pairs = (f"{json.dumps(k, ensure_ascii=False)}:{_nested(v)}" for k, v in value.items())
        return "{" + ",".join(pairs) + "}"
    return json.dumps(value, ensure_ascii=False)


def test_numbers_stay_as_they_are_written_alone_and_nested(read):
    lines = [f'{{"id":"{i}","n":{n}}}' for i, n in enumerate(NUMBERS)]
    lines += [f'{{"id":"x","n":[{n}, {{"a": {n}}}],"t":"so: {n}, \\"{n}\\""}}' for n in NUMBERS]
    cells, _, _ = read("\n".join(lines).encode())
    assert [{k: v for k, v in row.items() if v is not None} for row in cells] == [
        _twin(line) for line in lines
    ]


def test_random_documents_read_as_pythons_parser_reads_them(read):
    made = random.Random(7)  # noqa: S311 - test data
    lines = [_random_line(made) for _ in range(400)]
    cells, aside, _ = read(("\r\n".join(lines) + "\r\n").encode())
    assert aside.is_empty()
    parsed = [json.loads(line, parse_float=_Number, parse_int=_Number) for line in lines]
    mixed = {k for one in parsed for k, v in one.items() if v is not None and not _is_object(v)}
    expected = []
    for one in parsed:
        row = {k: _cell(v) for k, v in one.items() if k in mixed}
        for key, value in one.items():
            if isinstance(value, dict):
                row |= {f"{key}.{name}": _cell(inner) for name, inner in value.items()}
        expected.append({k: v for k, v in row.items() if v is not None})
    assert [{k: v for k, v in row.items() if v is not None} for row in cells] == expected


def _is_object(value: object) -> bool:
    return isinstance(value, dict)


def _random_line(made: random.Random) -> str:
    def value(depth: int) -> str:
        kind = made.randrange(8 if depth else 6)
        if kind < 2:
            digits = "".join(made.choices("0123456789", k=made.randrange(1, 20)))
            whole = made.choice(["", "-"]) + (digits.lstrip("0") or "0")
            fraction = made.choice(["", ".", "."]) and "." + made.choice(["0", "10", digits])
            return whole + fraction + made.choice(["", "", "", "e7", "E-3"])
        if kind < 4:
            signs = ["a", "é", "😀", '"', "\\", ", 1.10", ":[1e5", "\u0002", "/", "\n", "{", "-0 "]
            return json.dumps("".join(made.choices(signs, k=made.randrange(6))))
        if kind < 6:
            return made.choice(["true", "false", "null", '""'])
        inner = [value(depth - 1) for _ in range(made.randrange(4))]
        if kind == 6:
            return "[" + ", ".join(inner) + "]"
        return "{" + ",".join(f'"k{i}": {one}' for i, one in enumerate(inner)) + "}"

    pairs = [f'"c{i}" :{made.choice(["", " "])}{value(2)}' for i in range(5)]
    return "{" + ", ".join(pairs) + "}"


def test_escapes_and_spellings_of_keys(read):
    line = r'{"a":"\u0000x","B":"\ud83d\ude00","b":"2","A/~":"\\u0001\"","\u0063":"\t"}'
    cells, _, records = read(line.encode())
    assert records.headers == ("a", "B", "b_2", "A/~", "c")
    assert list(cells[0].values()) == ["\0x", "😀", "2", '\\u0001"', "\t"]


def test_what_is_no_record_is_set_aside_with_its_place(read):
    good = b'{"id":1}'
    bad = [
        (b'{"id":1,"id":2}', "invalid_json"),
        (b'{"id":1,"\\u0069d":2}', "invalid_json"),
        (b'{"id":"\\ud800"}', "invalid_json"),
        (b'{"id":"a\x01b"}', "invalid_json"),
        (b'{"id":"a\x00b"}', "nul_byte"),
        (b'{"id":\r2}', "bare_cr"),
        (b'{"id":"\xff"}', "invalid_encoding"),
        (b"[1]", "invalid_json"),
        (b'{"id":1} {"id":2}', "invalid_json"),
        (b"# comment", "invalid_json"),
    ]
    content, places = b"\xef\xbb\xbf", []
    for number, (line, reason) in enumerate(bad):
        content += good + b"\r\n \n"
        places.append((2 * number + 2, 3 * number + 3, len(content), reason))
        content += line + b"\n"
    cells, aside, records = read(content)
    assert (records.total, len(cells)) == (20, 10)
    assert aside.select("record", "line", "byte_offset", "reason_code").rows() == places
    assert aside["payload"][0] == '{"id":1,"id":2}'


def test_blank_lines_are_no_records(read):
    cells, aside, records = read(b'\n{"id":1}\n\n \t\n{"id":2}\n  ')
    assert (len(cells), aside.height, records.total) == (2, 0, 2)


def test_a_lone_return_at_the_end_is_the_end_of_the_line(read):
    cells, aside, _ = read(b'{"id":1}\n{"id":2}\r')
    assert (cells, aside.height) == ([{"id": "1"}, {"id": "2"}], 0)


def test_a_line_too_long_is_set_aside_cut_and_never_held(read, monkeypatch):
    monkeypatch.setattr(json_lines, "MAX_LINE_BYTES", 3_000_000)
    long = b'{"id":"' + b"x" * 4_000_000 + b'"}\n'
    fits = b'{"id":"' + b"y" * 2_000_000 + b'"}\n'
    cells, aside, records = read(fits + long + b'{"id":1}\n' + long + fits)
    assert [len(row["id"]) for row in cells] == [2_000_000, 1, 2_000_000]
    assert aside["reason_code"].to_list() == ["too_long", "too_long"]
    second = len(fits) + len(long) + 9
    assert aside.select("record", "line", "byte_offset").rows() == [
        (2, 2, len(fits)),
        (4, 4, second),
    ]
    assert aside["payload"].str.len_bytes().max() < 100_000
    assert records.total == 5


ELEMENTS = [
    '{"id": 1, "t": "a,[\\"}\\\\"}',
    '{"id": 2,\n  "x": [1, {"y": 2}]}',
    "{}",
    '{"id": 1.10}',
]


@pytest.mark.parametrize("chunk", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("text", "container"),
    [
        ("[" + ",\n".join(ELEMENTS) + "]\n", "array"),
        ("\ufeff [ " + " , ".join(ELEMENTS) + " ] ", "array"),
        ('{"totalSize":4,"done":true,"records":[' + ",".join(ELEMENTS) + "]}", "records"),
        (
            '{ "a":"]\\"[" ,\n"results" : [' + ",".join(ELEMENTS) + '],"paging":{"n":[{"z":0}]}}\n',
            "results",
        ),
        ("\n".join(ELEMENTS).replace("{}", "{\n}").replace(", ", ",\n"), "lines"),
    ],
)
def test_one_document_is_read_as_its_records(read, monkeypatch, text, container, chunk):
    monkeypatch.setattr(json_document, "_CHUNK", chunk)
    cells, aside, records = read(text.encode(), name="f.json")
    expected = [_twin(e.replace("\n", " ")) for e in ELEMENTS]
    assert [{k: v for k, v in row.items() if v is not None} for row in cells] == expected
    assert records.about["records_in"] == container
    assert (records.total, aside.height) == (4, 0)


def test_an_offset_in_one_document_is_that_in_the_file(read):
    content = b'\xef\xbb\xbf{"records": [{"id": 1},\n  7, {"id": 2,}, {"id": "a\nb"}]}'
    cells, aside, _ = read(content)
    assert [row["id"] for row in cells] == ["1", "2"]
    found = aside.select("record", "byte_offset", "reason_code").rows()
    assert [(record, reason) for record, _, reason in found] == [
        (2, "invalid_json"),
        (4, "invalid_json"),
    ]
    assert content[found[0][1] :].strip().startswith(b"7")
    assert content[found[1][1] :].strip().startswith(b'{"id": "a')


def test_objects_that_only_look_like_a_list_are_records(read):
    lines = '{"items":[{"id":1}]}\n{"items":[{"id":2}]}\n'
    cells, _, records = read(lines.encode())
    assert [row["items"] for row in cells] == ['[{"id":1}]', '[{"id":2}]']
    assert "records_in" not in records.about


@pytest.mark.parametrize("content", [b'[{"id":1},{"id', b'{"records":[{"id":1}]', b'{\n"a":1'])
def test_a_document_that_ends_in_the_middle_is_refused(read, content):
    with pytest.raises(BadInputError, match="ends in the middle"):
        read(content, name="f.json")


@pytest.mark.parametrize("content", [b"[]", b"nope\n", b"7\n8\n", b"\n \n"])
def test_no_object_at_all_is_refused(read, content):
    with pytest.raises(BadInputError, match="no line that is a JSON object"):
        read(content)


def test_too_many_different_keys_are_refused(read):
    content = "\n".join(f'{{"k{i}":1}}' for i in range(4097))
    with pytest.raises(BadInputError, match="4097 different keys"):
        read(content.encode())


@pytest.mark.parametrize("name", ["f.jsonl", "f.jsonl.gz", "f[1]*.jsonl", "f.json.zst"])
@pytest.mark.parametrize("packed", ["", "gzip", "zstd"])
def test_packed_in_one_or_more_frames_under_any_name(read, name, packed):
    parts = [b'{"id":1}\n', b'{"id":2}\r\n', b'{"id":3}']
    codec = {"": bytes, "gzip": gzip.compress, "zstd": _zstd}[packed]
    cells, _, _ = read(b"".join(map(codec, parts)), name=name)
    assert [row["id"] for row in cells] == ["1", "2", "3"]


def _zstd(part: bytes) -> bytes:
    found: bytes = pa.Codec("zstd").compress(part, asbytes=True)
    return found


def test_blank_cells_and_numbers_become_columns_of_the_batch(load):
    landed = load(b'{"source_id":"1","n":1,"m":1.5}\n{"source_id":"2","n":20}\n', name="f.jsonl")
    assert landed.custom_types == {"n": "BIGINT", "m": "DOUBLE"}
    assert rows(landed, "custom")["m"].to_list() == [1.5, None]
