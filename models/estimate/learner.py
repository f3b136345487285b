"""Forecasts for the people of a campaign, each by models that never saw the one they speak of.

Two logistic regressions, or ridge ones for amounts: one of the treated, one of the others, each of
four fifths of the people, for the fifth that is left (cross-fitting: Chernozhukov et al. 2018,
"Double/debiased machine learning"; two models: Kunzel et al. 2019, "Metalearners").
"""

from typing import Final

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge

from models.errors import ModelError
from models.estimate.campaign import Campaign
from models.matrix import F64, Bools

FOLDS: Final = 5
_LEAST_OF_EACH: Final = 10
_MOST_ROWS: Final = 200_000


def forecasts_of(campaign: Campaign, design: F64, seed: int = 0) -> F64:
    """Forecast the outcome of everybody, untreated and treated.

    Parameters
    ----------
    design : (n, k) float64
        What is known of each beforehand, standardised, without gaps.

    Returns
    -------
    (n, 2) float64
    """
    if len(design) != len(campaign.outcome):
        raise ModelError("columns of different lengths", "one row per person")
    fold = np.random.default_rng(seed).permutation(np.arange(len(design)) % FOLDS)
    found = np.empty((len(design), 2))
    for one in range(FOLDS):
        for arm in (0, 1):
            rows = (fold != one) & (campaign.treated == bool(arm))
            found[fold == one, arm] = _forecast(campaign, design, rows, design[fold == one])
    return found


def _forecast(campaign: Campaign, design: F64, rows: Bools, asked: F64) -> F64:
    """Return (m,) forecasts; the mean where too little is known."""
    places = np.flatnonzero(rows)[:_MOST_ROWS]
    outcome, weight = campaign.outcome[places], campaign.weight[places]
    if not len(places):
        return np.zeros(len(asked))
    mean = float((weight * outcome).sum() / weight.sum())
    if not campaign.is_binary:
        return np.asarray(Ridge(alpha=10.0).fit(design[places], outcome, weight).predict(asked))
    rarer = min(float(outcome.sum()), float((1 - outcome).sum()))
    if rarer < _LEAST_OF_EACH or not design.shape[1]:
        return np.full(len(asked), mean)
    fitted = LogisticRegression(C=0.1, max_iter=300).fit(design[places], outcome > 0, weight)
    return np.asarray(fitted.predict_proba(asked)[:, 1])
