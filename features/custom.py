"""Columns of an export that no canonical field claims, as features of their own.

Nobody has said when such a column is filled, so its past values count as unknown (``EXPORT_ONLY``)
unless a mapping declares it immutable. Dates are no features: as they stand they only say when.
"""

import re
from collections.abc import Collection, Mapping
from typing import Final

import polars as pl

from features.schema import CUSTOM_PREFIX
from features.spec import Feature, Kind, Known

# The same file typed by content may give 1 in one export and 1.0 in the next.
_WHOLE_FLOAT: Final = r"^(-?[0-9]+)\.0$"


def custom_features(
    schema: Mapping[str, pl.DataType], immutable: Collection[str] = ()
) -> tuple[Feature, ...]:
    """Declare one feature per custom column, in the order of `schema`.

    Parameters
    ----------
    schema : mapping of str to pl.DataType
        Column name (as in the file, with or without ``custom:``) -> type. Numeric columns become
        numbers, Boolean ones flags, String ones categories; other types are left out.
    immutable : collection of str
        Columns that the mapping declares set once; same spelling rule.

    Returns
    -------
    tuple of Feature
        Named ``custom:<column>``.
    """
    fixed = {_column(name) for name in immutable}
    found = []
    for name, dtype in schema.items():
        kind = _kind(dtype)
        if kind is not None:
            column = _column(name)
            known = Known.IMMUTABLE if column in fixed else Known.EXPORT_ONLY
            found.append(custom_feature(column, kind, known))
    return tuple(found)


def custom_feature(name: str, kind: Kind, known: Known) -> Feature:
    """Declare the feature of the custom column `name` (with its ``custom:`` prefix).

    A number is read leniently: text that is no number is null, so a column that was numeric at
    training stays a number when a later export types it as text.
    """
    value = pl.col(name)
    short = name.removeprefix(CUSTOM_PREFIX)
    if kind == "number":
        unit, null = "as in the file", "empty or not a number"
        expr = value.cast(pl.Float64, strict=False)
    elif kind == "flag":
        unit, null = "0/1", "empty"
        expr = value.cast(pl.Boolean)
    else:
        unit, null = "code", "empty or too rare to know"
        expr = value.cast(pl.String).str.replace(_WHOLE_FLOAT, "$1")
    title = re.sub(r"[\s_]+", " ", short).strip()
    return Feature(name, "custom", kind, unit, (name,), known, null, title, expr)


def _column(name: str) -> str:
    return name if name.startswith(CUSTOM_PREFIX) else f"{CUSTOM_PREFIX}{name}"


def _kind(dtype: pl.DataType) -> Kind | None:
    if dtype.is_numeric():
        return "number"
    if dtype == pl.Boolean:
        return "flag"
    return "category" if dtype == pl.String else None
