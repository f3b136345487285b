"""LightGBM itself: the oracle of every other route, and the way for few rows and odd models."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from models.kernel.canary import Canary
from models.kernel.text import Forest, parse

if TYPE_CHECKING:
    import lightgbm


def booster_of(forest: Forest, canary: Canary | None) -> "lightgbm.Booster":
    """Give LightGBM what was checked, and nothing else.

    Raises
    ------
    ModelRefusedError
        It scores the canary rows otherwise than when the model was saved.
    """
    import lightgbm

    booster = lightgbm.Booster(model_str=forest.checked_text)
    if canary is not None:
        canary.check(predict(booster, canary.matrix, 1), "LightGBM")
    return booster


def canary_of(booster: "lightgbm.Booster", text: str) -> Canary:
    """Make canary rows for a model that was just trained, and score them with it."""
    return Canary.of(parse(text.encode()), lambda matrix: predict(booster, matrix, 1))


def predict(
    booster: "lightgbm.Booster", matrix: npt.NDArray[Any], threads: int
) -> npt.NDArray[np.float64]:
    """Return raw scores, (n,) float64, of a matrix (n, k)."""
    scores = booster.predict(matrix, raw_score=True, num_threads=threads, num_iteration=-1)
    return np.asarray(scores, np.float64)
