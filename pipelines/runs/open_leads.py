"""Leads whose outcome nobody knows yet: what a model is for, beside what it learns from."""

from typing import Final

import polars as pl

from features.build import build
from features.featureset import FeatureSet
from pipelines.featurise import feature_batches, open_rows
from pipelines.runs.context import RunContext
from pipelines.runs.rivals import Rivals
from pipelines.store import Database

_MOST: Final = 20_000  # rates of so many are within 1%


def open_matrix(
    db: Database, ctx: RunContext, source: str | None, features: FeatureSet, rivals: Rivals
) -> pl.DataFrame:
    """Build the matrix of some of them, to see what drifted.

    Parameters
    ----------
    source : str or None
        Source of a file without dates; None = the dated population.
    rivals : Rivals
        They are shown the same leads.

    Returns
    -------
    pl.DataFrame
        Shape (m, k), as `features.build.build` gives it; m may be 0.
    """
    retention = ctx.settings.policy.retention
    target = open_rows(
        db,
        source_system=source,
        as_of=ctx.as_of,
        most=_MOST,
        retention_months=retention.months if source is None else 0,
        retention_countries=retention.countries if source is None else (),
    )
    batches = feature_batches(
        db,
        target=target,
        rows=ctx.settings.memory.batch_rows,
        columns={*features.inputs, *rivals.inputs},
        custom_source=source,
    )
    parts = []
    for batch in batches:
        parts.append(build(batch, features))
        rivals.see_open(batch)
    return pl.concat(parts)
