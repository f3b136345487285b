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


def damaged_at_random(chance, most):
    """Yield each row with up to `most` faults."""
    for row in ROWS:
        parts = write([row]).removesuffix("\n").split(",")
        for _ in range(chance.integers(1, most + 1)):
            at = chance.integers(len(parts))
            changed = ([], ["", parts[at]], [parts[at] + '"'], ["x y", ""], ['"' + parts[at]])
            if chance.random() < 0.3:
                parts[at : at + 2] = ["".join(parts[at : at + 2])]
            else:
                parts[at : at + 1] = changed[chance.integers(5)]
        yield ",".join(parts)


def test_a_bounded_search_finds_what_a_search_without_bounds_finds():
    aligner = Aligner(columns_of(ROWS, len(HEADER)), '"')
    faults = 0
    for text in damaged_at_random(np.random.default_rng(7), 3):
        pieces = text.split(",")
        whole = aligner._path(pieces, ",", 1.5, 1_000.0)
        way = aligner._followed(whole, pieces, ",", 1.5)
        assert aligner.align(text, ",") == (way if whole.cost <= 6 else None)
        faults += 2.2 < whole.cost <= 6
    assert faults > 5


def test_what_is_repaired_like_another_is_repaired_as_by_itself():
    columns = columns_of(ROWS, len(HEADER))
    chance, followed = np.random.default_rng(11), 0
    aligner = Aligner(columns, '"')
    search = aligner._path
    for text in [text for _ in range(4) for text in damaged_at_random(chance, 2)]:
        searched = []
        aligner._path = lambda *given, seen=searched: seen.append(given) or search(*given)
        way = aligner.align(text, ",")
        assert way == Aligner(columns, '"').align(text, ",")
        followed += way is not None and not searched
    assert followed > 50


def test_the_quick_shape_of_ascii_is_the_shape_of_any_text():
    every = "".join(map(chr, range(128)))
    assert shape(every) == re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", every))
    assert shape("Zoë 9٣") == "aaa 99"


def torn(row, column, end="\n"):
    """Write a row with a line end inside of one cell, which has no quotes."""
    parts, cells = read_parts(write([row]).removesuffix("\n")), [*row]
    bare = row[column].replace('"', "").replace(",", ";")
    cells[column] = parts[column] = bare[:3] + end + bare[3:]
    return ",".join(parts) + "\n", cells


@pytest.mark.parametrize("column", [2, 4, 5])
@pytest.mark.parametrize("end", ["\n", "\n\n", "\nx\n"])
def test_a_record_torn_over_lines_is_joined(tmp_path, column, end):
    path = tmp_path / "file.csv"
    text, cells = torn(ROWS[NUMBER - 1], column, end)
    damaged(path, lambda line: text)
    opened = read(path, salvage=True)
    assert opened.cells == [*ROWS[: NUMBER - 1], cells, *ROWS[NUMBER:]]
    assert opened.records.repaired["repair"].to_list() == [Repair.LINES_JOINED]
    assert set(opened.reasons) == {"joined_above"}
    # Every line is a record to an independent count, and numbers are those of a strict load.
    strict = read(path)
    assert strict.records.total == opened.records.total == len(ROWS) + len(opened.reasons)
    assert opened.rows[-1] == strict.rows[-1]


@pytest.mark.parametrize(
    "lines",
    [
        "AB-030,03/03/2020,Town\nAB-099,04/03/2020,Town E,$1.10,x\n",  # two records cut short
        "AB-030,03/03/2020\nTown E,$3.40,text,https://example.com/30,,,\n",  # too many together
        "03/03/2020,Town\nE,$3.40,text,https://example.com/30,\n",  # begins like no record
        "AB-030,03/03/2020,Town E,$3.40\nword,$3.40,\nmore\n",  # cells unlike their columns
        # The end of one record and the beginning of another: two prices, and two towns.
        'AB-030,03/03/2020,Town E,$3.40\n$4.41,"word, 31 ""q"" more",https://example.com/31,\n',
        'AB-030,03/03/2020,Town E\nTown F,$4.41,"word, 31 ""q"" more",https://example.com/31,\n',
    ],
)
def test_what_may_be_several_records_is_not_joined(tmp_path, lines):
    path = tmp_path / "file.csv"
    damaged(path, lambda line: lines)
    opened = read(path, salvage=True)
    assert Repair.LINES_JOINED not in opened.records.repaired["repair"].to_list()
    assert "joined_above" not in opened.reasons


def test_few_records_tell_where_one_begins(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("id,name,note,city\n1,Ann,x,Bonn\n2,Bob,first\nsecond,Rome\n3,Eve,y,Oslo\n")
    opened = read(path, salvage=True)
    assert opened.cells[1] == ["2", "Bob", "first\nsecond", "Rome"]
    path.write_text("name,note,city\nAnn,x,Bonn\nBob,first\nsecond,Rome\nEve,y,Oslo\n")
    assert Repair.LINES_JOINED not in read(path, salvage=True).records.repaired["repair"].to_list()


def test_a_number_that_can_be_cut_in_two_is_another_kind_of_damage():
    rows = [
        [f"AB-{i:03}", "+49 30 " + "1234567"[: 3 + i % 5], "98765"[: 1 + i % 4], f"Town {i % 7}"]
        for i in range(60)
    ]
    columns = columns_of(rows, 4)
    aligner = Aligner(columns, '"')
    found = []
    for row in rows:
        text = ",".join([row[0], row[1], row[3]])  # the third cell is lost, and its delimiter
        way = aligner.align(text, ",")
        assert way == Aligner(columns, '"').align(text, ",")
        found.append(min(way.repairs))
    assert {*found} == {Repair.PADDED, Repair.FIELDS_SPLIT}
