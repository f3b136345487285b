"""One tree of a LightGBM text model: its fields, and what makes it a tree."""

from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from models.errors import ModelRefusedError

_FIX = "retrain, or take the model from where it was saved"
# What numbers are made of; LightGBM writes thresholds beyond every value as `inf`.
_NUMBER = b"0123456789-+.eE infa"

# Field -> how many numbers it has: m splits, m + 1 leaves, or its own rule (None).
_SPLIT_INTS = ("split_feature", "decision_type", "left_child", "right_child")
_SPLIT_FLOATS = ("threshold",)
_IGNORED_SPLIT = ("split_gain", "internal_value", "internal_weight", "internal_count")
_IGNORED_LEAF = ("leaf_weight", "leaf_count")
_SCALARS = ("num_leaves", "num_cat", "is_linear", "shrinkage")
_CATEGORICAL = ("cat_boundaries", "cat_threshold")
_LINEAR = ("leaf_const", "num_features", "leaf_features", "leaf_coeff")
_KNOWN = frozenset(
    chain(
        _SPLIT_INTS, _SPLIT_FLOATS, _IGNORED_SPLIT, _IGNORED_LEAF, _SCALARS, _CATEGORICAL, _LINEAR
    )
) | {"leaf_value"}

CATEGORICAL = 1  # bits of decision_type, as LightGBM writes them
DEFAULT_LEFT = 2
MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2  # decision_type >> 2


@dataclass(frozen=True)
class Tree:
    """A checked tree with m splits and m + 1 leaves; children >= 0 are splits, ~child is a leaf.

    Attributes
    ----------
    split_feature, left_child, right_child : (m,) int64
    decision_type : (m,) int64
        CATEGORICAL | DEFAULT_LEFT | missing type << 2.
    threshold : (m,) float64
        Go left at `value <= threshold`; for a categorical split the index of its set.
    leaf_value : (m + 1,) float64
    cat_boundaries : (number of sets + 1,) int64
        Set i is the words [boundaries[i], boundaries[i + 1]) of cat_threshold.
    cat_threshold : (words,) uint32
        Bit sets: category c goes left if bit c % 32 of word c // 32 is set.
    is_linear : bool
        Leaves hold linear models; only LightGBM scores those.
    linear : tuple of str
        The checked lines of the linear models.
    """

    split_feature: npt.NDArray[np.int64]
    left_child: npt.NDArray[np.int64]
    right_child: npt.NDArray[np.int64]
    decision_type: npt.NDArray[np.int64]
    threshold: npt.NDArray[np.float64]
    leaf_value: npt.NDArray[np.float64]
    cat_boundaries: npt.NDArray[np.int64]
    cat_threshold: npt.NDArray[np.uint32]
    is_linear: bool
    linear: tuple[str, ...]

    def text(self) -> str:
        """Return the tree as lines of LightGBM text; each number reads as the same bits again."""
        lines = [
            f"num_leaves={len(self.leaf_value)}",
            f"num_cat={len(self.cat_boundaries) - 1}",
            f"split_feature={_joined('%d', self.split_feature)}",
            f"threshold={_joined('%.17g', self.threshold)}",
            f"decision_type={_joined('%d', self.decision_type)}",
            f"left_child={_joined('%d', self.left_child)}",
            f"right_child={_joined('%d', self.right_child)}",
            f"leaf_value={_joined('%.17g', self.leaf_value)}",
        ]
        if len(self.cat_boundaries) > 1:
            lines.append(f"cat_boundaries={_joined('%d', self.cat_boundaries)}")
            lines.append(f"cat_threshold={_joined('%d', self.cat_threshold)}")
        return "\n".join([*lines, f"is_linear={int(self.is_linear)}", *self.linear])


def _joined(form: str, numbers: npt.NDArray[Any]) -> str:
    return " ".join([form] * len(numbers)) % tuple(numbers.tolist())


