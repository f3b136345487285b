"""The slow twin of the test that every reason has to pass: change the fact, score again."""

import numpy as np
import polars as pl

from models.model import Model


def moves_as_stated(model: Model, lead: pl.DataFrame, feature: str, contribution: float) -> bool:
    """Tell whether the score moves the other way when one fact of a lead is another one.

    The fact takes each value that the manifest counted leads for; the mean over them, weighted by
    those leads, must lie on the side that the contribution says, and the typical value must not lie
    on the other.
    """
    counts = model.manifest["facts"]["features"][feature]
    values = [*counts["edges"], None]
    own, kind = lead[feature][0], model.features[feature].kind
    cell = len(values) - 1 if own is None else sum(own >= edge for edge in counts["edges"]) - 1
    now = model.score(lead)["raw_score"][0]
    other = {}
    for place, value in enumerate(values):
        if place != cell and counts["rows"][place]:
            changed = lead.with_columns(pl.lit(value, pl.Float32).alias(feature))
            other[place] = now - model.score(changed)["raw_score"][0]
    weight = [counts["rows"][place] for place in other]
    mean = np.average(list(other.values()), weights=weight)
    typical = _typical(counts, kind)
    if typical == cell:
        typical = max(other, key=lambda place: (counts["rows"][place], -place))
    return bool(mean * contribution > 0 and other[typical] * contribution >= 0)


def _typical(counts: dict[str, list[int]], kind: str) -> int:
    rows = counts["rows"]
    known = rows[:-1]
    if kind != "number":
        return max(range(len(rows)), key=lambda place: (rows[place], -place))
    if rows[-1] > sum(known):
        return len(known)
    passed = 0
    for place, count in enumerate(known):
        passed += count
        if passed > sum(known) / 2:
            return place
    return len(known) - 1
