import polars as pl
import pytest

from features.build import build
from features.checks import check_matrix
from features.errors import FeatureError
from features.featureset import FeatureSet
from features.registry import REGISTRY, custom_features
from features.vocabulary import Vocabulary
from tests.features.frames import one

NAMES = ("lead_age_days", "inbound_share", "lead_source", "has_email")
FEATURES = FeatureSet(
    tuple(f for f in REGISTRY if f.name in NAMES) + custom_features({"x": pl.Int64()}),
    Vocabulary({"lead_source": ("web", "fair")}),
)
GOOD = build(one(lead_source="Fair").with_columns(pl.lit(-5).alias("custom:x")), FEATURES)


def test_a_built_matrix_passes():
    check_matrix(GOOD, FEATURES)
    check_matrix(GOOD.clear(), FEATURES)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("lead_age_days", -1.0),
        ("lead_age_days", float("inf")),
        ("custom:x", float("nan")),
        ("inbound_share", 1.5),
        ("lead_source", 2.0),
        ("has_email", 2.0),
    ],
)
def test_a_value_out_of_range_is_named(column, value):
    bad = GOOD.with_columns(pl.lit(value, dtype=pl.Float32).alias(column))
    with pytest.raises(FeatureError, match=column):
        check_matrix(bad, FEATURES)


def test_names_order_and_types_are_checked():
    with pytest.raises(FeatureError, match="order"):
        check_matrix(GOOD.select(GOOD.columns[::-1]), FEATURES)
    with pytest.raises(FeatureError, match="Float32"):
        check_matrix(GOOD.cast(pl.Float64), FEATURES)
