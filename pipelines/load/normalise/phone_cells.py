"""Cells that hold more than one phone number: where one ends and the next begins."""

import polars as pl

from pipelines.load.normalise.phone_text import usual_spelling
from pipelines.load.normalise.text import cleaned, respelled
from pipelines.settings.look_alikes import plain_number
from pipelines.settings.written_numbers import (
    LEAST_DIGITS,
    LINE_ENDS,
    SECOND_PLUS,
    SEPARATORS,
)

# Cells worth a look for a second number.
_MAYBE_SEVERAL = r"[;,|\r\n&]|:::|[0-9)].*\+| [/+] |[0-9)] +[A-Za-z]{1,4} +[+(0-9]"
_PLACES = 2


def two_numbers(values: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
    """Split cells that hold two numbers.

    Returns
    -------
    pl.Series
        `values`, with the first number of each such cell; null where a cell holds more than two.
    pl.DataFrame
        ``row`` (UInt32) and ``text``: the second numbers.
    """
    text = cleaned(values)
    own = own_numbers(text)
    size = pl.col("part").list.len()
    first = own.select("row", text=pl.when(size <= _PLACES).then(pl.col("part").list.first()))
    second = own.filter(size == _PLACES).select("row", text=pl.col("part").list.last())
    return text.clone().scatter(first["row"], first["text"]), second


def own_numbers(values: pl.Series) -> pl.DataFrame:
    """Split cells in which something stands beside a number, as `written_numbers.pieces` does.

    Returns
    -------
    pl.DataFrame
        ``row`` (UInt32) and ``part`` (List of Utf8, one number or more) of such cells alone.
    """
    odd = values.str.contains(_MAYBE_SEVERAL).fill_null(value=False).arg_true()
    lines = values.gather(odd).str.replace_all(LINE_ENDS, ";")
    cells = usual_spelling(respelled(lines, plain_number)).str.replace_all(SECOND_PLUS, "${1};+")
    marked = cells.str.replace_all(SEPARATORS, "\n").str.split("\n")
    frame = pl.DataFrame({"row": odd, "part": marked}).explode("part")
    frame = frame.with_columns(digits=pl.col("part").str.count_matches("[0-9]"))
    is_own = pl.col("digits") >= LEAST_DIGITS
    own = frame.group_by("row", maintain_order=True).agg(
        part=pl.col("part").filter(is_own),
        is_led=is_own.first() | ((pl.col("digits") > 0).sum() == 1),
    )
    size = pl.col("part").list.len()
    return own.filter((size > 1) | ((size == 1) & pl.col("is_led"))).select("row", "part")
