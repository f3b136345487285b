"""A trained model: scores, probabilities and percentiles from the model matrix."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl

from features.featureset import FeatureSet
from models.calibrate import Calibration
from models.kernel import Scorer
from models.kernel.canary import Canary
from models.kernel.text import Forest, parse
from models.manifest import Manifest
from models.matrix import F32, F64, check_booster, check_columns

if TYPE_CHECKING:
    from models.explain import Explained

CHUNK_ROWS: Final = 1_000_000
SCORECARD: Final = "scorecard"


class Model:
    """A model as trained or as loaded; `models.artifact` saves and loads it.

    Parameters
    ----------
    manifest : dict
        See `models.manifest`.
    text : str
        LightGBM text: as trained, or checked by `models.artifact.load`.
    features : FeatureSet
        What `score` expects, in order.

    Attributes
    ----------
    calibration : Calibration
    canary : Canary
        Rows that every way to score must give the saved scores for, before it scores anything.
    """

    def __init__(self, manifest: Manifest, text: str, features: FeatureSet) -> None:
        self.manifest = manifest
        self.text = text
        self.features = features
        self.calibration = Calibration.from_json(manifest["calibration"])
        self.canary = Canary.from_json(manifest["canary"], len(features.names))

    @property
    def model_id(self) -> str:
        """Id made from the content: kind and 16 hex digits."""
        return str(self.manifest["model_id"])

    @property
    def score_source(self) -> str:
        """What stands beside every score: ``model``, or ``scorecard`` where labels are few."""
        return SCORECARD if self.manifest["kind"] == SCORECARD else "model"

    @cached_property
    def booster(self) -> Any:  # noqa: ANN401 - lightgbm.Booster, kept out of importers' sight
        """The LightGBM booster; read on first use."""
        from models.boosting import booster_of, raw_score

        booster = booster_of(self.text)
        check_booster(booster, self.features.names)
        self.canary.check(raw_score(booster, self.canary.matrix, 1), "LightGBM")
        return booster

    @cached_property
    def forest(self) -> Forest:
        """The trees as checked arrays; ModelRefusedError when the text is damaged."""
        return parse(self.text.encode())

    @cached_property
    def _scorer(self) -> Scorer:
        return Scorer(self.forest, canary=self.canary)

    def score(self, matrix: pl.DataFrame) -> pl.DataFrame:
        """Score rows; a row's score never depends on the other rows.

        Parameters
        ----------
        matrix : pl.DataFrame
            Shape (n, k) from `features.build.build` with `features`: Float32, null = missing.

        Returns
        -------
        pl.DataFrame
            Shape (n, 2) in the same order, Float64, never null: ``raw_score`` (log-odds before
            calibration; decides order) and ``probability`` in (0, 1).

        Raises
        ------
        ModelRefusedError
            Other columns, another order or another dtype.
        """
        check_columns(matrix, self.features.names)
        # Columns without missing values are not copied; of the others a chunk at a time.
        parts = [
            self._scorer.raw_score_columns(matrix.slice(start, CHUNK_ROWS).get_columns())
            for start in range(0, max(matrix.height, 1), CHUNK_ROWS)
        ]
        raw = np.concatenate(parts)
        return pl.DataFrame({"raw_score": raw, "probability": self.calibration.apply(raw)})

    def probability(self, raw_score: F64) -> F64:
        """Return calibrated probabilities, (n,) float64 in (0, 1), for raw scores (n,)."""
        return self.calibration.apply(raw_score)

    def percentile(self, raw_score: F64) -> F64:
        """Return the share, 0 to 100, of held-out training leads that score lower.

        Parameters
        ----------
        raw_score : (n,) float64

        Returns
        -------
        (n,) float64
            Compared with the blocks that the trees never saw, so it does not depend on the file.
        """
        quantiles = self.manifest["distribution"]
        scores, last = np.unique(np.asarray(quantiles["raw_score"])[::-1], return_index=True)
        percents = np.asarray(quantiles["percent"])[::-1][last]
        found: F64 = np.interp(raw_score, scores, percents, left=0.0, right=100.0)
        return found

    def raw_score(self, array: F32) -> F64:
        """Return raw scores, (n,) float64, of a checked matrix (n, k) float32; as in `score`."""
        return self._scorer.raw_score(array)

    def explain(self, matrix: pl.DataFrame, top: int = 3, threads: int = 2) -> "Explained":
        """Explain rows, usually only those that somebody will read; see `models.explain`."""
        from models.explain import explain

        return explain(self, matrix, top, threads)
