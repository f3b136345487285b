"""What a feature is: a frozen declaration, with its meaning beside its expression."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import polars as pl

from features.errors import FeatureError
from features.schema import CUSTOM_PREFIX, INPUT_COLUMNS, is_lead_column

Kind = Literal["number", "category", "flag"]

FAMILIES: Final = ("recency", "engagement", "firmographic", "channel", "contact", "custom")


class Known(StrEnum):
    """How the value that a feature had at a past date is known today."""

    IMMUTABLE = "immutable"
    """Set when the lead was made and not changed since (for CRM fields: an approximation)."""
    EVENT = "event"
    """From rows that carry their own time, read up to ``as_of``."""
    HISTORY = "history"
    """From a recorded history of the field."""
    EXPORT_ONLY = "export_only"
    """Only today's value is known; it may be the consequence of the outcome."""


@dataclass(frozen=True)
class Feature:
    """One column of the model matrix.

    Parameters
    ----------
    name : str
        Unique; carries its unit (``_days``, ``_count``) or ``is_`` / ``has_``.
    family : str
        One of `FAMILIES`: the file that declares it.
    kind : {"number", "category", "flag"}
        `expr` gives a numeric, a String or a Boolean column respectively.
    unit : str
        Unit of a number; "code" for categories and "0/1" for flags.
    inputs : tuple of str
        Every column that `expr` reads; all in `features.schema` or ``custom:<column>``.
    known : Known
        How the past value is known; dated training refuses ``EXPORT_ONLY``.
    null : str
        What a null means.
    title : str
        Short words for people: reports and reasons.
    expr : pl.Expr
        Row-wise: row i of the result depends on row i of the input alone.
    monotone : {-1, 0, 1}
        Direction that the model must keep; 0 = free.

    Raises
    ------
    FeatureError
        When a declaration contradicts its expression.
    """

    name: str
    family: str
    kind: Kind
    unit: str
    inputs: tuple[str, ...]
    known: Known
    null: str
    title: str
    expr: pl.Expr
    monotone: int = 0

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise FeatureError(f"feature {self.name!r} of family {self.family!r}", f"{FAMILIES}")
        if not self.inputs or set(self.inputs) != set(self.expr.meta.root_names()):
            raise FeatureError(
                f"feature {self.name!r} declares the inputs {sorted(self.inputs)}",
                f"what its expression reads: {sorted(set(self.expr.meta.root_names()))}",
            )
        unknown = [c for c in self.inputs if c not in INPUT_COLUMNS and not _is_custom(c)]
        if unknown:
            raise FeatureError(f"feature {self.name!r} reads {unknown}", "columns of the schema")
        if not self.expr.meta.is_row_separable():
            raise FeatureError(
                f"the expression of feature {self.name!r} looks at other rows",
                "a row-wise expression",
                "aggregate in pipelines/featurise instead",
            )

    @property
    def is_lead_only(self) -> bool:
        """Whether one export row can supply every input (no event aggregates)."""
        return all(is_lead_column(column) for column in self.inputs)


def _is_custom(column: str) -> bool:
    return column.startswith(CUSTOM_PREFIX)
