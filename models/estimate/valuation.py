"""A campaign that treated people by lot, valued under other rules of whom to treat."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from models.estimate.campaign import Campaign, Value, gain_of, value_of
from models.estimate.combine import ratio
from models.estimate.curve import Curve, best, curve_of
from models.estimate.learner import forecasts_of
from models.estimate.share import Estimate, mean_of, share_of
from models.matrix import F64

SHARES: Final = (0.1, 0.2, 0.3, 0.5)
# Orders of treatment: who converts if treated, as a list is ranked; who does so because of it.
BY_CHANCE: Final = "ranking"
BY_UPLIFT: Final = "uplift"


@dataclass(frozen=True)
class Rule:
    """One rule of whom to treat.

    Parameters
    ----------
    name : str
        everybody, nobody, lot, or the order by which the first are treated.
    share : float
        Of all people that are treated.
    value : Value
        Mean outcome per person of all.
    over_lot, over_all : Value
        By how much it is better than treating as many by lot, and than treating everybody.
    """

    name: str
    share: float
    value: Value
    over_lot: Value
    over_all: Value


@dataclass(frozen=True)
class Valuation:
    """What a campaign teaches.

    Parameters
    ----------
    treated, untreated : Estimate
        Mean outcome of either arm.
    effect : Value
        By how much treating everybody is better than treating nobody.
    lift : Estimate
        Treated over untreated.
    rules : tuple of Rule
    curves : dict of str to Curve
        By order of treatment.
    """

    treated: Estimate
    untreated: Estimate
    effect: Value
    lift: Estimate
    rules: tuple[Rule, ...]
    curves: dict[str, Curve]


def valuation_of(
    campaign: Campaign,
    design: F64,
    score: F64 | None = None,
    shares: Sequence[float] = SHARES,
) -> Valuation:
    """Value a campaign under treating all, nobody, by lot, and the first of two orders.

    Parameters
    ----------
    design : (n, k) float64
        What is known of each beforehand.
    score : (n,) float64, optional
        The order to value, larger = treated earlier; learnt from the campaign where there is none.
    """
    forecast = forecasts_of(campaign, design)
    campaign = replace(campaign, forecast=forecast)
    untreated, treated = forecast.T
    orders = {
        BY_CHANCE: treated if score is None else score,
        BY_UPLIFT: treated - untreated,
    }
    arms = [_arm(campaign, arm) for arm in (True, False)]
    everybody = np.ones(len(design))
    return Valuation(
        treated=arms[0],
        untreated=arms[1],
        effect=gain_of(campaign, everybody, np.zeros(len(design))),
        lift=ratio(arms[0], arms[1]),
        rules=tuple(_rules(campaign, orders, shares)),
        curves={name: curve_of(campaign, order) for name, order in orders.items()},
    )


def _rules(campaign: Campaign, orders: dict[str, F64], shares: Sequence[float]) -> Iterator[Rule]:
    people = len(campaign.outcome)
    for name, share in (("everybody", 1.0), ("nobody", 0.0)):
        yield _rule(campaign, name, share, np.full(people, share))
    for share in shares:
        yield _rule(campaign, "lot", share, np.full(people, share))
        for name, order in orders.items():
            yield _rule(campaign, name, share, best(order, share))


def _rule(campaign: Campaign, name: str, share: float, wanted: F64) -> Rule:
    people = len(wanted)
    return Rule(
        name,
        share,
        value_of(campaign, wanted),
        gain_of(campaign, wanted, np.full(people, share)),
        gain_of(campaign, wanted, np.ones(people)),
    )


def _arm(campaign: Campaign, arm: bool) -> Estimate:
    weight = np.where(campaign.treated == arm, campaign.weight, 0.0)
    if campaign.is_binary:
        return share_of(campaign.outcome > 0, weight)
    return mean_of(campaign.outcome, weight)
