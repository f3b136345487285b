"""What a lead row says about outcome and consent, as rows of their own."""

import polars as pl

from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.meaning.kinds import OUTCOME_SIGNALS
from pipelines.load.meaning.outcome_rules import OPEN, OutcomeRule, milestones_of
from pipelines.load.meaning.plan import outcome_date
from pipelines.load.normalise.native_times import days_only
from pipelines.load.normalise.when import is_day_only
from pipelines.load.rows.context import Context, stamp
from pipelines.load.rows.said_no import says_no

# Consent flag to channel, status and how the id of the event ends.
_OPT_OUTS = {
    "do_not_email": ("email", "opt_out", ":email:opt_out"),
    "do_not_call": ("phone", "opt_out", ":phone:opt_out"),
    "no_profiling": (None, "objected_profiling", ":profiling:objected"),
    "deceased": (None, "opt_out", ":deceased:opt_out"),
    "under_age": (None, "opt_out", ":under_age:opt_out"),
}
# Of these the purpose of the event says what it is; no channel is left.
_MARKS = ("deceased", "under_age")
_FILES = {
    "leads": "lead export",
    "activities": "file of activities",
    "outcomes": "file of outcomes",
    "attempts": "file of attempts",
}


def outcome_rows(good: pl.DataFrame, key: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row per lead and milestone that the record tells of.

    A milestone known to be reached without a date keeps ``occurred_at`` null: it happened, but
    nobody can say when, so it may exclude a lead and must not date a label. ``outcome_id`` is
    stable, so that the next export says the same thing again and adds nothing.
    """
    cells = [context.cells(good, name) for name in OUTCOME_SIGNALS]
    values = [context.read(cell) for cell in cells]
    days = [days_only(c).alias(f"\0{c.name}") for c in cells if c.name.endswith("_at")]
    frame = key.hstack(values).hstack(days)
    milestone = context.plan.preset.milestone if context.plan.preset else "converted"
    converted = (
        pl.col("is_converted").fill_null(value=False)
        if context.plan.has("is_converted")
        else pl.col("converted_at").is_not_null()
    )
    probability = pl.col("win_probability")
    # Odoo archives what is lost, and sets its probability to nothing; either alone is no verdict.
    is_given_up = ~pl.col("is_active").fill_null(value=True) | pl.col("lost_reason").is_not_null()
    reached = [
        (milestone, converted, "converted_at"),
        ("converted", pl.col("customer_at").is_not_null(), "customer_at"),
        ("qualified", pl.col("qualified_at").is_not_null(), "qualified_at"),
        ("opportunity", pl.col("opportunity_at").is_not_null(), "opportunity_at"),
        ("won", (probability == 100).fill_null(value=False), "closed_at"),
        ("lost", (probability == 0).fill_null(value=False) & is_given_up, "closed_at"),
    ]
    parts = [_reached(frame, *row, context) for row in reached]
    for rule in context.plan.outcomes:
        parts += _told(frame, good, rule, context)
    # What says when wins over what does not, and a field of its own over the word of a status.
    found = pl.concat(parts).sort(pl.col("occurred_at").is_null(), maintain_order=True)
    return found.unique("outcome_id", keep="first", maintain_order=True)


def _told(
    frame: pl.DataFrame, good: pl.DataFrame, rule: OutcomeRule, context: Context
) -> list[pl.DataFrame]:
    """Return the rows that the values of one column tell of."""
    meant = milestones_of(context.column(good, rule.column), rule)
    if rule.date_column is not None:
        at = context.dates(good, rule.date_column, outcome_date(rule.date_column))
        is_day = is_day_only(context.column(good, rule.date_column))
        frame = frame.with_columns(at.alias("\1told_at"), is_day.alias("\0\1told_at"))
    parts = []
    for milestone in sorted(set(rule.meanings.values()) - {OPEN}):
        date = rule.dates.get(milestone, "\1never")
        if rule.date_column is not None:
            date = "\1told_at"
        if date not in frame.columns:
            never = pl.lit(None, dtype=pl.Datetime("us")).alias(date)
            frame = frame.with_columns(never, pl.lit(value=False).alias(f"\0{date}"))
        is_reached = pl.lit((meant == milestone).fill_null(value=False))
        parts.append(_reached(frame, milestone, is_reached, date, context))
    return parts


def _reached(
    frame: pl.DataFrame, milestone: str, when: pl.Expr, date: str, context: Context
) -> pl.DataFrame:
    preset = context.plan.preset
    day_only = pl.col(f"\0{date}")
    if preset is not None and date in preset.day_fields:
        day_only = pl.lit(value=True)
    return (
        frame.filter(when)
        .select(
            "row_number",
            lead_source_id=pl.col("source_id"),
            contact_key=pl.lit(None, dtype=pl.String),
            outcome_id=pl.concat_str(pl.col("source_id"), pl.lit(f":{milestone}")),
            milestone=pl.lit(milestone),
            occurred_at=pl.col(date),
            occurred_precision=pl.when(day_only).then(pl.lit("day")).otherwise(pl.lit("second")),
            reason=pl.col("lost_reason") if milestone == "lost" else pl.lit(None, dtype=pl.String),
            value_amount=pl.lit(None, dtype=pl.Float64),
            currency=pl.lit(None, dtype=pl.String),
        )
        .with_columns(*stamp(context))
    )


def consent_rows(good: pl.DataFrame, who: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one opt-out per record and flag that is set; a blank or false flag says nothing.

    A flag carries no date, so the opt-out counts from the load that saw it first; its id is the
    same in every export, and consent is append-only, so a later blank never clears it.

    Parameters
    ----------
    who : pl.DataFrame
        ``row_number``, ``lead_source_id`` and ``contact_key``, one of them filled.
    """
    named = pl.coalesce("lead_source_id", "contact_key")
    parts = []
    for flag, (is_no, column) in says_no(good, context).items():
        channel, status, end = _OPT_OUTS[flag]
        parts.append(
            who.filter(is_no)
            .select(
                "row_number",
                "lead_source_id",
                "contact_key",
                consent_id=pl.concat_str(named, pl.lit(end)),
                channel=pl.lit(channel, dtype=pl.String),
                purpose=pl.lit(flag if flag in _MARKS else None, dtype=pl.String),
                status=pl.lit(status),
                lawful_basis=pl.lit(None, dtype=pl.String),
                captured_at=pl.lit(context.at, dtype=pl.Datetime("us")),
                effective_from=pl.lit(None, dtype=pl.Datetime("us")),
                effective_to=pl.lit(None, dtype=pl.Datetime("us")),
                is_confirmed=pl.lit(None, dtype=pl.Boolean),
                capture_source=pl.lit(f"flag in the {_FILES[context.plan.kind.name]}: {column}"),
                evidence_ref=pl.lit(None, dtype=pl.String),
            )
            .with_columns(*stamp(context))
            .select(pl.col(name).cast(dtype) for name, dtype in SCHEMAS["consent_event"].items())
        )
    if not parts:
        return pl.DataFrame(schema=SCHEMAS["consent_event"])
    return pl.concat(parts)
