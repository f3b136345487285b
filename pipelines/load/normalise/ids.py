"""Record ids of Salesforce: reports give 15 characters, everything else 18."""

from functools import reduce
from operator import add

import polars as pl

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_SHORT = r"^[A-Za-z0-9]{15}$"
# Every id of a Salesforce lead begins so, and hardly anything else does.
_SHORT_LEAD = r"^00Q[A-Za-z0-9]{12}$"


def lead_ids(ids: pl.Series, *, is_salesforce: bool) -> pl.Series:
    """Give lead ids of Salesforce one form, whoever wrote the file. Utf8 -> Utf8.

    Parameters
    ----------
    is_salesforce : bool
        The file is Salesforce's: any 15-character id is one. Else those of leads alone are, as a
        dialler or a renamed header hands them on.
    """
    return salesforce_18(ids, _SHORT if is_salesforce else _SHORT_LEAD)


def salesforce_18(ids: pl.Series, short_form: str = _SHORT) -> pl.Series:
    """Extend 15-character ids of that form to 18; anything else stays. Utf8 -> Utf8.

    Each of three added characters encodes which of five characters are upper case (Salesforce,
    "Record IDs are case-sensitive": 15 characters differ only by case, 18 differ without it).
    """
    short = ids.str.contains(short_form).arg_true()
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
