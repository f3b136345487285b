"""Broken lead records: one in a hundred, by kind, counted exactly."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from pipelines.generate.dice import Bools, Dice, Ints, chance, pick

KINDS: Final = (
    "too_few_fields",
    "too_many_fields",
    "open_quote",
    "impossible_date",
    "not_utf8",
)
_BROKEN_SHARE: Final = 0.01
_KIND_SHARE: Final = (0.3, 0.25, 0.1, 0.25, 0.1)
_FEW: Final = 9
_CREATED: Final = ("CreatedDate", "Create Date")
_COMPANY: Final = ("Company", "Company Name")
_FIRST: Final = ("FirstName", "First Name")
_IMPOSSIBLE_DATE: Final = "2021-13-45T25:61:00.000+0000"
# Parquet has types: all it can hold of an impossible date is one far from any lead.
_FAR_FUTURE: Final = np.datetime64("2999-12-31T00:00:00", "us")
_MARK: Final = "@@open@@"


@dataclass(frozen=True)
class Damage:
    """Which lead rows of a block break and how: position in ``KINDS``, -1 for whole ones; (m,)."""

    kind: Ints

    def reasons(self, row: Ints) -> pl.Series:
        """Names of the damage of rows; null for whole ones."""
        return pl.Series((*KINDS, None), dtype=pl.String).gather(self.kind[row] % (len(KINDS) + 1))


def damage(dice: Dice, rows: int, *, is_csv: bool) -> Damage:
    """Choose the rows of a block that break; Parquet knows impossible dates only."""
    rng = dice.stream("damage")
    broken: Bools = chance(rng, rows, _BROKEN_SHARE)
    kind = np.where(broken, pick(rng, rows, _KIND_SHARE), -1)
    if not is_csv:
        kind[kind != KINDS.index("impossible_date")] = -1
    return Damage(kind)


def damaged_values(frame: pl.DataFrame, kind: Ints) -> pl.DataFrame:
    """Put the far future into the creation dates that a typed file cannot make worse."""
    column = next(name for name in _CREATED if name in frame.columns)
    hit = pl.Series(kind == KINDS.index("impossible_date"))
    return frame.with_columns(
        pl.when(hit).then(pl.lit(_FAR_FUTURE)).otherwise(column).alias(column)
    )


def readable(frame: pl.DataFrame) -> pl.DataFrame:
    """Drop the lead rows whose creation date is impossible; of a typed frame or of a text one."""
    created = next(name for name in _CREATED if name in frame.columns)
    wrong = _IMPOSSIBLE_DATE if frame.schema[created] == pl.String else _FAR_FUTURE
    return frame.filter(pl.col(created) != pl.lit(wrong))


def broken_lines(frame: pl.DataFrame, name: str, timestamp: str) -> list[bytes]:
    """Write every row of a frame as one broken record, without line ends.

    Parameters
    ----------
    frame : DataFrame
        Lead rows as they would be written whole.
    name : str
        One of ``KINDS``; an open quote stays open to the end of its own line.
    timestamp : str
        How the file writes timestamps.
    """
    created = next(column for column in _CREATED if column in frame.columns)
    company = next(column for column in _COMPANY if column in frame.columns)
    first = next(column for column in _FIRST if column in frame.columns)
    if name == "too_few_fields":
        return csv_lines(frame[:, :_FEW], timestamp)
    if name == "too_many_fields":
        more = frame.with_columns(pl.lit("x").alias("_1"), pl.lit("0").alias("_2"))
        return csv_lines(more, timestamp)
    if name == "impossible_date":
        return csv_lines(frame.with_columns(pl.lit(_IMPOSSIBLE_DATE).alias(created)), timestamp)
    if name == "open_quote":
        marked = csv_lines(frame.with_columns(pl.lit(_MARK).alias(company)), timestamp)
        return [line.replace(_MARK.encode(), b'"Acme Trading Ltd') for line in marked]
    spelled = csv_lines(frame.with_columns(pl.lit("Zoé").alias(first)), timestamp)
    return b"\n".join(spelled).decode().encode("cp1252", "replace").split(b"\n")


def csv_lines(frame: pl.DataFrame, timestamp: str) -> list[bytes]:
    """Write a frame as CSV records without header and line ends; no value holds a line end."""
    text = frame.write_csv(include_header=False, datetime_format=timestamp)
    return text.encode().split(b"\n")[:-1]
