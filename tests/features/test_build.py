import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from features import build as build_module
from features.build import build
from features.checks import check_matrix
from features.errors import FeatureInputError
from features.featureset import FeatureSet
from features.registry import REGISTRY, custom_features
from features.schema import INPUT_COLUMNS
from features.vocabulary import Vocabulary
from tests.features.frames import FRAMES, at, one
from tests.oracles.feature_rows import float32, row_features

WORDS = ("web", "partner referral", "de", "email", "sales", "other", "com")
EVERY = FeatureSet(REGISTRY, Vocabulary({f.name: WORDS for f in REGISTRY if f.kind == "category"}))


@given(FRAMES)
@settings(deadline=None, max_examples=40)
def test_matrix_keeps_its_promises(frame):
    matrix = build(frame, EVERY)
    assert matrix.columns == list(EVERY.names)
    assert set(matrix.dtypes) == {pl.Float32}
    assert matrix.height == frame.height
    check_matrix(matrix, EVERY)


@given(FRAMES)
@settings(deadline=None, max_examples=40)
def test_matches_the_slow_twin(frame):
    matrix = build(frame, EVERY)
    for position, row in enumerate(frame.rows(named=True)):
        for name, expected in row_features(row).items():
            found = matrix[name][position]
            expected = float32(expected)
            close = found == expected if expected is None else pytest.approx(expected) == found
            assert close, (name, found, expected)


@given(FRAMES, st.randoms())
@settings(deadline=None, max_examples=40)
def test_order_of_rows_does_not_matter(frame, rng):
    order = list(range(frame.height))
    rng.shuffle(order)
    assert_frame_equal(build(frame[order], EVERY), build(frame, EVERY)[order], check_exact=True)


@given(FRAMES, st.integers(0, 12))
@settings(deadline=None, max_examples=40)
def test_batches_do_not_matter(frame, cut):
    parts = [part for part in (frame[:cut], frame[cut:]) if part.height]
    built = pl.concat([build(part, EVERY) for part in parts])
    assert_frame_equal(built, build(frame, EVERY), check_exact=True)


@given(FRAMES)
@settings(deadline=None, max_examples=40)
def test_looking_values_up_gives_the_same_bits(frame):
    many = pl.concat([frame] * 5)
    direct = build(many, EVERY)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build_module, "_LOOKUP_ROWS", 1)
        looked_up = build(many, EVERY)
        patch.setattr(build_module, "_LOOKUP_REPEATS", 10**9)
        never = build(many, EVERY)
    assert_frame_equal(looked_up, direct, check_exact=True)
    assert_frame_equal(never, direct, check_exact=True)


def test_large_frames_take_the_look_up_path(monkeypatch):
    calls = []
    original = build_module._looked_up
    monkeypatch.setattr(
        build_module, "_looked_up", lambda *a: calls.append(a[0].columns) or original(*a)
    )
    build(pl.concat([one(title="CEO", email_key="a@b.com")] * 2_000), EVERY)
    assert ["title"] in calls


def test_missing_inputs_are_named():
    with pytest.raises(FeatureInputError, match="'created_at', 'title'") as error:
        build(one().drop("title", "created_at"), EVERY)
    assert "missing" in error.value.found


def test_wrong_types_are_named():
    frame = one().with_columns(pl.lit("x").alias("created_at"))
    with pytest.raises(FeatureInputError, match="created_at is String"):
        build(frame, EVERY)


def test_null_typed_and_wider_columns_are_accepted():
    loose = pl.DataFrame(
        {c: [None] for c in INPUT_COLUMNS if c not in ("as_of", "employees", "created_at")}
    ).with_columns(
        one()["as_of"].dt.cast_time_unit("ms"),
        pl.lit(50, dtype=pl.Int64).alias("employees"),
        pl.lit(None, dtype=pl.Datetime("ms")).alias("created_at"),
    )
    assert_frame_equal(build(loose, EVERY), build(one(employees=50), EVERY), check_exact=True)


def test_as_of_is_read_per_row():
    frame = pl.concat([one(created_at=at("2020-01-01"))] * 2).with_columns(
        as_of=pl.Series([at("2020-01-11"), None], dtype=pl.Datetime("us"))
    )
    assert build(frame, EVERY)["lead_age_days"].to_list() == [10.0, None]


def test_beyond_float32_is_null():
    features = FeatureSet(custom_features({"x": pl.Float64()}))
    frame = pl.DataFrame({"custom:x": [1e300, float("inf"), float("nan"), 2.5, None]})
    assert build(frame, features)["custom:x"].to_list() == [None, None, None, 2.5, None]


def test_extra_columns_are_ignored():
    frame = one(lead_source="Web")
    assert_frame_equal(build(frame.with_columns(y=1), EVERY), build(frame, EVERY))
