"""The feature set in git: every shipped feature, and which of them a training may use."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

import polars as pl

from features import channel, contact, engagement, firmographic, recency
from features.custom import custom_feature, custom_features
from features.errors import FeatureRefusedError
from features.schema import AS_OF
from features.spec import Feature, Known

__all__ = [
    "LATE_COLUMNS",
    "REGISTRY",
    "custom_feature",
    "custom_features",
    "from_history",
    "present_columns",
    "select",
]

REGISTRY: Final[tuple[Feature, ...]] = (
    *recency.FEATURES,
    *engagement.FEATURES,
    *firmographic.FEATURES,
    *channel.FEATURES,
    *contact.FEATURES,
)

LATE_COLUMNS: Final = frozenset(
    column
    for feature in REGISTRY
    if feature.known is Known.EXPORT_ONLY
    for column in feature.inputs
    if column != AS_OF
)
"""Overwritten while a lead is worked: before the history of a lead begins they are null."""


def from_history(features: Iterable[Feature]) -> tuple[Feature, ...]:
    """Declare as known by history what is overwritten, where the store kept what it was.

    For rows whose inputs were put together as of their ``as_of``. Custom columns have no history:
    they stay as they are.
    """
    return tuple(
        replace(feature, known=Known.HISTORY)
        if feature.known is Known.EXPORT_ONLY and not LATE_COLUMNS.isdisjoint(feature.inputs)
        else feature
        for feature in features
    )


def present_columns(frame: pl.DataFrame) -> frozenset[str]:
    """Return the columns of `frame` that hold at least one value; for `select`."""
    return frozenset(s.name for s in frame.iter_columns() if s.null_count() < s.len())


def select(
    features: Iterable[Feature],
    *,
    dated: bool,
    lead_only: bool,
    names: Collection[str] | None = None,
    present: Collection[str] | None = None,
) -> tuple[Feature, ...]:
    """Choose the features that a population may be trained on, in the order given.

    Parameters
    ----------
    features : iterable of Feature
        Usually ``(*REGISTRY, *custom_features(...))``.
    dated : bool
        Rows lie in the past: features whose past value is not known are left out.
    lead_only : bool
        Keep what one export row can supply.
    names : collection of str, optional
        Features asked for by name; None = all that are allowed.
    present : collection of str, optional
        Columns that hold any value (`present_columns`). A feature whose inputs (``as_of`` aside)
        are all absent is left out: created_at features of a file without dates, say.

    Raises
    ------
    FeatureRefusedError
        A feature asked for by name is unknown, or its past values are not known and the population
        is dated, or it is not lead-only where that is required.
    """
    offered = tuple(features)
    if names is not None:
        _check_asked(offered, set(names), dated=dated, lead_only=lead_only)
    return tuple(
        feature
        for feature in offered
        if (names is None or feature.name in names)
        and not (dated and feature.known is Known.EXPORT_ONLY)
        and not (lead_only and not feature.is_lead_only)
        and (present is None or _has_any_input(feature, present))
    )


def _has_any_input(feature: Feature, present: Collection[str]) -> bool:
    return any(column in present for column in feature.inputs if column != AS_OF)


def _check_asked(
    offered: tuple[Feature, ...], asked: set[str], *, dated: bool, lead_only: bool
) -> None:
    unknown = sorted(asked - {feature.name for feature in offered})
    if unknown:
        raise FeatureRefusedError(
            f"unknown features {unknown}", "names from docs/features.md or custom:<column>"
        )
    late = [f.name for f in offered if f.name in asked and f.known is Known.EXPORT_ONLY]
    if dated and late:
        raise FeatureRefusedError(
            f"features {late} are known as of the export only",
            "features whose past values are known, because the training rows are dated",
            "leave them out, or declare custom columns immutable in the mapping",
        )
    other = [f.name for f in offered if f.name in asked and not f.is_lead_only]
    if lead_only and other:
        raise FeatureRefusedError(
            f"features {other} need event aggregates", "features of one export row"
        )