def parse_tree(chunk: bytes, number: int, width: int) -> Tree:
    """Parse the lines of one tree.

    Parameters
    ----------
    chunk : bytes
        The lines between `Tree=<number>` and the blank line after it.
    number : int
        For messages.
    width : int
        Number of features of the model.

    Raises
    ------
    ModelRefusedError
        Where the lines are not one well-formed tree.
    """
    fields = _Fields(chunk, number)
    leaves = fields.scalar("num_leaves", 1, 2**24)
    sets = fields.scalar("num_cat", 0, leaves - 1)
    is_linear = bool(fields.scalar("is_linear", 0, 1) if "is_linear" in fields.raw else 0)
    splits = leaves - 1
    for name in _IGNORED_SPLIT:
        fields.optional(name, splits)
    for name in _IGNORED_LEAF:
        fields.optional(name, leaves)
    fields.optional("shrinkage", 1)
    # LightGBM writes empty lines for a tree of one leaf, older versions none at all.
    split = {name: fields.ints(name, splits) for name in _SPLIT_INTS if splits}
    none = np.empty(0, np.int64)
    boundaries = fields.ints("cat_boundaries", sets + 1) if sets else np.zeros(1, np.int64)
    words = fields.ints("cat_threshold", int(boundaries[-1])) if sets else none
    tree = Tree(
        split_feature=split.get("split_feature", none),
        left_child=split.get("left_child", none),
        right_child=split.get("right_child", none),
        decision_type=split.get("decision_type", none),
        threshold=fields.floats("threshold", splits) if splits else np.empty(0, np.float64),
        leaf_value=fields.finite("leaf_value", leaves),
        cat_boundaries=boundaries,
        cat_threshold=words.astype(np.uint32),
        is_linear=is_linear,
        linear=_linear(fields, leaves, width) if is_linear else (),
    )
    _check_splits(tree, words, fields, width)
    _check_shape(tree, fields)
    return tree


class _Fields:
    """The `key=value` lines of a tree, each read strictly."""

    def __init__(self, chunk: bytes, number: int) -> None:
        self._number = number
        self.raw: dict[str, bytes] = {}
        for line in chunk.split(b"\n"):
            name, equals, value = line.partition(b"=")
            key = name.decode("ascii", "replace")
            if not equals or key in self.raw or key not in _KNOWN:
                raise self.refusal("a line that is unknown or there twice", "the fields of a tree")
            if value.translate(None, _NUMBER):
                raise self.refusal(f"{key} with something else than numbers", "finite numbers")
            self.raw[key] = value

    def refusal(self, found: str, expected: str) -> ModelRefusedError:
        return ModelRefusedError(f"tree {self._number}: {found}", expected, _FIX)

    def _words(self, name: str, count: int) -> list[bytes]:
        if name not in self.raw:
            raise self.refusal(f"no {name}", "all fields of a tree")
        words = self.raw[name].split()
        if len(words) != count:
            raise self.refusal(f"{len(words)} numbers in {name}", f"{count}")
        return words

    def floats(self, name: str, count: int) -> npt.NDArray[np.float64]:
        try:
            return np.array([float(word) for word in self._words(name, count)], np.float64)
        except ValueError:
            raise self.refusal(f"{name} with a malformed number", "numbers") from None

    def finite(self, name: str, count: int) -> npt.NDArray[np.float64]:
        values = self.floats(name, count)
        if not np.isfinite(values).all():
            raise self.refusal(f"{name} with a number out of range", "finite numbers")
        return values

    def ints(self, name: str, count: int) -> npt.NDArray[np.int64]:
        try:
            return np.array([int(word) for word in self._words(name, count)], np.int64)
        except (ValueError, OverflowError):
            raise self.refusal(f"{name} with a malformed number", "whole numbers") from None

    def optional(self, name: str, count: int) -> None:
        """Check a field that no score depends on; it may be empty in a tree of one leaf."""
        if name in self.raw and (self.raw[name] or count > 1):
            self.floats(name, count)

    def scalar(self, name: str, low: int, high: int) -> int:
        value = int(self.ints(name, 1)[0])
        if not low <= value <= high:
            raise self.refusal(f"{name} out of range", f"{low} to {high}")
        return value


