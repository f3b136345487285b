"""Reads a LightGBM text model into plain arrays and refuses whatever is not exactly one.

LightGBM's own loader trusts the file: a damaged index ends in a crash, a cycle in an endless loop,
a dropped tree in other scores without a word. So every number that a score depends on is checked
here first, and LightGBM is only ever handed text that `Forest.checked_text` rebuilt from it.
Source of the format and of the meaning of each field: LightGBM 4.7, `src/io/tree.cpp` and
`src/boosting/gbdt_model_text.cpp`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from models.errors import ModelRefusedError
from models.kernel.tree import Tree, parse_tree

_FIX = "retrain, or take the model from where it was saved"
# Header lines that may hold a second "=": names are free text.
_FREE_TEXT = (b"feature_names", b"monotone_constraints")
_REQUIRED = (b"num_class", b"label_index", b"max_feature_idx", b"feature_names", b"feature_infos")
_MAX_INT32 = 2**31 - 1
_END = b"end of trees\n"


@dataclass(frozen=True)
class Forest:
    """A LightGBM model with one output, checked.

    Attributes
    ----------
    feature_names : tuple of str
        In the order of the matrix columns; its length is the width of the matrix.
    objective : str
        As written in the model, "" for a custom objective.
    trees : tuple of Tree
        In the order in which LightGBM adds their leaf values.
    is_averaged : bool
        Random forest: `predict` divides by the number of trees, but the raw score does not.
    """

    feature_names: tuple[str, ...]
    objective: str
    trees: tuple[Tree, ...]
    is_averaged: bool

    @property
    def has_linear_trees(self) -> bool:
        """Whether any leaf holds a linear model instead of a constant."""
        return any(tree.is_linear for tree in self.trees)

    @cached_property
    def checked_text(self) -> str:
        """The model as LightGBM text, written anew from what was checked.

        Names, objective, counts and parameters are left out or replaced: raw scores do not depend
        on them.
        """
        width = len(self.feature_names)
        chunks = [f"Tree={i}\n{tree.text()}\n\n\n" for i, tree in enumerate(self.trees)]
        head = [
            "tree",
            "version=v4",
            "num_class=1",
            "num_tree_per_iteration=1",
            "label_index=0",
            f"max_feature_idx={width - 1}",
            *(["average_output"] if self.is_averaged else []),
            "feature_names=" + " ".join(f"Column_{i}" for i in range(width)),
            "feature_infos=" + " ".join(["none"] * width),
            "tree_sizes=" + " ".join(str(len(chunk)) for chunk in chunks),
        ]
        return "\n".join(head) + "\n\n" + "".join(chunks) + "end of trees\n"


@dataclass(frozen=True)
class Pieces:
    """A text model cut where its header says.

    Attributes
    ----------
    fields : dict
        Key and value of each header line, in their order.
    trees : tuple of bytes
        The lines of each tree, without `Tree=<number>` and the blank lines after it.
    tail : bytes
        Everything after the line `end of trees`.
    """

    fields: dict[bytes, bytes]
    trees: tuple[bytes, ...]
    tail: bytes


def parse(text: bytes) -> Forest:
    """Read and check a LightGBM text model.

    Parameters
    ----------
    text : bytes
        The whole file, or `Booster.model_to_string()` as UTF-8.

    Returns
    -------
    Forest

    Raises
    ------
    ModelRefusedError
        Where anything that a score depends on is missing, out of range or inconsistent, or the
        model has several outputs. The message names the place, never a value of a lead.
    """
    pieces = cut(text)
    fields = pieces.fields
    width = _header_int(fields, b"max_feature_idx", _MAX_INT32 - 1) + 1
    for key in (b"num_class", b"num_tree_per_iteration"):
        if fields.get(key, b"1") != b"1":
            raise ModelRefusedError("a model with several outputs", "one output", _FIX)
    names = tuple(fields[b"feature_names"].decode("utf-8", "replace").split(" "))
    infos = fields[b"feature_infos"].split()
    if len(names) != width or len(infos) != width:
        raise ModelRefusedError(
            f"{len(names)} feature names and {len(infos)} infos", f"{width} of each", _FIX
        )
    return Forest(
        feature_names=names,
        objective=fields.get(b"objective", b"").decode("ascii", "replace"),
        trees=tuple(parse_tree(lines, i, width) for i, lines in enumerate(pieces.trees)),
        is_averaged=b"average_output" in fields,
    )


def cut(text: bytes) -> Pieces:
    """Cut a text model at the sizes that its header states; errors as for `parse`."""
    if b"\r" in text:
        raise ModelRefusedError(
            "a model with carriage returns: Windows line endings (CRLF)",
            "line feeds alone (LF), as LightGBM writes them on every system",
            "copy the file again as binary, without conversion, or convert it back with `dos2unix`",
        )
    if b"\0" in text:
        raise ModelRefusedError("a model with zero bytes", "LightGBM text", _FIX)
    # A model without trees has its end mark where the first tree would be.
    first = text.find(b"\nTree=")
    start = (first if first >= 0 else text.find(b"\nend of trees")) + 1
    if start == 0 or not text.startswith(b"tree\n"):
        raise ModelRefusedError(
            "a file that is no LightGBM text model", "a first line `tree`", _FIX
        )
    fields = _header(text[:start])
    if b"tree_sizes" not in fields:
        raise ModelRefusedError("no tree sizes in the header", "LightGBM 2.2 or later", _FIX)
    sizes = fields[b"tree_sizes"].split()
    trees = []
    for number, size in enumerate(sizes):
        if not size.isdigit() or len(size) > 12:
            raise ModelRefusedError("a tree size that is no number", "bytes per tree", _FIX)
        chunk = text[start : start + int(size)]
        prefix = b"Tree=%d\n" % number
        if len(chunk) != int(size) or not chunk.startswith(prefix) or not chunk.endswith(b"\n\n"):
            raise ModelRefusedError(f"tree {number} not where the header says", "whole trees", _FIX)
        trees.append(chunk[len(prefix) :].rstrip(b"\n"))
        start += len(chunk)
    if not text[start:].startswith(_END):
        raise ModelRefusedError(f"no end after {len(sizes)} trees", "as many trees as sizes", _FIX)
    return Pieces(fields, tuple(trees), text[start + len(_END) :])


def _header(head: bytes) -> dict[bytes, bytes]:
    """Key and value of each header line; a repeated key is a defect, not a choice."""
    fields: dict[bytes, bytes] = {}
    for line in head.split(b"\n")[1:]:
        if not line:
            continue
        key, _, value = line.partition(b"=")
        if key in fields or (b"=" in value and key not in _FREE_TEXT):
            raise ModelRefusedError("a header line twice, or with two values", "one value", _FIX)
        fields[key] = value
    missing = [key.decode() for key in _REQUIRED if key not in fields]
    if missing:
        raise ModelRefusedError(f"a header without {', '.join(missing)}", "all of them", _FIX)
    _header_int(fields, b"label_index", _MAX_INT32)
    return fields


def _header_int(fields: dict[bytes, bytes], key: bytes, limit: int) -> int:
    value = fields[key]
    if not value.isdigit() or len(value) > 10 or int(value) > limit:
        raise ModelRefusedError(f"{key.decode()} out of range", f"0 to {limit}", _FIX)
    return int(value)


def widest_tree(forest: Forest) -> int:
    """Leaves of the largest tree; 0 for a model without trees."""
    return int(np.max([len(tree.leaf_value) for tree in forest.trees], initial=0))
