"""What the policy row that a listed person stands on asks of a claim, while time passes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import polars as pl

from pipelines.settings.policy import (
    REGION_OF_COUNTRY,
    Basis,
    Channel,
    PartyClass,
    PolicyTable,
    Rule,
)
from pipelines.store.registers import Registers

_SCHEMA: Final[dict[str, pl.DataType | type[pl.DataType]]] = {
    "country": pl.String,
    "channel": pl.String,
    "party_type": pl.String,
    "is_allowed": pl.Boolean,
    "needs_ground": pl.Boolean,
    "consent_months": pl.Int32,
    "inquiry_months": pl.Int32,
    "exempt_inquiry_months": pl.Int32,
    "purchase_months": pl.Int32,
    "exempt_purchase_months": pl.Int32,
    "retention_months": pl.Int32,
    "stale_at": pl.Datetime("us"),
    "segment": pl.String,
}


def terms_frame(
    cells: pl.DataFrame,
    policy: PolicyTable,
    *,
    registers: Registers,
    feed_ends: Sequence[datetime],
    as_of: datetime,
) -> pl.DataFrame:
    """Return one row per cell with the months and dates that a claim must keep to.

    Parameters
    ----------
    cells : DataFrame
        country, channel, party_type (String), each combination once.
    registers : Registers
        Those loaded. Where the last copy of one is not whole, the next night has to judge.
    feed_ends : sequence of datetime
        When each feed that is needed gets too old.
    as_of : datetime
        What the list was decided for: what was stale by then has been judged.

    Returns
    -------
    DataFrame
        The cells with `is_allowed` (some row permits it), the months of the row (0: none), and
        `stale_at`: when the first register or feed it needs gets too old; null: none does.
    """
    rows = []
    for country, channel, party_type in cells.select("country", "channel", "party_type").rows():
        region = REGION_OF_COUNTRY.get(country, country) if country else None
        party = party_type if party_type in {"organisation", "sole_trader"} else "consumer"
        rules = _rules(policy, region, channel, party)
        ends = [*feed_ends, *(_register_ends(rule, registers) for rule in rules)]
        if any(not registers.incomplete.isdisjoint(rule.registries) for rule in rules):
            ends.append(as_of)
        coming = [end for end in ends if end is not None and end >= as_of]
        rows.append(
            (
                country,
                channel,
                party_type,
                bool(rules) and any(rule.basis is not Basis.FORBIDDEN for rule in rules),
                *_months(rules, getattr(policy.consent_max_age_months, channel)),
                policy.retention.months if country in policy.retention.countries else 0,
                min(coming, default=None),
                f"{region}/{party}" if region else party,
            )
        )
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row")


def _rules(policy: PolicyTable, region: str | None, channel: str, party: str) -> list[Rule]:
    """Return the row, and the consumer's where a mobile number is judged by it: both are kept."""
    if region is None:
        return []
    found = policy.rule(region, cast("Channel", channel), cast("PartyClass", party))
    if found is None:
        return []
    consumer = policy.rule(region, cast("Channel", channel), "consumer")
    return [found, consumer] if found.is_mobile_as_consumer and consumer else [found]


def _months(rules: list[Rule], general: int) -> tuple[Any, ...]:
    own = [r.consent_max_age_months for r in rules if r.consent_max_age_months is not None]
    return (
        any(rule.basis is not Basis.MAY for rule in rules),
        min(own, default=general),
        *(
            min((getattr(rule, name) for rule in rules if getattr(rule, name)), default=0)
            for name in (
                "inquiry_months",
                "exempt_inquiry_months",
                "purchase_months",
                "exempt_purchase_months",
            )
        ),
    )


def _register_ends(rule: Rule, registers: Registers) -> datetime | None:
    loaded = [registers.newest.get(name) for name in rule.registries]
    age = timedelta(days=rule.registry_max_age_days)
    return min((newest + age for newest in loaded if newest is not None), default=None)
