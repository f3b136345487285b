import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import ModelRefusedError
from models.matrix import booster_name, check_finite, to_array

NAMES = ("a", "custom:b c")


def frame(**changes: pl.Series) -> pl.DataFrame:
    columns = {"a": [1.0, None, 3.0], "custom:b c": [0.5, float("nan"), -1.0]}
    found = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Float32))
    return found.with_columns(**changes)


def test_null_and_nan_are_missing_and_order_is_kept():
    array = to_array(frame(), NAMES)
    assert array.dtype == np.float32
    np.testing.assert_array_equal(
        array, np.array([[1.0, 0.5], [np.nan, np.nan], [3.0, -1.0]], dtype=np.float32)
    )


@pytest.mark.parametrize(
    "wrong",
    [
        frame().select("custom:b c", "a"),
        frame().select("a"),
        frame(extra=pl.lit(1.0).cast(pl.Float32)),
        frame().rename({"a": "A"}),
        frame().with_columns(pl.col("a").cast(pl.Float64)),
        frame().with_columns(a=pl.Series(["x", "y", "z"])),
        frame().with_columns(a=pl.Series(["x", "y", "z"], dtype=pl.Categorical)),
        frame().with_columns(a=pl.Series([True, False, None])),
        frame().with_columns(a=pl.Series([1, 2, 3], dtype=pl.Int32)),
    ],
)
def test_refuses_everything_else(wrong):
    with pytest.raises(ModelRefusedError):
        to_array(wrong, NAMES)


def test_refusal_names_the_columns():
    with pytest.raises(ModelRefusedError, match=r"missing \['a'\], unknown \['A'\]"):
        to_array(frame().rename({"a": "A"}), NAMES)
    with pytest.raises(ModelRefusedError, match="another order"):
        to_array(frame().select("custom:b c", "a"), NAMES)


def test_infinity_is_refused_by_name():
    array = np.array([[1.0, 2.0], [np.inf, np.nan]], dtype=np.float32)
    with pytest.raises(ModelRefusedError, match=r"\['a'\]"):
        check_finite(array, NAMES)


@given(st.lists(st.text(min_size=1), min_size=2, max_size=5, unique=True))
def test_booster_names_are_one_to_one_and_plain(names):
    found = [booster_name(name) for name in names]
    assert len(set(found)) == len(names)
    assert all(name.isascii() and not set(name) & set(' ":,[]{}=\n\t') for name in found)
