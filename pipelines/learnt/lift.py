"""What the ranking brings over the lot and over the newest first, and what the lot costs."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from models.estimate import Estimate, difference, ratio, scaled, share_by_score, share_of
from models.matrix import F64
from pipelines.learnt.rows import AS_OFTEN, Row


def lift_rows(listings: pl.DataFrame) -> Iterator[Row]:
    """Yield the figures of `lift_estimate`.

    What the ranking chose is judged by what it chose. What the lot would have brought is judged by
    those it drew, each for as many as had the same chance; the newest first by those of them that
    would have been among the newest.

    Parameters
    ----------
    listings : DataFrame
        As listings.sql gives it: slice, propensity, is_newest, converted, contacted, person_key.
    """
    chosen = (listings["slice"] == "exploit").fill_null(value=False).to_numpy().astype(np.float64)
    chance = listings["propensity"].cast(pl.Float64).fill_null(np.nan).to_numpy()
    drawn = np.where(np.isfinite(chance) & (chance > 0), 1 / np.where(chance > 0, chance, 1), 0.0)
    newest = drawn * listings["is_newest"].to_numpy()
    note = _hardly_contacted(listings, chosen, drawn)
    policies = {"ranking": chosen, "random": drawn, "newest_first": newest}
    parts: dict[str, Estimate] = {}
    for policy, weight in policies.items():
        parts[policy] = _estimate(listings, weight, is_alone=True)
        yield Row(_keys("conversion", policy), parts[policy])
    for policy in ("random", "newest_first"):
        found = ratio(parts["ranking"], parts[policy])
        yield Row(_keys("lift", policy), found, ".2f", more=note)
    # As many listings chosen instead would have converted as those that were: a little too many,
    # since the last places would have gone to those who came next.
    as_drawn = _estimate(listings, (drawn > 0).astype(np.float64))
    places = int((drawn > 0).sum())
    lost = scaled(difference(_estimate(listings, chosen), as_drawn), float(places))
    yield Row(_keys("forgone", "exploration"), lost, ".1f", more=" conversions at most")


def _estimate(listings: pl.DataFrame, weight: F64, *, is_alone: bool = False) -> Estimate:
    label = listings["converted"].to_numpy().astype(np.bool_)
    people = listings["person_key"].to_numpy().astype(np.int64)
    return (share_of if is_alone else share_by_score)(label, weight, people)


def _hardly_contacted(listings: pl.DataFrame, chosen: F64, drawn: F64) -> str:
    contacted = listings["contacted"].to_numpy().astype(np.float64)
    if not chosen.sum() or not (drawn > 0).any():
        return ""
    ours, theirs = float(contacted[chosen > 0].mean()), float(contacted[drawn > 0].mean())
    if theirs >= AS_OFTEN * ours:
        return ""
    return (
        f"; of those drawn by lot {theirs:.0%} were contacted, of the others {ours:.0%}:"
        " it is the lift of the list as it was worked"
    )


def _keys(measure: str, policy: str) -> dict[str, str]:
    return {"measure": measure, "policy": policy}
