"""The plain walk gives LightGBM's bits, and canary rows stop every route that does not."""

import json
import tracemalloc

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings

from models import load, save
from models.errors import ModelRefusedError
from models.kernel import Scorer, binding, oracle, walk
from models.kernel.canary import ROWS, Canary
from models.kernel.categories import table_of
from models.kernel.text import Forest, parse
from models.kernel.tree import Tree
from tests.models.data import training_set
from tests.models.kernel.forests import Shape, matrix_for, model_text, same_bits, shapes
from tests.models.kernel.forests import oracle as lightgbm_scores


def canary_of(text: str) -> Canary:
    return Canary.of(parse(text.encode()), lambda matrix: lightgbm_scores(text, matrix))


@settings(max_examples=60, deadline=None)
@given(shape=shapes)
def test_walk_gives_the_bits_of_lightgbm(shape: Shape):
    text, matrix = model_text(shape), matrix_for(shape, 90, np.float32)
    with np.errstate(all="ignore"):
        expected = lightgbm_scores(text, matrix)
    assert same_bits(walk.scores(parse(text.encode()).trees, matrix), expected)


@settings(max_examples=30, deadline=None)
@given(shape=shapes)
def test_json_brings_the_same_rows_back(shape: Shape):
    canary = canary_of(model_text(shape))
    again = Canary.from_json(json.loads(json.dumps(canary.to_json())), shape.features)
    assert same_bits(again.raw_score, canary.raw_score)
    assert again.matrix.dtype == np.float32
    np.testing.assert_array_equal(again.matrix, canary.matrix)
    assert np.array_equal(np.signbit(again.matrix), np.signbit(canary.matrix))


def test_rows_go_to_most_leaves():
    rng = np.random.default_rng(0)
    data = rng.standard_normal((3000, 8)).astype(np.float32)
    data[rng.random(data.shape) < 0.1] = np.nan
    label = np.nansum(data, axis=1) + np.nan_to_num(data[:, 0]) ** 2
    train = lightgbm.Dataset(data, label)
    booster = lightgbm.train({"verbosity": -1, "num_threads": 1}, train, 40)
    reached = booster.predict(canary_of(booster.model_to_string()).matrix, pred_leaf=True)
    share = [len(np.unique(leaves)) / 31 for leaves in reached.T]
    assert np.mean(share) > 0.5


def test_same_model_same_rows():
    text = model_text(Shape(3, 7, (31, 5), 0.3, 40))
    assert canary_of(text).to_json() == canary_of(text).to_json()
    assert canary_of(text).matrix.shape == (ROWS, 7)


def test_codes_of_a_hundred_million_take_no_room_for_those_below():
    words = np.zeros(100_000_000 // 32 + 1, np.uint32)
    words[0], words[2**26 // 32], words[-1] = 1 << 5, 1 << 5, 1  # 5, 2**26 + 5, 100,000,000
    one = {"split_feature": 0, "decision_type": 1, "left_child": -1, "right_child": -2}
    tree = Tree(
        **{key: np.array([value]) for key, value in one.items()},
        threshold=np.zeros(1),
        leaf_value=np.array([1.0, 2.0]),
        cat_boundaries=np.array([0, len(words)]),
        cat_threshold=words,
        is_linear=False,
        linear=(),
    )
    forest = Forest(("f0",), "", (tree,), is_averaged=False)
    tracemalloc.start()
    canary = Canary.of(forest, lambda matrix: walk.scores((tree,), matrix))
    table = table_of([words.tobytes()])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * words.nbytes  # all codes as float32: 32 times
    assert len(table) == 128
    plain = canary.matrix[np.abs(canary.matrix) < 1e9]
    # What float32 would round to another category is left out.
    assert set(plain) - {-1} == {0, 1, 4, 5, 6, 100_000_000}
    assert 1.0 in canary.raw_score


@pytest.fixture
def saved(model, tmp_path):
    return save(model, tmp_path)


def last_bit(scores: np.ndarray) -> np.ndarray:
    changed = scores.copy()
    changed[-1] = np.nextafter(changed[-1], np.inf)
    return changed


def test_load_is_refused_where_the_trees_score_otherwise(saved, monkeypatch):
    real = walk.scores
    monkeypatch.setattr(walk, "scores", lambda *args: last_bit(real(*args)))
    with pytest.raises(ModelRefusedError, match=r"by the trees as read.* 1 of 64"):
        load(saved)


def test_lightgbm_is_refused_where_it_scores_otherwise(saved, monkeypatch):
    real, frame = oracle.predict, training_set(300)[0].matrix.head(10)  # too few for the kernel
    loaded = load(saved)
    monkeypatch.setattr(oracle, "predict", lambda *args: last_bit(real(*args)))
    with pytest.raises(ModelRefusedError, match="by LightGBM than when the model was saved"):
        loaded.score(frame)
    monkeypatch.undo()
    assert loaded.score(frame).height == 10


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_kernel_is_refused_where_it_scores_otherwise(saved, dtype, monkeypatch):
    real, matrix = binding.scores, training_set(300)[0].matrix.to_numpy().astype(dtype)
    scorer = Scorer.from_file(saved, kernel_from_rows=0)
    monkeypatch.setattr(binding, "scores", lambda *args: last_bit(real(*args)))
    for _ in range(2):  # and not only the first time
        with pytest.raises(ModelRefusedError, match="by the compiled kernel than when"):
            scorer.raw_score(matrix)
    monkeypatch.undo()
    assert same_bits(
        scorer.raw_score(matrix),
        load(saved).score(training_set(300)[0].matrix)["raw_score"].to_numpy(),
    )


def test_explanations_are_refused_where_lightgbm_scores_otherwise(saved, monkeypatch):
    loaded = load(saved)
    real = lightgbm.Booster.predict
    monkeypatch.setattr(
        lightgbm.Booster, "predict", lambda *args, **options: last_bit(real(*args, **options))
    )
    with pytest.raises(ModelRefusedError, match="by LightGBM"):
        loaded.explain(training_set(5)[0].matrix)


@pytest.mark.parametrize(
    "change",
    [
        {"columns": [99]},
        {"columns": [[]]},
        {"values": [[1.0] * 63]},
        {"values": [["a"] * 64]},
        {"raw_score": ["0x1p0"] * 63},
        {"raw_score": [1.0] * 64},
        {"raw_score": ["one"] * 64},
        {"raw_score": None},
    ],
)
def test_refuses_what_are_no_canary_rows(change):
    good = {"columns": [1], "values": [[0.5] * 64], "raw_score": ["0x1p-1"] * 64}
    assert Canary.from_json(good, 3).raw_score[0] == 0.5
    with pytest.raises(ModelRefusedError, match="canary"):
        Canary.from_json({**good, **change}, 3)
