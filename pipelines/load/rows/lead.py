"""Lead records: the lead itself, its custom columns, its static label."""

from collections.abc import Collection, Sequence

import polars as pl

from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.meaning.kinds import LEAD_FIELDS, OUTCOME_SIGNALS
from pipelines.load.normalise.email import email_keys
from pipelines.load.normalise.few_words import first_filled
from pipelines.load.normalise.ids import lead_ids
from pipelines.load.normalise.party import party_type
from pipelines.load.normalise.place import (
    country_codes,
    country_of_domain,
    state_codes,
    subdivisions,
)
from pipelines.load.normalise.text import clean, cleaned
from pipelines.load.normalise.zone import zones
from pipelines.load.read.quarantine import Reason
from pipelines.load.rows.context import Check, Context, Rows, set_aside, stamp
from pipelines.load.rows.merges import merge_rows
from pipelines.load.rows.notes import notes
from pipelines.load.rows.phones import both_phones
from pipelines.load.rows.signals import consent_rows, outcome_rows

_PLACE = ("phone", "mobile", "country", "email")
# Columns of `lead` that come from other fields than the one of their name.
_DERIVED: dict[str, tuple[str, ...]] = {
    "email_key": ("email",),
    "email_domain": ("email",),
    "phone_e164": _PLACE,
    "mobile_e164": _PLACE,
    "line_type": _PLACE,
    "country": _PLACE,
    "country_source": _PLACE,
    "state": ("state", *_PLACE),
    "state_code": ("state", *_PLACE),
    "timezone": ("timezone", "state", *_PLACE),
    "timezone_source": ("timezone", "state", *_PLACE),
    "party_type": ("party_type", "company", "title", "email"),
}
_NOBODY = pl.lit(None, dtype=pl.String)
_ZONED = {"timezone", "timezone_source"}
_SITED = {"state", "state_code", *_ZONED}


def lead_rows(frame: pl.DataFrame, context: Context) -> Rows:
    """Turn raw records into rows of lead, custom, static_label, outcome, consent and merges.

    Parameters
    ----------
    frame : pl.DataFrame
        ``row_number`` and the raw columns as Utf8.
    """
    plan = context.plan
    good, quarantine = lead_records(frame, context)
    lead = lead_columns(good, context)
    key = lead.select("row_number", "source_system", "source_id")
    tables = {"lead": lead}
    if plan.custom:
        cells = [kept_cells(good[header]) for header in plan.custom]
        tables["custom"] = good.select("row_number").hstack(cells)
    if plan.label is not None:
        tables["static_label"] = _label(good, key, context)
    if plan.outcomes or any(plan.has(name) for name in OUTCOME_SIGNALS):
        tables["outcome"] = outcome_rows(good, key, context)
    if plan.opt_outs or plan.worded or plan.overheard:
        who = key.select("row_number", lead_source_id="source_id", contact_key=_NOBODY)
        tables["consent_event"] = consent_rows(good, who, context)
    if plan.has("merged_ids"):
        tables["lead_merge"] = merge_rows(good, key, context)
    return Rows(tables, quarantine)


