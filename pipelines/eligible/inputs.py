"""Frames that the statements of this stage join: policy rows, feed states, reason bits."""

from datetime import datetime, timedelta

import polars as pl

from pipelines.eligible.reasons import Reason
from pipelines.settings.policy import (
    RECORDED_BASIS,
    Basis,
    FeedSettings,
    PolicyTable,
    Rule,
)
from pipelines.store import Database

REGISTRY_FLAGS = {
    name: 1 << position
    for position, name in enumerate(
        ("us_dnc", "uk_tps", "uk_ctps", "ca_dncl", "uk_mps", "de_robinson")
    )
}

_POLICY_SCHEMA = {
    "region": pl.String,
    "channel": pl.String,
    "party": pl.String,
    "is_mobile": pl.Boolean,
    "is_open": pl.Boolean,
    "is_forbidden": pl.Boolean,
    "is_express": pl.Boolean,
    "is_proof_required": pl.Boolean,
    "recorded_basis": pl.String,
    "consent_max_age_months": pl.Int32,
    "purchase_months": pl.Int32,
    "inquiry_months": pl.Int32,
    "exempt_purchase_months": pl.Int32,
    "exempt_inquiry_months": pl.Int32,
    "registries": pl.Int32,
    "feed_bits": pl.UInt32,
}


def reason_macros() -> str:
    """Return statements that make `r_<reason>()` the mask of each reason, for readable SQL."""
    return "".join(
        f"CREATE OR REPLACE TEMP MACRO r_{reason.name.lower()}() AS {reason.mask}::UINTEGER;\n"
        for reason in Reason
    )


def registry_frame() -> pl.DataFrame:
    """Return the register names with their bit in a set: name, flag."""
    return pl.DataFrame(
        {"name": list(REGISTRY_FLAGS), "flag": list(REGISTRY_FLAGS.values())},
        schema={"name": pl.String, "flag": pl.Int32},
    )


def registry_dates(db: Database) -> dict[str, datetime | None]:
    """Return for each register loaded the time its newest data speaks of.

    That is when it was screened, or loaded where that is unknown or earlier; None: neither known.
    """
    found = db.frame(
        "SELECT registry, max(least(screened_at, ingested_at)) AS newest FROM registry"
        " WHERE registry IS NOT NULL GROUP BY registry"
    )
    return dict(zip(found["registry"], found["newest"], strict=True))


def customer_feed_bits(db: Database, feeds: FeedSettings, as_of: datetime) -> int:
    """Return the mask that the state of the customer feed puts on everybody."""
    if feeds.customers == "none":
        return 0
    found = db.frame("SELECT count(*) AS rows, max(ingested_at) AS newest FROM customer")
    if found["rows"].item() == 0:
        return Reason.CUSTOMER_FEED_MISSING.mask
    newest = found["newest"].item()
    if newest is None or as_of - newest > timedelta(days=feeds.customer_max_age_days):
        return Reason.CUSTOMER_FEED_STALE.mask
    return 0


def policy_frame(
    policy: PolicyTable, loaded: dict[str, datetime | None], as_of: datetime
) -> pl.DataFrame:
    """Return one row per policy row and kind of number, with what its registers' state blocks.

    Parameters
    ----------
    policy : PolicyTable
        The rows.
    loaded : dict
        As :func:`registry_dates` gives it.
    as_of : datetime
        Naive UTC.
    """
    rows = []
    for region, channel, party, rule in policy.rows():
        general_months: int = getattr(policy.consent_max_age_months, channel)
        for is_mobile in (False, True):
            judged_by: Rule | None = rule
            if is_mobile and rule.is_mobile_as_consumer:
                judged_by = policy.rule(region, channel, "consumer")
            if judged_by is not None:
                key = (region, channel, party, is_mobile)
                rows.append((*key, *_terms(judged_by, general_months, loaded, as_of)))
    return pl.DataFrame(rows, schema=_POLICY_SCHEMA, orient="row")


def _terms(
    rule: Rule, general_months: int, loaded: dict[str, datetime | None], as_of: datetime
) -> tuple[object, ...]:
    own_months = rule.consent_max_age_months
    return (
        rule.basis is Basis.MAY,
        rule.basis is Basis.FORBIDDEN,
        rule.basis is Basis.EXPRESS_CONSENT,
        rule.is_proof_required,
        RECORDED_BASIS.get(rule.basis),
        general_months if own_months is None else own_months,
        rule.purchase_months,
        rule.inquiry_months,
        rule.exempt_purchase_months,
        rule.exempt_inquiry_months,
        sum(REGISTRY_FLAGS[name] for name in set(rule.registries)),
        _registry_bits(rule, loaded, as_of),
    )


def _registry_bits(rule: Rule, loaded: dict[str, datetime | None], as_of: datetime) -> int:
    bits = 0
    for name in rule.registries:
        newest = loaded.get(name)
        if name not in loaded:
            bits |= 0 if rule.is_registry_optional else Reason.REGISTRY_MISSING.mask
        elif newest is None or as_of - newest > timedelta(days=rule.registry_max_age_days):
            bits |= Reason.REGISTRY_STALE.mask
    return bits
