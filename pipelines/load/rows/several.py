"""Suppression records that name several addresses or numbers in one cell: one record for each."""

import polars as pl

from pipelines.load.normalise.email import every_address
from pipelines.load.normalise.phone_cells import own_numbers
from pipelines.load.rows.context import Context


def one_point_each(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Repeat records so that a cell for e-mail or phone names one contact point; order is kept.

    A record in which no such part is readable stays as it is. ``row_number`` is that of the file,
    so a record still counts once.
    """
    for name, split in (("email", _addresses), ("phone", _numbers)):
        header = context.plan.claims.get(name)
        if header is None:
            continue
        parts = split(context.cells(frame, name))
        if parts.height:
            frame = _repeated(frame, header, parts)
    return frame


def _addresses(cells: pl.Series) -> pl.DataFrame:
    return every_address(cells).select("row", part="email_key")


def _numbers(cells: pl.Series) -> pl.DataFrame:
    several = own_numbers(cells).filter(pl.col("part").list.len() > 1)
    return several.explode("part")


def _repeated(frame: pl.DataFrame, header: str, parts: pl.DataFrame) -> pl.DataFrame:
    rows = parts["row"].unique()
    kept = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    whole = frame.filter(~kept.is_in(rows.implode()))
    new = frame[parts["row"]].with_columns(parts["part"].alias(header))
    return pl.concat([whole, new]).sort("row_number", maintain_order=True)
