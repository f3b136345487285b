"""The two numbers of a lead, from two cells that may hold more than one each."""

import polars as pl

from pipelines.load.normalise.phone import phone_keys
from pipelines.load.normalise.phone_cells import two_numbers


def both_phones(
    phone: pl.Series, mobile: pl.Series, country: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Normalise phone and mobile; of two numbers in one cell the other one takes the free place.

    An opt-out has to hold for every number that a lead is known by, and a lead has two places for
    them: where there is none for a second number, its cell cannot be used at all.

    Returns
    -------
    pl.DataFrame, pl.DataFrame
        As `phone_keys`, one row per lead: for the table's phone and mobile.
    """
    first_phone, more_phones = two_numbers(phone)
    first_mobile, more_mobiles = two_numbers(mobile)
    # Together: what a numbering plan takes, it takes once for either column.
    both = phone_keys(
        pl.concat([first_phone, first_mobile.alias(first_phone.name)]), pl.concat([country] * 2)
    )
    found = both.head(len(phone)), both.tail(len(phone))
    if more_phones.height:
        found = _placed(found[0], found[1], more_phones, country)
    if more_mobiles.height:
        there, here = _placed(found[1], found[0], more_mobiles, country)
        found = here, there
    return found


def _placed(
    mine: pl.DataFrame, other: pl.DataFrame, second: pl.DataFrame, country: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Find a place for the second numbers of cells: the other one where that is free."""
    rows = second["row"]
    extra = phone_keys(second["text"], country.gather(rows))
    names = mine.columns
    frame = pl.concat(
        [
            table.rename({name: f"{prefix}{name}" for name in names})
            for prefix, table in (("a.", mine[rows]), ("b.", extra), ("c.", other[rows]))
        ],
        how="horizontal",
    )
    a, b, c = (pl.col(f"{prefix}.e164") for prefix in "abc")
    is_new = b.is_not_null() & a.ne_missing(b) & c.ne_missing(b)
    is_only = is_new & a.is_null()
    has_room = is_new & a.is_not_null() & (c.is_null() | c.eq_missing(a))
    is_stuck = is_new & a.is_not_null() & c.is_not_null() & c.ne_missing(a)
    here = [pl.when(is_only).then(f"b.{n}").when(~is_stuck).then(f"a.{n}").alias(n) for n in names]
    there = [pl.when(has_room).then(f"b.{n}").otherwise(f"c.{n}").alias(n) for n in names]
    return _scattered(mine, rows, frame.select(here)), _scattered(other, rows, frame.select(there))


def _scattered(table: pl.DataFrame, rows: pl.Series, new: pl.DataFrame) -> pl.DataFrame:
    return table.with_columns(
        table[name].clone().scatter(rows, new[name]) for name in table.columns
    )
