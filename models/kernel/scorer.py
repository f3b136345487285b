"""The public door of the kernel: raw scores, bit for bit LightGBM's, by the fastest exact route."""

import os
import sys
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import numpy.typing as npt

from models.errors import ModelRefusedError
from models.kernel.inputs import Rows, rows_of_columns, rows_of_matrix
from models.kernel.text import Forest, parse, widest_tree

if TYPE_CHECKING:  # both cost most of a second to import, and a run needs only one of them
    import lightgbm

    from models.kernel.plan import Plan

Route = Literal["kernel", "lightgbm"]
Scores = npt.NDArray[np.float64]

# Measured on 2 cores; only the choice of the route depends on them.
_LIGHTGBM_SECONDS: Final = 30e-9  # per row and tree: 6.0 s for 1M rows and 200 trees
_LOAD_SECONDS: Final = 1.0  # import Numba and read the compiled loop from disk
_COMPILE_SECONDS: Final = 3.5  # once after an installation
_PLAN_SECONDS: Final = 1e-6  # per split
# The kernel takes as long for 1 row as for 512, about as long as LightGBM for this many.
_SMALLEST_BATCH: Final = 16
# Beyond, the circuits of single trees outgrow the processor's caches.
_MOST_LEAVES: Final = 4096


class Scorer:
    """Raw scores of a LightGBM model with one output.

    Made by `from_booster` or `from_file`; immutable, and safe to use from several threads.

    Attributes
    ----------
    feature_names : tuple of str
        The features in the order of the matrix columns.
    route : "kernel" or "lightgbm"
        What scores large inputs. "lightgbm" for models that the compiled kernel does not take.
    route_reason : str
        Why, in a few words.
    rows_by_route : dict
        Rows scored so far by each route. Small inputs go to LightGBM whatever `route` says, until
        compiling costs less than it saves. All routes give the same bits.

    Examples
    --------
    >>> scorer = Scorer.from_file("models/m1/model.txt")  # doctest: +SKIP
    >>> scorer.raw_score(np.zeros((3, 32), np.float32)).shape  # doctest: +SKIP
    (3,)
    """

    def __init__(
        self, forest: Forest, threads: int = 0, kernel_from_rows: int | None = None
    ) -> None:
        self._forest = forest
        self._threads = threads or _processors()
        self._from_rows = kernel_from_rows
        self._splits = sum(len(tree.split_feature) for tree in forest.trees)
        self._plans: dict[type, Plan] = {}
        self._lock = threading.Lock()
        self.feature_names = forest.feature_names
        self.route, self.route_reason = _route(forest)
        self.rows_by_route: dict[Route, int] = {"kernel": 0, "lightgbm": 0}

    @classmethod
    def from_booster(
        cls, booster: "lightgbm.Booster", *, threads: int = 0, kernel_from_rows: int | None = None
    ) -> "Scorer":
        """Take a trained booster as it is now; of one that stopped early, the best iterations.

        Parameters
        ----------
        booster : lightgbm.Booster
            Later training does not change the scorer.
        threads : int
            At most so many threads; 0 for one per processor that this process may use.
        kernel_from_rows : int, optional
            Use the compiled kernel from so many rows on. Default: by measured costs.

        Raises
        ------
        ModelRefusedError
            For several outputs, or what `from_file` refuses.
        """
        return cls(parse(booster.model_to_string().encode()), threads, kernel_from_rows)

    @classmethod
    def from_file(
        cls, path: Path | str, *, threads: int = 0, kernel_from_rows: int | None = None
    ) -> "Scorer":
        """Read and check a LightGBM text model; parameters as for `from_booster`.

        Raises
        ------
        ModelRefusedError
            Where the file is damaged, inconsistent, no LightGBM text or has several outputs.
        """
        return cls(parse(Path(path).read_bytes()), threads, kernel_from_rows)

    def raw_score(self, matrix: npt.NDArray[Any]) -> Scores:
        """Raw scores (log-odds for a binary objective) of a matrix.

        Parameters
        ----------
        matrix : (n, k) array
            float32 or float64 in any memory layout, not copied; other numbers are rounded to
            float32 first, as LightGBM does. NaN is missing. Columns as in `feature_names`.

        Returns
        -------
        (n,) float64
            Bit for bit ``Booster.predict(matrix, raw_score=True)``.

        Raises
        ------
        ModelRefusedError
            For another number of columns, or values that are no numbers.
        """
        return self._score(rows_of_matrix(matrix, len(self.feature_names)))

    def raw_score_columns(self, columns: Sequence[Any]) -> Scores:
        """Raw scores of one column per feature, without building a matrix.

        Parameters
        ----------
        columns : sequence of k columns
            One-dimensional NumPy arrays, Polars Series or Arrow arrays of n values, in the order
            of `feature_names`. Null is missing, like NaN. float32 without nulls is not copied;
            one column that float32 cannot hold makes the comparison float64.

        Returns
        -------
        (n,) float64
            The same bits as `raw_score` of the columns side by side.

        Raises
        ------
        ModelRefusedError
            For another number of columns, unequal lengths, or values that are no numbers.
        """
        return self._score(rows_of_columns(columns, len(self.feature_names)))

    def prepare(self) -> Route:
        """Compile now, so that every later call but the smallest uses the kernel; the route."""
        if self.route == "kernel":
            self._plan(np.float32)
        return self.route

    def _score(self, rows: Rows) -> Scores:
        if not rows.count:
            return np.empty(0, np.float64)
        if self._is_for_kernel(rows):
            self._count("kernel", rows.count)
            from models.kernel import binding

            return binding.scores(self._plan(rows.dtype), rows, self._threads)
        self._count("lightgbm", rows.count)
        return self._by_lightgbm(rows)

    def _is_for_kernel(self, rows: Rows) -> bool:
        """Whether the kernel is cheaper, counting what is still to be loaded and compiled."""
        if self.route != "kernel":
            return False
        if self._from_rows is not None:
            return rows.count >= self._from_rows
        if rows.count < _SMALLEST_BATCH:
            return False
        if rows.dtype in self._plans:
            return True
        to_pay = self._splits * _PLAN_SECONDS + _seconds_to_load()
        # What small calls have spent so far counts: many of them are as good as one large call.
        spent = (self.rows_by_route["lightgbm"] + rows.count) * len(self._forest.trees)
        return spent * _LIGHTGBM_SECONDS > to_pay

    def _plan(self, dtype: type) -> "Plan":
        with self._lock:
            if dtype not in self._plans:
                from models.kernel.plan import plan_of

                self._plans[dtype] = plan_of(self._forest.trees, dtype)
            return self._plans[dtype]

    def _count(self, route: Route, rows: int) -> None:
        with self._lock:
            self.rows_by_route[route] += rows

    @cached_property
    def _booster(self) -> "lightgbm.Booster":
        import lightgbm

        return lightgbm.Booster(model_str=self._forest.checked_text)

    def _by_lightgbm(self, rows: Rows) -> Scores:
        scores = self._booster.predict(
            rows.as_matrix(), raw_score=True, num_threads=self._threads, num_iteration=-1
        )
        return np.asarray(scores, np.float64)


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not everywhere
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _seconds_to_load() -> float:
    """Estimate what it takes until the compiled loop can run in this process."""
    if "models.kernel.engine" in sys.modules:
        return 0.0
    is_cached = any(Path(__file__).with_name("__pycache__").glob("engine.*.nbi"))
    return _LOAD_SECONDS if is_cached else _LOAD_SECONDS + _COMPILE_SECONDS


def _route(forest: Forest) -> tuple[Route, str]:
    """Which models the compiled kernel takes."""
    if not forest.trees:
        raise ModelRefusedError("a model without trees", "at least one", "train it first")
    if forest.has_linear_trees:
        return "lightgbm", "linear trees"
    leaves = widest_tree(forest)
    if leaves > _MOST_LEAVES:
        return "lightgbm", f"a tree of {leaves} leaves, more than {_MOST_LEAVES}"
    return "kernel", "compiled"
