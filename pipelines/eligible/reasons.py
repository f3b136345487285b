"""Why somebody may not be contacted: one bit per reason, in words, and what would lift it.

The bit positions are a public contract with every published mask: append, never move or reuse.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

import polars as pl

from pipelines.store import Database, reset_table, sql


class Reason(IntEnum):
    """Bit position in a `<channel>_reasons` mask (UINT64)."""

    ART21_OBJECTION = 0
    OPTED_OUT = 1
    SUPPRESSED = 2
    SHARED_CONTACT_OBJECTED = 3
    REGISTRY_HIT = 4
    REGISTRY_MISSING = 5
    REGISTRY_STALE = 6
    NO_CONTACT_POINT = 7
    INVALID_CONTACT_POINT = 8
    BOUNCED = 9
    ROLE_ADDRESS = 10
    DISPOSABLE_DOMAIN = 11
    ALREADY_CUSTOMER = 12
    OPEN_OPPORTUNITY = 13
    CUSTOMER_FEED_MISSING = 14
    CUSTOMER_FEED_STALE = 15
    CONVERTED = 16
    DELETED = 17
    DUPLICATE_OF = 18
    UNDATED_POPULATION = 19
    COUNTRY_UNKNOWN = 20
    NO_POLICY_ROW = 21
    NO_LAWFUL_BASIS = 22
    CONSENT_TOO_OLD = 23
    CONSENT_UNCONFIRMED = 24
    CONSENT_UNPROVEN = 25
    RETENTION_REVIEW = 26
    RECONTACT_INTERVAL = 27
    FREQUENCY_CAP = 28
    SALVAGED_UNREVIEWED = 29
    DECEASED = 30
    UNDER_AGE = 31
    OWNED_BY_PERSON = 32
    IN_SEQUENCE = 33
    LIFETIME_ATTEMPTS = 34
    CONTROL_GROUP = 35
    NUMBER_REASSIGNED = 36
    SUPPRESSED_UNTIL = 37
    REGISTRY_INCOMPLETE = 38
    SUPPRESSED_DOMAIN = 39
    SUPPRESSED_HASH = 40
    SUPPRESSED_ERASED = 41
    CALLBACK_LATER = 42

    @property
    def mask(self) -> int:
        """The reason as a mask: 2 to the power of its position."""
        return 1 << self.value


class ReasonClass(StrEnum):
    """Reasons that the same act would lift."""

    OBJECTION = "objection"
    REGISTER_HIT = "register_hit"
    REGISTER_DATA = "register_data"
    CONTACT_POINT = "contact_point"
    CUSTOMER = "customer"
    CUSTOMER_FEED = "customer_feed"
    RECORD = "record"
    COUNTRY = "country"
    POLICY = "policy"
    CONSENT = "consent"
    RETENTION = "retention"
    PACING = "pacing"
    IN_HAND = "in_hand"
    CONTROL = "control"
    REVIEW = "review"


# What would lift each class; None where nothing may, or where only time or the person can. Never a
# request for consent: in NL, DE and CA sending one is itself marketing.
UNBLOCK: dict[ReasonClass, str | None] = {
    ReasonClass.OBJECTION: None,
    ReasonClass.REGISTER_HIT: None,
    ReasonClass.REGISTER_DATA: "load a current copy of the register (load --as registry)",
    ReasonClass.CONTACT_POINT: "correct or add the contact point in the source, and load it again",
    ReasonClass.CUSTOMER: None,
    ReasonClass.CUSTOMER_FEED: "load customers and open opportunities (load --as customers), or"
    ' declare that there are none (feeds.customers = "none")',
    ReasonClass.RECORD: None,
    ReasonClass.COUNTRY: "fill the country in the source, and load it again",
    ReasonClass.POLICY: "add a policy row that counsel has signed for that country",
    ReasonClass.CONSENT: "load consent that is already held, with its date and proof"
    " (load --as consent)",
    ReasonClass.RETENTION: "decide the retention review: erase, or load a recent own contact",
    ReasonClass.PACING: None,
    ReasonClass.IN_HAND: None,
    ReasonClass.CONTROL: None,
    ReasonClass.REVIEW: "look at the repaired records (quarantine review, quarantine accept), or"
    " load an unbroken export",
}


@dataclass(frozen=True)
class ReasonText:
    """What a reason means to a reader."""

    reason_class: ReasonClass
    description: str


_OBJECTION, _CONTACT = ReasonClass.OBJECTION, ReasonClass.CONTACT_POINT
_CUSTOMER, _RECORD, _CONSENT = ReasonClass.CUSTOMER, ReasonClass.RECORD, ReasonClass.CONSENT

TEXTS: dict[Reason, ReasonText] = {
    Reason.ART21_OBJECTION: ReasonText(_OBJECTION, "objected to profiling (GDPR Art. 21)"),
    Reason.OPTED_OUT: ReasonText(_OBJECTION, "opted out"),
    Reason.SUPPRESSED: ReasonText(
        _OBJECTION, "the address or number is on the own suppression list"
    ),
    Reason.SUPPRESSED_DOMAIN: ReasonText(
        _OBJECTION, "the domain of the address is on the own suppression list"
    ),
    Reason.SUPPRESSED_HASH: ReasonText(
        _OBJECTION, "a plain hash of the address or number is on the own suppression list"
    ),
    Reason.SUPPRESSED_ERASED: ReasonText(
        _OBJECTION, "the address or number is that of somebody who was erased"
    ),
    Reason.SUPPRESSED_UNTIL: ReasonText(
        _OBJECTION, "on the own suppression list until a day to come"
    ),
    Reason.SHARED_CONTACT_OBJECTED: ReasonText(
        _OBJECTION, "shares the contact point with somebody who objected"
    ),
    Reason.REGISTRY_HIT: ReasonText(
        ReasonClass.REGISTER_HIT, "on a public do-not-contact register"
    ),
    Reason.REGISTRY_MISSING: ReasonText(
        ReasonClass.REGISTER_DATA, "a register that must be screened against is not loaded"
    ),
    Reason.REGISTRY_STALE: ReasonText(
        ReasonClass.REGISTER_DATA, "the register loaded is older than the rule allows"
    ),
    Reason.REGISTRY_INCOMPLETE: ReasonText(
        ReasonClass.REGISTER_DATA,
        "the newest copy of the register is shorter than the one before, or of another region",
    ),
    Reason.NO_CONTACT_POINT: ReasonText(_CONTACT, "no contact point for the channel"),
    Reason.INVALID_CONTACT_POINT: ReasonText(_CONTACT, "the contact point is invalid or wrong"),
    Reason.BOUNCED: ReasonText(_CONTACT, "the contact point bounced"),
    Reason.ROLE_ADDRESS: ReasonText(_CONTACT, "the address is a role's, such as info@"),
    Reason.DISPOSABLE_DOMAIN: ReasonText(_CONTACT, "the address is disposable"),
    Reason.ALREADY_CUSTOMER: ReasonText(_CUSTOMER, "is already a customer"),
    Reason.OPEN_OPPORTUNITY: ReasonText(_CUSTOMER, "has an open opportunity"),
    Reason.CUSTOMER_FEED_MISSING: ReasonText(
        ReasonClass.CUSTOMER_FEED, "no feed of customers and open opportunities is loaded"
    ),
    Reason.CUSTOMER_FEED_STALE: ReasonText(
        ReasonClass.CUSTOMER_FEED, "the feed of customers and open opportunities is too old"
    ),
    Reason.CONVERTED: ReasonText(_CUSTOMER, "has converted already"),
    Reason.DELETED: ReasonText(_RECORD, "deleted or merged away in the source"),
    Reason.DUPLICATE_OF: ReasonText(_RECORD, "another lead stands for the same person"),
    Reason.UNDATED_POPULATION: ReasonText(
        _RECORD, "comes from a file without dates, which stays off the nightly lists"
    ),
    Reason.COUNTRY_UNKNOWN: ReasonText(ReasonClass.COUNTRY, "country unknown"),
    Reason.NO_POLICY_ROW: ReasonText(ReasonClass.POLICY, "no policy row for the country"),
    Reason.NO_LAWFUL_BASIS: ReasonText(
        _CONSENT, "no consent or other ground that the policy row accepts"
    ),
    Reason.CONSENT_TOO_OLD: ReasonText(_CONSENT, "consent is too old or has ended"),
    Reason.CONSENT_UNCONFIRMED: ReasonText(_CONSENT, "double opt-in was never confirmed"),
    Reason.CONSENT_UNPROVEN: ReasonText(_CONSENT, "consent lacks the proof the rule asks for"),
    Reason.RETENTION_REVIEW: ReasonText(
        ReasonClass.RETENTION, "no own contact for so long that a retention review is due"
    ),
    Reason.RECONTACT_INTERVAL: ReasonText(ReasonClass.PACING, "approached only recently"),
    Reason.FREQUENCY_CAP: ReasonText(
        ReasonClass.PACING, "approached often enough for a day or a year"
    ),
    Reason.SALVAGED_UNREVIEWED: ReasonText(
        ReasonClass.REVIEW,
        "a record about them was repaired or set aside, and nobody has reviewed it",
    ),
    Reason.DECEASED: ReasonText(_OBJECTION, "said to have died"),
    Reason.UNDER_AGE: ReasonText(_OBJECTION, "said to be under age"),
    Reason.OWNED_BY_PERSON: ReasonText(
        ReasonClass.IN_HAND, "its owner, or somebody it was handed to, is working on it"
    ),
    Reason.IN_SEQUENCE: ReasonText(
        ReasonClass.IN_HAND, "is in somebody's sequence or cadence that is running"
    ),
    Reason.LIFETIME_ATTEMPTS: ReasonText(
        ReasonClass.PACING, "approached as often as anybody ever may be"
    ),
    Reason.CONTROL_GROUP: ReasonText(
        ReasonClass.CONTROL, "in the control group, which no list contains"
    ),
    Reason.NUMBER_REASSIGNED: ReasonText(
        _CONTACT, "the number was given up by somebody since the person's last own contact"
    ),
    Reason.CALLBACK_LATER: ReasonText(ReasonClass.PACING, "asked to be contacted on a later day"),
}


# On the own suppression list for good, however the entry names the person.
SUPPRESSED_FOR_GOOD: Final = (
    Reason.SUPPRESSED.mask
    | Reason.SUPPRESSED_DOMAIN.mask
    | Reason.SUPPRESSED_HASH.mask
    | Reason.SUPPRESSED_ERASED.mask
)


def reasons_of(mask: int) -> tuple[Reason, ...]:
    """Return the reasons in `mask`, lowest bit first."""
    return tuple(reason for reason in Reason if mask & reason.mask)


def reason_codes(masks: pl.Expr) -> pl.Expr:
    """Turn a UINT64 mask column into a list of codes, lowest bit first; a null mask gives null."""
    codes = [
        pl.when((masks & pl.lit(reason.mask, dtype=pl.UInt64)) != 0).then(pl.lit(reason.name))
        for reason in Reason
    ]
    return pl.when(masks.is_not_null()).then(pl.concat_list(codes).list.drop_nulls())


def reason_frame() -> pl.DataFrame:
    """Return table `reason`: bit, code, description, unblock (null: nothing may lift it)."""
    rows = [
        (reason.value, reason.name, text.description, UNBLOCK[text.reason_class])
        for reason, text in TEXTS.items()
    ]
    schema = {
        "bit": pl.UInt8,
        "code": pl.String,
        "description": pl.String,
        "unblock": pl.String,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def reasons_view_sql() -> str:
    """Return the statements that make views `eligibility_reason` and `decision_reason`."""
    return sql("pipelines.eligible", "reason_views.sql")


def publish_reasons(db: Database) -> None:
    """Write table `reason` anew, and the views that spell every mask out, one row per reason."""
    reset_table(db, "reason")
    db.insert("reason", reason_frame())
    db.run(reasons_view_sql())
