"""What a load would understand of a file, before anything is stored."""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.errors import RefusedError
from pipelines.load.batches.custom import TypeSurvey
from pipelines.load.meaning.kinds import FIELD_TYPES
from pipelines.load.meaning.mapping import Mapping
from pipelines.load.meaning.naming import source_system_of
from pipelines.load.meaning.plan import MeaninglessError
from pipelines.load.rows.child import child_rows
from pipelines.load.rows.context import Context, Rows
from pipelines.load.rows.lead import lead_rows
from pipelines.load.rows.notes import notes_below
from pipelines.load.understand.decimal_sign import either_way
from pipelines.load.understand.drift import Drift, drift_of
from pipelines.load.understand.frozen import ConsentSurvey, check_there
from pipelines.load.understand.opening import Opened, open_file
from pipelines.store import Database

_FIRST_ROWS = 5
_SHOWN_PLACES = 5
_WIDER = {"BIGINT": 0, "DOUBLE": 1, "VARCHAR": 2}


@dataclass(frozen=True)
class Column:
    """One column of the file.

    Parameters
    ----------
    header : str
    becomes : str
        Canonical field, ``custom`` (perhaps with ``identity.<what>``), or empty: none is kept.
    type : str
        Type of the field; of a custom column by the content of the sampled records.
    is_feature : bool
        It may become a feature.
    """

    header: str
    becomes: str
    type: str
    is_feature: bool


@dataclass(frozen=True)
class Preview:
    """What was understood.

    Parameters
    ----------
    source_from : str
        Who named the source: mapping, argument, preset or file name.
    records : int
        Records in the whole file, counted; `sampled` of them were looked at.
    columns : tuple of Column
        Every column of the file, in its order.
    empty : tuple of str
        Custom columns without any value among the sampled records.
    constants : dict of str to str
        Canonical field to the value that holds for every record.
    filled : dict of str to int
        Canonical column of the result to its non-null values among the sampled records.
    unreadable : dict of str to int
        Canonical field to sampled cells that hold no such value.
    quarantined_by_reason : dict of str to int
        Records that would be set aside: broken ones of the whole file, others of the sample.
    quarantined_at : dict of str to tuple of str
        The first places of each reason: lines, or numbers of records.
    drift : Drift
        Against the last load of the source.
    refusal : str
        Why `load` would refuse the file; empty: it would not.
    problems : tuple of str
        What the user should look at; names and counts only.
    first : pl.DataFrame
        The first rows as they would be stored; personal data, for the screen only.
    """

    file_name: str
    kind: str
    source_system: str
    source_from: str
    records: int
    sampled: int
    dialect: dict[str, Any]
    preset: str | None
    confidence: float
    reason: str
    columns: tuple[Column, ...]
    constants: dict[str, str]
    filled: dict[str, int]
    empty: tuple[str, ...] = ()
    unreadable: dict[str, int] = field(default_factory=dict)
    quarantined_by_reason: dict[str, int] = field(default_factory=dict)
    quarantined_at: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drift: Drift = field(default_factory=Drift)
    refusal: str = ""
    problems: tuple[str, ...] = ()
    first: pl.DataFrame = field(default_factory=pl.DataFrame)

    def to_json(self) -> dict[str, Any]:
        """Return everything but the first rows."""
        plain = {name: value for name, value in vars(self).items() if name != "first"}
        custom = [column for column in self.columns if column.becomes.startswith("custom")]
        return plain | {
            "columns": [vars(column) for column in self.columns],
            "custom_types": {column.header: column.type for column in custom},
            "excluded": [column.header for column in custom if not column.is_feature],
            "drift": self.drift.to_json(),
        }


def preview(
    file: Path,
    *,
    kind: str,
    mapping: Mapping | None,
    at: datetime,
    source_system: str | None = None,
    batches_dir: Path | None = None,
    salvage: bool = False,
    sample: int = 1_000,
) -> Preview:
    """Understand a file and show it; nothing is stored.

    Parameters
    ----------
    batches_dir : pathlib.Path or None
        Folder of all batches, to compare with the last load of the source.
    sample : int
        Records to look at; records are counted, and broken ones found, over the whole file.

    Raises
    ------
    BadInputError
        As `land` would, but for what the mapping can tell: that is shown as a problem.
    """
    given = mapping or Mapping()
    with (
        tempfile.TemporaryDirectory() as folder,
        Database.memory(2.0, spill=Path(folder) / "spill") as db,
    ):
        understand = partial(
            open_file,
            file,
            kind=kind,
            at=at,
            db=db,
            scratch=Path(folder),
            source_system=source_system,
            batches_dir=batches_dir,
            salvage=salvage or given.file.salvage,
            is_lenient=True,
        )
        opened, meaningless = _opened(understand, given, source_system)
        records, context, plan = opened.records, opened.context, opened.context.plan
        is_lead = kind == "leads"
        head = records.head(db, sample, content_hash=not is_lead)
        rows = (lead_rows if is_lead else child_rows)(head, context)
        set_aside = pl.concat([records.quarantined(), rows.quarantine])
        if is_lead:
            set_aside.extend(notes_below(records, db, context, head.height))
    types, empty, drift = _custom(opened, rows, is_whole=head.height == records.total)
    reasons = dict(set_aside["reason_code"].value_counts(sort=True).iter_rows())
    table = rows.tables[plan.kind.table]
    return Preview(
        file_name=file.name,
        kind=kind,
        source_system=context.source_system,
        source_from=opened.source_from,
        records=records.total,
        sampled=head.height,
        dialect=records.about,
        preset=plan.preset.name if plan.preset else None,
        confidence=plan.confidence,
        reason=plan.reason,
        columns=tuple(_column(header, context, types) for header in plan.headers),
        constants=plan.constants,
        filled={c: table[c].count() for c in table.columns if table[c].count()},
        empty=empty,
        unreadable=dict(context.unreadable),
        quarantined_by_reason=reasons,
        quarantined_at={reason: _places(set_aside, reason) for reason in reasons},
        drift=drift,
        refusal=meaningless or _refusal(opened, given, head),
        problems=_problems(opened, head),
        first=_first(rows, table),
    )


