import polars as pl
import pytest

from features.errors import FeatureError, FeatureRefusedError
from features.featureset import FeatureSet
from features.registry import (
    LATE_COLUMNS,
    REGISTRY,
    custom_features,
    from_history,
    present_columns,
    select,
)
from features.schema import AGGREGATE_COLUMNS, INPUT_COLUMNS
from features.spec import FAMILIES, Feature, Known
from tests.features.frames import one

EVERYTHING = (*REGISTRY, *custom_features({"x": pl.Int64(), "y": pl.String()}, immutable=["y"]))


def test_names_are_unique_and_families_known():
    assert len({f.name for f in REGISTRY}) == len(REGISTRY)
    assert {f.family for f in EVERYTHING} == set(FAMILIES)


def test_every_declaration_is_row_wise():
    assert all(f.expr.meta.is_row_separable() for f in EVERYTHING)


def test_every_feature_says_what_it_is():
    assert all(f.title and f.null and f.unit for f in EVERYTHING)


def test_nothing_that_uses_an_overwritten_column_claims_a_past():
    late = {
        "rating",
        "status",
        "annual_revenue",
        "last_activity_date",
        "modified_at",
        "phone_valid",
    }
    for feature in REGISTRY:
        assert (feature.known is Known.EXPORT_ONLY) == bool(late & set(feature.inputs))


def test_aggregates_are_events_and_never_lead_only():
    for feature in REGISTRY:
        if set(feature.inputs) & set(AGGREGATE_COLUMNS):
            assert feature.known is Known.EVENT
            assert not feature.is_lead_only


def test_dated_leaves_out_what_only_the_export_knows():
    chosen = select(EVERYTHING, dated=True, lead_only=False)
    names = {f.name for f in chosen}
    assert all(f.known is not Known.EXPORT_ONLY for f in chosen)
    assert "custom:y" in names
    assert not {"status", "custom:x"} & names
    assert "status" in {f.name for f in select(EVERYTHING, dated=False, lead_only=False)}


def test_dated_refuses_them_when_asked_for_by_name():
    with pytest.raises(FeatureRefusedError, match=r"'status'.*'custom:x'"):
        select(EVERYTHING, dated=True, lead_only=False, names=["status", "custom:x", "country"])


def test_lead_only():
    chosen = select(EVERYTHING, dated=True, lead_only=True)
    assert not any(set(f.inputs) & set(AGGREGATE_COLUMNS) for f in chosen)
    assert "lead_age_days" in {f.name for f in chosen}
    with pytest.raises(FeatureRefusedError, match="inbound_share"):
        select(EVERYTHING, dated=False, lead_only=True, names=["inbound_share"])


def test_unknown_names_are_refused():
    with pytest.raises(FeatureRefusedError, match="nothing_such"):
        select(EVERYTHING, dated=False, lead_only=False, names=["nothing_such"])


def test_names_keep_the_order_of_the_registry():
    chosen = select(EVERYTHING, dated=True, lead_only=False, names=["country", "lead_age_days"])
    assert [f.name for f in chosen] == ["lead_age_days", "country"]


def test_features_without_any_input_are_left_out():
    present = present_columns(one(title="CEO", email_domain="a.de"))
    assert {"title", "as_of", "email_domain"} <= present
    names = {f.name for f in select(EVERYTHING, dated=False, lead_only=True, present=present)}
    assert {"seniority_level", "email_tld"} <= names
    assert not {"lead_age_days", "created_hour", "country", "is_email_bounced"} & names


def declared(expr, inputs, family="recency"):
    return Feature("f", family, "number", "days", inputs, Known.EVENT, "never", "f", expr)


def test_declarations_are_checked():
    created = pl.col("created_at").dt.year()
    with pytest.raises(FeatureError, match="declares the inputs"):
        declared(created, ("created_at", "as_of"))
    with pytest.raises(FeatureError, match="declares the inputs"):
        declared(pl.lit(1), ())
    with pytest.raises(FeatureError, match="reads"):
        declared(pl.col("email"), ("email",))
    with pytest.raises(FeatureError, match="family"):
        declared(created, ("created_at",), family="other")


def test_every_input_column_is_read_by_some_feature():
    assert {c for f in REGISTRY for c in f.inputs} == set(INPUT_COLUMNS)


def test_custom_types():
    schema = {"n": pl.Float64(), "s": pl.String(), "b": pl.Boolean(), "d": pl.Date()}
    assert [(f.name, f.kind) for f in custom_features(schema)] == [
        ("custom:n", "number"),
        ("custom:s", "category"),
        ("custom:b", "flag"),
    ]
    assert {f.known for f in custom_features(schema)} == {Known.EXPORT_ONLY}
    assert custom_features({"custom:n": pl.Int64()})[0].name == "custom:n"


def test_what_the_store_kept_is_known_by_history_and_custom_columns_are_not():
    declared = {f.name: f.known for f in from_history(EVERYTHING)}
    assert (declared["status"], declared["country"]) == (Known.HISTORY, Known.IMMUTABLE)
    assert declared["custom:x"] is Known.EXPORT_ONLY
    chosen = select(from_history(EVERYTHING), dated=True, lead_only=False, names=["status"])
    features = FeatureSet.fit(one(status="New"), chosen, min_count=1)
    assert FeatureSet.from_json(features.to_json()) == features
    for feature in REGISTRY:
        assert (feature.known is Known.EXPORT_ONLY) == bool(LATE_COLUMNS & set(feature.inputs))
