"""Odoo's ways to write a link to another record, and nothing at all."""

import polars as pl

_ODD = r"^(?:\[|[Ff]alse$)"
# [3, 'Google'] is what Python writes of the pair that the interface gives, [3, "Google"] is JSON.
_PAIR = r"^\[\s*[0-9]+\s*,\s*(?:'(.*)'|\"(.*)\")\s*\]$"


def unlinked(values: pl.Series, *, has_false: bool) -> pl.Series:
    """Read clean cells as what they show. Utf8 -> Utf8.

    Parameters
    ----------
    has_false : bool
        ``False`` is a value of the field; otherwise it is how an empty cell is written.
    """
    odd = values.str.contains(_ODD).fill_null(value=False).arg_true()
    if odd.is_empty():
        return values
    cell = pl.col("v")
    name = pl.coalesce(cell.str.extract(_PAIR, 1), cell.str.extract(_PAIR, 2))
    plain = name.str.replace_all(r"\\(['\"\\])", "${1}")
    is_blank = cell.str.to_lowercase().eq("false") & pl.lit(not has_false)
    cells = values.gather(odd).to_frame("v")
    shown = cells.select(pl.when(~is_blank).then(pl.coalesce(plain, "v")))["v"]
    return values.clone().scatter(odd, shown)
