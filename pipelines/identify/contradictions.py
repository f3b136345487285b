"""Persons whose leads contradict each other: a father and his son, chained by a third lead.

Two leads may each look like a third one that says little. What says who they are is compared over
the whole component, and the weakest pairs between those who cannot be one are given up.
"""

from typing import Final

import polars as pl

from pipelines.identify.components import CLUSTER_SCHEMA, MAX_LEADS_PER_PERSON, connected
from pipelines.identify.identity_columns import gather_identity
from pipelines.store import Database, sql

# A date of birth that differs in more signs is no mistake but another date.
_MISTAKES: Final = 4
# Two leads that are joined were compared with each other already.
_LEAST: Final = 3
_WHAT: Final = ("suffix", "birth_date")


def without_contradictions(db: Database, edges: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the pairs that are believed together, and the leads of whom some were given up.

    Exact pairs always hold. Fuzzy ones are taken from the strongest on, each unless one of its
    leads does not say what it would chain: two leads with other suffixes or dates of birth.

    Parameters
    ----------
    edges : pl.DataFrame
        As of `components`.

    Returns
    -------
    tuple of pl.DataFrame
        `edges` without those given up; group_key, lead_key of every lead of their components.
    """
    fuzzy = edges.filter(pl.col("rule") == "fuzzy")
    nothing = pl.DataFrame(schema=CLUSTER_SCHEMA)
    if fuzzy.is_empty():
        return edges, nothing
    whole = connected(edges)
    with_fuzzy = whole.join(fuzzy, on="lead_key", how="semi")
    suspects = whole.join(with_fuzzy, on="group_key", how="semi").filter(
        pl.len().over("group_key").is_between(_LEAST, MAX_LEADS_PER_PERSON)
    )
    if suspects.is_empty():
        return edges, nothing
    gather_identity(db)
    db.register("suspect_frame", suspects)
    try:
        db.run(sql(__package__, "suspect_said.sql"))
        told_apart = db.frame(sql(__package__, "contradicted.sql"), mistakes=_MISTAKES)
        said = db.frame("SELECT lead_key, suffix, birth_date FROM suspect_said")
    finally:
        db.unregister("suspect_frame")
        db.run("DROP TABLE IF EXISTS suspect_said")
        db.run("DROP TABLE IF EXISTS identity_value")
    bound = suspects.join(told_apart, on="group_key", how="semi")
    doubted = edges.join(bound, on="lead_key", how="semi")
    said = said.join(bound, on="lead_key", how="semi")
    silent = {
        (lead, what) for what in _WHAT for lead in said.filter(pl.col(what).is_null())["lead_key"]
    }
    kept = _believed(doubted, told_apart, silent)
    given_up = doubted.filter(~kept)
    bound = bound.join(bound.join(given_up, on="lead_key", how="semi"), on="group_key", how="semi")
    keys = ["lead_key", "other_lead_key", "rule"]
    return edges.join(given_up, on=keys, how="anti", maintain_order="left"), bound


def _believed(
    edges: pl.DataFrame, told_apart: pl.DataFrame, silent: set[tuple[int, str]]
) -> pl.Series:
    """Tell which pairs can be believed together; few components have any contradiction."""
    order = edges.with_row_index().sort(
        pl.col("weight").fill_null(float("inf")),
        "lead_key",
        "other_lead_key",
        descending=[True, False, False],
    )
    why: dict[tuple[int, int], set[str]] = {}
    for lead, other, what in told_apart.select("lead_key", "other_lead_key", "what").iter_rows():
        why.setdefault((lead, other), set()).add(what)
    leads: dict[int, set[int]] = {}
    kept = [True] * edges.height
    rows = order.select("index", "lead_key", "other_lead_key", "rule").iter_rows()
    for index, lead, other, rule in rows:
        ours, theirs = leads.setdefault(lead, {lead}), leads.setdefault(other, {other})
        if ours is theirs:
            continue
        # Two leads that both say it were compared in it, and are near enough.
        unsaid = {what for what in _WHAT if (lead, what) in silent or (other, what) in silent}
        if rule == "fuzzy" and any(
            unsaid & why.get((max(a, b), min(a, b)), set()) for a in ours for b in theirs
        ):
            kept[index] = False
            continue
        ours |= theirs
        for one in theirs:
            leads[one] = ours
    return pl.Series(kept, dtype=pl.Boolean)
