"""The check of last resort, for a model file that no hash vouches for.

LightGBM writes every number in one way only, and much of a model twice: children also by the order
in which leaves are numbered and by row counts, features also by how often they split. A damaged
file seldom gets all of that right. What is demanded here holds for whatever LightGBM 4 writes
(`Tree::Split`, `Tree::ToString`, `GBDT::SaveModelToString`, `GBDT::FeatureImportance`), with one
exception: a model saved with ``start_iteration`` counts the splits of other trees than its own.

What stays unseen is what LightGBM could have written as well. Of 20,000 damaged files, most with
tree sizes and numbers made to fit again, 6.5% passed with other scores: 2.7% had their trees in
another order (the same sum, rounded otherwise), 2.6% numbers of one kind exchanged, 1.2% another
digit or number that is as good as the right one. None had lost or doubled a tree.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from models.errors import ModelRefusedError
from models.kernel.text import Forest, Pieces, cut
from models.kernel.tree import CATEGORICAL, DEFAULT_LEFT, Tree

_FIX: Final = (
    "take the model from where it was saved; if it is sound, say so with sha256=..., or load it"
    " with LightGBM and use from_booster"
)
_VERSION: Final = b"v4"  # LightGBM 4.0 and later
# Of LightGBM 2 and 3, which may write otherwise: for these the structure alone is checked.
_OLDER: Final = frozenset({b"v2", b"v3"})

_HEADER: Final = (
    b"version", b"num_class", b"num_tree_per_iteration", b"label_index", b"max_feature_idx",
    b"objective", b"average_output", b"feature_names", b"monotone_constraints", b"feature_infos",
    b"tree_sizes",
)  # fmt: skip
_OPTIONAL: Final = frozenset({b"objective", b"average_output", b"monotone_constraints"})

_WHOLE, _SHORT, _LONG = "%d", "%g", "%.17g"
# The fields of a tree in their order, and how their numbers are written.
_TREE: Final = {
    b"num_leaves": _WHOLE, b"num_cat": _WHOLE, b"split_feature": _WHOLE, b"split_gain": _SHORT,
    b"threshold": _LONG, b"decision_type": _WHOLE, b"left_child": _WHOLE, b"right_child": _WHOLE,
    b"leaf_value": _LONG, b"leaf_weight": _LONG, b"leaf_count": _WHOLE, b"internal_value": _SHORT,
    b"internal_weight": _SHORT, b"internal_count": _WHOLE, b"cat_boundaries": _WHOLE,
    b"cat_threshold": _WHOLE, b"is_linear": _WHOLE, b"leaf_const": _LONG, b"num_features": _WHOLE,
    b"leaf_features": _WHOLE, b"leaf_coeff": _LONG, b"shrinkage": _SHORT,
}  # fmt: skip
_CATEGORY_FIELDS: Final = frozenset({b"cat_boundaries", b"cat_threshold"})
_LINEAR_FIELDS: Final = frozenset({b"leaf_const", b"num_features", b"leaf_features", b"leaf_coeff"})
_LOOSE: Final = frozenset({b"leaf_features", b"leaf_coeff"})  # blanks of their own between leaves

# Other devices estimate the counts of rows, and estimates need not add up.
_COUNTED: Final = b"\n[device_type: cpu]\n"

# What the gains of a feature may be off by: the file has six digits of each, the sum had all.
_GAIN_ERROR: Final = 1e-4
_MOST_GAIN: Final = 2.0**63

Floats = npt.NDArray[np.float64]


def check(text: bytes, forest: Forest) -> None:
    """Check that a parsed text says nothing that LightGBM would not have written.

    Parameters
    ----------
    text : bytes
        The whole file.
    forest : Forest
        What `models.kernel.text.parse` made of it.

    Raises
    ------
    ModelRefusedError
        Where two places disagree, a number or a line is not as LightGBM writes it, or the version
        is missing or unknown. Of the versions v2 and v3 nothing more is checked than that.
    """
    pieces = cut(text)
    version = pieces.fields.get(b"version", b"")
    if version in _OLDER:
        return
    if version != _VERSION:
        raise ModelRefusedError("a model text of no known version", "v2, v3 or v4", _FIX)
    wanted = [key for key in _HEADER if key in pieces.fields or key not in _OPTIONAL]
    if list(pieces.fields) != wanted:
        raise ModelRefusedError("a header with other lines", "the lines of LightGBM 4", _FIX)
    width = len(forest.feature_names)
    counts, sums = np.zeros(width), np.zeros(width)
    is_counted = _COUNTED in pieces.tail
    for number, (lines, tree) in enumerate(zip(pieces.trees, forest.trees, strict=True)):
        found, gains = _flaw(lines, tree, is_counted=is_counted)
        if found:
            raise ModelRefusedError(f"tree {number}: {found}", "what LightGBM writes", _FIX)
        np.add.at(counts, tree.split_feature[gains > 0], 1)
        np.add.at(sums, tree.split_feature[gains > 0], gains[gains > 0])
    _check_tail(pieces, forest.feature_names, counts, sums)


def _flaw(lines: bytes, tree: Tree, *, is_counted: bool) -> tuple[str, Floats]:
    """Find what is wrong with a tree ("" for nothing), and the gains of its splits."""
    fields = dict(line.split(b"=", 1) for line in lines.split(b"\n"))
    left_out = (frozenset() if tree.is_linear else _LINEAR_FIELDS) | (
        frozenset() if len(tree.cat_boundaries) > 1 else _CATEGORY_FIELDS
    )
    none = np.empty(0)
    if list(fields) != [key for key in _TREE if key not in left_out]:
        return "fields that are missing or in another order", none
    for key, value in fields.items():
        if not _is_as_written(value, _TREE[key], is_loose=key in _LOOSE):
            return f"{key.decode()} with a number that no program wrote", none
    if not _is_numbered_as_grown(tree):
        return "nodes that are not numbered as they grew", none
    if is_counted and not _do_counts_add_up(fields, tree):
        return "row counts of two children that do not add up", none
    if not _are_decisions_consistent(tree):
        return "decisions on one feature that contradict each other", none
    return "", np.array(fields[b"split_gain"].split(), np.float64)


def _is_as_written(value: bytes, form: str, *, is_loose: bool) -> bool:
    """Whether the numbers of a line are written as LightGBM does; NaN has a sign there."""
    words = value.split()
    try:
        numbers = tuple((int if form == _WHOLE else float)(word) for word in words)
    except ValueError:
        return False
    written = (" ".join([form] * len(numbers)) % numbers).encode()
    return written == (b" ".join(words) if is_loose else value).replace(b"-nan", b"nan")


def _is_numbered_as_grown(tree: Tree) -> bool:
    """Split n puts the new leaf n + 1 to the right and keeps the old one on the left."""
    left, right = tree.left_child.tolist(), tree.right_child.tolist()
    first = [0] * len(left)  # the leftmost leaf under each split
    for node in range(len(left) - 1, -1, -1):
        if 0 <= left[node] <= node or 0 <= right[node] <= node:
            return False
        first[node] = ~left[node] if left[node] < 0 else first[left[node]]
        if node + 1 != (~right[node] if right[node] < 0 else first[right[node]]):
            return False
    return not first or first[0] == 0


def _do_counts_add_up(fields: dict[bytes, bytes], tree: Tree) -> bool:
    """Whether each split has as many rows as its two children have."""
    internal, leaf = (
        np.array(fields[key].split(), np.int64) for key in (b"internal_count", b"leaf_count")
    )
    both = np.concatenate([internal, leaf[::-1]])  # a leaf is at its negative number
    return np.array_equal(internal, both[tree.left_child] + both[tree.right_child])


def _are_decisions_consistent(tree: Tree) -> bool:
    """Whether each feature has one type and one kind of missing value, and sets their order."""
    is_set = (tree.decision_type & CATEGORICAL) > 0
    kind = 16 * tree.split_feature + (tree.decision_type & ~DEFAULT_LEFT)
    ends = tree.cat_boundaries[1:]
    return bool(
        len(np.unique(kind)) == len(np.unique(tree.split_feature))
        and not (tree.decision_type[is_set] & DEFAULT_LEFT).any()
        and np.array_equal(tree.threshold[is_set], np.arange(len(ends)))
        and (np.diff(tree.cat_boundaries) > 0).all()
        and (tree.cat_threshold[ends - 1] > 0).all()
    )


def _check_tail(pieces: Pieces, names: tuple[str, ...], counts: Floats, sums: Floats) -> None:
    """Compare the importances with the trees, and see that the file does not end too early."""
    start = b"\nfeature_importances:\n"
    if not pieces.tail.startswith(start):
        raise ModelRefusedError("no feature importances after the trees", "a whole file", _FIX)
    lines, _, rest = pieces.tail[len(start) - 1 :].partition(b"\n\n")
    if not _are_importances(lines.decode("utf-8", "replace"), names, counts, sums):
        raise ModelRefusedError(
            "feature importances that do not count the splits of the trees",
            "those of all trees, and no others",
            _FIX,
        )
    for name in (b"parameters", b"parser"):
        if rest.startswith(name + b":\n"):
            _, end, rest = rest.partition(b"\nend of " + name + b"\n")
            if not end:
                raise ModelRefusedError(f"no end of {name.decode()}", "a whole file", _FIX)
            rest = rest.removeprefix(b"\n")
    if rest and not rest.startswith(b"pandas_categorical:"):
        raise ModelRefusedError("unknown lines at the end", "what LightGBM writes", _FIX)


def _are_importances(lines: str, names: tuple[str, ...], counts: Floats, sums: Floats) -> bool:
    """Whether `name=number` lines are how often, or by how much, each feature splits."""
    order = np.argsort(-counts, kind="stable")
    written = [f"\n{names[i]}={int(counts[i])}" for i in order if counts[i] > 0]
    if lines.rstrip("\n") == "".join(written):
        return True
    found = dict.fromkeys(names, 0)
    for line in lines.split("\n")[1:]:
        name, _, number = line.rpartition("=")
        if found.get(name) != 0 or not number.isdecimal() or len(number) > 300:
            return False
        found[name] = int(number)
    gains = np.array([float(found[name]) for name in names])
    # LightGBM casts the sum to an integer of 64 bits; what becomes of a larger one is undefined.
    is_sure = sums < _MOST_GAIN
    return bool((np.abs(gains - sums)[is_sure] <= 1 + _GAIN_ERROR * sums[is_sure]).all())
