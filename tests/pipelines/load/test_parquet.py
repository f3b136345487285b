"""Parquet: what comes through, and what a footer or a page may not claim."""

import datetime as dt
import io
import struct
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import BadInputError
from pipelines.load.read import parquet_footer, read_parquet
from pipelines.load.read.discover import inspect
from pipelines.load.read.read_parquet import open_parquet
from pipelines.store import Database
from tests.pipelines.load import thrift

ROWS, GROUPS = 1000, 3


@pytest.fixture
def read(tmp_path):
    def _read(content: bytes, name: str = "f.parquet") -> pl.DataFrame:
        path = tmp_path / name
        path.write_bytes(content)
        with Database.memory(1.0, 2, tmp_path) as db:
            return pl.concat(open_parquet(inspect(path), db, tmp_path).batches(db))

    return _read


def written(table: pa.Table, **options) -> bytes:
    stream = io.BytesIO()
    pq.write_table(table, stream, **options)
    return stream.getvalue()


def sound() -> bytes:
    count = ROWS * GROUPS
    columns = {"id": [str(i) for i in range(count)], "x": ["same"] * count, "n": range(count)}
    table = pa.table({name: pa.array(list(cells)) for name, cells in columns.items()})
    return written(table, row_group_size=ROWS, compression="snappy")


def test_every_type_comes_as_its_text(read, monkeypatch):
    monkeypatch.setenv("TZ", "America/New_York")
    at = dt.datetime(2024, 1, 1, 10, tzinfo=dt.UTC)
    nanoseconds = 1704103200123456789
    cases = {
        "decimal": (pa.array([Decimal("12.50")], pa.decimal128(10, 2)), "12.50"),
        "long": (pa.array([Decimal("1234567890123456789012.345")]), "1234567890123456789012.345"),
        "zone": (pa.array([at], pa.timestamp("us", "Europe/Amsterdam")), "2024-01-01 10:00:00+00"),
        "ns": (pa.array([nanoseconds], pa.timestamp("ns")), "2024-01-01 10:00:00.123456789"),
        "day": (pa.array([dt.date(2024, 2, 29)]), "2024-02-29"),
        "big": (pa.array([2**64 - 1], pa.uint64()), "18446744073709551615"),
        "flag": (pa.array([True]), "true"),
        "whole": (pa.array([1.0]), "1.0"),
        "binary": (pa.array(["Köln".encode()], pa.binary()), "Köln"),
        "struct": (pa.array([{"a": 1, "b": 'x"y'}]), '{"a":1,"b":"x\\"y"}'),
        "list": (pa.array([[1, 2]]), "[1,2]"),
        "map": (pa.array([[("k", 1)]], pa.map_(pa.string(), pa.int64())), '{"k":1}'),
        "code": (pa.array(["a"]).dictionary_encode(), "a"),
        "none": (pa.nulls(1), None),
        "it's": (pa.array(["q"]), "q"),
    }
    content = written(pa.table({name: array for name, (array, _) in cases.items()}))
    found = read(content, name="f[1].parquet").drop("row_number").row(0, named=True)
    assert found == {name: text for name, (_, text) in cases.items()}


def test_nanoseconds_of_old_writers(read):
    table = pa.table({"at": pa.array([1704103200123456789], pa.timestamp("ns"))})
    found = read(written(table, use_deprecated_int96_timestamps=True))
    assert found["at"][0].startswith("2024-01-01 10:00:00.123456")


def test_an_index_of_pandas_is_a_column_like_any_other(read):
    schema = pa.schema([("a", pa.string()), ("__index_level_0__", pa.int64())])
    assert read(written(pa.table([["x"], [7]], schema=schema)))["__index_level_0__"][0] == "7"


def test_bytes_that_are_no_text_are_refused_and_not_changed(read):
    with pytest.raises(BadInputError, match="'photo' is no UTF-8 text in 1 records"):
        read(written(pa.table({"id": ["1", "2"], "photo": [b"ok", b"\xff\xd8"]})))


def test_bytes_that_only_claim_to_be_text_are_refused(read):
    content = written(pa.table({"id": ["abcd"]}), compression="none", use_dictionary=False)
    broken = content.replace(b"\x04\0\0\0abcd", b"\x04\0\0\0ab\xffd")
    assert broken != content
    with pytest.raises(BadInputError, match="with text in UTF-8"):
        read(broken)


def _chunk(footer: thrift.Value, group: int, column: int) -> thrift.Value:
    return footer[4].value[1][group][1].value[1][column][3]


def _footer(change) -> bytes:
    content = sound()
    footer = thrift.footer_of(content)
    change(footer)
    return thrift.with_footer(content, footer)


def _page(group: int, column: int, change) -> bytes:
    """Change a page header; the chunk moves behind all others, as a longer header needs."""
    content = sound()
    footer = thrift.footer_of(content)
    meta = _chunk(footer, group, column)
    start = min(meta[9].value, meta[11].value if 11 in meta.value else meta[9].value)
    chunk = content[start : start + meta[7].value]
    header, length = thrift.header_at(chunk, 0)
    change(header)
    moved = thrift.encoded(header) + chunk[length:]
    body = content[: -8 - struct.unpack("<I", content[-8:-4])[0]]
    shift = len(body) - start
    meta[9].value += shift
    if 11 in meta.value:
        meta[11].value += shift
        meta[9].value += len(moved) - len(chunk)
    meta[7].value = len(moved)
    return thrift.with_footer(body + content[len(body) :], footer).replace(body, body + moved, 1)


