"""Small made-up training sets with a known signal."""

import numpy as np
import polars as pl

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.spec import Known
from features.vocabulary import Vocabulary
from models.train import TrainingSet

COLOURS = ("red", "green", "blue", "grey")


def feature_set(
    numbers: tuple[str, ...] = ("visits", "minutes on site", "noise"),
    categories: tuple[str, ...] = ("colour",),
    known: Known = Known.EXPORT_ONLY,
) -> FeatureSet:
    features = tuple(custom_feature(f"custom:{n}", "number", known) for n in numbers) + tuple(
        custom_feature(f"custom:{c}", "category", known) for c in categories
    )
    return FeatureSet(features, Vocabulary({f"custom:{c}": COLOURS for c in categories}))


def training_set(
    rows: int = 3000, seed: int = 0, *, is_dated: bool = False, leak: str | None = None
) -> tuple[TrainingSet, FeatureSet]:
    """Visits, minutes and colour matter, noise does not; one value in ten is missing."""
    rng = np.random.default_rng(seed)
    visits = rng.poisson(3, rows).astype(np.float32)
    minutes = rng.exponential(10, rows).astype(np.float32)
    noise = rng.normal(size=rows).astype(np.float32)
    colour = rng.integers(0, len(COLOURS), rows).astype(np.float32)
    taste = np.array([1.0, 0.0, -1.0, 0.5])[colour.astype(int)]
    # Many visits are as bad as none: a straight line cannot follow.
    logit = 0.5 - 0.8 * np.abs(visits - 3) - 0.05 * minutes + taste
    label = rng.random(rows) < 1 / (1 + np.exp(-logit))
    numbers = {"visits": visits, "minutes on site": minutes, "noise": noise}
    for column in numbers.values():
        column[rng.random(rows) < 0.1] = np.nan
    if leak is not None:
        told = np.where(label, rng.normal(3, 1, rows), rng.normal(0, 1, rows))
        numbers[leak] = told.astype(np.float32)
    features = feature_set(tuple(numbers), known=Known.IMMUTABLE if is_dated else Known.EXPORT_ONLY)
    matrix = pl.DataFrame(
        [pl.Series(n, v) for n, v in zip(features.names, [*numbers.values(), colour], strict=True)]
    ).with_columns(pl.all().fill_nan(None))
    at = np.datetime64("2024-01-01", "D") + rng.integers(0, 24, rows) * 30 if is_dated else None
    order = np.arange(rows)
    newest = rng.normal(size=rows) if is_dated else np.full(rows, np.nan)
    return TrainingSet(matrix, label, order.copy(), at, order, newest), features
