"""A no in a column that nobody expects one in: "Do not contact" among segments or tags."""

from typing import Final

import polars as pl

from pipelines.load.meaning.refusal_cells import GRADED, GRADES, LOW
from pipelines.load.normalise.text import clean
from pipelines.load.rows.refusals import refused_in_words

# Among the first cells, and among all of a block: with more it is no list that people pick from.
_FIRST: Final = 1_000
_FEW: Final = 200
_LONGEST: Final = 60
# What `refused_in_words` leaves to the stages that know these words.
_KNOWN: Final = (
    r"(?i)^(opted?[_ -]?out|unsubscribed?|spam complaint|do[_ ]not[_ ](call|contact|e?mail)"
    r"|no (mailings?|marketing|newsletters?|solicitation)|not (allowed|permitted)"
    r"|nicht (erlaubt|erw\x{fc}nscht|gew\x{fc}nscht|gestattet)|unerw\x{fc}nscht)$"
)


def overheard(frame: pl.DataFrame, headers: tuple[str, ...]) -> dict[str, pl.Series]:
    """Find the records that say no where they were not asked.

    A column of many different cells is not looked at: those are names and sentences, in which the
    same words are about something else.

    Parameters
    ----------
    frame : pl.DataFrame
        The raw columns as Utf8.
    headers : tuple of str
        Columns of it that are read as something else, or as nothing.

    Returns
    -------
    dict of str to pl.Series
        Header to Boolean, never null; columns without such a cell are left out.
    """
    words = {header: _few(frame[header]) for header in headers}
    words = {header: few for header, few in words.items() if not few.is_empty()}
    if not words:
        return {}
    # Together, because a pattern costs more to make than to use on so few.
    every = pl.concat([few.alias("t") for few in words.values()]).unique()
    bare = every.to_frame().select(clean("t")).to_series()
    is_no = refused_in_words(bare).is_not_null() | bare.str.contains(_KNOWN)
    refusing = every.filter(is_no.fill_null(value=False))
    if refusing.is_empty():
        return {}
    found = {
        header: frame[header].is_in(_meant(header, few, refusing).implode())
        for header, few in words.items()
    }
    return {header: is_no.fill_null(value=False) for header, is_no in found.items() if is_no.any()}


def _meant(header: str, few: pl.Series, refusing: pl.Series) -> pl.Series:
    """Return the cells that say no in this column: not that a priority is low."""
    is_low = refusing.str.contains(LOW)
    is_graded = pl.Series([header]).str.contains(GRADED)[0] or few.str.contains(GRADES).any()
    return refusing.filter(~is_low) if is_low.any() and is_graded else refusing


def _few(cells: pl.Series) -> pl.Series:
    """Return the different cells of a column, or none where they are too many."""
    if cells.dtype != pl.String or cells.head(_FIRST).n_unique() > _FEW:
        return pl.Series(dtype=pl.String)
    few = cells.drop_nulls().unique()
    if len(few) > _FEW:
        return pl.Series(dtype=pl.String)
    return few.filter(few.str.len_chars() <= _LONGEST)
