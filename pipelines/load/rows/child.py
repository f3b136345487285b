"""Rows that belong to a lead or a contact point: activities, outcomes, consent and the rest."""

from collections.abc import Callable

import polars as pl

from pipelines.load.batches.tables import SCHEMAS
from pipelines.load.normalise.email import domain_keys, email_keys
from pipelines.load.normalise.hosts import everybodys
from pipelines.load.normalise.ids import lead_ids
from pipelines.load.normalise.native_times import days_only
from pipelines.load.normalise.phone import phone_keys
from pipelines.load.normalise.place import country_codes
from pipelines.load.read.quarantine import Reason
from pipelines.load.rows import words
from pipelines.load.rows.context import Check, Context, Rows, set_aside, stamp
from pipelines.load.rows.ending import ends_at
from pipelines.load.rows.listed import DIGEST, KEY_FIELDS, KIND_SUFFIX, read_as_listed
from pipelines.load.rows.milestones import told_milestones
from pipelines.load.rows.refusals import refused_in_words
from pipelines.load.rows.register_changes import refuse_changes
from pipelines.load.rows.several import one_point_each
from pipelines.load.rows.signals import consent_rows
from pipelines.load.rows.unfinished import unfinished

# field -> vocabulary; a word outside it sets the record aside, except where a default stands.
_VOCABULARY: dict[str, dict[str, dict[str, str]]] = {
    "activity": {
        "channel": words.ACTIVITY_CHANNELS,
        "direction": words.DIRECTIONS,
        "actor": words.ACTORS,
    },
    "outcome": {"milestone": words.MILESTONES},
    "consent_event": {"channel": words.CONTACT_CHANNELS, "status": words.CONSENT_STATUSES},
    "suppression": {"channel": words.CONTACT_CHANNELS},
    "contact_attempt": {
        "channel": words.CONTACT_CHANNELS,
        "handler": words.HANDLERS,
        "disposition": words.DISPOSITIONS,
    },
    "customer": {"status": words.CUSTOMER_STATUSES},
    "registry": {"registry": words.REGISTRIES},
}
_DEFAULTS: dict[str, dict[str, str]] = {
    "activity": {"channel": "task"},
    "customer": {"status": "customer"},
}
# Describing, not deciding: an unknown word here is dropped and counted, not worth a record.
_TOLERANT = {"activity": ("channel", "direction", "actor")}


def child_rows(frame: pl.DataFrame, context: Context) -> Rows:
    """Turn raw records into rows of their kind's table.

    Parameters
    ----------
    frame : pl.DataFrame
        ``row_number``, the raw columns as Utf8, ``content_hash``.
    """
    kind = context.plan.kind
    if kind.name == "suppressions":
        frame = one_point_each(frame, context)
    if kind.name == "registry":
        refuse_changes(frame)
    text = {name: context.cells(frame, name) for name in kind.fields}
    named = {name: context.read(cells) for name, cells in text.items()}
    for name, codes in context.plan.preset.codes if context.plan.preset else ():
        named[name] = named[name].replace(dict(codes))
    checks = _keys(named, context)
    if kind.table == "consent_event":
        checks += _undated_yes(named, text, context)
    checks += _words(named, context)
    checks += _required(named, text, context)
    wide = frame.hstack([value.alias(f"\0{name}") for name, value in named.items()])
    if "occurred_at" in named:
        wide = wide.with_columns(days_only(text["occurred_at"]).alias("\0is_day"))
    good, quarantine = set_aside(wide, checks, context)
    named = {name: good[f"\0{name}"].alias(name) for name in named}
    tables = {kind.table: _shaped(good, named, context)}
    if context.plan.opt_outs:
        # A report of tasks or campaign members may carry the flags of the leads they name.
        who = tables[kind.table].head(good.height)
        who = who.select("row_number", "lead_source_id", "contact_key")
        tables["consent_event"] = consent_rows(good, who, context)
    return Rows(tables, quarantine)


