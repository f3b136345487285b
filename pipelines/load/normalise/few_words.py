"""Columns of few different words: each word is read once, and not once for every record."""

from collections.abc import Callable, Sequence
from typing import Final

import polars as pl

# To compare every cell with a word costs a tenth of looking it up, so up to so many of them; a word
# of more bytes does not lie within the column, and counts as several.
_MOST: Final = 12
_LONG: Final = 5
_WITHIN: Final = 12
_SAMPLE: Final = 1_000


def read_once(cells: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Do to every cell of a column what `read` does to its different cells.

    Parameters
    ----------
    cells : pl.Series
        Utf8; null stays null.
    read : callable
        Takes different cells, none of them null, and gives one value for each.
    """
    if cells.null_count() == len(cells):
        return read(cells.clear()).clear(len(cells)).alias(cells.name)
    words = cells.head(_SAMPLE).drop_nulls().unique(maintain_order=True)
    while len(words) + (_LONG - 1) * (words.str.len_bytes() > _WITHIN).sum() <= _MOST:
        places = _places(cells, words)
        other = cells.filter((places == 0) & cells.is_not_null())
        if other.is_empty():
            return _placed(read(words), places).alias(cells.name)
        words = pl.concat([words, other.unique(maintain_order=True)])
    words = cells.drop_nulls().unique()
    made = read(words)
    return cells.replace_strict(words, made, default=None, return_dtype=made.dtype)


def first_filled(frame: pl.DataFrame, columns: Sequence[str], words: Sequence[str]) -> pl.Series:
    """Say by the word of each column which is the first to hold something; null: none. Utf8."""
    place = pl.coalesce(
        pl.when(pl.col(name).is_not_null()).then(pl.lit(index, dtype=pl.UInt32))
        for index, name in enumerate(columns)
    )
    return pl.Series(words, dtype=pl.String).gather(frame.select(place).to_series())


def _places(cells: pl.Series, words: pl.Series) -> pl.Series:
    """Return which of a few words each cell is, from 1 on; 0: none of them, or null."""
    places = pl.repeat(0, len(cells), dtype=pl.UInt8, eager=True)
    for place, word in enumerate(words, start=1):
        places += cells.eq_missing(word).cast(pl.UInt8) * place
    return places


def _placed(made: pl.Series, places: pl.Series) -> pl.Series:
    # Without a null among them, values are gathered in a third of the time.
    if not made.null_count() and places.min() == 1:
        return made.gather(places - 1)
    return made.clear(1).append(made).rechunk().gather(places)
