import gzip
import subprocess
import sys

import pyarrow as pa
import pytest

from pipelines.errors import BadInputError
from tests.pipelines.load.csv_files import read, write

TABLE = [
    ["id", "name", "note", "since"],
    ["1", "Anna", "two\nlines", "2020-01-02 10:00"],
    ["2", "O'Neil", 'says "hi", often', "2020-01-03 11:30"],
    ["3", "Zoë; Ltd", "", "2020-01-04 12:45"],
    ["4", "a|b\tc", "back\\slash, comma", "2020-01-05 13:15"],
    ["5", "~^:", "cr\rlf\r\nend", "2020-01-06 14:00"],
]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("delimiter", "quote", "escape"),
    [
        (",", '"', ""),
        (";", '"', ""),
        ("\t", '"', ""),
        ("|", "'", ""),
        ("~", '"', ""),
        ("^", '"', ""),
        (";", "'", ""),
        (",", '"', "\\"),
        ("||", '"', ""),
        (", ", '"', ""),
    ],
)
def test_every_dialect_is_detected_and_every_cell_kept(tmp_path, delimiter, quote, escape, end):
    path = tmp_path / "file.csv"
    table = TABLE[:1] + TABLE[1:] * 4
    if end == "\r":
        # Nearly every line ends with a lone CR, or the file is not of that kind.
        table = [[cell.replace("\n", " ") for cell in row] for row in table]
    path.write_bytes(write(table, delimiter, quote, escape, end).encode())
    opened = read(path)
    about = opened.records.about
    assert (about["delimiter"], about["quote"], about["escape"]) == (delimiter, quote, escape)
    assert about["newline"] == end
    assert opened.records.headers == tuple(table[0])
    assert opened.cells == table[1:]


@pytest.mark.parametrize("delimiter", [":", " ", "~~~"])
def test_a_delimiter_common_in_text_can_be_given(tmp_path, delimiter):
    path = tmp_path / "file.csv"
    path.write_bytes(write(TABLE, delimiter).encode())
    assert read(path, delimiter=delimiter).cells == TABLE[1:]


def test_without_quotes_they_are_text(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b'a\tb\n"x\ty"\n"q" z\t"\n')
    opened = read(path, quote="", delimiter="\t")
    assert opened.cells == [['"x', 'y"'], ['"q" z', '"']]


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"],
)
@pytest.mark.parametrize("end", ["\n", "\r"])
def test_every_encoding_is_detected_and_offsets_are_those_of_the_file(tmp_path, encoding, end):
    path = tmp_path / "file.csv"
    text = write([["name", "city"], *[["Zoë", "Köln € 5"]] * 40], end=end)
    bad = f"broken row ë{end}"
    content = (text + bad + f"Ana,Łódź{end}" * (encoding[:3] == "utf")).encode(encoding)
    path.write_bytes(content)
    opened = read(path)
    assert opened.cells[:40] == [["Zoë", "Köln € 5"]] * 40
    assert opened.reasons == ["too_few_fields"]
    (offset,) = opened.quarantine["byte_offset"]
    mark = {"utf-8-sig": 3, "utf-16": 2}.get(encoding, 0)
    width = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}.get(encoding, encoding)
    assert content[offset:].startswith(bad.strip().encode(width))
    assert offset == mark + len(text.encode(width))


