"""Which files a folder stands for."""

import pytest

from pipelines.errors import BadInputError
from pipelines.runs.landing import expand


def test_the_parts_of_a_spark_table_are_loaded_and_its_markers_are_not(tmp_path):
    part, own = tmp_path / "part-00000-a.c000.snappy.parquet", tmp_path / "_mine.csv"
    markers = [tmp_path / n for n in ("_SUCCESS", "_committed_17", "_started_17", "_metadata")]
    for path in (part, own, *markers, tmp_path / ".part-00000.crc", tmp_path / "mapping.toml"):
        path.touch()
    assert expand([tmp_path]) == [own, part]
    assert expand([markers[0]]) == [markers[0]], "what is named is what is meant"


def test_a_folder_without_data_is_said(tmp_path):
    with pytest.raises(BadInputError, match="nothing to load"):
        expand([tmp_path])
