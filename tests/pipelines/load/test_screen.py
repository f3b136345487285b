import csv
import io
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.read.dialect import Dialect
from pipelines.load.read.quarantine import Reason
from pipelines.load.read.screen import MAX_RECORD_BYTES, Screen
from pipelines.load.read.screening import Screening


def screened(content: bytes, width: int = 3, newline: str = "\n") -> Screening:
    dialect = Dialect("utf-8", ",", '"', newline, has_header=True)
    return Screen(dialect, width).run(io.BytesIO(content), preamble=0, skip=1)


@pytest.mark.parametrize(
    ("content", "reasons"),
    [
        (b"a,b,c\n1,2,3\n", []),
        (b'a,b,c\n1,"x,\n""y""",3\n', []),
        (b'a,b,c\n1,5" pipe,3\n', []),
        (b"a,b,c\n1,2\n", [Reason.TOO_FEW_FIELDS]),
        (b"a,b,c\n1,2,3,4\n", [Reason.TOO_MANY_FIELDS]),
        (b'a,b,c\n1,"x"y,3\n', [Reason.BAD_QUOTING]),
        (b'a,b,c\n1, "x,y",3\n', [Reason.BAD_QUOTING]),
        (b'a,b,c\n1,"x,3\n4,5,6\n', [Reason.UNCLOSED_QUOTE]),
        (b'a,b,c\n1,"x,3\n4,"5",6\n', [Reason.BAD_QUOTING]),
        (b'a,b,c\n1,"x\ny",3,4\n', [Reason.TOO_MANY_FIELDS]),
        (b"a,b,c\n1,\xff,3\n", [Reason.INVALID_ENCODING]),
        (b"a,b,c\n1,\x00,3\n", [Reason.NUL_BYTE]),
        (b"a,b,c\n1,2\r,3\n", [Reason.BARE_CR]),
        (b'a,b,c\n1,"x"\r,3\n', [Reason.BARE_CR]),
    ],
)
def test_each_kind_of_damage_has_its_reason(content, reasons):
    found = screened(content + b"7,8,9\n")
    assert [broken.reason for broken in found.broken] == reasons
    assert found.records >= 2


def test_a_lone_cr_at_the_very_end_is_damage():
    found = screened(b'a,b,c\n1,2,3\n4,5,"6"\r')
    assert [broken.reason for broken in found.broken] == [Reason.BARE_CR]


def test_damage_is_found_where_it_is():
    found = screened(b'a,b,c\n1,2,3\n"x\ny",2,3\n4,5\n6,7,8\n')
    (broken,) = found.broken
    assert (broken.record, broken.line, broken.start, broken.end) == (3, 5, 22, 26)
    assert broken.payload == "4,5"


def test_one_unclosed_quote_costs_one_record_of_many():
    content = b"a,b,c\n" + b"1,2,3\n" * 500 + b'1,"2,3\n' + b"1,2,3\n" * 500
    found = screened(content)
    assert (found.records, len(found.broken)) == (1001, 1)


def test_mixed_line_ends_are_made_one():
    content = b'a,b,c\r\n1,"x\r\ny",3\n4,5,6\r\n'
    dialect = Dialect("utf-8", ",", '"', "\r\n", has_header=True)
    screen = Screen(dialect, 3)
    assert not screen.run(io.BytesIO(content), preamble=0, skip=1).is_uniform
    sink = io.BytesIO()
    screen.rewrite(io.BytesIO(content), sink, skip=1)
    assert sink.getvalue() == b'1,"x\r\ny",3\n4,5,6\n'


def test_a_lone_cr_divides_records_where_that_is_the_only_reading():
    found = screened(b'a,b,c\n1,2,3\r4,"x\ry",6\r\n7,8,9\n1,2\r3,4,5\n')
    assert (found.records, [b.reason for b in found.broken]) == (4, [Reason.TOO_MANY_FIELDS])


def test_a_field_of_any_size_is_set_aside_without_being_held():
    huge = b"x" * (9 << 20)
    found = screened(b"a,b,c\n1," + huge + b',3\n4,5,6\n7,"' + huge + b'",9\n')
    assert found.records == 3
    assert [(b.record, b.reason) for b in found.broken] == [
        (1, Reason.TOO_LONG),
        (3, Reason.TOO_LONG),
    ]
    assert max(len(b.payload) for b in found.broken) == MAX_RECORD_BYTES
    assert found.broken[1].start == 6 + len(huge) + 5 + 6


