"""Records set aside after they were read name their line and byte like all others."""

import gzip

import polars as pl
import pytest

from tests.pipelines.load.conftest import rows

# What begins with a comma has no id; quoted line ends, blank lines and broken records between.
CSV = (
    "source_id,email,note\n"
    '1,a@x.example,"two\nlines"\n'
    ",b@x.example,first\n"
    "\n"
    "3,c@x.example\n"
    ',d@x.example,"x,\n\ny"\n'
    "5,e@x.example,ok\n"
    ",f@x.example,last\n"
)


def places(batch):
    found = rows(batch, "quarantine").filter(reason_code="missing_value").sort("record")
    return found.select("record", "line", "byte_offset").rows()


def expected(text, marks, size=len):
    """Find each record by its own text."""
    return [
        (record, text[: text.index(mark)].count("\n") + 1, size(text[: text.index(mark)]))
        for record, mark in marks
    ]


MARKS = [(2, ",b@x"), (4, ",d@x"), (6, ",f@x")]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_of_csv(load, newline):
    text = CSV.replace("\n", newline)
    assert places(load(text)) == expected(text, MARKS)


def test_of_csv_in_another_encoding_and_packed(load):
    text = CSV.replace("first", "f\u00fcnf").replace("two", "zwei \u00e4")
    wide = load(text.encode("utf-16"), name="wide.csv")
    assert places(wide) == expected(text, MARKS, lambda head: 2 * len(head) + 2)
    packed = load(gzip.compress(text.encode()), name="p.csv.gz")
    assert places(packed) == expected(text, MARKS, lambda head: len(head.encode()))


def test_of_a_plain_block(load):
    lines = [
        f"{n or ''},p{n}@x.example,x\n" if n % 40 else f",p{n}@x.example,x\n" for n in range(200)
    ]
    text = "source_id,email,note\n" + "".join(lines)
    marks = [(n + 1, f",p{n}@") for n in range(0, 200, 40)]
    assert places(load(text)) == expected(text, marks)


def test_of_json_lines(load):
    text = '{"source_id": 1, "email": "a"}\n\n{"email": "b"}\n{"source_id": 2\n{"email": "d"}\n'
    batch = load(text, name="f.jsonl")
    assert places(batch) == expected(text, [(2, '{"email": "b"'), (4, '{"email": "d"')])


def test_of_parquet_there_is_none(load, tmp_path):
    path = tmp_path / "t.parquet"
    pl.DataFrame({"source_id": ["1", None], "email": ["a", "b"]}).write_parquet(path)
    assert places(load(path.read_bytes(), name="f.parquet")) == [(2, None, None)]
