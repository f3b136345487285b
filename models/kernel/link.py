"""From the raw score to the probability that a LightGBM objective stands for."""

import re
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from models.errors import ModelRefusedError
from models.kernel.text import Forest

_BINARY: Final = re.compile(r"binary sigmoid:(\d+(?:\.\d*)?(?:e[-+]\d+)?)")
_CROSS_ENTROPIES: Final = ("cross_entropy", "cross_entropy_lambda")


@dataclass(frozen=True)
class Link:
    """P = 1 / (1 + exp(-slope * raw / divisor)).

    Parameters
    ----------
    slope : float
        LightGBM's parameter `sigmoid`, as the model text has it: six digits.
    divisor : int
        Number of trees of a random forest, which averages them; else 1.
    """

    slope: float
    divisor: int

    def apply(self, raw: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return probabilities, (n,) float64 in [0, 1], for raw scores (n,).

        The same bits as LightGBM's: both take the exponential of the C library, which NumPy's own
        differs from in the last bit.
        """
        from scipy.special import expit  # a tenth of a second that raw scores need not pay

        score = raw / self.divisor if self.divisor > 1 else raw
        found: npt.NDArray[np.float64] = expit(self.slope * score)
        return found


def link_of(forest: Forest) -> Link:
    """Return the link of the objective of a model.

    `cross_entropy_lambda` predicts an intensity in LightGBM, log(1 + exp(raw)); the probability of
    a row of weight 1 is 1 - exp(-intensity), which is the plain sigmoid.

    Raises
    ------
    ModelRefusedError
        For objectives whose scores are no probabilities: regression, counts, ranking, custom.
    """
    divisor = len(forest.trees) if forest.is_averaged else 1
    if forest.objective in _CROSS_ENTROPIES:
        return Link(1.0, divisor)
    found = _BINARY.fullmatch(forest.objective)
    if found is None or not 0 < float(found[1]) < np.inf:
        name = forest.objective.partition(" ")[0][:40]
        raise ModelRefusedError(
            f"a model with objective {name!r}, whose scores are no probabilities",
            "binary, cross_entropy or cross_entropy_lambda",
            "use raw_score",
        )
    return Link(float(found[1]), divisor)