def test_a_record_too_long_among_plain_ones_is_set_aside():
    long = b"1," + b"x" * MAX_RECORD_BYTES + b",3\n"
    found = screened(b"a,b,c\n1,2,3\n" + long + b"4,5,6\n")
    assert found.records == 3
    assert [(b.record, b.reason) for b in found.broken] == [(2, Reason.TOO_LONG)]


def test_the_header_again_is_no_record():
    content = b'name,"b",c\n1,2,3\nname,b,c\n"name",b,"c"\nname,b,d\n'
    dialect = Dialect("utf-8", ",", '"', "\n", has_header=True)
    screen = Screen(dialect, 3, b'name,"b",c\n')
    found = screen.run(io.BytesIO(content), preamble=0, skip=1)
    assert found.records == 4
    assert [(b.record, b.reason) for b in found.broken] == [
        (2, Reason.REPEATED_HEADER),
        (3, Reason.REPEATED_HEADER),
    ]


def test_a_record_wrapped_in_quotes_by_a_spreadsheet_is_read_inside():
    row = b'"1,""x, y"",3,4,""5 """"inch"""""""\n'
    content = b"a,b,c,d,e\n" + row + b"1,2,3,4,5\n" + b'"1,2,3,4"\n'
    dialect = Dialect("utf-8", ",", '"', "\n", has_header=True)
    screen = Screen(dialect, 5)
    found = screen.run(io.BytesIO(content), preamble=0, skip=1)
    assert (found.records, found.unwrapped) == (3, 1)
    assert [b.reason for b in found.broken] == [Reason.TOO_FEW_FIELDS]
    records = [record for reason, record, *_ in screen.walk(io.BytesIO(content), 1) if not reason]
    assert records == [b'1,"x, y",3,4,"5 ""inch"""', b"1,2,3,4,5"]


CELL = st.text(st.sampled_from('ab ,;"\n\r\té0'), max_size=6)


@given(
    st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=30),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_every_file_that_python_s_csv_writes_is_clean_and_counted_alike(records, end, quoting):
    if quoting == csv.QUOTE_MINIMAL:
        # Python 3.11 leaves a lone CR bare, and then nobody can tell it from a line end.
        records = [[cell.replace("\r", "") for cell in record] for record in records]
    text = io.StringIO()
    csv.writer(text, lineterminator=end, quoting=quoting).writerows([["a", "b", "c"], *records])
    content = text.getvalue().encode()
    rows = list(csv.reader(io.StringIO(text.getvalue(), newline="")))
    found = screened(content, newline=end)
    # A blank before a quote is the one thing the csv module writes bare that has two readings.
    assert [b for b in found.broken if b.reason != Reason.BAD_QUOTING] == []
    assert found.records == sum(map(bool, rows)) - 1


@given(st.binary(max_size=400))
def test_every_byte_belongs_to_a_record_a_cut_or_the_header(content):
    found = screened(b"a,b,c\n" + content)
    assert found.records >= len(found.broken)
    blanks = list(zip(found.blanks[::2], found.blanks[1::2], strict=True))
    ranges = sorted([(b.start, b.end) for b in found.broken] + blanks)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    assert all(6 <= start < end <= len(content) + 6 for start, end in ranges)


@pytest.mark.parametrize(("width", "header"), [(1, b""), (3, b"id,b,c\n"), (3, b"")])
@given(
    st.lists(
        st.sampled_from(
            [b"a", b",", b'"', b"\n", b"\r\n", b"\r", b" ", b"\xff", b"\0", b"id,b,c\n", b"1,2,3\n"]
        ),
        max_size=20,
    )
)
def test_a_block_is_looked_at_as_its_lines_one_by_one_are(width, header, parts):
    screen = Screen(Dialect("utf-8", ",", '"', "\n", has_header=True), width, header)
    lines = io.BytesIO(b"".join(parts)).readlines()
    odd = [index for index, line in enumerate(lines) if not screen._is_good(line)]
    assert not lines or screen._odd(lines, b"".join(lines)) == odd
