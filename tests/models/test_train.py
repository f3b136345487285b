import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models.errors import ModelRefusedError, TrainingRefusedError
from models.manifest import REQUIRED, canonical, summary
from models.params import LARGE, MEDIUM, SMALL, TrainSettings
from models.selection import Block, choose
from models.train import TrainingSet, train
from tests.models.conftest import CONTEXT
from tests.models.data import feature_set, training_set


def taken(data: TrainingSet, rows: np.ndarray) -> TrainingSet:
    return TrainingSet(
        data.matrix[rows],
        data.label[rows],
        data.group[rows],
        None if data.at is None else data.at[rows],
        data.order[rows],
        data.newest[rows],
    )


@pytest.mark.parametrize("is_dated", [False, True])
def test_same_data_in_any_order_give_the_same_bytes(quick, is_dated):
    data, features = training_set(1500, is_dated=is_dated)
    shuffled = np.random.default_rng(1).permutation(1500)
    first = train(data, features, quick, context=CONTEXT)
    second = train(taken(data, shuffled), features, quick, context=CONTEXT)
    assert second.model_id == first.model_id
    assert second.text == first.text
    assert canonical(second.manifest) == canonical(first.manifest)


def test_number_of_threads_changes_nothing(quick, model):
    data, features = training_set()
    two = train(data, features, quick.model_copy(update={"num_threads": 2}), context=CONTEXT)
    assert two.model_id == model.model_id
    assert two.text == model.text


def test_other_data_seed_settings_or_context_give_another_id(quick, model):
    data, features = training_set()
    flipped = data.label.copy()
    flipped[0] = ~flipped[0]
    others = {
        train(replace(data, label=flipped), features, quick, context=CONTEXT).model_id,
        train(data, features, quick.model_copy(update={"seed": 1}), context=CONTEXT).model_id,
        train(data, features, quick, context={**CONTEXT, "population": "other"}).model_id,
    }
    assert len(others | {model.model_id}) == 4


@pytest.mark.parametrize("name", ["model", "dated_model"])
def test_learns_the_signal_and_passes_the_gates(request, name):
    manifest = request.getfixturevalue(name).manifest
    assert manifest["metrics"]["auc"] > 0.7
    assert {gate["gate"]: gate["passed"] for gate in manifest["gates"]} == {
        gate["gate"]: True for gate in manifest["gates"]
    }
    shares = {entry["name"]: entry["importance"] for entry in manifest["features"]}
    assert shares["custom:noise"] < shares["custom:visits"]


def test_manifest_is_complete_plain_json(model, dated_model):
    for found in (model, dated_model):
        assert set(found.manifest) == REQUIRED
        assert json.loads(canonical(found.manifest)) == found.manifest
    assert model.manifest["kind"] == "static"
    assert model.model_id.startswith("static-")
    assert dated_model.manifest["kind"] == "dated"
    assert model.manifest["population"] == "test"
    assert model.manifest["context"] == {"inputs": ["abc"]}
    assert model.manifest["baselines"]["newest_first"]["auc"] is None
    assert dated_model.manifest["baselines"]["newest_first"]["auc"] == pytest.approx(0.5, abs=0.06)


def test_blocks_add_up(model, dated_model):
    for found in (model, dated_model):
        blocks = found.manifest["blocks"]
        assert sum(block["rows"] for block in blocks.values()) == 3000
    assert (
        dated_model.manifest["blocks"]["train"]["last_at"]
        < (dated_model.manifest["blocks"]["test"]["first_at"])
    )


def test_summary_has_exactly_the_contract_keys(model):
    found = summary(model.manifest)
    assert set(found) == {
        "model_id", "kind", "label", "metrics", "features", "leakage", "gates"
    }  # fmt: skip
    assert {"auc", "average_precision", "lift_at_10pct"} <= set(found["metrics"])
    assert {"feature", "verdict", "value", "reason"} <= set(found["leakage"][0])


def test_random_labels_are_not_promoted(quick):
    data, features = training_set()
    label = np.random.default_rng(5).permutation(data.label)
    gates = train(replace(data, label=label), features, quick, context={}).manifest["gates"]
    verdict = {gate["gate"]: gate for gate in gates}["better_than_random"]
    assert not verdict["passed"]
    assert "no lift: not better than random" in verdict["reason"]


