"""How much happened before ``as_of``, through which channels, and whether it is picking up.

All inputs are aggregates of dated activities, so every feature is known at any past date. Counts
are 0 (not null) without activities: a backlog that nobody touched is a fact, not a gap.
"""

from typing import Final

import polars as pl

from features.expressions import log_of, ratio
from features.schema import AS_OF
from features.spec import Feature, Known

_NEVER = "never"


def _log_count(column: str, title: str) -> Feature:
    name = column.removesuffix("_count") + "_log_count"
    unit = "log(1 + activities)"
    return Feature(
        name, "engagement", "number", unit, (column,), Known.EVENT, _NEVER, title, log_of(column)
    )


def _ratio(name: str, part: str, whole: tuple[str, ...], null: str, title: str) -> Feature:
    total = pl.sum_horizontal([pl.col(column).cast(pl.Float64) for column in whole])
    inputs = tuple(dict.fromkeys((part, *whole)))
    expr = ratio(pl.col(part), total)
    return Feature(name, "engagement", "number", "share", inputs, Known.EVENT, null, title, expr)


_touches = ("inbound_count", "outbound_count")
_last_in, _last_out = pl.col("last_inbound_at"), pl.col("last_outbound_at")
# A young lead's rate is taken over at least a month, or one early touch would outweigh years.
_years = (pl.col(AS_OF) - pl.col("created_at")).dt.total_days().clip(lower_bound=30) / 365.25

FEATURES: Final[tuple[Feature, ...]] = (
    _log_count("inbound_count", "inbound activities, ever"),
    _log_count("outbound_count", "outbound contacts, ever"),
    _log_count("inbound_90d_count", "inbound activities in the last 90 days"),
    _log_count("inbound_365d_count", "inbound activities in the last year"),
    _log_count("outbound_365d_count", "outbound contacts in the last year"),
    _log_count("form_count", "forms filled in"),
    _log_count("web_count", "website visits"),
    _log_count("email_in_count", "e-mails received from the lead"),
    _log_count("email_out_count", "e-mails sent to the lead"),
    _log_count("call_in_count", "calls from the lead"),
    _log_count("call_out_count", "calls to the lead"),
    _log_count("meeting_count", "meetings"),
    Feature(
        "channel_count",
        "engagement",
        "number",
        "channels",
        ("channel_count",),
        Known.EVENT,
        _NEVER,
        "different channels used so far",
        pl.col("channel_count"),
    ),
    _ratio(
        "inbound_share",
        "inbound_count",
        _touches,
        "no inbound or outbound activity",
        "share of activities that came from the lead",
    ),
    _ratio(
        "inbound_trend",
        "inbound_90d_count",
        ("inbound_365d_count",),
        "no inbound activity in the last year",
        "share of last year's inbound activity that is under 90 days old",
    ),
    _ratio(
        "outbound_trend",
        "outbound_90d_count",
        ("outbound_365d_count",),
        "no outbound contact in the last year",
        "share of last year's outbound contacts that are under 90 days old",
    ),
    Feature(
        "inbound_per_year",
        "engagement",
        "number",
        "activities per year",
        ("inbound_count", "created_at", AS_OF),
        Known.EVENT,
        "creation date unknown",
        "inbound activities per year since creation",
        ratio(pl.col("inbound_count"), _years),
    ),
    Feature(
        "is_awaiting_reply",
        "engagement",
        "flag",
        "0/1",
        ("last_inbound_at", "last_outbound_at"),
        Known.EVENT,
        "no inbound and no outbound activity",
        "the lead spoke last",
        pl.when(_last_in.is_not_null())
        .then(_last_out.is_null() | (_last_in > _last_out).fill_null(value=False))
        .when(_last_out.is_not_null())
        .then(statement=False),
    ),
    Feature(
        "last_inbound_channel",
        "engagement",
        "category",
        "code",
        ("last_inbound_channel",),
        Known.EVENT,
        "no inbound activity, or a channel too rare to know",
        "channel of the last inbound activity",
        pl.col("last_inbound_channel"),
    ),
)
