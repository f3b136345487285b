"""Where the lead came from and by which channels it can be reached.

Source and contact points count as immutable: they are what the lead came with. That is an
approximation, because people add phone numbers later; the leakage checks of training look at their
fill rate. ``status`` and ``phone_valid`` are overwritten while the lead is worked.
"""

from typing import Final

import polars as pl

from features.expressions import has_text
from features.spec import Feature, Known


def _category(column: str, known: Known, title: str) -> Feature:
    null = f"{column} unknown or too rare to know"
    return Feature(
        column, "channel", "category", "code", (column,), known, null, title, pl.col(column)
    )


def _has(name: str, column: str, title: str) -> Feature:
    expr = has_text(column)
    return Feature(name, "channel", "flag", "0/1", (column,), Known.IMMUTABLE, "never", title, expr)


FEATURES: Final[tuple[Feature, ...]] = (
    _category("lead_source", Known.IMMUTABLE, "source of the lead"),
    _has("has_email", "email_key", "usable e-mail address is known"),
    _has("has_phone", "phone_e164", "valid phone number is known"),
    _has("has_mobile", "mobile_e164", "valid mobile number is known"),
    _category("line_type", Known.IMMUTABLE, "kind of phone line"),
    _category("status", Known.EXPORT_ONLY, "status in the CRM"),
    Feature(
        "is_phone_valid",
        "channel",
        "flag",
        "0/1",
        ("phone_valid",),
        Known.EXPORT_ONLY,
        "the CRM does not say",
        "the CRM says the phone number works",
        pl.col("phone_valid"),
    ),
)
