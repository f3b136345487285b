"""Dated leads with the columns of a scorecard and a known signal."""

import numpy as np
import polars as pl

from features.featureset import FeatureSet
from features.registry import REGISTRY
from features.vocabulary import Vocabulary
from models.examples import TrainingSet

NAMES = ("lead_source", "lead_age_days", "seniority_level")
KNOWN = {feature.name: feature for feature in REGISTRY}
FEATURES = FeatureSet(
    tuple(KNOWN[name] for name in NAMES), Vocabulary({"lead_source": ("a", "b", "c")})
)
CONTEXT = {"population": "dated", "variant": "full", "label": "converted"}


def leads(count=600, seed=0, strength=1.0):
    """Source b and new leads convert; seniority tells nothing; a tenth has no source."""
    rng = np.random.default_rng(seed)
    source = rng.integers(0, 3, count).astype(np.float32)
    source[rng.random(count) < 0.1] = np.nan
    age = rng.exponential(300, count).astype(np.float32)
    level = rng.integers(1, 9, count).astype(np.float32)
    logit = -3 + strength * (1.5 * (source == 1) + 1.5 * (age < 100))
    label = rng.random(count) < 1 / (1 + np.exp(-logit))
    return np.column_stack([source, age, level]), label


def training_set(matrix, label):
    rows = np.arange(len(label))
    frame = pl.DataFrame(matrix, schema=dict.fromkeys(NAMES, pl.Float32)).fill_nan(None)
    at = np.datetime64("2025-01-01") + rows // 5
    return TrainingSet(frame, label, rows, at, rows, rows * 86_400.0 / 5)
