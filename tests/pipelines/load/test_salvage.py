import gzip
import re

import numpy as np
import pytest

from pipelines.load.read.salvage import Repair
from pipelines.load.read.salvage.align import Aligner
from pipelines.load.read.salvage.profile import columns_of, shape
from tests.pipelines.load.csv_files import read, write

HEADER = ["id", "day", "city", "price", "about", "link", "more"]
ROWS = [
    [f"AB-{i:03}", f"{i % 28 + 1:02}/03/2020", f"Town {chr(65 + i % 26)}", f"${i}.{i % 90 + 10}",
     f'word, {i} "q" more', f"https://example.com/{i}", ""]
    for i in range(1, 60)
]  # fmt: skip
NUMBER = 30  # the record that is damaged


def damaged(path, change, encoding="utf-8"):
    lines = write([HEADER, *ROWS]).splitlines(keepends=True)
    lines[NUMBER] = change(lines[NUMBER])
    path.write_bytes("".join(lines).encode(encoding, "surrogateescape"))


def with_more(column):
    def change(line):
        cells = write([ROWS[NUMBER - 1]]).removesuffix("\n")
        parts = read_parts(cells)
        return ",".join([*parts[:column], "", *parts[column:]]) + "\n"

    return change


def without_delimiter(column):
    def change(line):
        parts = read_parts(line.removesuffix("\n"))
        return ",".join(parts[:column]) + ",".join(["", *parts[column:]])[1:] + "\n"

    return change


def read_parts(line):
    cells = [*ROWS[NUMBER - 1]]
    parts = [write([[cell]]).removesuffix("\n") for cell in cells]
    assert ",".join(parts) == line.removesuffix("\n")
    return parts


@pytest.mark.parametrize("column", range(len(HEADER)))
def test_an_empty_field_too_many_is_found_by_the_shape_of_the_columns(tmp_path, column):
    path = tmp_path / "file.csv"
    damaged(path, with_more(column))
    opened = read(path, salvage=True)
    assert opened.cells == ROWS
    assert opened.records.repaired["repair"].to_list() == [Repair.EMPTY_FIELDS_DROPPED]


@pytest.mark.parametrize("column", range(1, len(HEADER)))
def test_a_missing_delimiter_is_found_by_the_shape_of_the_columns(tmp_path, column):
    path = tmp_path / "file.csv"
    damaged(path, without_delimiter(column))
    opened = read(path, salvage=True)
    assert opened.cells == ROWS
    assert opened.records.repaired.height == 1


@pytest.mark.parametrize(
    ("change", "repair"),
    [
        (lambda line: line.replace(",", ";", 4).replace(",https", ";https"), None),
        (lambda line: '"' + line, Repair.QUOTE_REPAIRED),
        (lambda line: line.replace('""q""', '"q"'), Repair.QUOTE_REPAIRED),
        (lambda line: line.replace('word, 30 ""q"" more', "word, 30 “q” more"), None),
        (lambda line: line.replace("AB-030", "AB-\x00030"), Repair.NUL_REMOVED),
        (lambda line: line.replace("Town E", "Town \udce9"), Repair.ENCODING_REPLACED),
        (lambda line: '"' + line.strip().replace('"', '""') + '"\n', None),
        (lambda line: line.replace(",\n", "\n"), Repair.PADDED),
    ],
)
def test_only_the_damaged_record_is_repaired_and_marked(tmp_path, change, repair):
    path = tmp_path / "file.csv"
    damaged(path, change)
    opened = read(path, salvage=True)
    marks = opened.records.repaired
    assert [row for row in opened.rows if row[0] != NUMBER] == [
        (i, *row) for i, row in enumerate(ROWS, start=1) if i != NUMBER
    ]
    if repair is not None:
        content = path.read_bytes()
        assert marks["repair"].to_list() == [repair]
        assert marks["row_number"].to_list() == [NUMBER]
        assert marks["line"].to_list() == [NUMBER + 1]
        offset = len(b"".join(content.splitlines(keepends=True)[:NUMBER]))
        assert marks["byte_offset"].to_list() == [offset]


def test_strict_repairs_nothing(tmp_path):
    path = tmp_path / "file.csv"
    damaged(path, lambda line: '"' + line)
    opened = read(path)
    assert opened.records.repaired.is_empty()
    assert opened.reasons == ["bad_quoting"]
    assert opened.cells == ROWS[: NUMBER - 1] + ROWS[NUMBER:]


def test_offsets_of_repairs_are_those_of_the_file_in_another_encoding(tmp_path):
    path = tmp_path / "file.csv"
    rows = [["Zoë", "1", "x"]] * 20
    text = write([["a", "b", "c"], *rows])
    path.write_bytes((text + "Ana,2\n").encode("utf-16"))
    opened = read(path, salvage=True)
    assert opened.cells == [*rows, ["Ana", "2", ""]]
    assert opened.records.repaired["byte_offset"].to_list() == [2 + 2 * len(text)]


def test_a_second_table_and_a_footer_are_no_records_of_the_first(tmp_path):
    path = tmp_path / "file.csv"
    narrow = [HEADER[:-1], *[row[:-1] for row in ROWS[:5]]]
    path.write_text(write([HEADER, *ROWS]) + write(narrow) + "Total: 59 rows of 2020\n")
    opened = read(path, salvage=True)
    assert opened.cells == ROWS
    assert len(opened.reasons) == 7


def test_the_likeliest_reading_is_taken_where_strict_asks(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(write(ROWS))
    opened = read(path, salvage=True)
    assert opened.records.headers[0] == "column_0"
    assert opened.cells == ROWS


def test_a_header_too_narrow_marks_every_record(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("a,bc\n" + "1,2,3\n" * 20)
    opened = read(path, salvage=True)
    assert opened.cells == [["1", "2", "3"]] * 20
    assert opened.records.repaired["repair"].unique().to_list() == [Repair.HEADER_REPAIRED]
    assert opened.records.about["header_repaired"] is True


def test_an_archive_in_another_dialect_is_salvaged_too(tmp_path):
    path = tmp_path / "file.gz"
    text = write([HEADER, *ROWS], ";", "'", "\\", "\r\n")
    path.write_bytes(gzip.compress((text + "AB-060;01/04/2020;Town X\r\n").encode()))
    opened = read(path, salvage=True, escape="\\", quote="'")
    assert opened.cells[: len(ROWS)] == ROWS
    assert opened.records.total == len(ROWS) + 1


def test_a_bounded_search_finds_what_a_search_without_bounds_finds():
    aligner = Aligner(columns_of(ROWS, len(HEADER)), '"')
    chance = np.random.default_rng(7)
    faults = 0
    for row in ROWS:
        parts = write([row]).removesuffix("\n").split(",")
        for _ in range(chance.integers(1, 4)):
            at = chance.integers(len(parts))
            changed = ([], ["", parts[at]], [parts[at] + '"'], ["x y", ""])
            parts[at : at + 1] = changed[chance.integers(4)]
        text = ",".join(parts)
        whole = aligner._path(text.split(","), ",", 1.5, 1_000.0)
        assert aligner.align(text, ",") == (whole if whole.cost <= 6 else None)
        faults += 2.2 < whole.cost <= 6
    assert faults > 5


def test_the_quick_shape_of_ascii_is_the_shape_of_any_text():
    every = "".join(map(chr, range(128)))
    assert shape(every) == re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", every))
    assert shape("Zoë 9٣") == "aaa 99"
