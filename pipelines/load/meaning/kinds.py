"""What can be loaded: the kinds of `--as`, their canonical fields and what each must name."""

from dataclasses import dataclass
from typing import Literal

FieldType = Literal["text", "timestamp", "date", "number", "integer", "boolean", "flag", "duration"]

# Everything that is not plain text. A flag is an opt-out: only a true value means anything.
FIELD_TYPES: dict[str, FieldType] = {
    "is_deleted": "boolean",
    "employees": "integer",
    "annual_revenue": "number",
    "created_at": "timestamp",
    "modified_at": "timestamp",
    "last_activity_date": "date",
    "assigned_at": "timestamp",
    "email_bounced_at": "timestamp",
    "phone_valid": "boolean",
    "do_not_email": "flag",
    "do_not_call": "flag",
    "no_profiling": "flag",
    "is_converted": "boolean",
    "is_active": "boolean",
    "converted_at": "timestamp",
    "qualified_at": "timestamp",
    "opportunity_at": "timestamp",
    "customer_at": "timestamp",
    "closed_at": "timestamp",
    "win_probability": "number",
    "at": "timestamp",
    "callback_at": "timestamp",
    "satisfaction": "number",
    "duration_s": "duration",
    "is_done": "boolean",
    "occurred_at": "timestamp",
    "value_amount": "number",
    "captured_at": "timestamp",
    "effective_from": "timestamp",
    "effective_to": "timestamp",
    "is_confirmed": "boolean",
    "since": "timestamp",
    "until": "timestamp",
    "screened_at": "timestamp",
}

# Columns of `lead` that a file may fill; the rest of the table is derived.
LEAD_FIELDS = (
    "source_id",
    "is_deleted",
    "merged_into_id",
    "first_name",
    "last_name",
    "full_name",
    "title",
    "company",
    "email",
    "phone",
    "mobile",
    "website",
    "street",
    "city",
    "state",
    "postal_code",
    "country",
    "lead_source",
    "industry",
    "employees",
    "annual_revenue",
    "rating",
    "status",
    "owner_id",
    "created_at",
    "modified_at",
    "last_activity_date",
    "assigned_at",
    "timezone",
    "language",
    "email_bounced_at",
    "phone_valid",
    "party_type",
    "assisted_channel",
)
# What a lead row may say about consent and outcome. These become rows of their own tables; the
# cells stay among the custom columns, never as a feature, because they tell the label.
CONSENT_FLAGS = ("do_not_email", "do_not_call", "no_profiling")
OUTCOME_SIGNALS = (
    "is_converted",
    "converted_at",
    "lifecycle_stage",
    "qualified_at",
    "opportunity_at",
    "customer_at",
    "win_probability",
    "closed_at",
    "lost_reason",
    "is_active",
)
LEAD_SIGNALS = (*CONSENT_FLAGS, *OUTCOME_SIGNALS, "merged_ids")

_WHO = ("lead_source_id", "email", "phone")
_WHO_FIELDS = (*_WHO, "country")


@dataclass(frozen=True)
class Kind:
    """One value of `--as`.

    Parameters
    ----------
    name : str
        As on the command line.
    table : str
        Table, and Parquet file of a batch, that its records become.
    fields : tuple of str
        Canonical fields a file may supply.
    any_of : tuple of str
        At least one of these must be supplied; empty when none is needed.
    required : tuple of str
        All of these must be supplied; a record without a value in one is quarantined.
    own_id : str
        Field that identifies the record itself; a content hash stands in when it is absent.
    """

    name: str
    table: str
    fields: tuple[str, ...]
    any_of: tuple[str, ...]
    required: tuple[str, ...]
    own_id: str


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("leads", "lead", LEAD_FIELDS + LEAD_SIGNALS, (), (), "source_id"),
        Kind(
            "activities",
            "activity",
            (
                *_WHO_FIELDS,
                "activity_id",
                "channel",
                "direction",
                "at",
                "result",
                "disposition",
                "progress",
                "is_done",
                "duration_s",
                "subject",
                "actor",
                "actor_id",
                "campaign_id",
            ),
            _WHO,
            ("at",),
            "activity_id",
        ),
        Kind(
            "outcomes",
            "outcome",
            (
                *_WHO_FIELDS,
                "outcome_id",
                "milestone",
                "occurred_at",
                "reason",
                "value_amount",
                "currency",
            ),
            _WHO,
            ("milestone", "occurred_at"),
            "outcome_id",
        ),
        Kind(
            "consent",
            "consent_event",
            (
                *_WHO_FIELDS,
                "consent_id",
                "channel",
                "purpose",
                "status",
                "lawful_basis",
                "captured_at",
                "effective_from",
                "effective_to",
                "is_confirmed",
                "capture_source",
                "evidence_ref",
            ),
            _WHO,
            ("status",),
            "consent_id",
        ),
        Kind(
            "suppressions",
            "suppression",
            ("email", "phone", "domain", "hash", "country", "channel", "reason", "since", "until"),
            ("email", "phone", "domain", "hash"),
            (),
            "suppression_id",
        ),
        Kind(
            "attempts",
            "contact_attempt",
            (
                *_WHO_FIELDS,
                "attempt_id",
                "claim_id",
                "channel",
                "handler",
                "at",
                "disposition",
                "callback_at",
                "satisfaction",
                "note",
            ),
            _WHO,
            ("at", "channel"),
            "attempt_id",
        ),
        Kind(
            "customers",
            "customer",
            ("customer_id", "email", "phone", "domain", "country", "status", "since"),
            ("email", "phone", "domain"),
            (),
            "customer_id",
        ),
        Kind(
            "registry",
            "registry",
            ("registry", "phone", "email", "country", "screened_at"),
            ("phone", "email"),
            ("registry",),
            "registry_id",
        ),
    )
}


def kind_of(name: str) -> Kind:
    """Return the kind called `name`.

    Raises
    ------
    KeyError
        There is no such kind; the command line offers only those of `KINDS`.
    """
    return KINDS[name]
