"""Every layout, dtype, number of rows and number of threads gives the same bits."""

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from models.errors import ModelRefusedError
from models.kernel import Scorer
from tests.models.kernel.forests import Shape, matrix_for, model_text, oracle, same_bits, save

SHAPE = Shape(11, 40, (31, 4, 33, 65, 31), 0.2, 100)
TEXT = model_text(SHAPE)
MATRIX = matrix_for(SHAPE, 40_000, np.float32)
EXPECTED = oracle(TEXT, MATRIX)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory):
    return save(tmp_path_factory.mktemp("model") / "model.txt", TEXT)


@pytest.fixture(scope="module")
def scorer(path) -> Scorer:
    return Scorer.from_file(path, threads=2, kernel_from_rows=0)


@pytest.mark.parametrize(
    "rows", [0, 1, 2, 15, 16, 17, 63, 64, 511, 512, 513, 1023, 16_384, 16_385, 33_333]
)
def test_any_number_of_rows(scorer: Scorer, rows: int):
    assert same_bits(scorer.raw_score(MATRIX[:rows]), EXPECTED[:rows])


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_any_number_of_threads(path, threads: int):
    scorer = Scorer.from_file(path, threads=threads, kernel_from_rows=0)
    assert same_bits(scorer.raw_score(MATRIX), EXPECTED)


def test_layouts_of_a_matrix(scorer: Scorer):
    wide = np.zeros((1200, 90), np.float32)
    wide[:, 3:83:2] = MATRIX[:1200]
    shifted = np.zeros((1200, 47), np.float32)
    shifted[:, 5:45] = MATRIX[:1200]
    raw = np.zeros(1200 * 40 * 4 + 1, np.uint8)
    unaligned = raw[1:].view(np.float32).reshape(1200, 40)
    unaligned[:] = MATRIX[:1200]
    frozen = MATRIX[:1200].copy()
    frozen.setflags(write=False)
    for view in (
        np.asfortranarray(MATRIX[:1200]),
        wide[:, 3:83:2],
        shifted[:, 5:45],
        unaligned,
        frozen,
        MATRIX[:1200].astype(">f4"),
    ):
        assert same_bits(scorer.raw_score(view), EXPECTED[:1200])
    assert same_bits(scorer.raw_score(MATRIX[1199::-1]), EXPECTED[1199::-1])
    assert same_bits(scorer.raw_score(MATRIX[:3000:3]), EXPECTED[:3000:3])
    row = np.broadcast_to(MATRIX[7], (600, 40))
    assert same_bits(scorer.raw_score(row), np.full(600, EXPECTED[7]))


@pytest.mark.parametrize("dtype", [np.float64, np.int32, np.int64, np.uint8, np.bool_, np.float16])
def test_other_numbers_as_lightgbm_takes_them(scorer: Scorer, dtype: type):
    matrix = np.random.default_rng(0).integers(0, 200, (700, 40)).astype(dtype)
    assert same_bits(scorer.raw_score(matrix), oracle(TEXT, matrix))


def test_float64_columns_and_strides(scorer: Scorer):
    matrix = matrix_for(SHAPE, 1100, np.float64)
    expected = oracle(TEXT, matrix)
    assert same_bits(scorer.raw_score(np.asfortranarray(matrix)), expected)
    assert same_bits(scorer.raw_score_columns(list(matrix.T)), expected)
    assert same_bits(scorer.raw_score(matrix[::-2]), expected[::-2])


def test_columns_of_every_library(scorer: Scorer):
    values = MATRIX[:5000]
    nulls = [pl.Series(column, nan_to_null=True) for column in values.T]
    chunked = [pa.chunked_array([column[:100], column[100:]]) for column in values.T]
    frame = pl.concat([pl.DataFrame(values[:100]), pl.DataFrame(values[100:])], rechunk=False)
    for columns in (
        [np.ascontiguousarray(column) for column in values.T],
        list(values.T),
        [pl.Series(column) for column in values.T],
        nulls,
        [series.to_arrow() for series in nulls],
        chunked,
        frame.get_columns(),
    ):
        assert same_bits(scorer.raw_score_columns(columns), EXPECTED[:5000])


