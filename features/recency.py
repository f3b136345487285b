"""How long ago things happened, counted back from ``as_of``.

``created_at`` counts as immutable: CRMs set it once, though an import may have reset it to the day
of the import. Everything from the activity table is an event. ``modified_at`` and
``last_activity_date`` are overwritten by every later touch, so only today's value is known.
"""

from typing import Final

import polars as pl

from features.expressions import days_between
from features.schema import AS_OF
from features.spec import Feature, Known

_NO_EVENT = "no such activity before as_of"


def _since(name: str, column: str, known: Known, null: str, title: str) -> Feature:
    expr = days_between(column, AS_OF)
    return Feature(name, "recency", "number", "days", (column, AS_OF), known, null, title, expr)


_created = pl.col("created_at")
# A time of exactly midnight is how a source that only knows the day writes it.
_has_time = _created.dt.truncate("1d") != _created

FEATURES: Final[tuple[Feature, ...]] = (
    _since(
        "lead_age_days",
        "created_at",
        Known.IMMUTABLE,
        "creation date unknown or after as_of",
        "days since the lead was created",
    ),
    Feature(
        "created_weekday",
        "recency",
        "number",
        "1 = Monday to 7 = Sunday",
        ("created_at",),
        Known.IMMUTABLE,
        "creation date unknown",
        "weekday on which the lead was created",
        _created.dt.weekday(),
    ),
    Feature(
        "created_hour",
        "recency",
        "number",
        "hour of day, UTC",
        ("created_at",),
        Known.IMMUTABLE,
        "creation time unknown (the source gives a day only)",
        "hour at which the lead was created",
        pl.when(_has_time).then(_created.dt.hour()),
    ),
    _since(
        "days_since_last_inbound",
        "last_inbound_at",
        Known.EVENT,
        _NO_EVENT,
        "days since the last inbound activity",
    ),
    _since(
        "days_since_last_outbound",
        "last_outbound_at",
        Known.EVENT,
        _NO_EVENT,
        "days since we last reached out",
    ),
    _since(
        "days_since_last_activity",
        "last_activity_at",
        Known.EVENT,
        _NO_EVENT,
        "days since the last activity of any kind",
    ),
    Feature(
        "days_to_first_activity",
        "recency",
        "number",
        "days",
        ("created_at", "first_activity_at"),
        Known.EVENT,
        "no activity before as_of, creation date unknown, or activity before creation",
        "days from creation to the first activity",
        days_between("created_at", "first_activity_at"),
    ),
    _since(
        "days_since_modified",
        "modified_at",
        Known.EXPORT_ONLY,
        "modification date unknown or after as_of",
        "days since the record was last changed",
    ),
    Feature(
        "days_since_crm_activity",
        "recency",
        "number",
        "days",
        ("last_activity_date", AS_OF),
        Known.EXPORT_ONLY,
        "date unknown or after as_of (CRMs put due dates here)",
        "days since the CRM's last activity date",
        pl.when(pl.col(AS_OF).dt.date() >= pl.col("last_activity_date")).then(
            (pl.col(AS_OF).dt.date() - pl.col("last_activity_date")).dt.total_days()
        ),
    ),
)
