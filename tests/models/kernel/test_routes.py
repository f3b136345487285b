"""Which route scores what, and that the scorer says so."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import lightgbm
import numpy as np
import pytest

from models.errors import ModelRefusedError
from models.kernel import Scorer
from tests.models.kernel.forests import (
    Shape,
    matrix_for,
    model_text,
    oracle,
    same_bits,
)

SHAPE = Shape(21, 5, (31,) * 20, 0.1, 100)
TEXT = model_text(SHAPE)
MATRIX = matrix_for(SHAPE, 3000, np.float32)


def scorer_of(text: str, **options) -> Scorer:
    return Scorer.from_booster(lightgbm.Booster(model_str=text), **options)


def test_small_inputs_go_to_lightgbm_until_prepared():
    scorer = scorer_of(TEXT)
    assert scorer.route == "kernel"
    expected = oracle(TEXT, MATRIX)
    assert same_bits(scorer.raw_score(MATRIX[:100]), expected[:100])
    assert scorer.rows_by_route == {"kernel": 0, "lightgbm": 100}
    assert scorer.prepare() == "kernel"
    assert same_bits(scorer.raw_score(MATRIX[:100]), expected[:100])
    assert same_bits(scorer.raw_score(MATRIX[:5]), expected[:5])
    assert scorer.rows_by_route == {"kernel": 100, "lightgbm": 105}


def test_many_small_calls_end_in_the_kernel():
    scorer = scorer_of(TEXT)
    scorer_of(TEXT).prepare()  # so that only the plan is still to be paid for
    for _ in range(60):
        scorer.raw_score(MATRIX[:2000])
    assert scorer.rows_by_route["kernel"] > 100_000


def test_no_rows_need_no_route():
    scorer = scorer_of(TEXT)
    for scores in (scorer.raw_score(MATRIX[:0]), scorer.raw_score_columns(list(MATRIX[:0].T))):
        assert (scores.shape, scores.dtype) == ((0,), np.float64)
    assert scorer.rows_by_route == {"kernel": 0, "lightgbm": 0}


def test_wished_for_number_of_rows():
    scorer = scorer_of(TEXT, kernel_from_rows=1000)
    scorer.raw_score(MATRIX[:999])
    scorer.raw_score(MATRIX[:1000])
    assert scorer.rows_by_route == {"kernel": 1000, "lightgbm": 999}


@pytest.mark.parametrize("is_double", [False, True])
def test_trees_of_too_many_leaves_go_to_lightgbm(is_double: bool):
    shape = Shape(22, 5, (4097, 2), 0.0, 400)
    text, matrix = (
        model_text(shape),
        matrix_for(shape, 900, np.float64 if is_double else np.float32),
    )
    scorer = scorer_of(text, kernel_from_rows=0)
    assert scorer.route == "lightgbm"
    assert "4097 leaves" in scorer.route_reason
    assert scorer.prepare() == "lightgbm"
    assert same_bits(scorer.raw_score(matrix), oracle(text, matrix))
    assert same_bits(scorer.raw_score_columns(list(matrix.T)), oracle(text, matrix))
    assert scorer.rows_by_route == {"kernel": 0, "lightgbm": 1800}


def test_later_training_does_not_change_a_scorer():
    data = np.random.default_rng(0).standard_normal((400, 3)).astype(np.float32)
    booster = lightgbm.Booster(
        {"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(data, data[:, 0].copy())
    )
    booster.update()
    scorers = [Scorer.from_booster(booster, kernel_from_rows=rows) for rows in (0, 10**9)]
    before = booster.predict(data, raw_score=True, num_threads=1)
    booster.update()
    for scorer in scorers:
        assert same_bits(scorer.raw_score(data), before)


def test_best_iteration_counts():
    data = np.random.default_rng(0).standard_normal((400, 3)).astype(np.float32)
    booster = lightgbm.train(
        {"verbosity": -1, "num_threads": 1}, lightgbm.Dataset(data, data[:, 0].copy()), 9
    )
    booster.best_iteration = 4
    for rows in (0, 10**9):
        scorer = Scorer.from_booster(booster, kernel_from_rows=rows)
        assert same_bits(scorer.raw_score(data), booster.predict(data, raw_score=True))


def test_refuses_several_outputs_and_no_trees():
    data = np.random.default_rng(0).standard_normal((90, 2))
    label = np.arange(90) % 3
    settings = {"objective": "multiclass", "num_class": 3, "verbosity": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(data, label), 1)
    with pytest.raises(ModelRefusedError, match="several outputs"):
        Scorer.from_booster(booster)
    untrained = lightgbm.Booster({"verbosity": -1}, lightgbm.Dataset(data, label))
    with pytest.raises(ModelRefusedError, match="without trees"):
        Scorer.from_booster(untrained)


def test_threads_that_start_at_once_make_one_plan():
    scorer, expected = scorer_of(TEXT, kernel_from_rows=0), oracle(TEXT, MATRIX)
    barrier = threading.Barrier(4)

    def score(_: int) -> np.ndarray:
        barrier.wait(60)
        return scorer.raw_score(MATRIX)

    with ThreadPoolExecutor(4) as pool:
        assert all(same_bits(found, expected) for found in pool.map(score, range(4)))
    assert scorer.rows_by_route == {"kernel": 4 * len(MATRIX), "lightgbm": 0}


def test_threads_that_start_at_once_share_lightgbm():
    scorer, expected = scorer_of(TEXT, kernel_from_rows=10**9), oracle(TEXT, MATRIX[:50])
    barrier = threading.Barrier(4)

    def score(_: int) -> np.ndarray:
        barrier.wait(60)
        return scorer.raw_score(MATRIX[:50])

    with ThreadPoolExecutor(4) as pool:
        assert all(same_bits(found, expected) for found in pool.map(score, range(4)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_scores_with_the_kernel():
    scorer = scorer_of(TEXT, kernel_from_rows=0, threads=2)
    matrix = np.tile(MATRIX, (12, 1))  # enough for several threads
    expected = scorer.raw_score(matrix)
    child = os.fork()
    if child == 0:
        signal.alarm(60)  # a hang ends, and is seen
        code = 1
        try:
            code = 0 if same_bits(scorer.raw_score(matrix), expected) else 2
        finally:
            os._exit(code)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
