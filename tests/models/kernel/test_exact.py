"""The kernel against LightGBM itself, on random models and values at every edge."""

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from models.kernel.binding import scores
from models.kernel.inputs import rows_of_matrix
from models.kernel.plan import WIDE_BITS, plan_of
from models.kernel.text import parse
from tests.models.kernel.forests import (
    Shape,
    matrix_for,
    model_text,
    oracle,
    same_bits,
    shapes,
)

MANY = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def by_kernel(text: str, matrix: np.ndarray, wide_bits: int = WIDE_BITS) -> np.ndarray:
    forest = parse(text.encode())
    plan = plan_of(forest.trees, matrix.dtype.type, wide_bits=wide_bits)
    return scores(plan, rows_of_matrix(matrix, len(forest.feature_names)), 1)


@MANY
@given(shape=shapes, is_double=st.booleans(), wide_bits=st.sampled_from((0, 6, 10)))
@example(shape=Shape(1, 3, (300, 1, 31), 0.3, 30), is_double=False, wide_bits=10)
@example(shape=Shape(2, 3, (64, 32, 2), 1.0, 30), is_double=True, wide_bits=10)
@example(shape=Shape(3, 40, (31,) * 30, 0.0, 400), is_double=False, wide_bits=0)
def test_same_bits_as_lightgbm(shape: Shape, is_double: bool, wide_bits: int):
    text = model_text(shape)
    matrix = matrix_for(shape, 600, np.float64 if is_double else np.float32)
    with np.errstate(all="ignore"):
        expected = oracle(text, matrix)
    assert same_bits(by_kernel(text, matrix, min(wide_bits, WIDE_BITS)), expected)


@settings(MANY, max_examples=30)
@given(
    threshold=st.floats(allow_nan=False),
    decision=st.sampled_from((0, 2, 4, 6, 8, 10)),
    values=st.lists(st.floats(width=32), min_size=1, max_size=20),
)
def test_single_split_on_any_float(threshold: float, decision: int, values: list[float]):
    text = model_text(Shape(5, 1, (2,), 0.0, 2))
    lines = text.split("\n")
    for name, value in (("threshold", repr(threshold)), ("decision_type", str(decision))):
        at = next(i for i, line in enumerate(lines) if line.startswith(f"{name}="))
        lines[at] = f"{name}={value}"
    text = "\n".join(lines)
    size = text.index("end of trees") - text.index("Tree=0")
    text = text.replace(next(x for x in lines if x.startswith("tree_sizes")), f"tree_sizes={size}")
    near = np.array([threshold, *values], np.float64)
    for dtype in (np.float32, np.float64):
        with np.errstate(all="ignore"):
            matrix = near.astype(dtype)
            matrix = np.concatenate([matrix, np.nextafter(matrix, dtype(np.inf)), -matrix])
        assert same_bits(by_kernel(text, matrix[:, None]), oracle(text, matrix[:, None]))


def test_segments_when_tests_are_many(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("models.kernel.plan.MOST_TESTS", 100)
    shape = Shape(8, 9, (31, 200, 2, 64, 33, 1, 7), 0.2, 400)
    text, matrix = model_text(shape), matrix_for(shape, 700, np.float32)
    plan = plan_of(parse(text.encode()).trees, np.float32)
    assert len(plan.segments) > 3
    with np.errstate(all="ignore"):
        assert same_bits(by_kernel(text, matrix), oracle(text, matrix))


@pytest.mark.parametrize("leaves", [100, 128, 129, 255, 256, 257, 512, 600, 1024, 1025, 4096])
@pytest.mark.parametrize("wide_bits", [0, 10])
def test_large_trees(leaves: int, wide_bits: int):
    shape = Shape(leaves, 12, (leaves, 3), 0.1, 400)
    text, matrix = model_text(shape), matrix_for(shape, 1100, np.float32)
    assert same_bits(by_kernel(text, matrix, min(wide_bits, WIDE_BITS)), oracle(text, matrix))
