"""Files of a batch hold the frames as they came, whatever repeats in them."""

import polars as pl
import pyarrow.parquet as pq
import pytest

from pipelines.load.batches.sink import Sink


def test_frames_are_read_back_and_only_what_repeats_gets_a_dictionary(tmp_path):
    frame = pl.DataFrame(
        {
            "id": [f"id{n}" for n in range(1000)],
            "country": ["DE", "FR", None, "NL"] * 250,
            "row_number": range(1000),
            "flags": [[n % 3] for n in range(1000)],
        }
    )
    # In the second frame it is the other way round.
    other = frame.with_columns(id=pl.lit("same"), country=pl.col("id"))
    with Sink(tmp_path) as sink:
        for part in (frame, other, frame.clear()):
            sink.write("lead", part)
        assert sink.rows == {"lead": 2000}
    path = tmp_path / "lead.parquet"
    assert pl.read_parquet(path).equals(pl.concat([frame, other]))
    group = pq.ParquetFile(path).metadata.row_group(0)
    encodings = {
        group.column(place).path_in_schema.split(".")[0]: group.column(place).encodings
        for place in range(group.num_columns)
    }
    dictionaries = {name for name, used in encodings.items() if "RLE_DICTIONARY" in used}
    assert "country" in dictionaries
    assert not {"id", "row_number"} & dictionaries


def test_one_word_throughout_is_kept_and_what_comes_after_it_too(tmp_path):
    same = pl.DataFrame({"batch": ["b"] * 40, "row_number": [7] * 40, "none": [""] * 40})
    other = same.with_columns(batch=pl.Series(["b", None, "ü", ""] * 10))
    nothing = same.with_columns(batch=pl.lit(None, dtype=pl.String))
    parts = [same, other, nothing, same.head(1)]
    with Sink(tmp_path) as sink:
        for part in parts:
            sink.write("lead", part)
    found = pl.read_parquet(tmp_path / "lead.parquet")
    assert found.equals(pl.concat(parts), null_equal=True)
    assert found.schema == same.schema
    stored = pq.ParquetFile(tmp_path / "lead.parquet").schema_arrow
    assert [str(field.type) for field in stored] == ["string", "int64", "string"]


@pytest.mark.parametrize("rows", [0, 1])
def test_a_frame_of_hardly_any_rows(tmp_path, rows):
    with Sink(tmp_path) as sink:
        sink.write("lead", pl.DataFrame({"a": ["x"][:rows]}, schema={"a": pl.String}))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["lead.parquet"] * rows
