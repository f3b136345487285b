import gzip
from pathlib import Path

import pytest

from pipelines.errors import BadInputError
from pipelines.load.read.discover import discover, inspect, passed_over, without_copies


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


def test_a_folder_gives_data_by_its_ending_and_names_the_rest(tmp_path):
    for name in ("a.csv", "export", "b.CSV.GZ", "c.pq", "notes.md", "book.xlsx", ".hidden.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "older").mkdir()
    (tmp_path / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    assert [p.name for p in discover([tmp_path])] == ["a.csv", "b.CSV.GZ", "c.pq", "export"]
    assert [p.name for p in passed_over([tmp_path])] == ["book.xlsx", "gone.csv", "notes.md"]
    assert passed_over([tmp_path / "a.csv"]) == []


def test_a_glob_reaches_into_folders_and_leaves_hidden_files(tmp_path):
    for folder in ("x", "y"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "leads.csv").write_text("x")
        (tmp_path / folder / ".leads.csv").write_text("x")
    found = discover([tmp_path / "*" / "*.csv"])
    assert [p.relative_to(tmp_path).as_posix() for p in found] == ["x/leads.csv", "y/leads.csv"]


def test_an_empty_folder_is_said(tmp_path):
    with pytest.raises(BadInputError, match="nothing to load"):
        discover([tmp_path])


def test_the_same_bytes_under_two_names_are_one_file(tmp_path):
    for name, content in (("a.csv", "id\n1\n"), ("b.csv", "id\n2\n"), ("c.csv", "id\n1\n")):
        (tmp_path / name).write_text(content)
    (tmp_path / "d.csv").symlink_to(tmp_path / "b.csv")
    files, copies = without_copies(discover([tmp_path]))
    assert [p.name for p in files] == ["a.csv", "b.csv"]
    assert {p.name: q.name for p, q in copies.items()} == {"c.csv": "a.csv", "d.csv": "b.csv"}


def test_what_may_not_be_read_is_said_in_one_line(tmp_path, monkeypatch):
    def denied(*args, **kwargs):
        raise PermissionError(13, "Permission denied")

    path = tmp_path / "x.csv"
    path.write_text("id\n1\n")
    monkeypatch.setattr(Path, "open", denied)
    monkeypatch.setattr(Path, "iterdir", denied)
    for call in (lambda: inspect(path), lambda: discover([tmp_path])):
        with pytest.raises(BadInputError, match="Permission denied"):
            call()


@pytest.mark.parametrize(
    ("name", "content", "format_"),
    [
        ("export", b'{"id": 1}\n', "jsonl"),
        ("leads.csv", b'[\n  {"id": 1}]', "jsonl"),
        ("leads.csv", b'\xef\xbb\xbf{"id": 1}\n', "jsonl"),
        ("leads.json", b"id,name\n1,x\n", "csv"),
        ("leads.jsonl", b'broken\n{"id": 1}\n', "jsonl"),
        ("leads.csv", b"[id],name\n1,x\n", "csv"),
        ("leads.parquet", b"id,name\n1,x\n", "csv"),
        ("leads.csv", gzip.compress(b'{"id": 1}\n', mtime=0), "jsonl"),
        ("leads", gzip.compress(b"id,name\n1,x\n", mtime=0), "csv"),
        ("leads.csv", b"PAR1....PAR1", "parquet"),
    ],
)
def test_the_content_tells_the_format_whatever_the_name(tmp_path, name, content, format_):
    path = tmp_path / name
    path.write_bytes(content)
    assert inspect(path).format == format_


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (gzip.compress(b"", mtime=0), "empty"),
        (gzip.compress(b"PK\x03\x04rest", mtime=0), "Excel"),
        (gzip.compress(gzip.compress(b"id\n1\n", mtime=0), mtime=0), "packed twice"),
        (gzip.compress(b"PAR1rest", mtime=0), "packed twice"),
        (b"\x1f\x8bnonsense", "bytes are damaged"),
    ],
)
def test_what_lies_in_a_packed_file_is_looked_at(tmp_path, content, said):
    path = tmp_path / "x.csv.gz"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=said):
        inspect(path)


def test_an_archive_is_the_file_that_is_in_it(tmp_path):
    content = b"id,name\n1,x\n"
    made = {"a.csv": content}
    made |= {f"{i}.csv.gz": gzip.compress(content, level, mtime=i) for i, level in ((1, 1), (2, 9))}
    for name, bytes_ in made.items():
        (tmp_path / name).write_bytes(bytes_)
    assert len({inspect(tmp_path / name).sha256 for name in made}) == 1


def test_nuls_among_text_are_damage_and_no_binary_data(tmp_path):
    (tmp_path / "x.csv").write_bytes(b"id,na\0me\n1,Jo\0s\n2,Ann\n")
    assert inspect(tmp_path / "x.csv").format == "csv"
