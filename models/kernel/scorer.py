"""The public door of the kernel: raw scores, bit for bit LightGBM's, by the fastest exact route."""

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from models.kernel import files, machine, oracle
from models.kernel.inputs import Rows, rows_of_columns, rows_of_matrix
from models.kernel.link import link_of
from models.kernel.route import Route, route_of
from models.kernel.text import Forest, parse

if TYPE_CHECKING:  # the first two cost most of a second to import, and a run needs only one
    import lightgbm

    from models.calibrate import Calibration
    from models.kernel.canary import Canary
    from models.kernel.plan import Plan

Scores = npt.NDArray[np.float64]

# Measured on 2 cores; only the choice of the route depends on them.
_LIGHTGBM_SECONDS: Final = 30e-9  # per row and tree: 6.0 s for 1M rows and 200 trees
_PLAN_SECONDS: Final = 1e-6  # per split
# The kernel takes as long for 1 row as for 512, about as long as LightGBM for this many.
_SMALLEST_BATCH: Final = 16


class Scorer:
    """Raw scores and probabilities of a LightGBM model with one output.

    Made by `from_booster` or `from_file`; immutable, and safe to use from several threads. A forked
    child may go on using the kernel; LightGBM's threads do not survive a fork, and a call that goes
    to it (small inputs, too) may hang in the child. Start processes by "spawn" to be safe.

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
    >>> scorer = Scorer.from_file("models/m1")  # doctest: +SKIP
    >>> scorer.probability(np.zeros((3, 32), np.float32)).shape  # doctest: +SKIP
    (3,)
    """

    def __init__(
        self,
        forest: Forest,
        threads: int = 0,
        kernel_from_rows: int | None = None,
        *,
        calibration: "Calibration | None" = None,
        canary: "Canary | None" = None,
    ) -> None:
        self._forest = forest
        self._calibration = calibration
        self._canary = canary
        self._threads = threads or machine.processors()
        self._from_rows = kernel_from_rows
        self._splits = sum(len(tree.split_feature) for tree in forest.trees)
        self._plans: dict[type, Plan] = {}
        self._lock = threading.Lock()
        self.feature_names = forest.feature_names
        self.route, self.route_reason = route_of(forest)
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
        cls,
        path: Path | str,
        *,
        sha256: str | None = None,
        threads: int = 0,
        kernel_from_rows: int | None = None,
    ) -> "Scorer":
        """Read and check a model folder that `models.save` wrote, or a LightGBM text model.

        A folder, or the `model.txt` in it, is checked as `models.load` does and brings its
        calibration and its canary rows. Another file must have the hash `sha256`, and the one in
        `<path>.sha256` beside it if there is one (as `sha256sum` writes it). Where no hash is
        known, whatever LightGBM 4 writes twice, or in one way only, is compared. That cannot prove
        a file: of 20,000 kinds of damage, 6.5% passed it with other scores, mostly exchanged
        numbers and trees (`models.kernel.canonical`). With a hash, none did. Text of LightGBM 2
        and 3 (version v2 or v3) may be written otherwise: without a hash, its structure alone is
        checked.

        Parameters
        ----------
        path : path of a folder or a file
        sha256 : str, optional
            64 hex digits.
        threads, kernel_from_rows
            As for `from_booster`.

        Raises
        ------
        ModelRefusedError
            Where the model is missing, damaged, inconsistent, not what a hash says, no LightGBM
            text, or has several outputs. Without a hash, also where its version is not v2 to v4, or
            it was saved with a ``start_iteration``: it looks like one that lost its first trees.
        """
        forest, calibration, canary = files.load(Path(path), sha256)
        return cls(forest, threads, kernel_from_rows, calibration=calibration, canary=canary)

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
            For another number of columns, or values that are no numbers; for a saved model also
            where its canary rows score otherwise than when it was saved.
        """
        return self._score(rows_of_matrix(matrix, len(self.feature_names)))

    def raw_score_columns(self, columns: Sequence[Any]) -> Scores:
        """Raw scores of one column per feature, without building a matrix.

        Parameters
        ----------
        columns : sequence of k columns
            One-dimensional NumPy arrays, Polars Series or Arrow arrays of n values, in the order
            of `feature_names`. Null is missing, like NaN. float32 without nulls is not copied.

        Returns
        -------
        (n,) float64
            The same bits as `raw_score` of ``np.column_stack(columns).astype(dtype)`` with ``dtype
            = np.result_type(np.float32, *columns)``: float64 as soon as one column is float64 or
            has integers of 32 or 64 bits, even if all have; a matrix of integers is float32.

        Raises
        ------
        ModelRefusedError
            For another number of columns, unequal lengths, or values that are no numbers.
        """
        return self._score(rows_of_columns(columns, len(self.feature_names)))

    def probability(self, matrix: npt.NDArray[Any]) -> Scores:
        """Probabilities of a matrix: calibrated where the model has a calibration.

        Parameters
        ----------
        matrix : (n, k) array
            As for `raw_score`; NaN is missing.

        Returns
        -------
        (n,) float64 in [0, 1]
            Of a model folder the bits of `Model.score`; else of ``Booster.predict(matrix)``, a
            random forest averaged. `cross_entropy_lambda` predicts an intensity there; its
            probability is 1 - exp(-intensity).

        Raises
        ------
        ModelRefusedError
            As `raw_score`, and for scores that are no probabilities: regression, counts, ranking,
            custom objectives.
        """
        self._to_probability(np.empty(0))  # refuse before the work
        return self._to_probability(self.raw_score(matrix))

    def probability_columns(self, columns: Sequence[Any]) -> Scores:
        """Probabilities of one column per feature, without building a matrix.

        Parameters
        ----------
        columns : sequence of k columns
            As for `raw_score_columns`; null and NaN are missing.

        Returns
        -------
        (n,) float64 in [0, 1]
            The same bits as `probability` of the columns side by side.

        Raises
        ------
        ModelRefusedError
            As `raw_score_columns` and `probability`.
        """
        self._to_probability(np.empty(0))
        return self._to_probability(self.raw_score_columns(columns))

    def _to_probability(self, raw: Scores) -> Scores:
        if self._calibration is not None:
            return self._calibration.apply(raw)
        return link_of(self._forest).apply(raw)

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
        return oracle.predict(self._booster, rows.as_matrix(), self._threads)

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
        # What small calls have spent so far counts: many of them are as good as one large call.
        spent = (self.rows_by_route["lightgbm"] + rows.count) * len(self._forest.trees)
        return machine.is_worth_loading(spent * _LIGHTGBM_SECONDS - self._splits * _PLAN_SECONDS)

    def _plan(self, dtype: type) -> "Plan":
        with self._lock:
            if dtype not in self._plans:
                from models.kernel import binding
                from models.kernel.plan import plan_of

                plan = plan_of(self._forest.trees, dtype)
                if self._canary is not None:
                    rows = rows_of_matrix(
                        self._canary.matrix.astype(dtype), len(self.feature_names)
                    )
                    self._canary.check(binding.scores(plan, rows, 1), "the compiled kernel")
                self._plans[dtype] = plan
            return self._plans[dtype]

    def _count(self, route: Route, rows: int) -> None:
        with self._lock:
            self.rows_by_route[route] += rows

    @cached_property
    def _booster(self) -> "lightgbm.Booster":
        return oracle.booster_of(self._forest, self._canary)