def test_probabilities_of_the_test_block_add_up(model):
    metrics = model.manifest["metrics"]
    assert sum(band["rows"] for band in metrics["reliability"]) == metrics["rows"]
    assert metrics["expected_conversions"] == pytest.approx(
        metrics["observed_conversions"], rel=0.25
    )


def test_test_block_decides_nothing(quick, model):
    """Labels of the test block change figures, never the trees or the calibration."""
    data, features = training_set()
    from models.matrix import to_array
    from models.split import TEST, split

    block = split(data.group, None, to_array(data.matrix, features.names), quick.shares, quick.seed)
    label = np.where(block == TEST, ~data.label, data.label)
    other = train(replace(data, label=label), features, quick, context=CONTEXT)
    assert other.text == model.text
    assert other.manifest["calibration"] == model.manifest["calibration"]
    assert other.manifest["facts"] == model.manifest["facts"]
    assert other.manifest["metrics"]["auc"] < 0.5


def test_monotone_features_stay_monotone(quick):
    data, features = training_set()
    first = replace(features.features[0], monotone=-1)  # against the data
    forced = replace(features, features=(first, *features.features[1:]))
    model = train(data, forced, quick, context={})
    grid = (
        data.matrix.head(1)
        .select(pl.all().repeat_by(20).explode())
        .with_columns(pl.Series("custom:visits", np.arange(20), dtype=pl.Float32))
    )
    assert (np.diff(model.score(grid)["raw_score"].to_numpy()) <= 0).all()


@pytest.mark.parametrize("rows", [300, 120])
def test_small_files_train(quick, rows):
    data, features = training_set(rows)
    model = train(data, features, quick, context={})
    assert model.manifest["model"]["trees"] == 60  # not cut short by a tree without a split


@pytest.mark.parametrize("seed", range(6))
def test_degenerate_columns_and_few_rows_give_a_model_or_a_refusal(quick, seed):
    rng = np.random.default_rng(seed)
    data, features = training_set(int(rng.integers(20, 120)), seed)
    empty = data.matrix.with_columns(
        pl.lit(None, pl.Float32).alias("custom:noise"),
        pl.lit(1.0, pl.Float32).alias("custom:visits"),
    )
    try:
        model = train(replace(data, matrix=empty), features, quick, context={})
    except TrainingRefusedError:
        return
    scored = model.score(empty)
    assert scored["probability"].is_between(0, 1, closed="none").all()
    found = model.explain(empty)[0]
    assert found.base_score + found.contributions.sum() == pytest.approx(found.raw_score, abs=1e-9)


def test_refuses_what_cannot_give_a_model(quick):
    data, features = training_set(500)
    with pytest.raises(TrainingRefusedError, match="both outcomes"):
        train(replace(data, label=np.zeros(500, bool)), features, quick, context={})
    with pytest.raises(TrainingRefusedError, match="no training rows"):
        train(taken(data, np.arange(0)), features, quick, context={})
    with pytest.raises(TrainingRefusedError, match="lengths"):
        replace(data, label=data.label[1:])
    with pytest.raises(ModelRefusedError):
        train(data, feature_set(("visits",)), quick, context={})
    with pytest.raises(ModelRefusedError, match="infinite"):
        infinite = data.matrix.with_columns(pl.lit(np.inf, pl.Float32).alias("custom:noise"))
        train(replace(data, matrix=infinite), features, quick, context={})


def test_simplest_candidate_wins_a_draw_and_conversions_pay_for_larger_ones():
    rng = np.random.default_rng(0)
    features = feature_set()
    matrix = rng.normal(size=(4000, 4)).astype(np.float32)
    matrix[:, 3] = rng.integers(0, 4, 4000)
    noise = rng.random(4000) < 0.2
    params = TrainSettings(num_threads=1, candidates=(SMALL, MEDIUM, LARGE))
    drawn = choose(
        Block(matrix[:3000], noise[:3000]), Block(matrix[3000:], noise[3000:]), features, params
    )
    assert drawn.candidate.name == "small"
    assert [entry["candidate"] for entry in drawn.tried] == ["small", "medium"]
    wavy = np.sin(3 * matrix[:, 0]) + np.sin(3 * matrix[:, 1]) > 0  # needs more than 7 leaves
    paid = choose(
        Block(matrix[:3000], wavy[:3000]), Block(matrix[3000:], wavy[3000:]), features, params
    )
    assert paid.candidate.name == "medium"
