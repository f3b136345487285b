"""The other ways to score the same rows; each is optional: ``uv run --group peers``.

A peer is prepared once per case (trained, converted or compiled, outside of any timing) and gives
a function per number of threads that takes the C-order float32 matrix and returns raw scores, by
the fastest way that its documentation shows. ONNX Runtime, treelite and tl2cgen run the very trees
of LightGBM; XGBoost and CatBoost train their own, as many and with as many leaves.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from cases import Case, Training

Score = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Peer:
    """A contender: `at` gives its scoring function for a number of threads."""

    name: str
    at: Callable[[int], Score]
    has_same_trees: bool


def peers_of(case: Case, scratch: Path) -> Iterator[Peer]:
    """Yield the peers that are installed, and print one line for each that is not."""
    if case.training is None:
        return
    for name, (prepare, packages, has_same_trees) in _PEERS.items():
        if missing := [package for package in packages if not _version(package)]:
            print(f"{name}: skipped, not installed: {', '.join(missing)} (uv run --group peers)")
        elif name == "tl2cgen" and not shutil.which("gcc"):
            print(f"{name}: skipped, no gcc")
        else:
            folder = Path(tempfile.mkdtemp(dir=scratch))
            yield Peer(name, prepare(case.booster, case.training, folder), has_same_trees)


def versions() -> dict[str, str]:
    """Return the version of every installed package that a peer needs."""
    packages = sorted({package for _, needed, _ in _PEERS.values() for package in needed})
    return {package: found for package in packages if (found := _version(package))}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _xgboost(booster: lightgbm.Booster, training: Training, folder: Path) -> Callable[[int], Score]:
    del booster, folder
    import xgboost

    settings = {
        "objective": "binary:logistic",
        "tree_method": "hist",
        "grow_policy": "lossguide",
        "max_leaves": training.leaves,
        "max_depth": 0,
        "nthread": 2,
    }
    data = xgboost.DMatrix(training.matrix, training.label)
    model = xgboost.train(settings, data, training.trees)

    def at(threads: int) -> Score:
        model.set_param({"nthread": threads})
        return partial(model.inplace_predict, predict_type="margin")

    return at


def _catboost(
    booster: lightgbm.Booster, training: Training, folder: Path
) -> Callable[[int], Score]:
    del booster, folder
    import catboost

    model = catboost.CatBoostClassifier(
        iterations=training.trees,
        depth=round(np.log2(training.leaves + 1)),  # symmetric trees of 2**depth leaves
        thread_count=2,
        verbose=False,
        allow_writing_files=False,
    )
    model.fit(training.matrix, training.label)
    return lambda threads: partial(
        model.predict, prediction_type="RawFormulaVal", thread_count=threads
    )


def _onnxruntime(
    booster: lightgbm.Booster, training: Training, folder: Path
) -> Callable[[int], Score]:
    del training, folder
    import onnxruntime

    content = _onnx_of(booster).SerializeToString()

    def at(threads: int) -> Score:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        return lambda matrix: session.run(None, {"x": matrix})[0].ravel()

    return at


def _onnx_of(booster: lightgbm.Booster) -> Any:
    """Write the trees as one TreeEnsembleRegressor, whose sum is the raw score."""
    from onnx import TensorProto, helper

    nodes: list[tuple[int, int, int, float, bytes, int, int, int]] = []
    leaves: list[tuple[int, int, float]] = []
    for tree in booster.dump_model()["tree_info"]:
        ids = iter(range(1 << 20))
        _add_node(tree["tree_structure"], tree["tree_index"], next(ids), ids, nodes, leaves)
    names = ("treeids", "nodeids", "featureids", "values", "modes", "truenodeids", "falsenodeids",
             "missing_value_tracks_true")  # fmt: skip
    columns = zip(names, zip(*nodes, strict=True), strict=True)
    node = helper.make_node(
        "TreeEnsembleRegressor", ["x"], ["score"], domain="ai.onnx.ml", n_targets=1,
        **{f"nodes_{name}": values for name, values in columns},
        target_treeids=[leaf[0] for leaf in leaves],
        target_nodeids=[leaf[1] for leaf in leaves],
        target_ids=[0] * len(leaves),
        target_weights=[leaf[2] for leaf in leaves],
    )  # fmt: skip
    given = helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, booster.num_feature()])
    score = helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph([node], "trees", [given], [score])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def _add_node(
    found: dict[str, Any], tree: int, own: int, ids: Iterator[int], nodes: list, leaves: list
) -> None:
    if "leaf_value" in found:
        nodes.append((tree, own, 0, 0.0, b"LEAF", 0, 0, 0))
        leaves.append((tree, own, found["leaf_value"]))
        return
    if found["decision_type"] != "<=" or found["missing_type"] == "Zero":
        raise SystemExit("the ONNX peer takes numeric splits only")
    # ONNX compares float32: the largest float32 that is not above the threshold decides alike.
    with np.errstate(over="ignore"):  # beyond float32: infinite, and then the largest number
        limit = np.float32(found["threshold"])
    if float(limit) > found["threshold"]:
        limit = np.nextafter(limit, np.float32(-np.inf))
    missing_left = found["default_left"] if found["missing_type"] == "NaN" else limit >= 0
    left, right = next(ids), next(ids)
    nodes.append(
        (tree, own, found["split_feature"], float(limit), b"BRANCH_LEQ", left, right,
         int(missing_left))
    )  # fmt: skip
    _add_node(found["left_child"], tree, left, ids, nodes, leaves)
    _add_node(found["right_child"], tree, right, ids, nodes, leaves)


def _treelite(
    booster: lightgbm.Booster, training: Training, folder: Path
) -> Callable[[int], Score]:
    del training
    import treelite

    model = _treelite_of(booster, folder)
    return lambda threads: (
        lambda matrix: treelite.gtil.predict(
            model, matrix, nthread=threads, pred_margin=True
        ).ravel()
    )


def _tl2cgen(booster: lightgbm.Booster, training: Training, folder: Path) -> Callable[[int], Score]:
    del training
    import tl2cgen

    library = folder / "trees.so"
    tl2cgen.export_lib(
        _treelite_of(booster, folder),
        toolchain="gcc",
        libpath=library,
        # Quantised comparisons: 1.6 times faster here than plain ones. The parts only compile.
        params={"quantize": 1, "parallel_comp": 8},
        nthread=2,
    )

    def at(threads: int) -> Score:
        predictor = tl2cgen.Predictor(library, nthread=threads)
        return lambda matrix: predictor.predict(
            tl2cgen.DMatrix(matrix, dtype="float32"), pred_margin=True
        ).ravel()

    return at


def _treelite_of(booster: lightgbm.Booster, folder: Path) -> Any:
    import treelite

    booster.save_model(folder / "model.txt")
    return treelite.frontend.load_lightgbm_model(folder / "model.txt")


# name: how to prepare it, the packages it needs, whether it runs LightGBM's own trees
_PEERS: dict[str, tuple[Callable[..., Callable[[int], Score]], tuple[str, ...], bool]] = {
    "xgboost": (_xgboost, ("xgboost-cpu",), False),
    "catboost": (_catboost, ("catboost",), False),
    "onnxruntime": (_onnxruntime, ("onnx", "onnxruntime"), True),
    "treelite": (_treelite, ("treelite",), True),
    "tl2cgen": (_tl2cgen, ("tl2cgen", "treelite"), True),
}
