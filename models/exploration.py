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
from models.manifest import JSON, rounded
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


def explored(label: Bools, score: F64, chance: F64, share: float) -> dict[str, JSON] | None:
    """Say how a ranking does among all leads, from the rows of a block that were drawn by lot.

    Parameters
    ----------
    label : (n,) bool
    score : (n,) float64
        Larger = more likely; by a model that has not learnt from these rows.
    chance : (n,) float64
        Chance with which each was drawn, NaN = somebody or the ranking chose it.
    share : float
        Top of the list that is asked about.

    Returns
    -------
    dict or None
        ``rows`` and ``effective_rows`` drawn, ``is_sound``, ``auc``, ``everybody`` and ``top``:
        share that converts with its 95% interval; ``lift`` of the top. None = nothing was drawn.
    """
    drawn = ~np.isnan(chance)
    if not drawn.any():
        return None
    label, score, chance = label[drawn], score[drawn], chance[drawn]
    everybody = conversion_of(label, chance, np.ones(len(label)))
    top = conversion_of(label, chance, _top(score, chance, share))
    return {
        "rows": everybody.rows,
        "positives": int(label.sum()),
        "effective_rows": rounded(everybody.effective_rows, 1),
        "is_sound": everybody.is_sound,
        "auc": rounded(auc_of(label, score, chance)),
        "everybody": _stated(everybody),
        "top": {"share": rounded(share), **_stated(top), "is_sound": top.is_sound},
        "lift": rounded(top.value / everybody.value) if everybody.value else None,
    }


def _top(score: F64, chance: F64, share: float) -> F64:
    """Chance of each row to be among the best `share` of all leads that it stands for."""
    weight = _weights(np.ones(len(chance), dtype=np.bool_), chance)
    order = np.argsort(-score, kind="stable")
    before = np.cumsum(weight[order]) - weight[order]
    taken = np.empty(len(score))
    taken[order] = np.clip((share * weight.sum() - before) / weight[order], 0, 1)
    return taken


def _stated(found: Estimate) -> dict[str, JSON]:
    return {
        "value": rounded(found.value),
        "low": rounded(found.low),
        "high": rounded(found.high),
        "rows": found.rows,
    }


def _weights(label: Bools, propensity: F64) -> F64:
    if len(label) != len(propensity):
        raise ModelError("outcomes and chances of different lengths", "one chance per lead")
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise ModelError("a logged chance that is not above 0 and at most 1", "in (0, 1]")
    weight: F64 = 1.0 / propensity
    return weight