def _opened(
    understand: Callable[..., Opened], given: Mapping, source_system: str | None
) -> tuple[Opened, str]:
    """Return the file understood, and why `land` would refuse it for meaning nothing, or ""."""
    try:
        return understand(mapping=given), ""
    except MeaninglessError as error:
        # Who is to write a mapping has to see the columns. Any mapping says that somebody looked.
        opened = understand(mapping=Mapping(source_system="unnamed"))
        context, file = opened.context, Path(opened.context.file_name)
        name, source_from = source_system_of(given, source_system, context.plan, file)
        context = replace(context, source_system=name)
        return replace(opened, context=context, source_from=source_from), str(error)


def _custom(
    opened: Opened, rows: Rows, *, is_whole: bool
) -> tuple[dict[str, str], tuple[str, ...], Drift]:
    """Return types of the custom columns, the empty ones, and the drift as far as it shows."""
    plan = opened.context.plan
    survey = TypeSurvey(plan.custom, opened.context.decimal)
    if "custom" in rows.tables:
        survey.see(rows.tables["custom"])
    types, before, empty = survey.types(), opened.before, survey.empty()
    drift = drift_of(before, plan.headers, types, empty)
    if is_whole:
        return types, empty, drift
    # A sample may look narrower than the whole column does; it never looks wider.
    wider = {c: k for c, k in drift.retyped.items() if _WIDER[k[1]] > _WIDER.get(k[0], 2)}
    return types, empty, Drift(drift.since, drift.added, drift.removed, drift.renamed, wider)


def _column(header: str, context: Context, types: dict[str, str]) -> Column:
    plan = context.plan
    fields = [name for name, claimed in plan.claims.items() if claimed == header]
    fields += [name for name, rest in plan.fallbacks.items() if header in rest]
    fields += [flag for flag, headers in plan.opt_outs.items() if header in headers]
    fields += ["opt-out where its words say so"] if plan.worded.get(header) else []
    fields += ["outcome" for rule in plan.outcomes if rule.column == header]
    if plan.label is not None and plan.label.column == header:
        fields.append("label")
    kept = header in types
    is_feature = kept and header not in plan.excluded
    if fields:
        kind = FIELD_TYPES.get(fields[0], "text")
        return Column(header, ", ".join(fields), kind, is_feature=is_feature)
    return Column(header, plan.kept_as(header, types), types.get(header, ""), is_feature=is_feature)


def _places(set_aside: pl.DataFrame, reason: str) -> tuple[str, ...]:
    of_reason = set_aside.filter(pl.col("reason_code") == reason).sort("record")
    return tuple(
        f"record {record}" if line is None else f"line {line}"
        for line, record in of_reason.head(_SHOWN_PLACES).select("line", "record").iter_rows()
    )


def _refusal(opened: Opened, given: Mapping, head: pl.DataFrame) -> str:
    """Say why `land` would refuse, as far as the sample shows it."""
    plan, context, last = opened.context.plan, opened.context, opened.bound_by
    survey = ConsentSurvey(plan)
    survey.add(survey.count(head))
    try:
        check_there(last, plan, given.consent, context.file_name, context.source_system)
        survey.check(last, given.consent, context.file_name)
    except RefusedError as error:
        return str(error)
    return ""


def _problems(opened: Opened, head: pl.DataFrame) -> tuple[str, ...]:
    context = opened.context
    problems = [opened.open_question] if opened.open_question else []
    problems += (*context.plan.notes, *context.notes())
    problems += [
        f"{count} cells of {name} cannot be read"
        for name, count in context.unreadable.items()
        if count
    ]
    for header in either_way(context, head):
        problems.append(
            f"numbers such as 1,234 or 1.234 in the column {header!r} could be read in two"
            f" ways; read with the decimal sign {context.decimal!r}; to say otherwise:"
            ' [numbers] decimal = "," or "." in a mapping file'
        )
    return tuple(problems)


def _first(rows: Rows, table: pl.DataFrame) -> pl.DataFrame:
    first = table.head(_FIRST_ROWS)
    if "custom" not in rows.tables:
        return first
    custom = rows.tables["custom"].head(_FIRST_ROWS).drop("row_number")
    # A custom column may be called like a column of ours.
    return first.hstack(custom.rename({name: f"{name} (custom)" for name in custom.columns}))
