"""Small expressions that several families share; each is row-wise and never divides by zero."""

import polars as pl


def days_between(earlier: str, later: str) -> pl.Expr:
    """Whole days from column `earlier` to column `later`; null when either is, or when negative.

    A negative span means that the clock of a source is wrong, so nothing is known.
    """
    span = pl.col(later) - pl.col(earlier)
    return pl.when(span >= pl.duration()).then(span.dt.total_days())


def ratio(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Give ``part / whole`` as Float64; null when `whole` is not positive or either is null."""
    return pl.when(whole > 0).then(part.cast(pl.Float64) / whole)


def log_of(column: str) -> pl.Expr:
    """Natural ``log(1 + x)``; null when x is null or negative.

    Trees do not need it; reasons and the scorecard, which read values as they are, do.
    """
    value = pl.col(column).cast(pl.Float64)
    return pl.when(value >= 0).then(value.log1p())


def has_text(column: str) -> pl.Expr:
    """Tell whether a String column holds anything; never null."""
    return (pl.col(column).str.len_bytes() > 0).fill_null(value=False)


def folded(expr: pl.Expr) -> pl.Expr:
    """Fold a String for comparison: trimmed, lower case, inner white space as one blank.

    An empty result is null.
    """
    text = expr.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars(" ")
    return pl.when(text.str.len_bytes() > 0).then(text)