def _check_splits(tree: Tree, words: npt.NDArray[np.int64], fields: _Fields, width: int) -> None:
    """Features, decision types and category sets are in range."""
    feature, decision = tree.split_feature, tree.decision_type
    if ((feature < 0) | (feature >= width)).any():
        raise fields.refusal("a split on a feature that is not there", f"0 to {width - 1}")
    # inf is a threshold that LightGBM writes: everything but missing goes left.
    if np.isnan(tree.threshold).any():
        raise fields.refusal("a threshold that is no number", "numbers")
    if ((decision < 0) | (decision >> 2 > MISSING_NAN)).any():
        raise fields.refusal("an unknown decision type", "missing type None, Zero or NaN")
    steps = np.diff(tree.cat_boundaries)
    if tree.cat_boundaries[0] != 0 or (steps < 0).any():
        raise fields.refusal("category sets that overlap", "ascending boundaries from 0")
    if ((words < 0) | (words > 0xFFFFFFFF)).any():
        raise fields.refusal("a category set out of range", "unsigned 32-bit words")
    sets = tree.threshold[(decision & CATEGORICAL) > 0]
    if ((sets < 0) | (sets >= len(steps)) | (sets != np.floor(sets))).any():
        raise fields.refusal("a split on a category set that is not there", f"{len(steps)} sets")


def _check_shape(tree: Tree, fields: _Fields) -> None:
    """Every split but the root, and every leaf, has exactly one parent; all hang on the root."""
    splits = len(tree.split_feature)
    children = np.concatenate([tree.left_child, tree.right_child])
    every = np.concatenate([np.arange(1, splits), ~np.arange(splits + 1 if splits else 0)])
    if not np.array_equal(np.sort(children), np.sort(every)):
        raise fields.refusal("children that are missing or shared", "one parent each")
    parents = np.tile(np.arange(splits), 2)
    if (children[children >= 0] > parents[children >= 0]).all():
        return  # numbered downwards, as LightGBM does: no cycle possible
    reached, todo = 0, [0]
    while todo:
        node = todo.pop()
        reached += 1
        todo += [int(c) for c in (tree.left_child[node], tree.right_child[node]) if c >= 0]
    if reached != splits:
        raise fields.refusal("splits that hang on a cycle", "one tree under its root")


def _linear(fields: _Fields, leaves: int, width: int) -> tuple[str, ...]:
    """Check that linear models are as long as they say and use features that are there."""
    constants = fields.finite("leaf_const", leaves)
    counts = fields.ints("num_features", leaves)
    if (counts < 0).any() or (counts > width).any():
        raise fields.refusal("a leaf with an impossible number of features", f"0 to {width}")
    features = fields.ints("leaf_features", int(counts.sum()))
    coefficients = fields.finite("leaf_coeff", int(counts.sum()))
    if ((features < 0) | (features >= width)).any():
        raise fields.refusal("a leaf model on a feature that is not there", f"0 to {width - 1}")
    return (
        f"leaf_const={_joined('%.17g', constants)}",
        f"num_features={_joined('%d', counts)}",
        f"leaf_features={_joined('%d', features)}",
        f"leaf_coeff={_joined('%.17g', coefficients)}",
    )


def members(words: bytes) -> npt.NDArray[np.int64]:
    """Return the categories of a bit set, ascending: c is in if bit c % 8 of byte c // 8 is set.

    Takes room for the set as it is and for its members, not for all codes below them.
    """
    held = np.frombuffer(words, np.uint8)
    places = np.flatnonzero(held)
    byte, bit = np.nonzero(np.unpackbits(held[places, None], axis=1, bitorder="little"))
    found: npt.NDArray[np.int64] = 8 * places[byte] + bit
    return found