def _keys(named: dict[str, pl.Series], context: Context) -> list[Check]:
    """Normalise whatever names the lead or contact point; a record must keep one of them."""
    country = country_codes(named["country"]) if "country" in named else None
    given = dict(named)
    if "email" in named:
        named["email"] = email_keys(named["email"])["email_key"].alias("email")
    if "phone" in named and country is not None:
        named["phone"] = phone_keys(named["phone"], country)["e164"].alias("phone")
    if "domain" in named:
        named["domain"] = domain_keys(named["domain"])
    if "hash" in named:
        named["hash"] = named["hash"].str.to_lowercase().str.extract(DIGEST, 1)
    if context.plan.kind.name == "suppressions" and country is not None:
        named |= read_as_listed(named, given, country)
        context.count_lost(given["domain"], named["domain"])
    if context.plan.kind.name == "customers":
        # No single customer's; of a row that names nobody else it is set aside.
        named["domain"] = named["domain"].set(everybodys(named["domain"]), None)
    preset = context.plan.preset
    if "lead_source_id" in named:
        is_salesforce = preset is not None and preset.name == "salesforce"
        named["lead_source_id"] = lead_ids(named["lead_source_id"], is_salesforce=is_salesforce)
        if preset is not None and preset.name == "hubspot":
            # An engagement of several contacts names the one it was with first.
            named["lead_source_id"] = named["lead_source_id"].str.extract(r"^([^;,|\s]+)")
    who = [name for name in context.plan.kind.any_of if name in named]
    return [
        (Reason.NO_USABLE_KEY, None, pl.all_horizontal(pl.col(f"\0{n}").is_null() for n in who))
    ]


def _undated_yes(
    named: dict[str, pl.Series], text: dict[str, pl.Series], context: Context
) -> list[Check]:
    """Set a yes aside whose dates cannot be read: it would count from now, and for ever."""
    is_yes = ~_says_no(named, "consent_event")
    return [
        (
            Reason.UNREADABLE_DATE,
            context.plan.claims.get(name),
            pl.lit(is_yes & text[name].is_not_null() & named[name].is_null()),
        )
        for name in ("captured_at", "effective_from", "effective_to")
    ]


def _words(named: dict[str, pl.Series], context: Context) -> list[Check]:
    table = context.plan.kind.table
    checks: list[Check] = []
    for name, vocabulary in _VOCABULARY.get(table, {}).items():
        given = named[name]
        value = words.word_of(given, vocabulary)
        if name == "disposition":
            value = value.fill_null(refused_in_words(given))
        strange = given.is_not_null() & value.is_null()
        if name == "milestone":
            value, is_silent = told_milestones(given, value, context)
            checks.append((Reason.NO_OUTCOME, context.plan.claims.get(name), pl.lit(is_silent)))
            strange = given.is_not_null() & value.is_null() & ~is_silent
        if name == "channel" and table in {"consent_event", "suppression"}:
            # A no that names a channel we do not know is a no on every channel, never a lost one.
            binding = _says_no(named, table)
            context.unreadable[name] += int((strange & binding).sum())
            strange = strange & ~binding
        if strange.any():
            if name in _TOLERANT.get(table, ()):
                context.unreadable[name] += int(strange.sum())
            else:
                checks.append(
                    (Reason.UNKNOWN_VALUE, context.plan.claims.get(name), pl.lit(strange))
                )
        default = _DEFAULTS.get(table, {}).get(name)
        named[name] = value.fill_null(default).alias(name) if default else value
    return checks


def _says_no(named: dict[str, pl.Series], table: str) -> pl.Series:
    """Tell which records close channels rather than open them."""
    if table == "suppression":
        return pl.repeat(True, len(named["channel"]), dtype=pl.Boolean, eager=True)
    status = words.word_of(named["status"], words.CONSENT_STATUSES)
    return status.is_in(words.BINDING).fill_null(value=False)


def _required(
    named: dict[str, pl.Series], text: dict[str, pl.Series], context: Context
) -> list[Check]:
    checks: list[Check] = []
    for name in context.plan.kind.required:
        column = context.plan.claims.get(name)
        blank = text[name].is_null()
        checks.append((Reason.MISSING_VALUE, column, pl.lit(blank)))
        unreadable = ~blank & named[name].is_null()
        checks.append((Reason.UNREADABLE_DATE, column, pl.lit(unreadable)))
    return checks


def _shaped(good: pl.DataFrame, named: dict[str, pl.Series], context: Context) -> pl.DataFrame:
    kind = context.plan.kind
    base = good.select(
        "row_number", "content_hash", *(["\0is_day"] if "\0is_day" in good.columns else [])
    )
    frame = base.hstack(list(named.values()))
    own = frame[kind.own_id] if kind.own_id in frame.columns else None
    given = pl.col(kind.own_id) if own is not None else pl.lit(None, dtype=pl.String)
    frame = frame.with_columns(pl.coalesce(given, "content_hash").alias(kind.own_id))
    if "email" in frame.columns and "phone" in frame.columns:
        frame = frame.with_columns(pl.coalesce("email", "phone").alias("contact_key"))
    shape = _SHAPES.get(kind.table)
    frame = shape(frame, context) if shape is not None else frame
    frame = frame.with_columns(*stamp(context))
    schema = SCHEMAS[kind.table]
    absent = [pl.lit(None, dtype=t).alias(n) for n, t in schema.items() if n not in frame.columns]
    return frame.with_columns(absent).select(pl.col(n).cast(t) for n, t in schema.items())


