"""What a lead row says about outcome and consent, as rows of their own."""

import polars as pl

from pipelines.load.normalise.text import boolean, clean, opt_out
from pipelines.load.normalise.when import is_day_only
from pipelines.load.rows.context import Context, stamp

# HubSpot's default stages in their order; being at one means having passed the ones before.
_CUSTOMER_STAGES = ("customer", "evangelist")


def outcome_rows(good: pl.DataFrame, key: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Return one row per lead and milestone that the record tells of.

    A milestone known to be reached without a date keeps ``occurred_at`` null: it happened, but
    nobody can say when, so it may exclude a lead and must not date a label. ``outcome_id`` is
    stable, so that the next export says the same thing again and adds nothing.
    """
    cells = good.select(context.values(good, name) for name in _SIGNALS)
    day = pl.DataFrame(
        {name: is_day_only(context.cells(good, name)) for name in _SIGNALS if name.endswith("_at")}
    )
    probability = pl.col("win_probability")
    stage = pl.col("lifecycle_stage").str.to_lowercase().str.replace_all(r"[\s_-]", "")
    is_customer = stage.is_in(_CUSTOMER_STAGES).fill_null(value=False)
    milestone = context.plan.preset.milestone if context.plan.preset else "converted"
    supplied = context.plan.has
    converted = (
        pl.col("is_converted").fill_null(value=False)
        if supplied("is_converted")
        else pl.col("converted_at").is_not_null()
    )
    reached = [
        (milestone, converted, "converted_at"),
        ("converted", is_customer | pl.col("customer_at").is_not_null(), "customer_at"),
        ("qualified", pl.col("qualified_at").is_not_null(), "qualified_at"),
        ("opportunity", pl.col("opportunity_at").is_not_null(), "opportunity_at"),
        ("won", (probability == 100).fill_null(value=False), "closed_at"),
        (
            "lost",
            ((probability == 0) & pl.col("lost_reason").is_not_null()).fill_null(value=False),
            "closed_at",
        ),
    ]
    frame = key.hstack(cells).hstack(day.rename({name: f"\0{name}" for name in day.columns}))
    parts = [_reached(frame, *row, context) for row in reached]
    return pl.concat(parts).unique("outcome_id", keep="first", maintain_order=True)


_SIGNALS = (
    "is_converted",
    "converted_at",
    "lifecycle_stage",
    "qualified_at",
    "opportunity_at",
    "customer_at",
    "win_probability",
    "closed_at",
    "lost_reason",
)


def _reached(
    frame: pl.DataFrame, milestone: str, when: pl.Expr, date: str, context: Context
) -> pl.DataFrame:
    fallback = [pl.col("closed_at")] if date == "customer_at" else []
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
            occurred_at=pl.coalesce(pl.col(date), *fallback),
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
        is_set = good.select(pl.any_horizontal(opt_out(c) for c in columns)).to_series()
        odd = pl.any_horizontal(clean(c).is_not_null() & boolean(c).is_null() for c in columns)
        strange = int(good.select(odd.sum()).item())
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