def test_columns_that_float32_cannot_hold(scorer: Scorer):
    columns = [*MATRIX[:600].T]
    columns[3] = np.full(600, 2**24 + 1)
    columns[5] = pl.Series([True, None] * 300)
    columns[6] = pl.Series([None] * 600)
    odd = np.tile([1.0, np.nan], 300)
    sides = [*MATRIX[:600].T]
    sides[3], sides[5], sides[6] = columns[3], odd, np.full(600, np.nan)
    assert same_bits(scorer.raw_score_columns(columns), oracle(TEXT, np.column_stack(sides)))


@pytest.mark.parametrize("dtype", [np.bool_, np.int16, np.uint16, np.int32, np.int64, np.uint64])
def test_columns_of_integers_alone(scorer: Scorer, dtype: type):
    """Wide ones count as float64 though a matrix of them counts as float32."""
    columns = [*np.random.default_rng(3).integers(0, 200, (40, 700)).astype(dtype)]
    if np.dtype(dtype).itemsize >= 4:
        columns[0][::2] = 2**24 + 1
    wanted = np.column_stack(columns).astype(np.result_type(np.float32, *columns))
    assert wanted.dtype == (np.float64 if np.dtype(dtype).itemsize >= 4 else np.float32)
    assert same_bits(scorer.raw_score_columns(columns), oracle(TEXT, wanted))
    assert same_bits(scorer.raw_score_columns(columns), scorer.raw_score(wanted))


def test_a_threshold_between_an_integer_and_its_float32(path):
    """Where the two readings of an integer give two scores."""
    text = one_split(2.0**24 + 0.5)
    scorer = Scorer.from_file(save(path.with_name("one.txt"), text), kernel_from_rows=0)
    column = np.full(20, 2**24 + 1)
    assert set(scorer.raw_score_columns([column])) == {2.0}
    assert set(scorer.raw_score(column[:, None])) == {1.0}  # as LightGBM takes the matrix
    assert set(oracle(text, column[:, None])) == {1.0}


def one_split(threshold: float) -> str:
    tree = (
        "Tree=0\nnum_leaves=2\nnum_cat=0\nsplit_feature=0\nsplit_gain=1\n"
        f"threshold={threshold!r}\ndecision_type=2\nleft_child=-1\nright_child=-2\n"
        "leaf_value=1 2\nis_linear=0\nshrinkage=1\n\n\n"
    )
    return (
        "tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\n"
        "max_feature_idx=0\nobjective=regression\nfeature_names=f0\nfeature_infos=[0:1]\n"
        f"tree_sizes={len(tree)}\n\n{tree}end of trees\n\nfeature_importances:\n\n"
        "pandas_categorical:null\n"
    )


def test_few_of_thousands_of_features(path):
    shape = Shape(12, 3000, (31, 31, 5), 0.0, 50)
    text, matrix = model_text(shape), matrix_for(shape, 700, np.float32)
    scorer = Scorer.from_file(save(path.with_name("wide.txt"), text), kernel_from_rows=0)
    assert same_bits(scorer.raw_score(matrix), oracle(text, matrix))
    assert same_bits(scorer.raw_score(np.asfortranarray(matrix)), oracle(text, matrix))


def test_refuses_what_does_not_fit(scorer: Scorer):
    good = list(MATRIX[:3].T)
    for matrix in (MATRIX[:, :39], MATRIX[0], MATRIX[:2].astype(str), MATRIX[:2].astype(object)):
        with pytest.raises(ModelRefusedError):
            scorer.raw_score(matrix)
    with pytest.raises(ModelRefusedError):
        scorer.raw_score(MATRIX[:2].tolist())
    for columns in (
        good[:39],
        [*good[:39], np.zeros(4, np.float32)],
        [*good[:39], np.zeros((3, 1), np.float32)],
        [*good[:39], pl.Series(["a", "b", "c"])],
        [*good[:39], pa.table({"a": [1, 2, 3]})],
        [*good[:39], [1.0, 2.0, 3.0]],
        [*good[:39], np.zeros(3, np.longdouble)],
        [*good[:39], np.zeros(3, np.complex64)],
    ):
        with pytest.raises(ModelRefusedError):
            scorer.raw_score_columns(columns)


def test_neighbours_and_batches_change_nothing(scorer: Scorer):
    order = np.random.default_rng(1).permutation(len(MATRIX))
    assert same_bits(scorer.raw_score(MATRIX[order]), EXPECTED[order])
    parts = [scorer.raw_score(part) for part in np.array_split(MATRIX, 17)]
    assert same_bits(np.concatenate(parts), EXPECTED)
