"""The check of last resort refuses no sound model, and each part of it sees its own damage."""

import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import lightgbm
import numpy as np
import pytest

from models.errors import ModelRefusedError
from models.kernel import Scorer, canonical
from models.kernel.text import parse
from models.kernel.tree import parse_tree
from tests.models.mutants import renumbered, resized


def refusals(folder: Path, count: int, seed: int) -> tuple[int, list[str]]:
    """Number of sound models that LightGBM could make, and which of them are refused."""
    command = [sys.executable, "-m", "tests.models.kernel.zoo", str(folder), str(count), str(seed)]
    subprocess.run(command, check=True, capture_output=True, timeout=900)
    files = sorted(folder.glob("*.txt"))
    refused = []
    for file in files:
        text = file.read_bytes()
        try:
            canonical.check(text, parse(text))
        except ModelRefusedError as error:
            refused.append(f"{file.name}: {error}")
    return len(files), refused


def test_refuses_no_sound_model(tmp_path):
    made, refused = refusals(tmp_path, 60, 0)
    assert made > 45
    assert refused == []


@pytest.mark.slow
def test_refuses_none_of_many_sound_models(tmp_path):
    made, refused = refusals(tmp_path, 1000, 1000)
    assert made > 800
    assert refused == []


@pytest.fixture(scope="module")
def booster() -> lightgbm.Booster:
    rng = np.random.default_rng(3)
    data = rng.standard_normal((600, 5)).astype(np.float32)
    data[:, 1] = rng.integers(0, 70, 600)
    label = data[:, 0] + 3 * np.sin(data[:, 1]) + 0.1 * rng.standard_normal(600)
    data[rng.random(data.shape) < 0.1] = np.nan
    settings = {
        "num_leaves": 12, "verbosity": -1, "num_threads": 1, "min_data_in_leaf": 5,
        "min_data_per_group": 1, "cat_smooth": 0,
    }  # fmt: skip
    return lightgbm.train(settings, lightgbm.Dataset(data, label, categorical_feature=[1]), 6)


@pytest.fixture(scope="module")
def text(booster) -> bytes:
    return booster.model_to_string().encode()


def in_line(key: str, change: Callable[[list[bytes]], None], tree: int = 0):
    """Change the numbers of a field of one tree."""

    def changed(text: bytes) -> bytes:
        line = re.findall(rb"(?m)^%s=.*$" % key.encode(), text)[tree]
        words = line.partition(b"=")[2].split(b" ")
        change(words)
        return text.replace(line, key.encode() + b"=" + b" ".join(words), 1)

    return changed


def put(at: int, value: bytes) -> Callable[[list[bytes]], None]:
    return lambda words: words.__setitem__(at, value)


def exchange_leaves(words: list[bytes]) -> None:
    one, other = [i for i, word in enumerate(words) if word.startswith(b"-")][:2]
    words[one], words[other] = words[other], words[one]


def shorten(words: list[bytes]) -> None:
    words[words.index(max(words, key=len))] = b"0.1"


def another_feature(words: list[bytes]) -> None:
    at = next(i for i, word in enumerate(words) if word != b"1")  # which is a category
    words[at] = b"3" if words[at] == b"2" else b"2"


def more(words: list[bytes]) -> None:
    words[-1] = b"%d" % (int(words[-1]) + 1)


def next_digit(words: list[bytes]) -> None:
    word = max(words, key=len)
    words[words.index(word)] = word[:-2] + (b"%d" % ((int(word[-2:]) + 1) % 100)).zfill(2)


def first_tree_dropped(text: bytes) -> bytes:
    return text.replace(re.findall(rb"(?ms)^Tree=0\n.*?(?=^Tree=1\n)", text)[0], b"", 1)


DAMAGE = {
    "header with other lines": lambda text: text.replace(b"objective=", b"objectIve=", 1),
    "no program wrote": in_line("leaf_value", next_digit),
    "no program wrote 2": in_line("threshold", shorten),
    "no program wrote 3": in_line("split_gain", put(0, b"1.50")),
    "no program wrote 4": in_line("leaf_count", put(0, b"1.5")),
    "numbered as they grew": in_line("right_child", exchange_leaves),
    "do not add up": in_line("leaf_count", more),
    "another order": lambda text: re.sub(rb"(?m)^(num_leaves=.*)\n(num_cat=.*)$", rb"\2\n\1", text),
    "of all trees": in_line("split_feature", another_feature),
    "of all trees 2": first_tree_dropped,
    "of all trees 3": lambda text: re.sub(rb"(?m)^Column_0=\d+$", b"Column_0=1", text),
    "feature importances after": lambda text: text.replace(b"feature_imp", b"feature_Imp"),
    "end of parameters": lambda text: text.replace(b"end of parameters", b"end of Parameters"),
    "unknown lines": lambda text: text.replace(b"\npandas_cat", b"\npandas_Cat"),
}


