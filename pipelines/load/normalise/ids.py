"""Record ids of Salesforce: reports give 15 characters, everything else 18."""

from functools import reduce
from operator import add

import polars as pl

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_18(ids: pl.Series) -> pl.Series:
    """Extend 15-character ids to 18; anything else stays. Utf8 -> Utf8.

    Each of three added characters encodes which of five characters are upper case (Salesforce,
    "Record IDs are case-sensitive": 15 characters differ only by case, 18 differ without it).
    """
    short = ids.str.contains(r"^[A-Za-z0-9]{15}$").arg_true()
    if short.is_empty():
        return ids
    column, codes = pl.col("id"), dict(enumerate(_ALPHABET))
    suffix = [
        reduce(
            add, (_is_upper(column, 5 * block + bit) * (1 << bit) for bit in range(5))
        ).replace_strict(codes, return_dtype=pl.String)
        for block in range(3)
    ]
    grown = ids.gather(short).to_frame("id").select(pl.concat_str(column, *suffix)).to_series()
    # `scatter` changes the series it is called on.
    return ids.clone().scatter(short, grown)


def _is_upper(column: pl.Expr, position: int) -> pl.Expr:
    letter = column.str.slice(position, 1)
    return letter.str.contains(r"^[A-Z]$").fill_null(value=False).cast(pl.Int32)
