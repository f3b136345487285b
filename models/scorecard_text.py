"""A scorecard as LightGBM text: one tree per column, one leaf per value or band.

So whatever scores, explains, checks and stores a model does the same for a scorecard: the compiled
kernel adds the points, and as every tree looks at one column, contributions are the points exactly.
"""

from collections.abc import Sequence

import numpy as np

from models.cells import Cells
from models.kernel.tree import DEFAULT_LEFT, MISSING_NAN
from models.matrix import booster_name
from models.scorecard import Card, Term

_NAN = MISSING_NAN << 2


def written(card: Card, names: Sequence[str]) -> str:
    """Return the text of a card.

    Parameters
    ----------
    card : Card
        `Term.column` is a position in `names`.
    names : sequence of str
        Feature names in the order of the matrix.
    """
    chunks = [f"Tree={number}\n{_tree(term)}\n\n\n" for number, term in enumerate(card.terms)]
    head = [
        "tree",
        "version=v4",
        "num_class=1",
        "num_tree_per_iteration=1",
        "label_index=0",
        f"max_feature_idx={len(names) - 1}",
        "objective=binary sigmoid:1",
        "feature_names=" + " ".join(booster_name(name) for name in names),
        "feature_infos=" + " ".join(["none"] * len(names)),
        "tree_sizes=" + " ".join(str(len(chunk)) for chunk in chunks),
    ]
    return "\n".join(head) + "\n\n" + "".join(chunks) + "end of trees\n"


def _tree(term: Term) -> str:
    """Split missing values off, then one cell after the other from the lowest."""
    cells = len(term.cells.edges)
    splits = range(1, cells)  # split 0 sends missing values to the last leaf; split i ends cell i-1
    # Nobody in a leaf would make LightGBM's contributions divide by zero.
    held = np.maximum(term.rows, 1)
    reach = [int(held.sum()), *(int(held[i - 1 : cells].sum()) for i in splits)]
    fields = {
        "num_leaves": [cells + 1],
        "num_cat": [0],
        "split_feature": [term.column] * cells,
        "split_gain": [0] * cells,
        "threshold": [np.inf, *_bounds(term.cells)],
        "decision_type": [_NAN, *[_NAN | DEFAULT_LEFT] * (cells - 1)],
        "left_child": [1 if cells > 1 else ~0, *(~(i - 1) for i in splits)],
        "right_child": [~cells, *(i + 1 if i + 1 < cells else ~i for i in splits)],
        "leaf_value": term.points.tolist(),
        "leaf_weight": held.tolist(),
        "leaf_count": held.tolist(),
        "internal_value": [0] * cells,
        "internal_weight": reach,
        "internal_count": reach,
        "is_linear": [0],
        "shrinkage": [1],
    }
    return "\n".join(f"{key}={' '.join(map(_number, values))}" for key, values in fields.items())


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:.17g}"


def _bounds(cells: Cells) -> list[float]:
    """Return what is still in each cell but the last: left of a split is value <= threshold."""
    below = np.nextafter(cells.edges[1:], np.float32(-np.inf), dtype=np.float32)
    return [float(value) for value in below]
