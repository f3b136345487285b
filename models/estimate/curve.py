"""How much treating the best of a ranking first brings: the uplift curve and Qini's number.

Radcliffe 2007, "Using control groups to target on predicted lift"; here by inverse propensity.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.estimate.campaign import Campaign, gain_of
from models.estimate.share import Estimate
from models.matrix import F64

SHARES: Final = tuple(tenth / 10 for tenth in range(1, 11))


@dataclass(frozen=True)
class Curve:
    """What treating a share of all brings beyond treating nobody, per person of all.

    Parameters
    ----------
    shares : tuple of float
    gains : tuple of Estimate
        Of the ranking, at each share.
    qini : float
        Area between the curve and the straight line to its end, which is treating by lot.
    """

    shares: tuple[float, ...]
    gains: tuple[Estimate, ...]
    qini: float


def curve_of(campaign: Campaign, score: F64) -> Curve:
    """Return the curve of a ranking, (n,), larger = treated earlier."""
    nobody = np.zeros(len(score))
    gains = tuple(gain_of(campaign, best(score, share), nobody).normalised for share in SHARES)
    heights = np.array([0.0, *(gain.value for gain in gains)])
    places = np.array([0.0, *SHARES])
    area = float(((heights[1:] + heights[:-1]) / 2 * np.diff(places)).sum())
    return Curve(SHARES, gains, area - float(heights[-1]) / 2)


def best(score: F64, share: float) -> F64:
    """Return (n,) the chance of each to be among the best `share`; equal scores share the rest."""
    wanted = share * len(score)
    _, inside, counts = np.unique(-score, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    return np.clip((wanted - before) / counts, 0, 1)[inside.reshape(-1)]
