"""Columns of few words, read once per word: the same as reading every cell."""

import polars as pl
import pytest

from pipelines.load.normalise.text import boolean, booleans, clean, opt_out
from pipelines.load.rows import refusals
from pipelines.load.rows.said_no import _read_flag
from pipelines.load.rows.words import CONSENT_STATUSES, word_of

CELLS = [
    [],
    [None, None],
    ["yes", None, "NO", " no ", "", "\u00a0", "2024-05-01", "yes", "0.0", "Ja", "maybe"],
    ["maybe"],
]


@pytest.mark.parametrize("cells", CELLS)
def test_booleans_are_those_of_every_cell(cells):
    column = pl.Series("flag", cells, dtype=pl.String)
    slow = column.to_frame("t").select(boolean("t").alias("flag"))["flag"]
    assert booleans(column).equals(slow, check_names=True, check_dtypes=True)


@pytest.mark.parametrize("cells", CELLS)
def test_an_opt_out_flag_is_that_of_every_cell(cells):
    column = pl.Series("flag", cells, dtype=pl.String)
    odd = clean("t").is_not_null() & boolean("t").is_null()
    slow = column.to_frame("t").select(no=opt_out("t"), odd=odd)
    says_no, is_odd = _read_flag(column)
    assert says_no.to_list() == slow["no"].to_list()
    assert is_odd.to_list() == slow["odd"].to_list()


@pytest.mark.parametrize("few", [0, 200])
def test_refusals_are_the_same_for_few_words_and_many(monkeypatch, few):
    cells = ["never call again", None, "answered", "please remove me", "opted_out", "answered"]
    monkeypatch.setattr(refusals, "_FEW", few)
    found = refusals.refused_in_words(pl.Series("result", cells))
    assert found.name == "result"
    assert found.to_list() == ["opted_out", None, None, "opted_out", None, None]
    nothing = pl.Series("result", [None, None], dtype=pl.String)
    assert refusals.refused_in_words(nothing).equals(nothing, check_dtypes=True)


def test_words_are_those_of_every_cell():
    cells = ["Opt-Out", None, "opt out", "strange", "Opt-Out", ""]
    column = pl.Series("status", cells, dtype=pl.String)
    found = word_of(column, CONSENT_STATUSES)
    assert found.name == "status"
    assert found.to_list() == ["opt_out", None, "opt_out", None, "opt_out", None]
    assert word_of(column.clear(), CONSENT_STATUSES).dtype == pl.String
