"""Milestones read from the values of status columns."""

import polars as pl

from pipelines.load.meaning.outcome_rules import OPEN, OutcomeRule, milestones_of
from pipelines.load.rows.context import Context


def told_milestones(
    given: pl.Series, known: pl.Series, context: Context
) -> tuple[pl.Series, pl.Series]:
    """Read the milestone column of an outcome file as the mapping, or its CRM, explains it.

    Parameters
    ----------
    given : pl.Series
        Utf8; the cells.
    known : pl.Series
        Utf8; what our own vocabulary says of them, for what nothing else explains.

    Returns
    -------
    tuple of pl.Series
        The milestone, null where unknown or none; and whether the record tells of none, Boolean.
    """
    rule = _rule_of(context)
    nowhere = pl.repeat(False, len(given), dtype=pl.Boolean, eager=True)
    if rule is None:
        return known, nowhere
    meant = milestones_of(given, rule)
    is_open = (meant == OPEN).fill_null(value=False)
    if not rule.is_whole:
        return meant.alias(given.name), is_open | meant.is_null()
    value = meant.zip_with(meant.is_not_null() & ~is_open, known)
    return value.alias(given.name), is_open


def _rule_of(context: Context) -> OutcomeRule | None:
    column = context.plan.claims.get("milestone")
    return next((rule for rule in context.plan.outcomes if rule.column == column), None)
