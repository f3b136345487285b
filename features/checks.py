"""Cheap checks of a built matrix: the promises of `features.build.build`, read back."""

import polars as pl

from features.errors import FeatureError
from features.featureset import FeatureSet
from features.spec import Feature


def check_matrix(matrix: pl.DataFrame, features: FeatureSet) -> None:
    """Check that `matrix` is what `features` describes; two passes over its columns.

    Parameters
    ----------
    matrix : pl.DataFrame
        Shape (n, k), as `features.build.build` gives it.
    features : FeatureSet
        What it should hold.

    Raises
    ------
    FeatureError
        Names, order or types differ; a value is NaN or infinite; a category code, a flag or a share
        lies outside its range.
    """
    if matrix.columns != list(features.names):
        raise FeatureError(
            f"a matrix of {matrix.width} columns in another order or with other names",
            f"the {len(features.names)} features of the set in their order",
        )
    wrong = [name for name, dtype in matrix.schema.items() if dtype != pl.Float32]
    if wrong:
        raise FeatureError(f"columns {wrong} are not Float32")
    if not matrix.height or not matrix.width:
        return
    infinite = _named(matrix.select((~pl.all().is_finite()).any()))
    if infinite:
        raise FeatureError(f"columns {infinite} hold NaN or infinite values", "finite or null")
    lows, highs = matrix.min().row(0), matrix.max().row(0)
    outside = [
        feature.name
        for feature, low, high in zip(features.features, lows, highs, strict=True)
        if low is not None
        and not _lowest(feature) <= low <= high <= _highest(feature.name, features)
    ]
    if outside:
        raise FeatureError(f"columns {outside} hold values outside their range")


def _lowest(feature: Feature) -> float:
    return float("-inf") if feature.kind == "number" and feature.family == "custom" else 0


def _highest(name: str, features: FeatureSet) -> float:
    feature = features[name]
    if feature.kind == "category":
        return len(features.vocabulary.values[name]) - 1
    if feature.kind == "flag" or feature.unit == "share":
        return 1
    return float("inf")


def _named(flags: pl.DataFrame) -> list[str]:
    return [name for name, flag in zip(flags.columns, flags.row(0), strict=True) if flag]
