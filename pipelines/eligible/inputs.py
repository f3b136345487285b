"""Frames that the statements of this stage join: policy rows, feed states, reason bits."""

from datetime import datetime, timedelta

import polars as pl

from pipelines.eligible.reasons import Reason
from pipelines.settings.policy import (
    RECORDED_BASIS,
    REGISTRIES,
    Basis,
    FeedSettings,
    PolicyTable,
    Rule,
)
from pipelines.store import Database
from pipelines.store.feeds import required_feeds
from pipelines.store.registers import Registers

REGISTRY_FLAGS = {name: 1 << position for position, name in enumerate(REGISTRIES)}

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
    "feed_bits": pl.UInt64,
}


def reason_macros() -> str:
    """Return statements that make `r_<reason>()` the mask of each reason, for readable SQL."""
    return "".join(
        f"CREATE OR REPLACE TEMP MACRO r_{reason.name.lower()}() AS {reason.mask}::UBIGINT;\n"
        for reason in Reason
    )


def registry_frame() -> pl.DataFrame:
    """Return the register names with their bit in a set: name, flag."""
    return pl.DataFrame(
        {"name": list(REGISTRY_FLAGS), "flag": list(REGISTRY_FLAGS.values())},
        schema={"name": pl.String, "flag": pl.Int32},
    )


def cap_frame(policy: PolicyTable) -> pl.DataFrame:
    """Return one row per daily cap and place: country and state (null: any), attempts (Int32)."""
    rows = [
        (*place, cap.max_attempts)
        for cap in policy.daily_caps.values()
        for place in (cap.countries_and_states() or ((None, None),))
    ]
    schema = {"country": pl.String, "state": pl.String, "attempts": pl.Int32}
    return pl.DataFrame(rows, schema=schema, orient="row")


def customer_feed_bits(db: Database, feeds: FeedSettings, as_of: datetime) -> int:
    """Return the mask that the state of the customer feed puts on everybody."""
    bits = 0
    for count, newest, days in required_feeds(db, feeds):
        if not count:
            bits |= Reason.CUSTOMER_FEED_MISSING.mask
        elif newest is None or as_of - newest > timedelta(days=days):
            bits |= Reason.CUSTOMER_FEED_STALE.mask
    return bits


def policy_frame(policy: PolicyTable, registers: Registers, as_of: datetime) -> pl.DataFrame:
    """Return one row per policy row and kind of number, with what its registers' state blocks.

    Parameters
    ----------
    policy : PolicyTable
        The rows.
    registers : Registers
        Those loaded.
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
                rows.append((*key, *_terms(judged_by, general_months, registers, as_of)))
    return pl.DataFrame(rows, schema=_POLICY_SCHEMA, orient="row")


def _terms(
    rule: Rule, general_months: int, registers: Registers, as_of: datetime
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
        _registry_bits(rule, registers, as_of),
    )


def _registry_bits(rule: Rule, registers: Registers, as_of: datetime) -> int:
    bits = 0
    for name in rule.registries:
        newest = registers.newest.get(name)
        if name in registers.incomplete:
            bits |= Reason.REGISTRY_INCOMPLETE.mask
        if name not in registers.newest:
            bits |= 0 if rule.is_registry_optional else Reason.REGISTRY_MISSING.mask
        elif newest is None or as_of - newest > timedelta(days=rule.registry_max_age_days):
            bits |= Reason.REGISTRY_STALE.mask
    return bits
