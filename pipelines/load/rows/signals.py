"""What a lead row says about outcome and consent, as rows of their own."""

from functools import reduce
from operator import or_

import polars as pl

from pipelines.load.meaning.kinds import OUTCOME_SIGNALS
from pipelines.load.meaning.outcome_rules import OPEN, OutcomeRule, milestones_of
from pipelines.load.meaning.plan import outcome_date
from pipelines.load.normalise.text import boolean, clean, opt_out
from pipelines.load.normalise.when import is_day_only
from pipelines.load.rows.context import Context, stamp


def outcome_rows(good: pl.DataFrame, key: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row per lead and milestone that the record tells of.

    A milestone known to be reached without a date keeps ``occurred_at`` null: it happened, but
    nobody can say when, so it may exclude a lead and must not date a label. ``outcome_id`` is
    stable, so that the next export says the same thing again and adds nothing.
    """
    cells = [context.cells(good, name) for name in OUTCOME_SIGNALS]
    values = [context.read(cell) for cell in cells]
    days = [is_day_only(c).alias(f"\0{c.name}") for c in cells if c.name.endswith("_at")]
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


def consent_rows(good: pl.DataFrame, key: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one opt-out per lead and flag that is set; a blank or false flag says nothing.

    A flag carries no date, so the opt-out counts from the load that saw it first; its id is the
    same in every export, and consent is append-only, so a later blank never clears it.
    """
    parts = []
    for flag, columns in context.plan.opt_outs.items():
        channel = "email" if flag == "do_not_email" else "phone"
        read = [_read_flag(good[c]) for c in columns]
        is_set = reduce(or_, (says_no for says_no, _ in read))
        strange = int(reduce(or_, (is_odd for _, is_odd in read)).sum())
        if strange:
            context.unreadable[flag] += strange
        parts.append(
            key.filter(is_set)
            .select(
                "row_number",
                consent_id=pl.concat_str(pl.col("source_id"), pl.lit(f":{channel}:opt_out")),
                lead_source_id=pl.col("source_id"),
                contact_key=pl.lit(None, dtype=pl.String),
                channel=pl.lit(channel),
                purpose=pl.lit(None, dtype=pl.String),
                status=pl.lit("opt_out"),
                lawful_basis=pl.lit(None, dtype=pl.String),
                captured_at=pl.lit(context.at, dtype=pl.Datetime("us")),
                effective_from=pl.lit(None, dtype=pl.Datetime("us")),
                effective_to=pl.lit(None, dtype=pl.Datetime("us")),
                is_confirmed=pl.lit(None, dtype=pl.Boolean),
                capture_source=pl.lit(f"flag in the lead export: {columns[0]}"),
                evidence_ref=pl.lit(None, dtype=pl.String),
            )
            .with_columns(*stamp(context))
        )
    return pl.concat(parts)


def _read_flag(cells: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Tell which cells are an opt-out, and which of them hold no word we know.

    A flag holds few words, so each is read once and not once for every record.
    """
    words = cells.alias("t").unique().to_frame()
    is_odd = clean("t").is_not_null() & boolean("t").is_null()
    found = (words.filter(each)["t"].implode() for each in (opt_out("t"), is_odd))
    says_no, odd = (cells.is_in(some).fill_null(value=False) for some in found)
    return says_no, odd
