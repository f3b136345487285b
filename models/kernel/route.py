"""Which models the compiled kernel takes, and why it leaves the others to LightGBM."""

from typing import Final, Literal

from models.errors import ModelRefusedError
from models.kernel import machine
from models.kernel.text import Forest, widest_tree

Route = Literal["kernel", "lightgbm"]

# `train` makes no larger trees; where the kernel would stop being faster is not measured.
_MOST_LEAVES: Final = 4096


def route_of(forest: Forest) -> tuple[Route, str]:
    """Return what scores large inputs, and why in a few words.

    Raises
    ------
    ModelRefusedError
        For a model without trees.
    """
    if not forest.trees:
        raise ModelRefusedError("a model without trees", "at least one", "train it first")
    if forest.has_linear_trees:
        return "lightgbm", "linear trees"
    leaves = widest_tree(forest)
    if leaves > _MOST_LEAVES:
        return "lightgbm", f"a tree of {leaves} leaves, more than {_MOST_LEAVES}"
    if not machine.may_compile():
        return "lightgbm", "NUMBA_DISABLE_JIT is set"
    return "kernel", "compiled"
