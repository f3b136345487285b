"""Random LightGBM text models and matrices that aim at every edge of a decision."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import lightgbm
import numpy as np
from hypothesis import strategies as st

RIM = float(np.float32(1e-35))
# Values where float32, float64, zero and missing part ways.
EDGES = (
    0.0, -0.0, RIM, -RIM, 1e-35, -1e-35, 1e-36, -1e-36, 5e-324, -5e-324, 1e-45, 1e-40, 1.2e-38,
    0.1, -0.1, 1 / 3, 1.0, -1.0, 0.5, -0.5, 2.0, 16777217.0, 1e300, -1e300, 3.5e38, -3.5e38,
    float(np.finfo(np.float32).max), float(np.nextafter(0.1, 1)), float(np.float32(0.1)),
)  # fmt: skip
ODD_VALUES = (
    *EDGES, np.nan, np.inf, -np.inf, -0.99, 31.0, 31.5, 32.0, 63.999, 64.0, 2.0**31, 2.0**31 - 128,
    2.0**32, 2.0**32 + 5, -(2.0**31), -(2.0**33), 1e20,
)  # fmt: skip


@dataclass(frozen=True)
class Shape:
    """What a random forest looks like."""

    seed: int
    features: int
    leaves: tuple[int, ...]  # per tree
    categorical: float  # share of category splits
    thresholds: int  # how many different ones


shapes = st.builds(
    Shape,
    seed=st.integers(0, 2**32 - 1),
    features=st.sampled_from((1, 2, 7, 16, 19, 40)),
    leaves=st.lists(
        st.sampled_from((1, 2, 3, 4, 5, 8, 17, 31, 32, 33, 64, 65)), min_size=1, max_size=12
    ).map(tuple),
    categorical=st.sampled_from((0.0, 0.0, 0.3, 1.0)),
    thresholds=st.sampled_from((2, 30, 400)),
)


def threshold_pool(rng: np.random.Generator, shape: Shape) -> np.ndarray:
    smooth = rng.standard_normal(shape.thresholds) * 10.0 ** rng.integers(-3, 4, shape.thresholds)
    exact = smooth.astype(np.float32).astype(np.float64)
    return np.concatenate([EDGES, smooth, exact, [np.inf]])


def _joined(values) -> str:
    return " ".join(repr(v) if isinstance(v, float) else str(v) for v in values)


def tree_text(rng: np.random.Generator, shape: Shape, leaves: int, pool: np.ndarray) -> str:
    splits = leaves - 1
    left, right = np.zeros(splits, int), np.zeros(splits, int)
    parent = {0: None}
    depth_first = rng.random() < 0.5
    for node in range(splits):
        leaf = node if depth_first else int(rng.integers(0, node + 1))
        if parent[leaf] is not None:
            side, above = parent[leaf]
            side[above] = node
        left[node], right[node] = ~leaf, ~(node + 1)
        parent[leaf], parent[node + 1] = (left, node), (right, node)
    threshold = rng.choice(pool, splits)
    decision = rng.integers(0, 2, splits) * 2 + rng.integers(0, 3, splits) * 4
    boundaries, words = [0], []
    for node in np.flatnonzero(rng.random(splits) < shape.categorical):
        decision[node] |= 1
        threshold[node] = len(boundaries) - 1
        kind = rng.integers(0, 4)
        size = int(rng.choice([1, 2, 3, 4, 15, 16, 17, 20]))
        if kind == 0:  # one category
            own = [0] * (size - 1) + [1 << int(rng.integers(0, 32))]
        elif kind == 1:  # runs and nothing at all
            own = [int(rng.choice([0, 1, 0xFFFFFFFF, 0xFFFF0000])) for _ in range(size)]
        else:
            own = rng.integers(0, 2**32, size).tolist()
        words += own
        boundaries.append(len(words))
    value = rng.standard_normal(leaves)
    value[rng.random(leaves) < 0.1] = rng.choice([0.0, -0.0, 1e300, -1e300, 3e-320])
    sets = len(boundaries) - 1
    lines = [
        f"num_leaves={leaves}",
        f"num_cat={sets}",
        "split_feature=" + _joined(rng.integers(0, shape.features, splits)),
        "split_gain=" + _joined([1] * splits),
        "threshold=" + _joined(float(v) for v in threshold),
        "decision_type=" + _joined(decision),
        "left_child=" + _joined(left),
        "right_child=" + _joined(right),
        "leaf_value=" + _joined(float(v) for v in value),
        "leaf_count=" + _joined([1] * leaves),
    ]
    if sets:
        lines += ["cat_boundaries=" + _joined(boundaries), "cat_threshold=" + _joined(words)]
    return "\n".join([*lines, "is_linear=0", "shrinkage=1"])


def model_text(shape: Shape) -> str:
    rng = np.random.default_rng(shape.seed)
    pool = threshold_pool(rng, shape)
    bodies = [tree_text(rng, shape, leaves, pool) for leaves in shape.leaves]
    chunks = [f"Tree={i}\n{body}\n\n\n" for i, body in enumerate(bodies)]
    head = [
        "tree", "version=v4", "num_class=1", "num_tree_per_iteration=1", "label_index=0",
        f"max_feature_idx={shape.features - 1}", "objective=regression",
        "feature_names=" + " ".join(f"f{i}" for i in range(shape.features)),
        "feature_infos=" + " ".join(["[-1:1]"] * shape.features),
        "tree_sizes=" + " ".join(str(len(chunk)) for chunk in chunks),
    ]  # fmt: skip
    tail = "end of trees\n\nfeature_importances:\n\npandas_categorical:null\n"
    return "\n".join(head) + "\n\n" + "".join(chunks) + tail


def matrix_for(shape: Shape, rows: int, dtype: type) -> np.ndarray:
    """Values on the thresholds, one step beside them, category codes, and oddities."""
    rng = np.random.default_rng(shape.seed)
    pool = threshold_pool(rng, shape)
    with np.errstate(all="ignore"):
        on = np.concatenate([pool, ODD_VALUES]).astype(dtype)
        values = rng.choice(on, (rows, shape.features))
        step = rng.integers(-1, 2, values.shape)
        towards = np.array([-np.inf, 0, np.inf], dtype)[step + 1]
        values = np.where(step == 0, values, np.nextafter(values, towards))
        codes = rng.integers(-2, rng.choice([40, 140, 700]), values.shape) + rng.choice(
            [0.0, 0.0, 0.5], values.shape
        )
        values = np.where(rng.random(values.shape) < 0.4, codes.astype(dtype), values)
    return values.astype(dtype)


def save(path: Path, text: str) -> Path:
    """Write a model with its hash beside it: odd as it is, it is meant."""
    path.write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    path.with_name(f"{path.name}.sha256").write_text(f"{digest}  {path.name}\n")
    return path


def oracle(text: str, matrix: np.ndarray) -> np.ndarray:
    booster = lightgbm.Booster(model_str=text)
    return booster.predict(matrix, raw_score=True, num_threads=1)


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Equality that tells 0.0 from -0.0."""
    return a.dtype == b.dtype == np.float64 and np.array_equal(a.view(np.int64), b.view(np.int64))
