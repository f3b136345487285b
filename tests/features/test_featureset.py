import copy
import json
import subprocess
import sys
from dataclasses import replace

import polars as pl
import pytest

from features.errors import FeatureError, FeatureMismatchError
from features.featureset import FeatureSet
from features.registry import REGISTRY, custom_features
from features.spec import Known
from features.vocabulary import Vocabulary

VALUES = {f.name: ("a", "b") for f in REGISTRY if f.kind == "category"}
EVERY = FeatureSet(REGISTRY, Vocabulary(VALUES))
CUSTOM = FeatureSet(
    custom_features({"n": pl.Int64(), "c": pl.String()}, immutable=["c"]),
    Vocabulary({"custom:c": ("x",)}),
)


def test_fingerprint_is_the_same_in_another_process():
    program = (
        "from features.featureset import *\n"
        "v = {f.name: ('a', 'b') for f in REGISTRY if f.kind == 'category'}\n"
        "import sys; sys.stdout.write(FeatureSet(REGISTRY, Vocabulary(v)).fingerprint())"
    )
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ".", "PATH": ""},
        )
        assert done.stdout == EVERY.fingerprint()


def changed(**changes):
    return FeatureSet((replace(REGISTRY[0], **changes), *REGISTRY[1:]), EVERY.vocabulary)


@pytest.mark.parametrize(
    "other",
    [
        changed(name="other"),
        changed(kind="flag"),
        changed(known=Known.EVENT),
        changed(expr=REGISTRY[0].expr + 1),
        FeatureSet(REGISTRY[::-1], EVERY.vocabulary),
        FeatureSet(REGISTRY, Vocabulary({**VALUES, "lead_source": ("b", "a")})),
    ],
    ids=["name", "kind", "known", "expression", "order", "vocabulary"],
)
def test_fingerprint_sees_every_change(other):
    assert other.fingerprint() != EVERY.fingerprint()


def test_fingerprint_ignores_words_for_people():
    assert changed(title="something else").fingerprint() == EVERY.fingerprint()


@pytest.mark.parametrize("features", [EVERY, CUSTOM], ids=["shipped", "custom"])
def test_json_round_trip(features):
    saved = json.loads(json.dumps(features.to_json()))
    rebuilt = FeatureSet.from_json(saved)
    assert rebuilt.names == features.names
    assert rebuilt.kinds == features.kinds
    assert rebuilt.fingerprint() == features.fingerprint()
    assert [f.known for f in rebuilt.features] == [f.known for f in features.features]


def test_another_fingerprint_is_refused():
    saved = copy.deepcopy(EVERY.to_json())
    saved["vocabulary"]["lead_source"].reverse()
    with pytest.raises(FeatureMismatchError, match="differ"):
        FeatureSet.from_json(saved)


def test_an_unknown_feature_is_refused():
    saved = EVERY.to_json()
    saved["features"][0] = {**saved["features"][0], "name": "gone"}
    with pytest.raises(FeatureMismatchError, match="gone"):
        FeatureSet.from_json(saved)


def test_names_are_unique_and_categories_have_values():
    with pytest.raises(FeatureError, match="twice"):
        FeatureSet((REGISTRY[0], REGISTRY[0]))
    with pytest.raises(FeatureError, match="lead_source"):
        FeatureSet(REGISTRY, Vocabulary({n: v for n, v in VALUES.items() if n != "lead_source"}))


def test_properties_line_up():
    assert len(EVERY.names) == len(EVERY.kinds) == len(EVERY.monotone) == len(REGISTRY)
    assert set(EVERY.categorical) == set(VALUES)
    assert EVERY["lead_age_days"] is REGISTRY[0]
    assert not EVERY.is_lead_only
    assert CUSTOM.is_lead_only
    with pytest.raises(KeyError):
        EVERY["nothing"]
