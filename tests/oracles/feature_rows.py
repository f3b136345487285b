"""Slow twins of some features: one plain Python row at a time, written from docs/features.md."""

import math
import re
import struct
import unicodedata
from datetime import timedelta

from features.mailhosts import FREE_MAIL_DOMAINS, ROLE_LOCAL_PARTS


def row_features(row):
    """Return name -> value (None = missing) of the features that have a twin."""
    return {name: twin(row) for name, twin in TWINS.items()}


def float32(value):
    """Round like a Float32 column does; None for what it cannot hold."""
    if value is None or math.isnan(value):
        return None
    try:
        rounded = struct.unpack("f", struct.pack("f", value))[0]
    except OverflowError:
        return None
    return None if math.isinf(rounded) else rounded


def _days(earlier, later):
    if earlier is None or later is None or later < earlier:
        return None
    return (later - earlier) // timedelta(days=1)


def _log(value):
    if value is None or math.isnan(value) or value < 0:
        return None
    return math.log1p(value) if not math.isinf(value) else None


def _share(part, wholes):
    whole = sum(w or 0 for w in wholes)
    return None if part is None or whole <= 0 else part / whole


def _hour(row):
    at = row["created_at"]
    if at is None or (at.hour, at.minute, at.second, at.microsecond) == (0, 0, 0, 0):
        return None
    return at.hour


def _awaiting(row):
    last_in, last_out = row["last_inbound_at"], row["last_outbound_at"]
    if last_in is None:
        return None if last_out is None else 0
    return int(last_out is None or last_in > last_out)


def _local(row):
    found = re.match(r"([^@]+)@", row["email_key"] or "")
    return found.group(1).lower() if found else None


def _name_in_email(row):
    local, name = _local(row), row["last_name"]
    if local is None or name is None:
        return None
    letters = "".join(
        c for c in unicodedata.normalize("NFKD", name) if unicodedata.category(c)[0] == "L"
    ).lower()
    return int(letters in local) if len(letters) >= 3 else None


def _name_parts(row):
    given = bool(row["first_name"]) + bool(row["last_name"])
    full = (row["full_name"] or "").strip()
    return max(given, 0 if not full else 2 if " " in full else 1)


TWINS = {
    "lead_age_days": lambda r: _days(r["created_at"], r["as_of"]),
    "created_weekday": lambda r: r["created_at"] and r["created_at"].isoweekday(),
    "created_hour": _hour,
    "days_since_last_inbound": lambda r: _days(r["last_inbound_at"], r["as_of"]),
    "days_to_first_activity": lambda r: _days(r["created_at"], r["first_activity_at"]),
    "inbound_log_count": lambda r: _log(r["inbound_count"]),
    "annual_revenue_log": lambda r: _log(r["annual_revenue"]),
    "inbound_share": lambda r: _share(
        r["inbound_count"], (r["inbound_count"], r["outbound_count"])
    ),
    "inbound_trend": lambda r: _share(r["inbound_90d_count"], (r["inbound_365d_count"],)),
    "is_awaiting_reply": _awaiting,
    "has_email": lambda r: int(bool(r["email_key"])),
    "is_free_mail": lambda r: (
        None if r["email_domain"] is None else int(r["email_domain"].lower() in FREE_MAIL_DOMAINS)
    ),
    "is_role_address": lambda r: None if _local(r) is None else int(_local(r) in ROLE_LOCAL_PARTS),
    "is_name_in_email": _name_in_email,
    "email_digit_count": lambda r: (
        None if _local(r) is None else len(re.findall("[0-9]", _local(r)))
    ),
    "is_email_bounced": lambda r: int(
        r["email_bounced_at"] is not None and r["email_bounced_at"] < r["as_of"]
    ),
    "name_part_count": _name_parts,
}
