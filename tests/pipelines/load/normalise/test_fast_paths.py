"""What reads ordinary cells in one step must say what the full rules say, cell by cell."""

from datetime import datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.normalise.email import any_address, email_keys
from pipelines.load.normalise.numbers import any_number, number
from pipelines.load.normalise.place import subdivisions
from pipelines.load.normalise.text import clean, cleaned, respelled
from pipelines.load.normalise.when import DateStyle, any_clock, timestamps
from pipelines.load.rows.lead import kept, kept_cells
from pipelines.settings.look_alikes import plain_address, plain_number

BLANK = st.sampled_from(["", " ", "\u00a0", "\t ", "\x00"])
DIGITS = st.text("0123456789", min_size=0, max_size=5)
# Digits to a regular expression of Unicode, and to no cast.
FOREIGN = "\u0663\u0660\uff11\u0967\U0001d7d8"
DAY = st.dates().map(str) | st.tuples(DIGITS, DIGITS, DIGITS).map("-".join)
CLOCK = st.times().map(str) | st.from_regex(
    r"\d{1,2}:\d{1,2}(:\d{1,2}(\.\d{1,7})?)?", fullmatch=True
)
OFFSET = st.sampled_from(["", "", "Z", "z", "+0000", "-00:00", "+00", "+02:00", " +0530", ".000Z"])
STAMP = st.tuples(DAY, st.sampled_from([" ", "T", "t", "  ", ""]), CLOCK | BLANK, OFFSET).map(
    "".join
)
SECONDS = st.datetimes(datetime(1890, 1, 1), datetime(2110, 1, 1)).map(
    lambda at: str(at.replace(microsecond=0))
)
WORD = st.text("ab1._-+@<> éА", max_size=6)
LOCAL = WORD | st.sampled_from(["none", "test", "x", "xx", "no-mail", "n/a", "ann.lee", "asdfgh"])
DOMAIN = WORD | st.sampled_from(
    ["none.com", "test.example", "x.co", "a-b.example", "b\u00fc.example"]
)
ADDRESS = st.tuples(BLANK | st.just(""), LOCAL, st.sampled_from(["@", "", "@@"]), DOMAIN).map(
    "".join
)
MONEY = st.from_regex(
    r"[-+$(]?[0-9]{0,4}[.,]?[0-9]{0,17}[.,]?[0-9]{0,3}([kM€]|e-?[0-9]{1,3})?", fullmatch=True
)


