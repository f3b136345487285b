"""Damaged models are refused before LightGBM sees them; sound ones survive the round trip."""

import lightgbm
import numpy as np
import pytest
from hypothesis import given, settings

from models.errors import ModelRefusedError
from models.kernel.binding import scores
from models.kernel.inputs import rows_of_matrix
from models.kernel.plan import plan_of
from models.kernel.text import parse
from models.kernel.tree import members
from tests.models.kernel.forests import Shape, matrix_for, model_text, oracle, same_bits, shapes

SHAPE = Shape(31, 5, (9, 1, 33, 2), 0.3, 60)
TEXT = model_text(SHAPE)
LINES = TEXT.split("\n")


def changed(old: str, new: str, *, keep_sizes: bool = False) -> str:
    """The model with one piece replaced, and tree sizes that fit again unless told otherwise."""
    assert old in TEXT
    text = TEXT.replace(old, new, 1)
    if keep_sizes:
        return text
    head, _, body = text.partition("\nTree=")
    pieces = ("Tree=" + body.partition("end of trees")[0]).split("Tree=")[1:]
    sizes = " ".join(str(len("Tree=" + piece)) for piece in pieces)
    lines = [f"tree_sizes={sizes}" if x.startswith("tree_sizes") else x for x in head.split("\n")]
    return "\n".join(lines) + "\nTree=" + body


def field(name: str, tree: int = 0) -> str:
    return [line for line in LINES if line.startswith(f"{name}=")][tree]


def with_value(name: str, position: int, value: str) -> str:
    key, _, numbers = field(name).partition("=")
    words = numbers.split()
    words[position] = value
    return changed(field(name), f"{key}={' '.join(words)}")


@settings(max_examples=30, deadline=None)
@given(shape=shapes)
def test_checked_text_scores_the_same(shape: Shape):
    text, matrix = model_text(shape), matrix_for(shape, 50, np.float64)
    with np.errstate(all="ignore"):
        assert same_bits(oracle(parse(text.encode()).checked_text, matrix), oracle(text, matrix))


def test_checked_text_holds_nothing_that_was_not_checked():
    text = parse(TEXT.encode()).checked_text
    for left_out in ("f0", "regression", "leaf_count", "split_gain", "shrinkage", "feature_imp"):
        assert left_out not in text
    assert parse(text.encode()).checked_text == text


def test_checked_text_of_linear_trees_scores_the_same():
    rng = np.random.default_rng(0)
    data = rng.standard_normal((500, 4))
    data[rng.random(data.shape) < 0.1] = np.nan
    label = np.nan_to_num(data[:, 0]) ** 2 + np.nan_to_num(data[:, 1])
    settings = {"linear_tree": True, "num_leaves": 9, "verbosity": -1, "num_threads": 1}
    booster = lightgbm.train(settings, lightgbm.Dataset(data, label), 8)
    forest = parse(booster.model_to_string().encode())
    assert forest.has_linear_trees
    expected = booster.predict(data, raw_score=True, num_threads=1)
    assert same_bits(oracle(forest.checked_text, data), expected)


def test_reads_names_and_shapes():
    forest = parse(TEXT.encode())
    assert forest.feature_names == ("f0", "f1", "f2", "f3", "f4")
    assert forest.objective == "regression"
    assert [len(tree.leaf_value) for tree in forest.trees] == [9, 1, 33, 2]
    assert not forest.is_averaged
    assert not forest.has_linear_trees


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tree\n",
        TEXT[1:],
        TEXT.replace("\n", "\r\n"),
        TEXT.replace("f3", "f\0"),
        changed("num_class=1", "num_class=3"),
        changed("num_tree_per_iteration=1", "num_tree_per_iteration=2"),
        changed("max_feature_idx=4", "max_feature_idx=5"),
        changed("max_feature_idx=4", "max_feature_idx=-1"),
        changed("max_feature_idx=4", "max_feature_idx=99999999999"),
        changed("label_index=0\n", ""),
        changed("label_index=0", "label_index=0\nlabel_index=0"),
        changed("f1 f2", "f1"),
        changed(field("tree_sizes") + "\n", "", keep_sizes=True),
        changed("tree_sizes=", "tree_sizes=x", keep_sizes=True),
        changed("tree_sizes=", "tree_sizes=9 ", keep_sizes=True),
        changed("Tree=2", "Tree=1"),
        changed("end of trees", "end of leaves"),
        changed("num_leaves=9", "num_leaves=8"),
        changed("num_leaves=9", "num_leaves=-9"),
        changed("num_leaves=9", "num_leaves=999999999"),
        changed(field("num_cat"), "num_cat=900"),
        changed(field("leaf_value") + "\n", ""),
        changed(field("split_feature") + "\n", ""),
        changed("is_linear=0", "is_linear=2"),
        changed("is_linear=0", "is_linear=1"),
        changed("shrinkage=1", "shrinkage=1\nshrinkage=1"),
        changed("shrinkage=1", "shrinkage=1\nsurprise=1"),
        changed("shrinkage=1", "shrinkage"),
        with_value("split_feature", 1, "5"),
        with_value("split_feature", 1, "-1"),
        with_value("split_feature", 1, "1e0"),
        with_value("split_feature", 1, "99999999999999999999"),
        with_value("decision_type", 2, "12"),
        with_value("decision_type", 2, "-2"),
        with_value("threshold", 0, "nan"),
        with_value("threshold", 0, "1.5.5"),
        with_value("threshold", 0, "0x10"),
        with_value("threshold", 0, "1_000"),
        with_value("split_gain", 0, "1 1"),
        with_value("leaf_count", 0, "1 1"),
        with_value("leaf_value", 0, "inf"),
        with_value("leaf_value", 0, "1e400"),
        with_value("leaf_value", 0, "1 1"),
        with_value("left_child", 0, "0"),
        with_value("left_child", 0, "8"),
        with_value("left_child", 0, "-10"),
        with_value("left_child", 0, field("right_child").partition("=")[2].split()[0]),
        with_value("cat_boundaries", 0, "1"),
        with_value("cat_boundaries", 1, "-1"),
        with_value("cat_boundaries", -1, "99"),
        with_value("cat_threshold", 0, "-1"),
        with_value("cat_threshold", 0, "4294967296"),
    ],
)
def test_refuses_a_damaged_model(text: str):
    with pytest.raises(ModelRefusedError):
        parse(text.encode())