def test_what_an_encoding_does_not_know_is_set_aside_not_replaced(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\nZo\xeb,1\nK\x81ln,2\nx,3\n")
    opened = read(path, encoding="windows-1252")
    assert opened.cells == [["Zoë", "1"], ["x", "3"]]
    assert opened.reasons == ["invalid_encoding"]
    assert opened.quarantine.row(0)[3] == 10
    assert opened.quarantine["payload"].to_list() == ["K\\x81ln,2"]
    half = "a,b\nx,1\n".encode("utf-16-le") + b"\x00\xd8" + "y,2\nz,3\n".encode("utf-16-le")
    path.write_bytes(b"\xff\xfe" + half + b"\n")
    opened = read(path)
    assert opened.cells == [["x", "1"], ["z", "3"]]
    assert set(opened.reasons) <= {"invalid_encoding", "too_few_fields"}


def test_bytes_that_come_after_a_plain_sample_tell_the_encoding(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n" + b"x,1\n" * 300_000 + b"Zo\xeb,2\n" * 3)
    opened = read(path)
    assert opened.records.about["encoding"] == "cp1252"
    assert opened.cells[-1] == ["Zoë", "2"]


@pytest.mark.parametrize("name", ["file.csv.gz", "no suffix", "odd[1]*?.csv", "file.csv"])
def test_an_archive_needs_no_name_and_may_have_several_members(tmp_path, name):
    path = tmp_path / name
    packed = gzip.compress(b"a,b\n1,2\n") + gzip.compress(b"3,4\n")
    path.write_bytes(packed)
    assert read(path).cells == [["1", "2"], ["3", "4"]]
    codec = pa.Codec("zstd")
    parts = [codec.compress(part).to_pybytes() for part in (b"a,b\n1,2\n", b"3,4\n")]
    path.write_bytes(b"".join(parts))
    assert read(path).cells == [["1", "2"], ["3", "4"]]


def test_an_archive_cut_short_says_so(tmp_path):
    path = tmp_path / "file.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 5000)[:-9])
    with pytest.raises(BadInputError, match="the end is missing"):
        read(path)


def test_a_folder_with_a_pattern_in_its_name_is_no_pattern(tmp_path):
    folder = tmp_path / "exports [2020]"
    folder.mkdir()
    path = folder / "file.csv"
    path.write_bytes(b"a,b\n1,2\n")
    assert read(path).cells == [["1", "2"]]


def test_quoted_line_ends_before_the_first_real_one_mislead_nobody(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b'1,"x\r\ny"\n2,z\n')
    assert read(path, header=False).cells == [["1", "x\r\ny"], ["2", "z"]]
    path.write_bytes(b'1,"x\ny"\r\n2,z\r\n')
    assert read(path, header=False).cells == [["1", "x\ny"], ["2", "z"]]
    path.write_bytes(b'a,b\r\n1,"x\ny"\r\n2,z\r\n3\r\n')
    assert read(path).cells == [["1", "x\ny"], ["2", "z"]]


@pytest.mark.parametrize(
    ("before", "lines"),
    [
        ("Report of today\n\n", 2),
        ("Report,,\n,,\n", 2),
        ("Report; by: somebody\nof 2020-01-01\n", 2),
        ("\n\n", 2),
        ("", 0),
    ],
)
def test_title_rows_are_skipped_and_told(tmp_path, before, lines):
    path = tmp_path / "file.csv"
    path.write_bytes(f"{before}a,b,c\n1,2,3\n4,5,6\n".encode())
    opened = read(path)
    assert opened.records.headers == ("a", "b", "c")
    assert opened.records.about["preamble_lines"] == lines
    assert opened.cells == [["1", "2", "3"], ["4", "5", "6"]]


def test_a_footer_and_blank_lines_are_told_from_records(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b,c\n\n1,2,3\n\n\n4,5,6\n\nTotal: 2\n\n")
    opened = read(path)
    assert opened.cells == [["1", "2", "3"], ["4", "5", "6"]]
    assert opened.quarantine["line"].to_list() == [8]


def test_where_the_header_is_can_be_said(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"x,y\nz,w\na,b\nc,d\n1,2\n3,4\n")
    opened = read(path, skip=2)
    assert opened.records.headers == ("a", "b")
    assert opened.cells[0] == ["c", "d"]
    opened = read(path, skip=2, header_rows=2)
    assert opened.records.headers == ("a c", "b d")
    assert opened.cells == [["1", "2"], ["3", "4"]]
    opened = read(path, skip=4, header=False, columns=("p", "q"))
    assert opened.records.headers == ("p", "q")
    assert opened.cells == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"1,a@example.com\n2,b@example.com\n", "looks like a record"),
        (b"a,b;c,d\n1,2;3,4\n", "can be divided by"),
        (b"full name\nJohn Doe\nJane Roe\n", "one column, or columns divided by blanks"),
        (b"id    name       city\n1     Ann Ames   Rome\n22    Bob        Bonn\n", "fixed width"),
        (b"Report\nx,y,z\n1,2,3,4\n5,6,7,8\n", "a header as wide as the records|none can be read"),
        (b"a,b\n1,2,3\n4,5,6\n", "none can be read"),
    ],
)
def test_what_cannot_be_told_is_asked(tmp_path, content, said):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=said):
        read(path)


def test_line_feeds_in_cells_make_no_header_of_records_that_end_with_returns(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\r" + b'1,"x\ny"\r' * 5 + b"2,z\r")
    assert read(path).cells == [["1", "x\ny"]] * 5 + [["2", "z"]]
    path.write_bytes(b"a,b\r1,2\n3,4\n5,6\n")
    with pytest.raises(BadInputError, match="lone carriage return"):
        read(path)


def test_quotes_around_every_field_are_quotes_however_many_records_are_broken(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"'a','b'\n'1','x,y'\n'2','z'\n'3','z'\n" + b"  '4' , 'z' \n" * 2)
    assert read(path).cells == [["1", "x,y"], ["2", "z"], ["3", "z"]]


def test_delimiters_at_the_end_of_every_record_are_columns_without_a_name(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2,\n3,4,\n")
    opened = read(path)
    assert opened.records.headers == ("a", "b", "column_2")
    assert opened.cells == [["1", "2", ""], ["3", "4", ""]]


def test_names_that_repeat_or_are_missing_are_made_unique(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,,A,a\n1,2,3,4\n")
    assert read(path).records.headers == ("a", "column_1", "A_2", "a_3")


def test_many_broken_records_are_held_on_disk(tmp_path):
    path = tmp_path / "file.csv"
    path.write_bytes(b"a,b\n1,2\n" + (b"x" * 200 + b"\n") * 100_000)
    script = f"""
import tempfile, tracemalloc
from pathlib import Path
from tests.pipelines.load.csv_files import Database, FileDialect, inspect, open_records
with tempfile.TemporaryDirectory() as scratch, Database.memory(0.5, 1) as db:
    tracemalloc.start()
    given = FileDialect(delimiter=",")
    records = open_records(inspect(Path({str(path)!r})), given, db, Path(scratch))
    count = sum(frame.height for frame in records.quarantine_frames())
    print(count, tracemalloc.get_traced_memory()[1])
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    count, peak = map(int, done.stdout.split())
    assert count == 100_000
    # 20 MB of payloads; what stays is their numbers, the blocks at work and 16 MiB of spool.
    assert peak < 60 << 20
