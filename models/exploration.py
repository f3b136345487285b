"""What a list would bring, from leads that were put on a list by lot with a known chance.

Everywhere else outcomes are known of leads that somebody chose to contact, and a metric on those
says how good a ranking is among leads like them. A slice drawn by lot, with the chance of every
lead logged, says it for all: each outcome stands for as many leads as its chance is small.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.stats import norm

from models.errors import ModelError
from models.matrix import F64, Bools
from models.metrics import auc

# Below, a normal interval of a share of a few percent is not to be believed; judgement.
MIN_EFFECTIVE_ROWS: Final = 100.0


@dataclass(frozen=True)
class Estimate:
    """A mean over all leads that a list would take, estimated from those drawn by lot.

    Parameters
    ----------
    value, low, high : float
        Share that converts, with its interval; NaN where nothing was drawn.
    rows : int
        Drawn leads that the list would take.
    effective_rows : float
        As many leads of equal chance would say as much (Kish 1965): below `MIN_EFFECTIVE_ROWS`
        the interval is not to be believed.
    """

    value: float
    low: float
    high: float
    rows: int
    effective_rows: float

    @property
    def is_sound(self) -> bool:
        """Whether enough was drawn for the interval to mean something."""
        return self.effective_rows >= MIN_EFFECTIVE_ROWS


def conversion_of(
    label: Bools, propensity: F64, wanted: F64 | Bools, level: float = 0.95
) -> Estimate:
    """Estimate the share that converts of the leads that a list would take.

    Self-normalised inverse propensity weighting (Swaminathan and Joachims 2015, "The
    self-normalized estimator for counterfactual learning", NIPS); interval by the delta method.

    Parameters
    ----------
    label : (n,) bool
        Converted within the horizon after being contacted; drawn leads only, complete windows only.
    propensity : (n,) float64
        Chance with which each was drawn, as logged; in (0, 1].
    wanted : (n,) float64 or bool
        Chance with which the list that is judged would take the lead.

    Raises
    ------
    ModelError
        Arrays of different lengths, or a chance that is none.
    """
    weight = _weights(label, propensity) * wanted
    total, rows = float(weight.sum()), int((weight > 0).sum())
    if rows == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0, 0.0)
    value = float((weight * label).sum() / total)
    error = float(np.sqrt((weight**2 * (label - value) ** 2).sum()) / total)
    half = float(norm.ppf(0.5 + level / 2)) * error
    effective = total**2 / float((weight**2).sum())
    return Estimate(value, max(0.0, value - half), min(1.0, value + half), rows, effective)


def auc_of(label: Bools, score: F64, propensity: F64) -> float:
    """Estimate the AUC among all leads that could have been drawn; NaN without both outcomes.

    Parameters
    ----------
    label, propensity : (n,)
        As for `conversion_of`.
    score : (n,) float64
        Larger = more likely.
    """
    weight = _weights(label, propensity)
    if len(np.unique(weight)) <= 1:
        return auc(label, score)
    _, place = np.unique(score, return_inverse=True)
    won = np.bincount(place, weights=weight * label)
    lost = np.bincount(place, weights=weight * ~label)
    if won.sum() == 0 or lost.sum() == 0:
        return float("nan")
    below = np.cumsum(lost) - lost / 2
    return float((won * below).sum() / won.sum() / lost.sum())


def _weights(label: Bools, propensity: F64) -> F64:
    if len(label) != len(propensity):
        raise ModelError("outcomes and chances of different lengths", "one chance per lead")
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise ModelError("a logged chance that is not above 0 and at most 1", "in (0, 1]")
    weight: F64 = 1.0 / propensity
    return weight