def with_foreign_digits(cells: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """The same cells with one character replaced by a digit of another script."""
    return st.tuples(cells, st.integers(0, 30), st.sampled_from(FOREIGN)).map(
        lambda drawn: drawn[0][: drawn[1]] + drawn[2] + drawn[0][drawn[1] + 1 :]
    )


def column(cells: st.SearchStrategy[str]) -> st.SearchStrategy[pl.Series]:
    """Columns that are mostly of one kind, as real ones are, and dirty here and there."""
    one = st.none() | BLANK | cells | st.text(max_size=4)
    return st.lists(one, min_size=1, max_size=30).map(lambda v: pl.Series("c", v, dtype=pl.String))


@given(column(st.text(" \u00a0\tab", max_size=4)))
def test_trimming(values):
    assert cleaned(values).equals(values.to_frame().select(clean("c"))["c"], null_equal=True)


@pytest.mark.parametrize(
    "rare", [" a", "a\u00a0", "\u200ba", "", "\x00", "Jos\u00e9", "\u00e9", "~", "!"]
)
@pytest.mark.parametrize("times", [1, 40])
def test_trimming_where_few_cells_need_it(rare, times):
    values = pl.Series("c", ["Ann Lee", None, rare, *["a.b"] * times])
    assert cleaned(values).equals(values.to_frame().select(clean("c"))["c"], null_equal=True)


@given(column(st.text(" \u00a0\u2003\t\x00\x1cab~!\u00e9", max_size=3)))
def test_blank_cells_of_custom_columns(values):
    slow = values.to_frame().select(kept("c"))["c"]
    assert kept_cells(values).equals(slow, null_equal=True)


EPOCH = st.integers(10**11, 10**13 - 1).map(str)


@given(
    column(STAMP)
    | column(SECONDS)
    | column(SECONDS.map(lambda text: text[:16]))
    | column(DAY)
    | column(with_foreign_digits(EPOCH | STAMP | SECONDS | DAY)),
    st.data(),
)
def test_timestamps(values, data):
    zone = data.draw(st.sampled_from(["UTC", "Europe/Amsterdam"]))
    order = data.draw(st.sampled_from([None, "dmy", "mdy"]))
    style = DateStyle(zone, data.draw(st.sampled_from([None, None, "%d-%m-%Y"])), order)
    one_by_one = [any_clock(cleaned(values.slice(i, 1)), style).item() for i in range(len(values))]
    assert timestamps(values, style).to_list() == one_by_one


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-12T09:14:05.000+0000",
        "2024-03-12T09:14:60Z",
        "2024-03-12T24:00:00Z",
        "2024-03-12 09:14:05",
        "2024-03-12 9:4:5",
        "2024-03-12 9:4",
        "1850-01-01 00:00:00",
        "2024-02-30",
        "12-10-2010:10:10",
        "+2024-01-01",
        "2024- 1- 2",
    ],
)
def test_timestamps_at_the_edges_of_the_plain_forms(text):
    values = pl.Series([text, text, "2024-01-01"])
    alone = any_clock(values.head(1), DateStyle()).item()
    assert timestamps(values, DateStyle()).to_list()[:2] == [alone, alone]


@given(column(MONEY | with_foreign_digits(MONEY)), st.sampled_from([".", ","]))
def test_numbers(values, decimal):
    slow = any_number(values, decimal)
    assert number(values, decimal).equals(slow, null_equal=True)


@given(with_foreign_digits(MONEY), st.sampled_from([".", ","]))
def test_digits_of_other_scripts_are_no_number(text, decimal):
    assert number(pl.Series([text]), decimal).item() is None
    assert timestamps(pl.Series([text]), DateStyle(order="dmy")).item() is None


@given(column(ADDRESS | with_foreign_digits(ADDRESS)))
def test_addresses(values):
    assert email_keys(values).equals(any_address(values), null_equal=True)


def test_addresses_at_their_longest():
    locals_ = ["k" * 64, "k" * 65]
    tails = [".".join(["b" * 60] * n) + "." + "c" * m for n in (1, 3) for m in (2, 5, 6, 7, 8)]
    values = pl.Series([f"{local}@{tail}" for local in locals_ for tail in tails])
    assert email_keys(values).equals(any_address(values), null_equal=True)
    assert 0 < email_keys(values)["email_key"].count() < len(values)


@pytest.mark.parametrize("spelling", [plain_number, plain_address])
def test_respelling_is_the_same_for_every_character(spelling):
    letters = [chr(code) for code in range(0x80, 0x20000) if not 0xD800 <= code < 0xE000]
    texts = [f"{a}1{a} {a}2" for a in [*map(chr, range(0x20)), *letters]]
    assert respelled(pl.Series(texts), spelling).to_list() == [spelling(text) for text in texts]


STATE = st.none() | st.sampled_from(["ca", "California ", "NY", "Bayern", "", " "])
COUNTRY = st.none() | st.sampled_from(["US", "CA", "DE"])


@given(st.lists(st.tuples(STATE, COUNTRY), min_size=1, max_size=20))
def test_states_do_not_depend_on_the_other_rows(pairs):
    frame = pl.DataFrame(pairs, schema={"s": pl.String, "c": pl.String}, orient="row")
    alone = [subdivisions(row["s"], row["c"]).item() for row in frame.iter_slices(1)]
    assert subdivisions(frame["s"], frame["c"]).to_list() == alone
