import json
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from models import boosting
from models.block import Block
from models.errors import ModelRefusedError, TrainingRefusedError
from models.examples import Examples
from models.kernel.canonical import check
from models.kernel.text import parse
from models.manifest import REQUIRED, canonical, summary
from models.matrix import to_array
from models.params import LARGE, MEDIUM, RANDOM, SMALL, TrainSettings
from models.sampling import drawn
from models.selection import Recipe, choose
from models.split import TEST
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
        assert set(found.manifest) == REQUIRED | {
            "order", "level", "segments", "contest", "exploration",
        }  # fmt: skip
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


def test_the_test_block_chooses_nothing_and_is_learnt_from_last(quick, model):
    """Its labels change figures and the shipped trees, never what was chosen before it."""
    data, features = training_set()
    examples = Examples.of(data, features, quick)
    flipped = np.where(examples.block == TEST, ~examples.label, examples.label)
    other = train(replace(data, label=flipped), features, quick, context=CONTEXT)
    assert other.manifest["model"]["candidates"] == model.manifest["model"]["candidates"]
    assert other.manifest["facts"] == model.manifest["facts"]
    assert other.manifest["leakage"] == model.manifest["leakage"]
    assert other.manifest["metrics"]["auc"] < 0.5
    assert other.text != model.text


def test_shipped_trees_see_every_row_and_are_calibrated_on_rows_they_did_not(quick):
    data, features = training_set()
    whole = train(data, features, quick, context={}).manifest
    assert whole["model"]["fitted"]["rows"] == 3000
    assert whole["model"]["fitted"]["held_out_rows"] == whole["calibration"]["rows"]
    apart = quick.model_copy(update={"cross_fit_max_rows": 0, "holdout_share": 0.5})
    found = train(data, features, apart, context={}).manifest["model"]["fitted"]
    assert found["folds"] == 1
    assert found["rows"] + found["held_out_rows"] == 3000
    assert 400 < found["held_out_rows"] < 650  # half of the later 35%


@pytest.mark.parametrize("is_dated", [False, True])
def test_with_dates_the_rows_of_all_times_calibrate_once_they_are_enough(quick, is_dated):
    data, features = training_set(1500, is_dated=is_dated)
    for least in (20, 10**6):
        enough = quick.model_copy(update={"isotonic_min_positives": least})
        found = train(data, features, enough, context={}).manifest
        fitted = found["model"]["fitted"]
        assert fitted["calibrated_rows"] == found["calibration"]["rows"]
        rows = fitted["rows"] if is_dated and least == 20 else fitted["held_out_rows"]
        assert fitted["calibrated_rows"] == rows
        assert fitted["held_out_rows"] < 0.5 * fitted["rows"]
        assert found["distribution"]["rows"] == fitted["held_out_rows"]


def test_labels_that_no_tree_may_know_do_not_make_probabilities_sharp(quick):
    """Random labels: trees learn noise by heart, and held-out rows must give them away."""
    data, features = training_set(1200)
    label = np.random.default_rng(5).permutation(data.label)
    sharp = quick.model_copy(
        update={"candidates": (LARGE.model_copy(update={"min_positives": 0, "min_leaf_rows": 2}),)}
    )
    probability = train(replace(data, label=label), features, sharp, context={}).score(data.matrix)
    assert probability["probability"].std() < 0.1


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
    line = len(features.names) if "logistic" in model.manifest["model"]["candidate"] else 0
    # Not cut short by a tree without a split.
    assert model.manifest["model"]["trees"] == 60 + line


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
    found = model.explain(empty)
    total = found.lines.filter(pl.col("row") == 0)["contribution"].sum()
    assert found.parts.base_score + total == pytest.approx(scored["raw_score"][0], abs=1e-9)


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


def test_candidates_that_cannot_be_told_apart_are_averaged_and_poor_ones_left_out():
    rng = np.random.default_rng(0)
    features = feature_set()
    matrix = rng.normal(size=(4000, 4)).astype(np.float32)
    matrix[:, 3] = rng.integers(0, 4, 4000)
    noise = rng.random(4000) < 0.2
    params = TrainSettings(num_threads=1, candidates=(SMALL, MEDIUM, LARGE))
    drawn = choose(
        Block(matrix[:3000], noise[:3000]), Block(matrix[3000:], noise[3000:]), features, params
    )
    assert [entry["candidate"] for entry in drawn.tried] == ["small", "medium", "logistic"]
    assert [candidate.name for candidate in drawn.candidates] == ["small", "medium"]
    wavy = np.sin(3 * matrix[:, 0]) + np.sin(3 * matrix[:, 1]) > 0  # needs more than 7 leaves
    paid = choose(
        Block(matrix[:3000], wavy[:3000]), Block(matrix[3000:], wavy[3000:]), features, params
    )
    assert "small" not in [candidate.name for candidate in paid.candidates]


def test_average_scores_the_mean_and_is_one_sound_model():
    data, features = training_set(1500)
    block = Block(to_array(data.matrix, features.names), data.label)
    params = TrainSettings(num_threads=1)
    binned = boosting.dataset(block, features, params)
    members = [
        boosting.fit(c.model_copy(update={"trees": 7}), binned, None, features, params)
        for c in (SMALL, RANDOM, MEDIUM)
    ]
    text = boosting.text_of(boosting.average(members))
    check(text.encode(), parse(text.encode()))
    both = boosting.booster_of(text)
    assert both.num_trees() == 21
    expected = np.mean([boosting.raw_score(m, block.matrix, 1) for m in members], axis=0)
    np.testing.assert_allclose(boosting.raw_score(both, block.matrix, 1), expected, atol=1e-12)


def test_more_rows_than_a_fit_may_see_are_drawn_and_weighted():
    rng = np.random.default_rng(0)
    label = rng.random(50_000) < 0.03
    rows = np.arange(50_000)
    chosen, weight = drawn(label, rows, 10_000, 0)
    assert len(chosen) == pytest.approx(10_000, rel=0.05)
    assert label[chosen].sum() == label.sum()  # the rarer outcome is kept whole
    assert weight[label[chosen]].tolist() == [1.0] * int(label.sum())
    assert weight.sum() == pytest.approx(50_000, rel=0.02)
    again, same = drawn(~label, rows, 10_000, 0)
    assert (~label)[again].sum() == pytest.approx(10_000 - label.sum(), rel=0.05)
    assert same.sum() == pytest.approx(50_000, rel=0.02)
    assert drawn(label, rows, 50_000, 0)[1] is None


def test_sampled_fit_keeps_the_level():
    data, features = training_set(8000)
    rare = data.label & (np.random.default_rng(1).random(8000) < 0.15)
    rare_data = replace(data, label=rare)
    params = TrainSettings(num_threads=1, candidates=(SMALL,), fit_max_rows=1000)
    block = Examples.of(rare_data, features, params).sample(np.arange(8000), 1000, 0)
    booster = Recipe((SMALL,), (200,), 1000, []).fit(block, features, params)
    raw = boosting.raw_score(booster, to_array(data.matrix, features.names), 1)
    assert (1 / (1 + np.exp(-raw))).mean() == pytest.approx(rare.mean(), rel=0.15)
