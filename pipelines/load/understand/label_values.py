"""Which values of a status or label column mean nothing to us yet, for a picklist that is one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.meaning.outcome_rules import OutcomeRule, milestones_of
from pipelines.load.meaning.plan import Plan
from pipelines.load.normalise.many2one import unlinked
from pipelines.load.read.quarantine import Reason
from pipelines.store import Database, quoted, sql

# A column with more is no picklist, and what it holds is nobody's business here.
_MAX_DISTINCT: Final = 200
_MAX_SHOWN: Final = 20
# An address, a number to call, a sentence.
_PERSONAL: Final = r"@|^\+|[0-9]{3}[ ./-][0-9]{3}|^.{61,}$"


def label_values(db: Database, plan: Plan, folder: Path) -> dict[str, dict[str, Any]]:
    """Count the cells of the columns that tell of outcomes, and those that mean nothing.

    Parameters
    ----------
    folder : pathlib.Path
        Parquet files of the batch: lead, custom, outcome, quarantine.

    Returns
    -------
    dict of str to dict
        Header to ``filled`` and ``unmapped`` (records) and ``values``: at most 20 values that mean
        nothing, with their records; empty where the column is no picklist or may be personal.
    """
    found = {}
    for rule in (*plan.outcomes, *_label_rule(plan)):
        if not rule.is_whole:
            continue
        counts = _counts(db, plan, rule, folder)
        if counts is not None:
            found[rule.column] = _judged(counts, rule, plan)
    return found


def _label_rule(plan: Plan) -> tuple[OutcomeRule, ...]:
    label = plan.label
    if label is None or label.negative is None:
        return ()  # whatever is not positive is negative
    values = {value.strip().lower(): "known" for value in (*label.positive, *label.negative)}
    return (OutcomeRule(label.column, values),)


def _counts(db: Database, plan: Plan, rule: OutcomeRule, folder: Path) -> pl.DataFrame | None:
    if plan.kind.name == "outcomes":
        # Values that mean something are not kept as they were: only those set aside are left.
        pointer = "/" + rule.column.replace("~", "~0").replace("/", "~1")
        cell = (
            f"CASE WHEN reason_code = '{Reason.UNKNOWN_VALUE}' AND json_valid(payload)"
            f" THEN payload ->> '{pointer.replace(chr(39), chr(39) * 2)}' END"
        )
        path = folder / "quarantine.parquet"
    else:
        field = next((n for n, h in plan.claims.items() if h == rule.column), "")
        in_lead = field in SCHEMAS["lead"]
        cell = quoted(field if in_lead else rule.column)
        path = folder / ("lead.parquet" if in_lead else "custom.parquet")
    if not path.exists():
        return None
    statement = sql(__package__, "label_values.sql").replace("__cell__", cell)
    return db.frame(statement, path=str(path), limit=_MAX_DISTINCT + 1)


def _judged(counts: pl.DataFrame, rule: OutcomeRule, plan: Plan) -> dict[str, Any]:
    cells = counts["cell"].str.strip_chars()
    if plan.preset is not None and plan.preset.false_is_blank:
        cells = unlinked(cells, has_false=False)
    counts = counts.with_columns(cells.alias("cell")).filter(pl.col("cell").fill_null("") != "")
    meant = milestones_of(counts["cell"], rule)
    if set(rule.meanings.values()) == {"known"}:
        known: Mapping[str, str] = rule.meanings
        meant = counts["cell"].str.to_lowercase().replace_strict(known, default=None)
    strange = counts.filter(meant.is_null())
    is_picklist = counts.height <= _MAX_DISTINCT
    shown = strange.filter(~pl.col("cell").str.contains(_PERSONAL)).head(_MAX_SHOWN)
    return {
        "filled": int(counts["records"].sum()),
        "unmapped": int(strange["records"].sum()),
        "values": dict(shown.iter_rows()) if is_picklist else {},
    }
