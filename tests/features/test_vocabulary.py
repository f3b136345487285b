import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.build import build
from features.errors import FeatureError
from features.featureset import FeatureSet
from features.registry import REGISTRY
from features.vocabulary import Vocabulary, fit_vocabulary

(SOURCE,) = (feature for feature in REGISTRY if feature.name == "lead_source")


def frame(values):
    return pl.DataFrame({"lead_source": values}, schema={"lead_source": pl.String})


def test_orders_by_count_then_value():
    rows = frame(["b"] * 3 + ["a"] * 3 + ["c"] * 5 + ["rare", None])
    fitted = fit_vocabulary(rows, [SOURCE], min_count=2)
    assert fitted.values == {"lead_source": ("c", "a", "b")}


def test_cuts_at_max_values():
    rows = frame(["b", "b", "a", "c"])
    assert fit_vocabulary(rows, [SOURCE], min_count=1, max_values=2).values["lead_source"] == (
        "b",
        "a",
    )


def test_folds_at_fit_and_build_alike():
    rows = frame([" Trade  Show", "trade show", "TRADE\tSHOW ", "", "  ", None, "other"])
    features = FeatureSet((SOURCE,), fit_vocabulary(rows, [SOURCE], min_count=2))
    assert features.vocabulary.values["lead_source"] == ("trade show",)
    assert build(rows, features)["lead_source"].to_list() == [0, 0, 0, None, None, None, None]


@given(st.lists(st.none() | st.text(max_size=3), max_size=60), st.randoms())
@settings(deadline=None)
def test_does_not_depend_on_row_order(values, rng):
    shuffled = list(values)
    rng.shuffle(shuffled)
    first = fit_vocabulary(frame(values), [SOURCE], min_count=2, max_values=4)
    assert fit_vocabulary(frame(shuffled), [SOURCE], min_count=2, max_values=4) == first


@given(st.dictionaries(st.text(), st.lists(st.text(), unique=True).map(tuple)))
def test_json_round_trip(values):
    vocabulary = Vocabulary(values)
    assert Vocabulary.from_json(json.loads(json.dumps(vocabulary.to_json()))) == vocabulary


def test_double_values_are_refused():
    with pytest.raises(FeatureError, match="twice"):
        Vocabulary.from_json({"x": ["a", "a"]})


def test_empty_vocabulary_gives_nulls_of_full_height():
    features = FeatureSet((SOURCE,), Vocabulary({"lead_source": ()}))
    assert build(frame(["a", "b"]), features)["lead_source"].to_list() == [None, None]


def test_codes_without_a_list_are_refused():
    with pytest.raises(FeatureError, match="lead_source"):
        Vocabulary({}).codes(SOURCE)


def test_fit_leaves_out_categories_without_frequent_values():
    rows = frame([str(i) for i in range(100)])
    assert FeatureSet.fit(rows, [SOURCE]).names == ()
