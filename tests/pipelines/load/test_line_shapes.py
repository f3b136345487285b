"""The shape of lines, found in a whole block, must be what looking at each line says."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.read.dialect import Dialect
from pipelines.load.read.encoding import is_utf8
from pipelines.load.read.line_shapes import foreign, misshapen
from pipelines.load.read.screen import Screen

WIDTH = 3
CELL = st.sampled_from([b"a", b"", b'"a"', b'"a"', b'""', b'","', b'"b""c"', b'"', b'""""', b"\r"])
SEPARATOR = st.sampled_from([b",", b",", b",", b",", b"", b" ,", b";"])
END = st.sampled_from([b"\n", b"\n", b"\r\n", b"\n\n", b"\r"])
LINE = st.lists(st.tuples(CELL, SEPARATOR), min_size=2, max_size=3).flatmap(
    lambda cells: st.tuples(st.just(b"".join(a + b for a, b in cells)), CELL, END).map(b"".join)
)


@given(st.lists(LINE, min_size=1, max_size=12), st.sampled_from(['"', "'", ""]))
def test_every_line_is_judged_as_by_itself(parts, quote):
    screen = Screen(Dialect("utf-8", ",", quote, "\n", has_header=True), WIDTH)
    block = b"".join(parts)
    lines = io.BytesIO(block).readlines()
    found = misshapen(
        block,
        lines,
        delimiter=b",",
        quote=quote.encode(),
        width=WIDTH,
        is_exact=screen._exact.fullmatch,
    )
    # A CR in a line without quotes is looked for by expression alone, as before.
    assert found == {i for i, line in enumerate(lines) if not screen._exact.fullmatch(line)}


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_where_all_is_quoted_no_expression_is_needed(end):
    good = b'"a","b, c",""' + end
    lines = [good, b'",",x"",1' + end, good, b'"a","b"",c"' + end]
    asked = []

    def is_exact(line: bytes) -> None:
        asked.append(line)

    found = misshapen(
        b"".join(lines), lines, delimiter=b",", quote=b'"', width=WIDTH, is_exact=is_exact
    )
    assert asked == [lines[1], lines[3]]
    assert found == {1, 3}


@given(st.lists(st.sampled_from([b"\xc3", b"\xa9", b"\xf0\x9f", b"\x98\x80", b"a", b"\n"])))
def test_bytes_that_are_no_text_are_found_in_their_lines(parts):
    block = b"".join(parts)
    lines = io.BytesIO(block).readlines()
    assert foreign(block) == {i for i, line in enumerate(lines) if not is_utf8(line)}