_SAID_IN = ("result", "disposition", "progress")


def _activity(frame: pl.DataFrame, _: Context) -> pl.DataFrame:
    comes_to_us = (pl.col("channel") == "form") | (pl.col("channel") == "web")
    said_in = [name for name in _SAID_IN if frame[name].null_count() < frame.height]
    # A no stands in any of these, in any spelling; the stages after this know one word for it.
    told = [words.word_of(frame[name], words.REFUSAL_WORDS) for name in said_in]
    sentences = [refused_in_words(frame[name]) for name in said_in]
    refusals = [said for said in (*told, *sentences) if said.null_count() < frame.height]
    # A call that somebody means to make is no call.
    frame = frame.with_columns(
        channel=pl.when(pl.lit(unfinished(frame))).then(pl.lit("task")).otherwise("channel")
    )
    return frame.with_columns(
        result=pl.coalesce(*refusals, *(said_in or _SAID_IN)),
        direction=pl.coalesce("direction", pl.when(comes_to_us).then(pl.lit("in"))),
        duration_s=pl.col("duration_s").round(0).cast(pl.Int32, strict=False),
    )


def _outcome(frame: pl.DataFrame, _: Context) -> pl.DataFrame:
    precision = pl.when("\0is_day").then(pl.lit("day")).otherwise(pl.lit("second"))
    return frame.with_columns(occurred_precision=precision)


def _consent(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    # Append-only: a given id with other content is another event, never an overwrite.
    own = pl.concat_str("consent_id", pl.lit("/"), pl.col("content_hash").str.slice(0, 8))
    # A no holds from now at the latest; a yes of unknown age stays of unknown age.
    first_seen = pl.when(pl.col("status").is_in(words.BINDING)).then(
        pl.lit(context.at, dtype=pl.Datetime("us"))
    )
    frame = frame.with_columns(
        consent_id=pl.when(pl.col("consent_id") == pl.col("content_hash"))
        .then("consent_id")
        .otherwise(own),
        captured_at=pl.coalesce("captured_at", first_seen),
    )
    return _by_phone_too(frame, "consent_id", pl.col("status").is_in(words.BINDING))


def _by_phone_too(frame: pl.DataFrame, own_id: str, is_no: pl.Expr) -> pl.DataFrame:
    """Add a row for the number of records that have an address too: whoever has either is meant."""
    both = is_no & pl.col("email").is_not_null() & pl.col("phone").is_not_null()
    more = frame.filter(both).with_columns(
        pl.concat_str(own_id, pl.lit("/phone")).alias(own_id), pl.col("phone").alias("contact_key")
    )
    return pl.concat([frame, more])


def _customer(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    # The table has no source_system, so the id carries it.
    own = pl.concat_str(pl.lit(f"{context.source_system}:"), "customer_id")
    return _by_phone_too(frame.with_columns(customer_id=own), "customer_id", pl.lit(value=True))


def _registry(frame: pl.DataFrame, _: Context) -> pl.DataFrame:
    frame = frame.with_columns(contact_key=pl.coalesce("phone", "email"))
    return frame.with_columns(registry_id=pl.concat_str("registry", pl.lit(":"), "contact_key"))


def _suppression(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    frame = frame.with_columns(ends_at(frame["reason"], frame["until"]).alias("until"))
    # A row that names several contact points suppresses all of them.
    parts = [
        frame.filter(pl.col(name).is_not_null()).with_columns(
            kind=pl.col(name + KIND_SUFFIX),
            key=pl.col(name),
            since=pl.coalesce("since", pl.lit(context.at, dtype=pl.Datetime("us"))),
            source=pl.lit(f"file {context.file_name}"),
        )
        for name in KEY_FIELDS
    ]
    whole = pl.concat(parts).unique(["row_number", "kind", "key"], maintain_order=True)
    return whole.sort("row_number", "kind", maintain_order=True)


_SHAPES: dict[str, Callable[[pl.DataFrame, Context], pl.DataFrame]] = {
    "activity": _activity,
    "outcome": _outcome,
    "consent_event": _consent,
    "suppression": _suppression,
    "customer": _customer,
    "registry": _registry,
}