def test_refuses_a_category_split_on_a_set_that_is_not_there():
    decisions = [int(word) for word in field("decision_type").partition("=")[2].split()]
    position = next(i for i, decision in enumerate(decisions) if decision & 1)
    for value in ("99", "-1", "0.5", "inf"):
        with pytest.raises(ModelRefusedError):
            parse(with_value("threshold", position, value).encode())


def test_refuses_splits_on_a_cycle_beside_the_root():
    body = (
        "num_leaves=4\nnum_cat=0\nsplit_feature=0 0 0\nthreshold=0 0 0\ndecision_type=0 0 0\n"
        "left_child={}\nright_child={}\nleaf_value=1 2 3 4"
    )

    def of(left: str, right: str) -> bytes:
        tree = f"Tree=0\n{body.format(left, right)}\n\n\n"
        head = TEXT.partition("tree_sizes")[0]
        return f"{head}tree_sizes={len(tree)}\n\n{tree}end of trees\n".encode()

    assert len(parse(of("2 -1 1", "-4 -2 -3")).trees) == 1  # numbered upwards, but a tree
    with pytest.raises(ModelRefusedError, match="cycle"):
        parse(of("-1 2 1", "-2 -3 -4"))


def test_refuses_a_file_cut_anywhere_in_the_trees():
    end = TEXT.index("end of trees")
    for size in range(0, end, 7):
        with pytest.raises(ModelRefusedError):
            parse(TEXT[:size].encode())


def test_mutants_are_refused_or_scored_safely():
    """Whatever passes the checks, LightGBM loads and scores, and reads it as we do."""
    rng = np.random.default_rng(0)
    matrix = matrix_for(SHAPE, 20, np.float32)[:, :5]
    data, end = TEXT.encode(), TEXT.index("end of trees")
    passed = 0
    for _ in range(3000):
        mutant = bytearray(data)
        for _ in range(int(rng.integers(1, 3))):
            at = int(rng.integers(0, end))
            kind = int(rng.integers(0, 4))
            if kind == 0:
                mutant[at] = int(rng.integers(0, 256))
            elif kind == 1:
                mutant[at] = int(rng.choice(list(b"0123456789-. ")))
            elif kind == 2:
                del mutant[at : at + int(rng.integers(1, 30))]
            else:
                mutant[at:at] = mutant[at : at + int(rng.integers(1, 30))]
        try:
            forest = parse(bytes(mutant))
        except ModelRefusedError:
            continue
        passed += 1
        with np.errstate(all="ignore"):
            expected = oracle(forest.checked_text, matrix)
        plan = plan_of(forest.trees, np.float32)
        assert same_bits(scores(plan, rows_of_matrix(matrix, 5), 1), expected)
    assert 0 < passed < 1500  # other digits in a threshold are another sound model


def test_says_what_to_do_about_windows_line_endings():
    with pytest.raises(ModelRefusedError, match=r"line endings \(CRLF\).*dos2unix"):
        parse(TEXT.replace("\n", "\r\n").encode())


def test_members_of_a_bit_set():
    assert members(b"").tolist() == members(b"\0\0").tolist() == []
    codes = np.unique(np.random.default_rng(0).integers(0, 5000, 300))
    words = np.zeros(640, np.uint8)
    np.bitwise_or.at(words, codes // 8, (1 << codes % 8).astype(np.uint8))
    assert members(words.tobytes()).tolist() == codes.tolist()
