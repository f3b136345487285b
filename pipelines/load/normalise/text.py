"""Text, booleans and numbers as people type them."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import polars as pl

TRUE_WORDS = ("true", "yes", "y", "1", "t", "on", "x", "checked", "1.0", "ja", "oui", "si", "sí")
FALSE_WORDS = ("false", "no", "n", "0", "f", "off", "unchecked", "0.0", "nein", "nee", "non")

_WHITE = " \t\r\n\u00a0\u2007\u202f\ufeff\x00\x0b\x0c"
# 1,234,567.89 with any currency sign or code around it, and the k, M and B of report exports.
# [0-9] are the digits that can be cast; [^\d] are no digits of any script, which are no currency.
_MONEY = r"^[^\d\-+.,(]{0,4}\s*([-+]?[0-9.,'\s]*[0-9][.,]?)\s*([kKmMbB]?)\s*[^\d\-+.,)]{0,4}$"
# What most columns hold throughout, and what needs no rule to be read.
_PLAIN_NUMBER = {".": r"^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$", ",": r"^-?[0-9]{1,15}$"}
_ODD = r"[^ -~]"
_SCALE = {"k": 1e3, "m": 1e6, "b": 1e9}


def clean(column: str | pl.Expr) -> pl.Expr:
    """Trim white space (also no-break spaces and NULs); blank becomes null. Utf8 -> Utf8."""
    expr = pl.col(column) if isinstance(column, str) else column
    trimmed = expr.str.strip_chars(_WHITE)
    return pl.when(trimmed != "").then(trimmed)


def cleaned(values: pl.Series) -> pl.Series:
    """Do to a whole column what `clean` does, in less time where no cell is blank."""
    trimmed = values.str.strip_chars(_WHITE)
    shortest = trimmed.str.len_bytes().min()
    if shortest != 0:
        return trimmed
    return (
        trimmed.to_frame("t").select(pl.when(pl.col("t") != "").then("t"))["t"].alias(values.name)
    )


def respelled(values: pl.Series, spelling: Callable[[str], str]) -> pl.Series:
    """Give the cells that are more than printable ASCII the spelling of `settings.look_alikes`."""
    odd = values.str.contains(_ODD).fill_null(value=False).arg_true()
    if odd.is_empty():
        return values
    # Nearly all of them hold an unusual space and nothing else.
    cells = values.gather(odd).str.replace_all(r"\s+", " ").str.strip_chars(" ")
    rare = cells.str.contains(_ODD).arg_true()
    if not rare.is_empty():
        texts = [spelling(text) for text in cells.gather(rare)]
        cells = cells.scatter(rare, pl.Series(texts, dtype=pl.String))
    return values.clone().scatter(odd, cells)


def boolean(column: str) -> pl.Expr:
    """Read yes/no words; null where the cell is blank or is neither. Utf8 -> Boolean."""
    word = clean(column).str.to_lowercase()
    return pl.when(word.is_in(TRUE_WORDS)).then(True).when(word.is_in(FALSE_WORDS)).then(False)


def opt_out(column: str) -> pl.Expr:
    """Read an opt-out flag. Utf8 -> Boolean, never null.

    Blank and the false words are no opt-out. Every other value is one: a date, a reason or a word
    we do not know more likely says no than yes, and calling by mistake cannot be undone.
    """
    word = clean(column).str.to_lowercase()
    return word.is_not_null() & ~word.is_in(FALSE_WORDS)


def number(values: pl.Series, decimal: str) -> pl.Series:
    """Read numbers and money. Utf8 -> Float64; null where the cell is blank or is no number.

    Digits of other scripts are no number here: nobody has said how they group and separate.

    Parameters
    ----------
    decimal : str
        ``"."`` or ``","``; the other one may group thousands, only where groups of three digits
        prove it.
    """
    text = cleaned(values)
    is_plain = text.str.contains(_PLAIN_NUMBER[decimal])
    left = (text.is_not_null() & ~is_plain).arg_true()
    if left.is_empty():
        return text.cast(pl.Float64, strict=False)
    kept = pl.when(is_plain).then("t").cast(pl.Float64, strict=False)
    plain = text.to_frame("t").select(kept)["t"]
    return plain.scatter(left, any_number(text.gather(left), decimal)).alias(values.name)


def any_number(values: pl.Series, decimal: str) -> pl.Series:
    """Read numbers as `number` does, with all of its rules on every cell."""
    group = "," if decimal == "." else "."
    frame = pl.DataFrame({"raw": values}).select(
        clean("raw").str.extract(_MONEY, 1).str.replace_all(r"[\s']", "").alias("digits"),
        clean("raw").str.extract(_MONEY, 2).str.to_lowercase().alias("scale"),
        plain=clean("raw"),
    )
    escaped, mark = rf"\{group}", rf"\{decimal}"
    grouped = rf"[0-9]{{1,3}}(?:{escaped}[0-9]{{3}})+"
    shape = rf"^[-+]?(?:[0-9]+|{grouped})(?:{mark}[0-9]*)?$|^[-+]?{mark}[0-9]+$"
    text = (
        pl.when(pl.col("digits").str.contains(shape))
        .then(pl.col("digits").str.replace_all(group, "", literal=True))
        .str.replace(decimal, ".", literal=True)
    )
    power = r"^[-+]?[0-9]+(\.[0-9]+)?[eE][-+]?[0-9]{1,3}$"
    scientific = pl.when(pl.col("plain").str.contains(power)).then("plain")
    factor = pl.col("scale").replace_strict(_SCALE, default=1.0, return_dtype=pl.Float64)
    value = pl.coalesce(
        text.cast(pl.Float64, strict=False) * factor, scientific.cast(pl.Float64, strict=False)
    )
    return frame.select(pl.when(value.is_finite()).then(value)).to_series().alias(values.name)


def fold(column: pl.Expr) -> pl.Expr:
    """Reduce a name to lower-case ASCII words, for look-ups in a table. Utf8 -> Utf8."""
    bare = column.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    return bare.str.replace_all(r"[^0-9a-z]+", " ").str.strip_chars(" ")


@cache
def data_lines(name: str) -> tuple[str, ...]:
    """Return the lines of a file in ``normalise/data``."""
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return tuple(text.splitlines())
