"""Numbers and money as people and report exports write them."""

import polars as pl

from pipelines.load.normalise.text import cleaned

# What most columns hold throughout, and what needs no rule to be read.
_PLAIN_NUMBER = {".": r"^-?[0-9]{1,15}(?:\.[0-9]{1,15})?$", ",": r"^-?[0-9]{1,15}$"}
_SCALES = {
    "k": 1e3, "tsd": 1e3, "thousand": 1e3, "lakh": 1e5, "lakhs": 1e5, "lac": 1e5,
    "m": 1e6, "mn": 1e6, "mm": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6, "millionen": 1e6,
    "crore": 1e7, "crores": 1e7, "cr": 1e7, "b": 1e9, "bn": 1e9, "billion": 1e9, "billions": 1e9,
    "mrd": 1e9, "t": 1e12, "trillion": 1e12,
}  # fmt: skip
_CURRENCIES = (
    r"usd|eur|gbp|cad|aud|nzd|chf|jpy|cny|rmb|inr|brl|mxn|ars|clp|cop|pen|sek|nok|dkk|isk|pln|czk|"
    r"huf|ron|bgn|try|rub|uah|ils|aed|sar|qar|kwd|egp|zar|ngn|kes|krw|twd|hkd|sgd|myr|thb|idr|php|"
    r"vnd|pkr|bdt|lkr|us|rs|kr|ft|lei|fr|sfr|zł|kč|\u0440\u0443\u0431|\u0440|euro|euros|dollars?"
)
_SYMBOL = rf"(?:[a-z]{{0,3}}\p{{Sc}}|\b(?:{_CURRENCIES})\b\.?)"
# [0-9] are the digits that can be cast; a scale must end its word, or "500 MXN" would be millions.
_MONEY = (
    rf"(?i)^(?P<open>\()?\s*(?P<sign>[-+\u2212])?\s*(?:[~≈]|ca\.)?\s*{_SYMBOL}?\s*"
    r"(?P<inner>[-+\u2212]?)\s*(?P<digits>[0-9][0-9.,'\u2019\s]*|[.,][0-9]+)\s*"
    rf"(?:(?P<scale>{'|'.join(sorted(_SCALES, key=len, reverse=True))})\b\.?)?\s*"
    rf"(?:{_SYMBOL}|%|(?P<tail>-{{1,2}}))?\s*(?P<close>\))?$"
)
_POWER = r"^[-+]?[0-9]+(?:\.[0-9]+)?[eE][-+]?[0-9]{1,3}$"
_SPACED = r"^[0-9]{1,3}(?:[\s'\u2019][0-9]{3})+(?:[.,][0-9]*)?$"
_WHOLE = r"^[-+]?[1-9][0-9]{0,2}(?:[.,'\u2019\s][0-9]{3})+$"
# "11-50", "51 to 200", "1,000+", "> 500", "10K - 50K employees": at least the first number.
_AT_LEAST = (
    r"(?i)^(?:more than|over|mehr als|>=?)?\s*([0-9][0-9.,'\s]*[km]?)\s*"
    r"(?:\+|(?:-|\u2013|\u2014|to|bis)\s*[0-9][0-9.,'\s]*[km]?)?\s*"
    r"(?:employees|people|staff|mitarbeiter|mitarbeitende|ma|employés|empleados)?$"
)


def number(values: pl.Series, decimal: str) -> pl.Series:
    """Read numbers and money. Utf8 -> Float64; null where the cell is blank or is no number.

    Digits of other scripts are no number here: nobody has said how they group and separate.

    Parameters
    ----------
    decimal : str
        ``"."`` or ``","``; the other one may group thousands, only where groups prove it.
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
    text = cleaned(values)
    frame = text.to_frame("raw").select(
        "raw", pl.col("raw").str.extract_groups(_MONEY).alias("part")
    )
    part = pl.col("part").struct.field
    group = "," if decimal == "." else "."
    spaced = part("digits").str.strip_chars()
    # Spaces and apostrophes stand between groups of three, and nowhere else.
    is_sound = ~spaced.str.contains(r"[\s'\u2019]") | spaced.str.contains(_SPACED)
    digits = pl.when(is_sound).then(spaced.str.replace_all(r"[\s'\u2019]", ""))
    escaped, mark = rf"\{group}", rf"\{decimal}"
    # Groups of three, or of two before the last three as in India.
    three = rf"[0-9]{{1,3}}(?:{escaped}[0-9]{{3}})+"
    indian = rf"[0-9]{{1,2}}(?:{escaped}[0-9]{{2}})*{escaped}[0-9]{{3}}"
    shape = rf"^(?:(?:[0-9]+|{three}|{indian})(?:{mark}[0-9]*)?|{mark}[0-9]+)$"
    bare = (
        pl.when(digits.str.contains(shape))
        .then(digits.str.replace_all(group, "", literal=True))
        .str.replace(decimal, ".", literal=True)
        .str.strip_suffix(".")
    )
    scale = part("scale").str.to_lowercase()
    factor = scale.replace_strict(_SCALES, default=1.0, return_dtype=pl.Float64)
    # "500-" is below nought in ledgers, "500,-" is five hundred.
    tail = pl.when(~digits.str.contains(r"[.,]$")).then(part("tail"))
    marks = pl.concat_str(
        *(part(name).fill_null("") for name in ("open", "sign", "inner")), tail.fill_null("")
    )
    is_closed = part("open").is_not_null() == part("close").is_not_null()
    below = marks.str.contains(r"[(\-\u2212]")
    size = bare.cast(pl.Float64, strict=False) * factor.fill_null(1.0)
    signed = pl.when(is_closed & (marks.str.len_chars() <= 1)).then(
        pl.when(below).then(-size).otherwise(size)
    )
    power = pl.when(pl.col("raw").str.contains(_POWER)).then("raw").cast(pl.Float64, strict=False)
    value = pl.coalesce(power, signed)
    return frame.select(pl.when(value.is_finite()).then(value)).to_series().alias(values.name)


def whole_number(values: pl.Series, decimal: str) -> pl.Series:
    """Read counts: a separator before three digits groups them, whatever the decimal sign.

    Of ``11-50`` and ``1,000+`` the first number is taken, which is true of either. Utf8 -> Float64.
    """
    text = cleaned(values)
    is_plain = text.str.contains(r"^-?[0-9]{1,15}$")
    left = (text.is_not_null() & ~is_plain).arg_true()
    if left.is_empty():
        return text.cast(pl.Float64, strict=False)
    rest = text.gather(left).to_frame("t")
    first = pl.coalesce(pl.col("t").str.extract(_AT_LEAST).str.strip_chars(), pl.col("t"))
    first = (
        pl.when(first.str.contains(_WHOLE))
        .then(first.str.replace_all(r"[.,'\u2019\s]", ""))
        .otherwise(first)
    )
    found = number(rest.select(first.alias("t"))["t"], decimal)
    kept = text.to_frame("t").select(pl.when(is_plain).then("t").cast(pl.Float64, strict=False))
    return kept["t"].scatter(left, found).alias(values.name)
