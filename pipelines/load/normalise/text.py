"""Text and booleans as people type them."""

from collections.abc import Callable
from functools import cache
from importlib.resources import files

import polars as pl

from pipelines.load.normalise.few_words import read_once

TRUE_WORDS = ("true", "yes", "y", "1", "t", "on", "x", "checked", "1.0", "ja", "oui", "si", "sí",
              "wahr", "vrai", "vero", "verdadero", "verdadeiro", "waar", "sim", "tak",
              "prawda", "ano", "áno", "igen", "da", "evet", "kyllä", "jah", "jā", "taip", "ναι",  # noqa: RUF001 - Greek
              "да", "так", "はい", "是", "예", "네", "có")  # fmt: skip
FALSE_WORDS = ("false", "no", "n", "0", "f", "off", "unchecked", "0.0", "nein", "nee", "non",
               "falsch", "faux", "falso", "onwaar", "não", "nao", "nie", "fałsz", "nej", "nei",
               "ei", "ne", "nem", "nu", "hayır", "hayir", "nē", "όχι", "нет", "ні", "いいえ", "否",  # noqa: RUF001 - Turkish, Greek
               "아니요", "아니오", "không")  # fmt: skip
_CONFIRMED = ("confirmed", "verified", "bestätigt")
_UNCONFIRMED = ("unconfirmed", "not confirmed", "pending", "unverified", "unbestätigt",
                "ausstehend", "nicht bestätigt", "0000-00-00", "0000-00-00 00:00:00")  # fmt: skip
_YEAR = r"\b(19|20)\d\d(\b|\d{4})"
# Dynamics 365 writes "Allow" in the column "Do not allow Emails".
_NO_OBJECTION = ("allow", "allowed", "send")
# What databases, spreadsheets and programs write where a cell is empty.
EMPTY_WORDS = ("null", "(null)", "<null>", "\\n", "none", "nan", "nil", "n/a", "#n/a", "<na>", "[]",
               "{}", "-", "--", "0000-00-00", "0000-00-00 00:00:00")  # fmt: skip

# No-break and zero-width spaces, marks of byte order and direction, soft hyphens.
_WHITE = " \t\r\n\u00a0\u2007\u202f\ufeff\x00\x0b\x0c\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"
_ODD = r"[^ -~]"
# Cells in doubt are trimmed by themselves where they are fewer than one in so many.
_SELDOM = 8


def clean(column: str | pl.Expr) -> pl.Expr:
    """Trim white space (also no-break spaces and NULs); blank becomes null. Utf8 -> Utf8."""
    expr = pl.col(column) if isinstance(column, str) else column
    trimmed = expr.str.strip_chars(_WHITE)
    return pl.when(trimmed != "").then(trimmed)


def cleaned(values: pl.Series) -> pl.Series:
    """Do to a whole column what `clean` does, rewriting only where a cell may need it."""
    # Blank, control or character beyond ASCII at an end: told by its first and its last byte.
    last = values.cast(pl.Binary).bin.get(-1, null_on_oob=True)
    is_doubtful = (values < "!") | (values > "~") | (last < ord("!")) | (last > ord("~"))
    doubtful = is_doubtful.sum()
    if not doubtful:
        return values
    if _SELDOM * doubtful > len(values):
        return _trimmed(values)
    rows = is_doubtful.arg_true()
    given = values.gather(rows)
    trimmed = _trimmed(given)
    # Most of them end in a letter beyond ASCII.
    return values if trimmed.equals(given) else values.clone().scatter(rows, trimmed)


def _trimmed(values: pl.Series) -> pl.Series:
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


def booleans(values: pl.Series) -> pl.Series:
    """Do to a whole column what `boolean` does: its words are few, and each is read once."""
    return read_once(
        values, lambda words: words.alias("t").to_frame().select(boolean("t")).to_series()
    )


def confirmed(values: pl.Series) -> pl.Series:
    """Read whether a double opt-in was confirmed, as `boolean` does; when it was is a yes too."""
    word = clean("t").str.to_lowercase()
    said = (
        pl.when(word.is_in(_CONFIRMED) | word.str.contains(_YEAR))
        .then(True)
        .when(word.is_in(_UNCONFIRMED))
        .then(False)
        .otherwise(boolean("t"))
    )
    return read_once(values, lambda words: words.alias("t").to_frame().select(said).to_series())


def opt_out(column: str) -> pl.Expr:
    """Read an opt-out flag. Utf8 -> Boolean, never null.

    Blank, the false words, "Allow" and what programs write for nothing are no opt-out. Every other
    value is one: a date, a reason or a word we do not know more likely says no than yes, and
    calling by mistake cannot be undone.
    """
    word = clean(column).str.to_lowercase()
    return word.is_not_null() & ~word.is_in(FALSE_WORDS + _NO_OBJECTION + EMPTY_WORDS)


def fold(column: pl.Expr) -> pl.Expr:
    """Reduce a name to lower-case ASCII words, for look-ups in a table. Utf8 -> Utf8."""
    bare = column.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    return bare.str.replace_all(r"[^0-9a-z]+", " ").str.strip_chars(" ")


@cache
def data_lines(name: str) -> tuple[str, ...]:
    """Return the lines of a file in ``normalise/data``."""
    text = files(__package__).joinpath("data", name).read_text(encoding="utf-8")
    return tuple(text.splitlines())
