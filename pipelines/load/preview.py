"""What a load would understand of a file, before anything is stored."""

import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.load.custom import TypeSurvey
from pipelines.load.discover import inspect
from pipelines.load.kinds import kind_of
from pipelines.load.mapping import Mapping
from pipelines.load.naming import source_system_of
from pipelines.load.plan import make_plan
from pipelines.load.reader import open_records
from pipelines.load.rows.child import child_rows
from pipelines.load.rows.context import Context
from pipelines.load.rows.lead import lead_rows
from pipelines.load.styles import date_styles
from pipelines.store import Database


@dataclass(frozen=True)
class Preview:
    """What was understood.

    Parameters
    ----------
    records : int
        Records in the whole file, counted; `sampled` of them were looked at.
    claims : dict of str to str
        Canonical field to column, or to ``= constant``.
    custom_types : dict of str to str
        Type by content of the sampled records.
    filled : dict of str to int
        Canonical column of the result to its non-null values among the sampled records.
    problems : tuple of str
        What the user should look at; names and counts only.
    first : pl.DataFrame
        The first rows as they would be stored; personal data, for the screen only.
    """

    file_name: str
    kind: str
    source_system: str
    records: int
    sampled: int
    dialect: dict[str, Any]
    preset: str | None
    confidence: float
    reason: str
    claims: dict[str, str]
    custom_types: dict[str, str]
    excluded: tuple[str, ...]
    filled: dict[str, int]
    quarantined_by_reason: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    first: pl.DataFrame = field(default_factory=pl.DataFrame)


def preview(
    file: Path,
    *,
    kind: str,
    mapping: Mapping | None,
    at: datetime,
    source_system: str | None = None,
    sample: int = 1_000,
) -> Preview:
    """Understand a file and show it; nothing is stored.

    Parameters
    ----------
    sample : int
        Records to look at; records are counted, and broken ones found, over the whole file.

    Raises
    ------
    BadInputError
        As `land` would.
    """
    given = mapping or Mapping()
    found = inspect(file)
    with tempfile.TemporaryDirectory() as scratch, Database.memory(2.0) as db:
        records = open_records(found, given.file, db, Path(scratch))
        plan = make_plan(records.headers, kind_of(kind), given)
        source, _ = source_system_of(given, source_system, plan, file)
        styles = date_styles(plan, records, given.dates, db)
        context = Context(
            plan=plan,
            source_system=source,
            file_name=file.name,
            file_id=found.sha256[:16],
            batch_id="",
            at=at,
            decimal=given.numbers.decimal,
            styles=styles,
        )
        is_lead = kind == "leads"
        head = pl.concat(records.batches(db, content_hash=not is_lead, limit=sample))
        rows = (lead_rows if is_lead else child_rows)(head, context)
    survey = TypeSurvey(plan.custom, given.numbers.decimal)
    if "custom" in rows.tables:
        survey.see(rows.tables["custom"])
    set_aside = pl.concat([records.quarantined(), rows.quarantine])
    reasons = dict(set_aside["reason_code"].value_counts(sort=True).iter_rows())
    table = rows.tables[plan.kind.table]
    return Preview(
        file_name=file.name,
        kind=kind,
        source_system=source,
        records=records.total,
        sampled=head.height,
        dialect=records.about,
        preset=plan.preset.name if plan.preset else None,
        confidence=plan.confidence,
        reason=plan.reason,
        claims=plan.claims
        | {name: f"= {value}" for name, value in plan.constants.items()}
        | {flag: ", ".join(columns) for flag, columns in plan.opt_outs.items()},
        custom_types=survey.types(),
        excluded=plan.excluded,
        filled={c: table[c].count() for c in table.columns if table[c].count()},
        quarantined_by_reason=reasons,
        problems=_problems(context, reasons),
        first=table.head(5),
    )


def _problems(context: Context, reasons: dict[str, int]) -> tuple[str, ...]:
    plan = context.plan
    problems = list(plan.notes)
    problems += [f"{count} records would be set aside: {code}" for code, count in reasons.items()]
    problems += [
        f"{count} cells of {name} cannot be read" for name, count in context.unreadable.items()
    ]
    return tuple(problems)
