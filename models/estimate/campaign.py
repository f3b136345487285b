"""What a rule for whom to treat would have brought, from a campaign that treated people by lot.

Three estimators of the same number. By inverse propensity (Horvitz and Thompson 1952): who was
treated as the rule would have it counts for as many as had the same chance. Self-normalised: the
weights of each arm are made to add up (Hajek 1971). Doubly robust (Robins, Rotnitzky and Zhao 1994;
Dudik, Langford and Li 2011): a forecast for everybody, corrected by who was treated.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from models.errors import ModelError
from models.estimate.combine import linear
from models.estimate.share import (
    Estimate,
    mean_of,
    share_by_score,
    share_of,
    skewed_interval,
)
from models.matrix import F64, Bools, Ints

_MOST_STRATA: Final = 40
_LEAST_SHARE: Final = 0.01


@dataclass(frozen=True)
class Campaign:
    """People who were treated by lot, or left alone, and what became of them.

    Parameters
    ----------
    outcome : (n,) float64
        Converted, 0 or 1, or an amount.
    treated : (n,) bool
    chance : (n,) float64
        Chance of each to be treated, above 0 and below 1.
    forecast : (n, 2) float64, optional
        Expected outcome of each untreated and treated, by models that have not seen the row.
    """

    outcome: F64
    treated: Bools
    chance: F64
    forecast: F64 | None = None

    def __post_init__(self) -> None:
        if not len(self.outcome) == len(self.treated) == len(self.chance):
            raise ModelError("columns of different lengths", "one value per person")
        if not len(self.outcome):
            raise ModelError("nobody in the campaign", "people, treated and not")
        if not ((self.chance > 0) & (self.chance < 1)).all():
            raise ModelError(
                "a chance to be treated that is not above 0 and below 1",
                "everybody could have been treated, and left alone",
            )

    @property
    def is_binary(self) -> bool:
        """Whether the outcome is yes or no."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    @property
    def weight(self) -> F64:
        """One over the chance of what happened to each."""
        return np.where(self.treated, 1 / self.chance, 1 / (1 - self.chance))


@dataclass(frozen=True)
class Value:
    """Mean outcome per person under a rule, or by how much two rules differ.

    Parameters
    ----------
    plain : Estimate
        By inverse propensity.
    normalised : Estimate
        Self-normalised; the one to read where there is no forecast.
    doubly_robust : Estimate or None
        None without a forecast.
    """

    plain: Estimate
    normalised: Estimate
    doubly_robust: Estimate | None


def value_of(campaign: Campaign, wanted: F64) -> Value:
    """Estimate the mean outcome had each been treated with chance `wanted`, (n,) from 0 to 1."""
    return _compared(campaign, wanted, None)


def gain_of(campaign: Campaign, wanted: F64, instead: F64) -> Value:
    """Estimate the mean outcome under `wanted` less that under `instead`, on the same people."""
    return _compared(campaign, wanted, instead)


def _compared(campaign: Campaign, wanted: F64, instead: F64 | None) -> Value:
    if len(wanted) != len(campaign.outcome) or not ((wanted >= 0) & (wanted <= 1)).all():
        raise ModelError("a rule that is not one chance from 0 to 1 for each person", "(n,)")
    # What each is worth under either treatment, in the sum over people.
    treat = wanted if instead is None else wanted - instead
    leave = 1 - wanted if instead is None else instead - wanted
    factor = np.where(campaign.treated, treat, leave) * campaign.weight
    normalised = _by_strata(campaign, treat, leave)
    plain = _mean(factor * campaign.outcome, campaign, normalised)
    robust = None
    if campaign.forecast is not None:
        untreated, treated = campaign.forecast.T
        seen = np.where(campaign.treated, treated, untreated)
        forecast = treat * treated + leave * untreated
        robust = _mean(forecast + factor * (campaign.outcome - seen), campaign, normalised)
    return Value(plain, normalised, robust)


def _mean(parts: F64, campaign: Campaign, normalised: Estimate) -> Estimate:
    """Return the plain mean of each person's part, at least as unsure as the normalised one is.

    Of a rare outcome the parts alone do not know how heavy the next conversion may weigh: alone
    they covered 50 to 80% of the time at 1% and propensities down to 0.4%.
    """
    value = float(parts.mean())
    low, high = skewed_interval(value, (parts - value) / len(parts))
    if campaign.is_binary and not np.isnan(normalised.value):
        low = min(low, value - (normalised.value - normalised.low))
        high = max(high, value + (normalised.high - normalised.value))
    return replace(normalised, value=value, low=low, high=high)


def _by_strata(campaign: Campaign, treat: F64, leave: F64) -> Estimate:
    """Add up what those of whom the rules want the same did in either arm: cells share nobody."""
    inside = _kinds(treat)
    counts = np.bincount(inside)
    wanted = [
        (number, arm, float(factors.sum() / len(inside)))
        for arm, factor in ((True, treat), (False, leave))
        for number, factors in enumerate(_split(factor, inside, counts))
        if factors.any()
    ]
    parts = [
        _cell(campaign, (inside == number) & (campaign.treated == arm), is_alone=len(wanted) == 1)
        for number, arm, _ in wanted
    ]
    if not parts:
        return Estimate(0.0, 0.0, 0.0, len(inside), 0.0, float(len(inside)))
    return linear(parts, [factor for _, _, factor in wanted])


def _kinds(treat: F64) -> Ints:
    """Return (n,) of which kind each person is: the rules want the same of them, or nearly so."""
    kinds, inside, counts = np.unique(treat, return_inverse=True, return_counts=True)
    inside = inside.reshape(-1)
    if len(kinds) > _MOST_STRATA:
        edges = np.quantile(treat, np.linspace(0, 1, _MOST_STRATA + 1)[1:-1])
        inside = np.searchsorted(edges, treat)
    else:
        # The few who share the last place of a ranking go with whoever is wanted most alike.
        large = np.flatnonzero(counts >= _LEAST_SHARE * len(treat))
        nearest = large[np.abs(kinds[:, None] - kinds[large]).argmin(axis=1)]
        inside = nearest[inside]
    found: Ints = np.unique(inside, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return found


def _split(values: F64, inside: Ints, counts: Ints) -> list[F64]:
    """Return the values of each kind."""
    order = np.argsort(inside, kind="stable")
    return np.split(values[order], np.cumsum(counts)[:-1])


def _cell(campaign: Campaign, rows: Bools, *, is_alone: bool) -> Estimate:
    weight = np.where(rows, campaign.weight, 0.0)
    if not campaign.is_binary:
        return mean_of(campaign.outcome, weight)
    return (share_of if is_alone else share_by_score)(campaign.outcome > 0, weight)
