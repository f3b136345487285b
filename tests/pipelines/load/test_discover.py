import pytest

from pipelines.errors import BadInputError
from pipelines.load.discover import discover, inspect


def test_folders_and_globs_are_expanded_in_order_each_file_once(tmp_path):
    for name in ("b.csv", "a.csv", "c.parquet", "notes.md", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    found = discover([tmp_path, tmp_path / "*.csv", tmp_path / "notes.md"])
    names = [path.name for path in found]
    assert names[:3] == ["a.csv", "b.csv", "c.parquet"]
    assert names.count("a.csv") == 1
    assert "notes.md" in names, "a file named by the user is taken at its word"


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(BadInputError, match="nothing to load"):
        discover([tmp_path / "*.csv"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "Excel"),
        (b"%PDF-1.7", "PDF"),
        (bytes(range(256)) * 40, "binary"),
        (b"SQLite format 3\x00", "SQLite"),
    ],
)
def test_what_is_no_export_is_named(tmp_path, content, said):
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=said):
        inspect(path)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(BadInputError, match="gone"):
        inspect(tmp_path / "gone.csv")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_text_in_any_encoding_is_no_binary(tmp_path, encoding):
    path = tmp_path / "x.csv"
    path.write_bytes("näme,stadt\nJörg,Köln\n".encode(encoding))
    assert inspect(path).format == "csv"
