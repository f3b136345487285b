"""Record ids of Salesforce: reports give 15 characters, everything else 18."""

from functools import reduce
from operator import add

import polars as pl

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"


def salesforce_18(column: pl.Expr) -> pl.Expr:
    """Extend 15-character ids to 18; anything else stays. Utf8 -> Utf8.

    Each of three added characters encodes which of five characters are upper case (Salesforce,
    "Record IDs are case-sensitive": 15 characters differ only by case, 18 differ without it).
    """
    codes = dict(enumerate(_ALPHABET))
    suffix = [
        reduce(
            add, (_is_upper(column, 5 * block + bit) * (1 << bit) for bit in range(5))
        ).replace_strict(codes, return_dtype=pl.String)
        for block in range(3)
    ]
    return (
        pl.when(column.str.contains(r"^[A-Za-z0-9]{15}$"))
        .then(pl.concat_str(column, *suffix))
        .otherwise(column)
    )


def _is_upper(column: pl.Expr, position: int) -> pl.Expr:
    letter = column.str.slice(position, 1)
    return letter.str.contains(r"^[A-Z]$").fill_null(value=False).cast(pl.Int32)