def lead_records(frame: pl.DataFrame, context: Context) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Split raw records into those that are leads and quarantine rows.

    Parameters
    ----------
    frame : pl.DataFrame
        ``row_number`` and the raw columns. Where the file has an id column that one is
        enough: a record without an id is no lead, whatever else it holds.
    """
    plan = context.plan
    frame = frame.with_columns(context.cells(frame, "source_id").alias("\0id"))
    id_column = plan.claims.get("source_id")
    # The id first: hardly a record is left to be looked at after it.
    headers = sorted((h for h in plan.headers if h in frame.columns), key=lambda h: h != id_column)
    checks: list[Check] = [(Reason.EMPTY_RECORD, None, pl.lit(_is_empty(frame, headers)))]
    is_note = notes(frame, plan)
    if is_note.any():
        checks.append((Reason.FOOTER, plan.headers[0], pl.lit(is_note)))
    if id_column is not None:
        checks.append((Reason.MISSING_VALUE, id_column, pl.col("\0id").is_null()))
    return set_aside(frame, checks, context)


def lead_fields(columns: Collection[str]) -> set[str]:
    """Return the canonical fields that columns of the table `lead` are made of."""
    return {field for name in columns for field in _DERIVED.get(name, (name,))}


def lead_columns(
    good: pl.DataFrame, context: Context, columns: Collection[str] | None = None
) -> pl.DataFrame:
    """Return rows of the table `lead`.

    Parameters
    ----------
    good : pl.DataFrame
        Records of `lead_records`, with the raw columns that `lead_fields` needs.
    columns : collection of str or None
        Columns of the table to return, in its order; None: all of them.
    """
    schema = SCHEMAS["lead"]
    wanted = schema.keys() if columns is None else set(columns)
    needed = lead_fields(wanted)
    lead = good.select("row_number").with_columns(_source_id(good, context))
    fields = [context.values(good, n) for n in LEAD_FIELDS if n in needed and n != "source_id"]
    lead = lead.hstack(fields)
    if "email" in needed:
        keys = email_keys(lead["email"])
        context.count_lost(lead["email"], keys["email_key"])
        lead = lead.hstack(keys)
    if not _DERIVED.keys() & wanted <= {"email_key", "email_domain", "party_type"}:
        lead = _placed(lead, context, wanted)
    if "merged_into_id" in wanted:
        ids = lead_ids(lead["merged_into_id"], is_salesforce=_is_salesforce(context))
        lead = lead.with_columns(ids)
    if "party_type" in wanted:
        given = lead["party_type"].alias("\0party")
        lead = lead.with_columns(given).with_columns(party_type("\0party").alias("party_type"))
    dated = "created_at" in context.plan.claims
    lead = lead.with_columns(pl.lit(value=dated).alias("is_dated"), *stamp(context))
    return lead.select(pl.col(name).cast(schema[name]) for name in schema if name in wanted)


def kept(header: str) -> pl.Expr:
    """Return a custom cell: its text as it is; only a blank one is nothing."""
    return pl.when(pl.col(header).str.strip_chars() != "").then(header).alias(header)


def kept_cells(cells: pl.Series) -> pl.Series:
    """Do to a whole column what `kept` does, looking only where a cell may be blank."""
    # What begins with a sign of ASCII is not.
    rows = ((cells < "!") | (cells > "~")).arg_true()
    blank = rows.filter(cells.gather(rows).str.strip_chars() == "")
    return cells if blank.is_empty() else cells.clone().scatter(blank, None)


def _is_empty(frame: pl.DataFrame, headers: Sequence[str]) -> pl.Series:
    """Tell which records hold nothing in any column, looking only at what is still in doubt."""
    left = pl.int_range(frame.height, dtype=pl.UInt32, eager=True)
    for header in headers:
        if left.is_empty():
            break
        cells = frame[header] if left.len() == frame.height else frame[header].gather(left)
        is_blank = (cleaned(cells) if cells.dtype == pl.String else cells).is_null()
        left = left.filter(is_blank)
    return pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True).scatter(left, True)


def _placed(lead: pl.DataFrame, context: Context, wanted: Collection[str]) -> pl.DataFrame:
    """Add phones, country, state and zone. Country: the field, else the phone's, the domain's."""
    country = country_codes(lead["country"])
    context.count_lost(lead["country"], country)
    phone, mobile = both_phones(lead["phone"], lead["mobile"], country)
    for name, keys in (("phone", phone), ("mobile", mobile)):
        context.count_lost(lead[name], keys["e164"])
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
    told_by = first_filled(placed, sources, [source[1:] for source in sources])
    placed = placed.with_columns(
        pl.coalesce(sources).alias("country"), told_by.alias("country_source")
    ).drop(sources)
    if _SITED.isdisjoint(wanted):
        return placed
    codes = subdivisions(placed["state"], placed["country"])
    placed = placed.with_columns(codes, state_codes(placed["state"], codes))
    if _ZONED.isdisjoint(wanted):
        return placed
    found = zones(placed, (phone, mobile))
    context.count_lost(
        lead["timezone"], found["timezone"].set(found["timezone_source"].ne_missing("field"), None)
    )
    return placed.with_columns(found)


def _source_id(good: pl.DataFrame, context: Context) -> pl.Series:
    if not context.plan.has("source_id"):
        numbered = pl.concat_str(pl.lit(context.file_id + ":"), pl.col("row_number"))
        return good.select(numbered.alias("source_id"))["source_id"]
    given = good["\0id"].alias("source_id")
    return lead_ids(given, is_salesforce=_is_salesforce(context))


def _is_salesforce(context: Context) -> bool:
    return context.plan.preset is not None and context.plan.preset.name == "salesforce"


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