@pytest.mark.parametrize("name", DAMAGE)
def test_sees(name: str, text: bytes):
    damaged = renumbered(DAMAGE[name](text))
    assert damaged != text
    with pytest.raises(ModelRefusedError, match=name.rstrip(" 234")):
        canonical.check(damaged, parse(damaged))


def test_sees_another_kind_of_missing_value_in_one_split(text: bytes):
    trees = parse(text).trees
    tree, feature = next(
        (i, f)
        for i, tree in enumerate(trees)
        for f in tree.split_feature
        if f != 1 and (tree.split_feature == f).sum() > 1
    )
    at = int(np.flatnonzero(trees[tree].split_feature == feature)[0])
    damaged = resized(in_line("decision_type", put(at, b"2"), tree)(text))
    with pytest.raises(ModelRefusedError, match="contradict"):
        canonical.check(damaged, parse(damaged))


def test_sees_a_category_set_that_ends_in_nothing(text: bytes):
    damaged = resized(in_line("cat_threshold", put(-1, b"0"))(text))
    with pytest.raises(ModelRefusedError, match="contradict"):
        canonical.check(damaged, parse(damaged))


@pytest.mark.parametrize(
    "change",
    [
        {"decision_type": np.array([9, 11])},  # a set with a default side
        {"decision_type": np.array([9, 8])},  # a category and a number
        {"decision_type": np.array([9, 1])},  # two kinds of missing
        {"threshold": np.array([1.0, 0.0])},
        {"cat_boundaries": np.array([0, 0, 2])},
        {"cat_threshold": np.array([7, 0], np.uint32)},
    ],
)
def test_sees_decisions_that_contradict_each_other(change):
    lines = (
        b"num_leaves=3\nnum_cat=2\nsplit_feature=0 0\nthreshold=0 1\ndecision_type=9 9\n"
        b"left_child=1 -1\nright_child=-2 -3\nleaf_value=1 2 3\ncat_boundaries=0 1 2\n"
        b"cat_threshold=7 5"
    )
    tree = parse_tree(lines, 0, 1)
    assert canonical._are_decisions_consistent(tree)
    assert not canonical._are_decisions_consistent(replace(tree, **change))


def test_counts_of_other_devices_need_not_add_up(text: bytes):
    other = in_line("leaf_count", more)(text).replace(b"[device_type: cpu]", b"[device_type: cuda]")
    canonical.check(resized(other), parse(resized(other)))


def test_older_versions_may_write_otherwise(text: bytes):
    older = in_line("split_gain", put(0, b"1.50"))(text.replace(b"version=v4", b"version=v3"))
    canonical.check(resized(older), parse(resized(older)))


@pytest.mark.parametrize("line", [b"", b"version=v1\n", b"version=v5\n", b"version=\n"])
def test_other_versions_and_none_are_refused(text: bytes, line: bytes):
    damaged = text.replace(b"version=v4\n", line)
    with pytest.raises(ModelRefusedError, match="no known version"):
        canonical.check(damaged, parse(damaged))


def test_gains_beyond_an_integer_are_not_compared(tmp_path):
    """LightGBM casts their sum to 64 bits; those that fit are compared as ever."""
    rng = np.random.default_rng(1)
    data = rng.standard_normal((500, 3))
    data[:, 2] = rng.random(500) < 0.5  # one that gains little
    settings = {"verbosity": -1, "num_threads": 1, "num_leaves": 7}
    label = 1e12 * (data[:, 0] + data[:, 1])
    path = tmp_path / "huge.txt"
    lightgbm.train(settings, lightgbm.Dataset(data, label), 9).save_model(
        path, importance_type="gain"
    )
    Scorer.from_file(path)
    lightgbm.train(settings, lightgbm.Dataset(data, label / 1e12), 9).save_model(
        path, importance_type="gain"
    )
    Scorer.from_file(path)
    text = path.read_bytes()
    damaged = re.sub(rb"(?m)^(Column_0=)(\d)", rb"\g<1>9\2", text)
    assert damaged != text
    with pytest.raises(ModelRefusedError, match="importances"):
        canonical.check(damaged, parse(damaged))


def test_first_iterations_are_a_sound_model_and_the_last_are_not(booster, tmp_path):
    """Those look like a model that lost its first trees; their owner can vouch for them."""
    booster.save_model(tmp_path / "first.txt", num_iteration=3)
    Scorer.from_file(tmp_path / "first.txt")
    booster.save_model(tmp_path / "last.txt", start_iteration=3)
    with pytest.raises(ModelRefusedError, match="of all trees"):
        Scorer.from_file(tmp_path / "last.txt")
    Scorer.from_booster(lightgbm.Booster(model_file=tmp_path / "last.txt"))
