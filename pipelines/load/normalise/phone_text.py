"""What people and programs write around a phone number, taken away from whole columns.

As `settings.written_numbers` does it to one cell, whose expressions these are.
"""

import polars as pl
from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from pipelines.load.normalise.phone_regions import region
from pipelines.load.normalise.text import respelled
from pipelines.settings.look_alikes import plain_number
from pipelines.settings.written_numbers import (
    BEFORE_ZERO,
    FLOAT,
    MARKED_ZERO,
    POWER,
    RESPELLINGS,
    VANITY,
    WRAPPINGS,
)

_NANP = tuple(COUNTRY_CODE_TO_REGION_CODE[1])
_MARK = "(0)"


def with_plus(raw: pl.Series) -> pl.Series:
    """Give numbers such as ``49 (0)30 901820`` the plus that their zero in brackets tells of."""
    marked = raw.str.contains(_MARK, literal=True).fill_null(value=False).arg_true()
    if marked.is_empty():
        return raw
    return raw.clone().scatter(marked, raw.gather(marked).str.replace(MARKED_ZERO, BEFORE_ZERO))


def usual_spelling(raw: pl.Series) -> pl.Series:
    """Take numbers out of links and addresses for programs, as `written_numbers.respelled`."""
    for pattern, usual in RESPELLINGS:
        raw = raw.str.replace_all(pattern, usual)
    return with_plus(raw)


def bare_numbers(rest: pl.DataFrame) -> pl.DataFrame:
    """Leave of ``raw`` (Utf8, with ``country``) what is dialled; rows without any are left out."""
    rest = rest.with_columns(respelled(rest["raw"], plain_number)).filter(
        pl.col("raw").str.contains("[0-9]")
    )
    # Brazil's place for the digits of a carrier: (0xx11) 3123-4567.
    rest = rest.with_columns(pl.col("raw").str.replace(r"(?i)^(\(?\s?0)xx", "${1}"))
    rest = _from_floats(rest.with_columns(usual_spelling(rest["raw"])))
    rest = rest.with_columns(with_plus(_unwrapped(rest["raw"], rest["country"])))
    return rest.filter(pl.col("raw") != "")


def _from_floats(rest: pl.DataFrame) -> pl.DataFrame:
    """Read numbers that a spreadsheet made numbers of: plus sign and leading zeros are gone.

    What begins with the calling code of its country, and is a number behind it, had a plus.
    """
    digits = rest["raw"].str.extract(FLOAT)
    if digits.null_count() == len(digits):
        return rest
    rest = rest.with_columns(digits.alias("raw")).with_columns(pl.coalesce("raw", rest["raw"]))
    plus = pl.lit(value=False)
    for code in rest["country"].drop_nulls().unique().sort():
        plan = region(code)
        if plan is not None:
            behind = pl.col("raw").str.strip_prefix(plan.calling_code)
            had = (pl.col("country") == code) & (behind != pl.col("raw")) & plan.is_general(behind)
            plus |= had
    had_plus = plus.fill_null(value=False) & digits.is_not_null()
    return rest.with_columns(
        pl.when(had_plus).then(pl.concat_str(pl.lit("+"), "raw")).otherwise("raw").alias("raw")
    )


def _unwrapped(raw: pl.Series, country: pl.Series) -> pl.Series:
    """Take away what stands around a number; empty where letters are left that no phone dials."""
    bare = raw
    # One step after the other: as one expression each would be worked out twice by the next.
    for rule in WRAPPINGS:
        inner = bare.str.extract(rule).str.strip_chars(" ")
        bare = inner.zip_with(inner.is_not_null(), bare)
    frame = pl.DataFrame({"raw": raw, "country": country, "bare": bare})
    words = pl.col("bare").str.contains("[A-Za-z]")
    dialled = (
        pl.col("bare").str.contains(VANITY)
        | pl.col("bare").str.contains(r"^\+?1\b")
        | pl.col("country").is_in(_NANP).fill_null(value=False)
    )
    is_none = (words & ~dialled) | pl.col("raw").str.contains(POWER)
    return frame.select(pl.when(is_none).then(pl.lit("")).otherwise("bare").alias("raw"))["raw"]