def _set(*path):
    """Return a change that sets one value: field ids, then the value."""

    def change(value: thrift.Value) -> None:
        for step in path[:-1]:
            value = value.value[1][step[0]] if isinstance(step, tuple) else value[step]
        value.value = path[-1]

    return change


def _all(*changes):
    return lambda value: [change(value) for change in changes]


def _share(group: int, column: int, shift: int = 0):
    def change(footer: thrift.Value) -> None:
        first = _chunk(footer, 0, column)
        for field in (9, 11):
            if field in first.value:
                _chunk(footer, group, column).value[field] = thrift.Value(
                    first[field].kind, first[field].value + shift
                )

    return change


def _values(count: int):
    def change(footer: thrift.Value) -> None:
        footer[3].value = count * GROUPS
        for group in footer[4].value[1]:
            group[3].value = count
            for column in group[1].value[1]:
                column[3][5].value = count

    return change


BOMBS = {
    "more rows than any export": (lambda: _footer(_values(10**15)), "declares .* rows"),
    "values that cost no bytes": (lambda: _footer(_values(300_000_000)), "cells for each"),
    "rows that no group has": (lambda: _footer(_set(3, 9000)), "row counts that disagree"),
    "unpacked to a petabyte": (
        lambda: _footer(_set(4, (0,), 1, (0,), 3, 6, 10**15)),
        "when unpacked",
    ),
    "negative size": (lambda: _footer(_set(4, (1,), 1, (2,), 3, 7, -5)), "negative sizes"),
    "beyond the file": (lambda: _footer(_set(4, (2,), 1, (2,), 3, 7, 10**7)), "outside"),
    "groups that share a column": (lambda: _footer(_share(1, 1)), "share bytes"),
    "columns that overlap by a byte": (lambda: _footer(_share(2, 2, 1)), "share bytes"),
    "page of 2 GiB": (lambda: _page(0, 1, _set(2, 2**31 - 1)), "pages"),
    "packed page of 2 GiB": (lambda: _page(0, 0, _set(3, 2**31 - 1)), "pages"),
    "dictionary of 2 billion": (lambda: _page(0, 1, _set(7, 1, 2**31 - 1)), "pages"),
    "a writer that is no text": (
        lambda: sound().replace(b"parquet-cpp", b"parqu\xff-cpp"),
        "footer",
    ),
    "cut off": (lambda: sound()[:-20], "does not end"),
    "cut in the footer": (lambda: sound()[:-400] + sound()[-8:], "footer"),
    "footer longer than the file": (
        lambda: sound()[:-8] + struct.pack("<I", 2**31) + b"PAR1",
        "footer of",
    ),
    "encrypted": (lambda: b"PARE" + sound()[4:-4] + b"PARE", "encrypted"),
    "a file of the name only": (lambda: b"PAR1", "does not end"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_no_export_can_be_is_refused_by_name(read, name):
    make, said = BOMBS[name]
    with pytest.raises(BadInputError, match=said):
        read(make())


def test_a_sound_file_passes_what_refuses_the_others(read):
    assert read(_footer(lambda footer: None)).height == ROWS * GROUPS
    assert read(_page(0, 1, lambda header: None))["x"].unique().to_list() == ["same"]


def test_a_long_text_repeated_by_a_dictionary_is_refused_before_it_is_unpacked(read):
    long = pa.array(["x" * 1_000_000])
    index = pa.array([0] * 20_000, pa.int32())
    content = written(pa.table({"note": pa.DictionaryArray.from_arrays(index, long)}))
    assert len(content) < 1_000_000
    with pytest.raises(BadInputError, match="unpacks to 20000000000 bytes"):
        read(content)


def test_long_records_are_held_a_few_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr(read_parquet, "_BATCH_BYTES", 4 << 20)
    path = tmp_path / "f.parquet"
    pq.write_table(pa.table({"note": ["x" * 1024] * 10_000}), path)
    with Database.memory(1.0, 2, tmp_path) as db:
        records = open_parquet(inspect(path), db, tmp_path)
        heights = [frame.height for frame in records.batches(db)]
    assert sum(heights) == 10_000
    assert max(heights) <= 4096


def test_repeated_columns_and_no_records_are_refused(read):
    table = pa.Table.from_arrays([pa.array(["1"])] * 2, names=["a", "a"])
    with pytest.raises(BadInputError, match="repeats"):
        read(written(table))
    with pytest.raises(BadInputError, match="no records"):
        read(written(pa.table({"a": pa.array([], pa.string())})))


def test_limits_are_measured_before_the_footer_is_parsed(read, monkeypatch):
    monkeypatch.setattr(parquet_footer, "_FOOTER_BYTES", (100, 200))
    monkeypatch.setattr(parquet_footer.pq, "ParquetFile", None)
    with pytest.raises(BadInputError, match="declares a footer"):
        read(sound())


def test_what_fails_after_the_first_batch_quotes_no_cell(read):
    names = [f"name{i:06}" for i in range(300_000)]
    content = written(pa.table({"id": names}), compression="none", use_dictionary=False)
    broken = content.replace(b"name299999", b"na\xffe299999")
    with pytest.raises(BadInputError) as caught:
        read(broken)
    assert "299999" not in str(caught.value)
