import numpy as np
import polars as pl
import pytest

from features.custom import custom_feature
from features.featureset import FeatureSet
from features.spec import Known
from features.vocabulary import Vocabulary
from models.leakage import MIN_POSITIVES, action_on, examine, names_for
from models.params import LeakageSettings
from models.train import train
from tests.models.data import training_set

SETTINGS = LeakageSettings()
ROWS = 5000


def judged(columns: dict[str, np.ndarray], label, known=Known.EXPORT_ONLY, settings=SETTINGS):
    features = FeatureSet(tuple(custom_feature(f"custom:{n}", "number", known) for n in columns))
    matrix = np.column_stack(list(columns.values())).astype(np.float32)
    found = examine(matrix, label, np.arange(len(label)), features, settings)
    return {finding.feature.removeprefix("custom:"): finding for finding in found}


@pytest.fixture
def label() -> np.ndarray:
    return np.random.default_rng(0).random(ROWS) < 0.2


def test_noise_is_ok_and_near_one_half(label):
    noise = np.random.default_rng(1).normal(size=ROWS)
    found = judged({"noise": noise}, label)["noise"]
    assert found.verdict == "ok"
    assert found.value == pytest.approx(0.5, abs=0.04)


def test_a_column_made_from_the_outcome_leaks(label):
    rng = np.random.default_rng(1)
    found = judged(
        {
            "copy": label,
            "noisy": np.where(label, rng.normal(3, 1, ROWS), rng.normal(0, 1, ROWS)),
            # Not monotone: conversions sit in the middle.
            "middle": np.where(label, rng.normal(0, 0.1, ROWS), rng.normal(0, 5, ROWS)),
        },
        label,
    )
    assert {name: f.verdict for name, f in found.items()} == dict.fromkeys(found, "leak")
    assert "noisy" in found["noisy"].reason
    assert f"{found['noisy'].value:.3f}" in found["noisy"].reason


def test_a_strong_honest_column_is_left_alone(label):
    rng = np.random.default_rng(1)
    found = judged({"strong": rng.normal(size=ROWS) + 0.9 * label}, label)["strong"]
    assert 0.7 < found.value < 0.78
    assert found.verdict == "ok"


def test_filled_only_after_the_outcome(label):
    value = np.where(label, 1.0, np.nan)
    assert judged({"closed": value}, label)["closed"].verdict == "leak"
    mostly = np.where(np.random.default_rng(0).random(ROWS) < 0.6, value, 1.0)
    assert judged({"closed": mostly}, label)["closed"].verdict != "leak"


def test_values_that_never_convert_are_suspect_where_only_today_is_known(label):
    rng = np.random.default_rng(2)
    status = rng.integers(0, 3, ROWS).astype(float)
    status[(~label) & (rng.random(ROWS) < 0.08)] = 9.0  # "invalid number", entered by the caller
    late = judged({"status": status}, label)["status"]
    assert late.verdict == "suspect"
    assert "0.00% convert" in late.reason
    assert judged({"status": status}, label, Known.EVENT)["status"].verdict == "ok"


def test_renaming_changes_nothing(label):
    rng = np.random.default_rng(1)
    columns = {
        "Tags": np.where(label, rng.normal(3, 1, ROWS), rng.normal(0, 1, ROWS)),
        "duration": rng.normal(size=ROWS) + 1.3 * label,
        "age": rng.normal(size=ROWS),
    }
    before = judged(columns, label)
    after = judged({f"x{i}": values for i, values in enumerate(columns.values())}, label)
    assert [(f.verdict, f.value) for f in before.values()] == [
        (f.verdict, f.value) for f in after.values()
    ]
    assert [f.verdict for f in before.values()] == ["leak", "leak", "ok"]


def test_many_rare_values_earn_nothing_by_chance(label):
    codes = np.random.default_rng(4).integers(0, 64, ROWS)
    features = FeatureSet(
        (custom_feature("custom:id", "category", Known.EXPORT_ONLY),),
        Vocabulary({"custom:id": tuple(f"v{i}" for i in range(64))}),
    )
    found = examine(codes[:, None].astype(np.float32), label, np.arange(ROWS), features, SETTINGS)[
        0
    ]
    assert found.value < 0.55


def test_too_few_conversions_to_judge():
    label = np.arange(ROWS) < MIN_POSITIVES - 1
    found = judged({"copy": label}, label)["copy"]
    assert found.verdict == "ok"
    assert np.isnan(found.value)
    assert found.to_json("report")["value"] is None


def test_settings_decide_what_follows(label):
    leak = judged({"copy": label}, label)["copy"]
    assert action_on(leak, SETTINGS, is_dated=False) == "quarantine"
    assert action_on(leak, SETTINGS, is_dated=True) == "report"
    strict = LeakageSettings(static_action="block")
    assert names_for([leak], "block", strict, is_dated=False) == ("custom:copy",)
    assert names_for([leak], "quarantine", strict, is_dated=False) == ()


def test_training_leaves_the_leak_out_and_says_so(quick):
    data, features = training_set(leak="Tags")
    model = train(data, features, quick, context={})
    assert "custom:Tags" not in model.features.names
    entry = {e["feature"]: e for e in model.manifest["leakage"]}["custom:Tags"]
    assert (entry["verdict"], entry["action"]) == ("leak", "left out")
    honest, kept = training_set()
    without = train(honest, kept, quick, context={}).manifest["metrics"]["auc"]
    assert model.manifest["metrics"]["auc"] == pytest.approx(without, abs=0.03)


def test_blocked_feature_fails_the_gate(quick):
    data, features = training_set(leak="Tags")
    params = quick.model_copy(update={"leakage": LeakageSettings(static_action="block")})
    model = train(data, features, params, context={})
    gate = {g["gate"]: g for g in model.manifest["gates"]}["leakage"]
    assert not gate["passed"]
    assert "custom:Tags" in gate["reason"]


def test_null_values_of_a_frame_count_as_missing(quick):
    data, features = training_set()
    filled = data.matrix.with_columns(
        pl.when(pl.Series(data.label)).then(1.0).cast(pl.Float32).alias("custom:noise")
    )
    model = train(
        type(data)(filled, data.label, data.group, None, data.order, data.newest), features, quick,
        context={},
    )  # fmt: skip
    assert "custom:noise" not in model.features.names
