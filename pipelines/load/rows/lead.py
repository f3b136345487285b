"""Lead records: the lead itself, its custom columns, its static label."""

import polars as pl

from pipelines.load.kinds import LEAD_FIELDS, OUTCOME_SIGNALS
from pipelines.load.normalise.email import email_keys
from pipelines.load.normalise.ids import salesforce_18
from pipelines.load.normalise.party import party_type
from pipelines.load.normalise.phone import phone_keys
from pipelines.load.normalise.place import country_codes, country_of_domain, state_codes
from pipelines.load.normalise.text import clean
from pipelines.load.quarantine import Reason
from pipelines.load.rows.context import Check, Context, Rows, not_json, set_aside, stamp
from pipelines.load.rows.signals import consent_rows, outcome_rows
from pipelines.load.tables import SCHEMAS


def lead_rows(frame: pl.DataFrame, context: Context) -> Rows:
    """Turn raw records into rows of lead, custom, static_label, outcome and consent_event.

    Parameters
    ----------
    frame : pl.DataFrame
        ``row_number`` and the raw columns as Utf8; maybe ``bad``.
    """
    plan = context.plan
    frame = frame.with_columns(context.cells(frame, "source_id").alias("\0id"))
    blank = pl.all_horizontal(clean(h).is_null() for h in plan.headers)
    checks: list[Check] = [(Reason.EMPTY_RECORD, None, blank)]
    if "source_id" in plan.claims:
        missing = (Reason.MISSING_VALUE, plan.claims["source_id"], pl.col("\0id").is_null())
        checks.append(missing)
    if "bad" in frame.columns:
        checks.insert(0, not_json(context))
    good, quarantine = set_aside(frame, checks, context)
    lead = _lead(good, context)
    key = lead.select("row_number", "source_system", "source_id")
    tables = {"lead": lead}
    if plan.custom:
        tables["custom"] = good.select("row_number", *(_kept(h) for h in plan.custom))
    if plan.label is not None:
        tables["static_label"] = _label(good, key, context)
    if any(plan.has(name) for name in OUTCOME_SIGNALS):
        tables["outcome"] = outcome_rows(good, key, context)
    if plan.opt_outs:
        tables["consent_event"] = consent_rows(good, key, context)
    return Rows(tables, quarantine)


def _lead(good: pl.DataFrame, context: Context) -> pl.DataFrame:
    base = good.select("row_number", _source_id(context).alias("source_id"))
    fields = [context.values(good, name) for name in LEAD_FIELDS if name != "source_id"]
    lead = base.with_columns(fields).rename({"party_type": "\0party"})
    lead = lead.hstack(email_keys(lead["email"]))
    lead = _placed(lead, good, context)
    dated = "created_at" in context.plan.claims
    merged = pl.col("merged_into_id")
    if _is_salesforce(context):
        lead = lead.with_columns(salesforce_18(merged))
    lead = lead.with_columns(
        party_type("\0party").alias("party_type"),
        pl.lit(value=dated).alias("is_dated"),
        pl.col("row_number").cast(pl.Int32),
        *stamp(context),
    )
    return lead.select(pl.col(name).cast(dtype) for name, dtype in SCHEMAS["lead"].items())


def _placed(lead: pl.DataFrame, good: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Add phones and country: the field, else the phone's country, else the domain's."""
    country = country_codes(lead["country"])
    lost = int((lead["country"].is_not_null() & country.is_null()).sum())
    if lost:
        context.unreadable["country"] += lost
    phone = phone_keys(lead["phone"], country)
    mobile = phone_keys(lead["mobile"], country)
    placed = lead.with_columns(
        country.alias("\0field"),
        pl.coalesce(phone["region"], mobile["region"]).alias("\0phone"),
        country_of_domain("email_domain").alias("\0domain"),
        phone["e164"].alias("phone_e164"),
        mobile["e164"].alias("mobile_e164"),
        pl.coalesce(
            pl.when(mobile["line_type"] == "mobile").then(mobile["line_type"]),
            phone["line_type"],
            mobile["line_type"],
            pl.lit("unknown"),
        ).alias("line_type"),
    )
    sources = ("\0field", "\0phone", "\0domain")
    placed = placed.with_columns(
        pl.coalesce(sources).alias("country"),
        pl.coalesce(pl.when(pl.col(s).is_not_null()).then(pl.lit(s[1:])) for s in sources).alias(
            "country_source"
        ),
    ).drop(sources)
    return placed.with_columns(state_codes(placed["state"], placed["country"]))


def _source_id(context: Context) -> pl.Expr:
    if not context.plan.has("source_id"):
        return pl.concat_str(pl.lit(context.file_id + ":"), pl.col("row_number"))
    given = pl.col("\0id")
    return salesforce_18(given) if _is_salesforce(context) else given


def _is_salesforce(context: Context) -> bool:
    return context.plan.preset is not None and context.plan.preset.name == "salesforce"


def _kept(header: str) -> pl.Expr:
    # A custom cell keeps its text as it is; only a blank one is nothing.
    return pl.when(pl.col(header).str.strip_chars() != "").then(header).alias(header)


def _label(good: pl.DataFrame, key: pl.DataFrame, context: Context) -> pl.DataFrame:
    label = context.plan.label
    assert label is not None  # noqa: S101 - the caller asks only then
    cell = good.select(clean(label.column).str.to_lowercase().alias("v"))["v"]
    is_positive = cell.is_in([v.strip().lower() for v in label.positive])
    known = cell.is_not_null()
    if label.negative is not None:
        known &= is_positive | cell.is_in([v.strip().lower() for v in label.negative])
    return key.with_columns(
        is_positive.alias("is_positive"), pl.lit(context.batch_id).alias("batch_id")
    ).filter(known)
