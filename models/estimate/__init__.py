"""Estimates of what a list, a contact or a handler brings, each with the interval it deserves."""

from models.estimate.bands import Band, bands_of
from models.estimate.campaign import Campaign, Value, gain_of, value_of
from models.estimate.combine import difference, linear, ratio, scaled
from models.estimate.curve import Curve, best, curve_of
from models.estimate.design import design_of, imbalance_of
from models.estimate.doubt import DOUBT, Fall, evidence_of, fall_of, is_beyond_doubt
from models.estimate.learner import forecasts_of
from models.estimate.share import (
    LEVEL,
    MIN_EFFECTIVE_ROWS,
    NOTHING,
    Estimate,
    mean_of,
    share_by_score,
    share_of,
)
from models.estimate.valuation import Valuation, valuation_of

__all__ = [
    "DOUBT",
    "LEVEL",
    "MIN_EFFECTIVE_ROWS",
    "NOTHING",
    "Band",
    "Campaign",
    "Curve",
    "Estimate",
    "Fall",
    "Valuation",
    "Value",
    "bands_of",
    "best",
    "curve_of",
    "design_of",
    "difference",
    "evidence_of",
    "fall_of",
    "forecasts_of",
    "gain_of",
    "imbalance_of",
    "is_beyond_doubt",
    "linear",
    "mean_of",
    "ratio",
    "scaled",
    "share_by_score",
    "share_of",
    "valuation_of",
    "value_of",
]
