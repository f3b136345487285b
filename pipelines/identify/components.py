"""Components: leads that pairs connect, found by union-find over arrays.

Memory grows with the pairs and not with the backlog, because a lead that joined nobody is in none.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

MAX_LEADS_PER_PERSON: Final = 50
RULES: Final = ("email", "phone", "source_merge", "fuzzy")
EDGE_SCHEMA: Final = {
    "lead_key": pl.Int64,
    "other_lead_key": pl.Int64,
    "rule": pl.String,
    "weight": pl.Float64,
}
CLUSTER_SCHEMA: Final = {"group_key": pl.Int64, "lead_key": pl.Int64}
# Weights that fuzzy pairs of a component must exceed, one after the other, while it is too large.
_LADDER = (5.0, 8.0, 12.0, 20.0, float("inf"))

_Keys = npt.NDArray[np.int64]
_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Components:
    """What the pairs connect.

    Attributes
    ----------
    members : pl.DataFrame
        lead_key, person_key, match_rule, match_weight of every lead that joined another.
    clusters : pl.DataFrame
        group_key, lead_key of every lead of a component that was not believed as a whole.
    oversized : int
        Such components.
    """

    members: pl.DataFrame
    clusters: pl.DataFrame
    oversized: int


def components(edges: pl.DataFrame) -> Components:
    """Return the persons that `edges` connect.

    A component of more than `MAX_LEADS_PER_PERSON` leads is not believed: its fuzzy pairs are given
    up, the weakest first, and if the exact ones alone are too many its leads stay apart.

    Parameters
    ----------
    edges : pl.DataFrame
        lead_key, other_lead_key, rule (one of `RULES`), weight (null unless fuzzy).
    """
    keys, codes = np.unique(
        np.concatenate([edges["lead_key"].to_numpy(), edges["other_lead_key"].to_numpy()]),
        return_inverse=True,
    )
    a, b = codes[: edges.height], codes[edges.height :]
    weight = edges["weight"].fill_null(float("inf")).to_numpy()
    kept = np.ones(edges.height, dtype=np.bool_)
    whole = _labels(a, b, len(keys))
    is_large = np.bincount(whole, minlength=1)[whole] > MAX_LEADS_PER_PERSON
    label, is_over = whole, is_large
    for bar in _LADDER:
        if not is_over.any():
            break
        kept &= ~is_over[a] | (weight >= bar)
        label = _labels(a[kept], b[kept], len(keys))
        is_over = np.bincount(label, minlength=1)[label] > MAX_LEADS_PER_PERSON
    kept &= ~is_over[a]
    # keys are sorted, so the first lead of a component has its smallest key
    _, first = np.unique(label, return_index=True)
    _, first_of_whole = np.unique(whole, return_index=True)
    members = pl.DataFrame(
        {
            "lead_key": keys,
            "person_key": keys[first[label]],
            "match_rule": _rules(edges["rule"].to_numpy(), a, b, kept, len(keys)),
            "match_weight": _weights(weight, a, b, kept, len(keys)),
        },
        schema={
            "lead_key": pl.Int64,
            "person_key": pl.Int64,
            "match_rule": pl.String,
            "match_weight": pl.Float64,
        },
    ).filter(pl.col("match_rule") != "")
    clusters = pl.DataFrame(
        {"group_key": keys[first_of_whole[whole]][is_large], "lead_key": keys[is_large]},
        schema=CLUSTER_SCHEMA,
    )
    return Components(members, clusters, clusters["group_key"].n_unique())


def connected(edges: pl.DataFrame) -> pl.DataFrame:
    """Return group_key, lead_key of every lead of a pair; a group is what the pairs connect."""
    keys, codes = np.unique(
        np.concatenate([edges["lead_key"].to_numpy(), edges["other_lead_key"].to_numpy()]),
        return_inverse=True,
    )
    label = _labels(codes[: edges.height], codes[edges.height :], len(keys))
    _, first = np.unique(label, return_index=True)
    return pl.DataFrame(
        {"group_key": keys[first[label]], "lead_key": keys},
        schema=CLUSTER_SCHEMA,
    )


def _labels(a: _Keys, b: _Keys, size: int) -> _Keys:
    graph = coo_array((np.ones(len(a), dtype=np.int8), (a, b)), shape=(size, size))
    label: _Keys = connected_components(graph, directed=False)[1]
    return label


def _rules(rule: npt.NDArray[np.object_], a: _Keys, b: _Keys, kept: _Mask, size: int) -> list[str]:
    """Return the rules by which each lead joined others, ``+`` between; empty: by none."""
    found = np.zeros(size, dtype=np.int8)
    for bit, name in enumerate(RULES):
        chosen = kept & (rule == name)
        found[a[chosen]] |= 1 << bit
        found[b[chosen]] |= 1 << bit
    texts = [
        "+".join(name for bit, name in enumerate(RULES) if mask >> bit & 1)
        for mask in range(1 << len(RULES))
    ]
    spelt: list[str] = np.array(texts, dtype=object)[found].tolist()
    return spelt


def _weights(
    weight: npt.NDArray[np.float64], a: _Keys, b: _Keys, kept: _Mask, size: int
) -> pl.Series:
    """Return the highest weight of the fuzzy pairs of each lead; null without one."""
    best = np.full(size, -np.inf)
    chosen = kept & np.isfinite(weight)
    for end in (a, b):
        np.maximum.at(best, end[chosen], weight[chosen])
    return pl.Series(best).replace(-np.inf, None)
