"""Text columns read beside DuckDB must say what DuckDB says, whatever the file is made of."""

import datetime as dt
from dataclasses import replace

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import BadInputError
from pipelines.load.normalise.many2one import unlinked
from pipelines.load.normalise.text import cleaned
from pipelines.load.read import parquet_text
from pipelines.load.read.discover import inspect
from pipelines.load.read.parquet_footer import read_footer
from pipelines.load.read.read_parquet import open_parquet
from pipelines.store import Database

ROWS = 997
TABLE = pa.table(
    {
        "id": [f"a{i}" for i in range(ROWS)],
        "word": [None if i % 7 == 0 else ["x", "", "ß\u00a0"][i % 3] for i in range(ROWS)],
        "n": list(range(ROWS)),
        "at": [dt.datetime(2024, 1, 1) + dt.timedelta(minutes=i) for i in range(ROWS)],
        "ID": pa.array([f"b{i}".encode() for i in range(ROWS)], pa.binary()),
        "none": pa.nulls(ROWS, pa.string()),
    }
)
ID_CELLS = [
    "7",
    "f1",
    "Fall",
    "False",
    "FALSE",
    " ",
    "",
    None,
    "\u00a0",
    "[3, 'x']",
    "null",
    "{x",
    " 5",
]


@pytest.fixture
def db(tmp_path):
    with Database.memory(1.0, 2, tmp_path) as opened:
        yield opened


def opened(table, db, folder, **options):
    path = folder / "f.parquet"
    pq.write_table(table, path, **options)
    return open_parquet(inspect(path), db, folder)


@pytest.mark.parametrize("group_rows", [40, 100, 2000])
@pytest.mark.parametrize("batch_rows", [64, 5000])
@pytest.mark.parametrize("only", [None, {"id", "none"}, {"n", "at"}, {"ID", "word"}])
def test_both_ways_of_reading_agree(db, tmp_path, group_rows, batch_rows, only):
    records = replace(opened(TABLE, db, tmp_path, row_group_size=group_rows), batch_rows=batch_rows)
    assert records.texts is not None
    assert set(records.texts.names) == {"c0", "c1", "c2", "c5"}
    assert set(records.texts.times) == {"c3"}
    assert records.stored() == {"n": "number", "at": "time"}
    quick = list(records.batches(db, only=only, as_numbers={"n"}))
    plain = list(replace(records, texts=None).batches(db, only=only, as_numbers={"n"}))
    assert pl.concat(quick).equals(pl.concat(plain), null_equal=True)
    assert only == {"n", "at"} or max(frame.height for frame in quick) <= batch_rows


@pytest.mark.parametrize(
    "options",
    [
        {"compression": "brotli"},
        {"use_dictionary": False, "column_encoding": {"id": "DELTA_BYTE_ARRAY"}},
    ],
)
def test_what_not_every_reader_knows_is_left_to_one(db, tmp_path, options):
    records = opened(TABLE.select(["id", "n"]), db, tmp_path, **options)
    assert records.texts is None
    assert pl.concat(records.batches(db))["id"].to_list() == TABLE["id"].to_pylist()


@pytest.mark.parametrize("limit", ["_MOST_PACKED", "_MOST_UNPACKED"])
def test_what_would_take_much_memory_is_left_to_duckdb(db, tmp_path, monkeypatch, limit):
    monkeypatch.setattr(parquet_text, limit, 100)
    assert opened(TABLE, db, tmp_path).texts is None


def test_a_file_cut_off_meanwhile_is_told_and_quotes_no_cell(db, tmp_path):
    records = opened(TABLE, db, tmp_path, row_group_size=100)
    content = (tmp_path / "f.parquet").read_bytes()
    (tmp_path / "f.parquet").write_bytes(content[: len(content) // 2])
    with pytest.raises(BadInputError, match="stopped before the end") as told:
        list(records.batches(db, only={"id"}))
    assert "a1" not in str(told.value)


def test_fewer_rows_on_either_side_are_noticed(db, tmp_path):
    records = opened(TABLE, db, tmp_path, row_group_size=100)
    short = replace(records, texts=replace(records.texts, chunks=((0, 900),)))
    with pytest.raises(BadInputError, match="900 records were read"):
        list(short.batches(db))
    short = replace(records, query=f"FROM ({records.query}) LIMIT 950")
    with pytest.raises(BadInputError, match="950 records were read"):
        list(short.batches(db))


def test_row_groups_are_joined_up_to_the_rows_wanted(tmp_path):
    path = tmp_path / "f.parquet"
    pq.write_table(TABLE, path, row_group_size=300)
    chunks = parquet_text.text_columns(
        path, read_footer(path), dict.fromkeys(TABLE.column_names, "VARCHAR"), 10, 650
    ).chunks
    assert chunks == ((0, 600), (600, 397))


@pytest.mark.parametrize("is_stored_apart", [True, False])
@pytest.mark.parametrize("cells", [ID_CELLS, ["7", "f1", "Fall", "null"]])
def test_a_record_without_an_id_of_its_own_has_its_hash(db, tmp_path, is_stored_apart, cells):
    table = pa.table({"id": pa.array(cells, pa.string()), "x": [str(i) for i in range(len(cells))]})
    records = opened(table, db, tmp_path)
    if not is_stored_apart:
        records = replace(records, texts=None)
    whole = pl.concat(records.batches(db, content_hash=True))
    named = pl.concat(records.batches(db, content_hash=True, named_by="id"))
    assert named.columns == whole.columns
    assert named.drop("content_hash").equals(whole.drop("content_hash"), null_equal=True)
    made = named["content_hash"].is_not_null()
    assert named["content_hash"].filter(made).equals(whole["content_hash"].filter(made))
    is_blank = unlinked(cleaned(whole["id"]), has_false=False).is_null()
    assert (made | ~is_blank).all()
    # Whoever has an id is spared the work.
    assert not made.gather([i for i, cell in enumerate(cells) if cell in ("7", "f1", "Fall")]).any()
