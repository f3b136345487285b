"""What is read once per word must be what every cell is read as by itself."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.load.normalise.few_words import first_filled, read_once

WORDS = st.sampled_from(["", "in", "out", "a word of more than twelve bytes", "ß", "a\x00", "a"])
MANY = st.integers(0, 40).map(lambda n: f"w{n}")


def in_capitals(words: pl.Series) -> pl.Series:
    assert words.is_unique().all()
    assert not words.null_count()
    return words.replace_strict({w: w.upper() or None for w in words}, return_dtype=pl.String)


@given(st.lists(st.none() | WORDS, max_size=40) | st.lists(st.none() | MANY, max_size=60))
def test_a_cell_is_read_as_its_word(cells):
    given_ = pl.Series("c", cells, dtype=pl.String)
    made = read_once(given_, in_capitals)
    assert made.name == "c"
    assert made.dtype == pl.String
    assert made.to_list() == [(c.upper() or None) if c is not None else None for c in cells]


def test_words_that_come_late_are_found_however_many_there_are():
    for late in (["late"], [f"late{n}" for n in range(30)]):
        cells = ["early"] * 2_000 + late + [None]
        made = read_once(pl.Series(cells), lambda words: words.str.len_bytes())
        assert made.to_list() == [len(c) if c is not None else None for c in cells]


def test_the_first_filled_column_is_named():
    frame = pl.DataFrame({"a": [None, "x", None], "b": ["y", "y", None]}, schema_overrides={})
    assert first_filled(frame, ("a", "b"), ("one", "two")).to_list() == ["two", "one", None]
