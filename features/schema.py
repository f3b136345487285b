"""Columns that the features may read: one frame, one row per (lead, as_of).

Names and types are those of the store's ``lead`` table and of the event aggregates that
``pipelines/featurise/aggregate.sql`` makes. Custom columns come as ``custom:<column>``.
"""

from typing import Final

import polars as pl

AS_OF: Final = "as_of"
CUSTOM_PREFIX: Final = "custom:"

_AT: Final = pl.Datetime("us")

LEAD_COLUMNS: Final[dict[str, pl.DataType]] = {
    "first_name": pl.String(),
    "last_name": pl.String(),
    "full_name": pl.String(),
    "title": pl.String(),
    "company": pl.String(),
    "email_key": pl.String(),
    "email_domain": pl.String(),
    "phone_e164": pl.String(),
    "mobile_e164": pl.String(),
    "line_type": pl.String(),
    "website": pl.String(),
    "country": pl.String(),
    "lead_source": pl.String(),
    "industry": pl.String(),
    "employees": pl.Int32(),
    "annual_revenue": pl.Float64(),
    "rating": pl.String(),
    "status": pl.String(),
    "created_at": _AT,
    "modified_at": _AT,
    "last_activity_date": pl.Date(),
    "language": pl.String(),
    "email_bounced_at": _AT,
    "phone_valid": pl.Boolean(),
    "party_type": pl.String(),
}
"""Columns of one export row that features read; null = the export does not say."""

AGGREGATE_COLUMNS: Final[dict[str, pl.DataType]] = {
    "first_activity_at": _AT,
    "last_activity_at": _AT,
    "last_inbound_at": _AT,
    "last_outbound_at": _AT,
    "inbound_count": pl.Int32(),
    "outbound_count": pl.Int32(),
    "inbound_90d_count": pl.Int32(),
    "inbound_365d_count": pl.Int32(),
    "outbound_90d_count": pl.Int32(),
    "outbound_365d_count": pl.Int32(),
    "email_in_count": pl.Int32(),
    "form_count": pl.Int32(),
    "web_count": pl.Int32(),
    "call_in_count": pl.Int32(),
    "meeting_count": pl.Int32(),
    "call_out_count": pl.Int32(),
    "email_out_count": pl.Int32(),
    "channel_count": pl.Int32(),
    "last_inbound_channel": pl.String(),
    "company_lead_count": pl.Int32(),
}
"""Aggregates over other rows, from events before ``as_of`` only; counts are 0 without events."""

INPUT_COLUMNS: Final[dict[str, pl.DataType]] = {
    AS_OF: _AT,
    **LEAD_COLUMNS,
    **AGGREGATE_COLUMNS,
}


def is_lead_column(column: str) -> bool:
    """Whether one export row (and the logical date) can supply this column."""
    return column == AS_OF or column in LEAD_COLUMNS or column.startswith(CUSTOM_PREFIX)
