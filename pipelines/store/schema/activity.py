"""What was tried and what came of it, counted: the report of the people who run the campaigns."""

from typing import Final

from pipelines.store.schema.spec import Table, table

DISPOSITIONS: Final = (
    "sent", "delivered", "opened", "bounced", "no_answer", "answered", "replied", "meeting",
    "callback_at", "escalated", "opted_out", "complaint", "wrong_number", "left_company",
)  # fmt: skip

ACTIVITY_REPORT: Table = table(
    "activity_report",
    "One row per week, channel, handler, source and campaign with attempts; every count adds up",
    ("week", "DATE", "Monday of the week, UTC; null: attempts without a time"),
    ("channel", "VARCHAR", "channel of the attempts"),
    ("handler", "VARCHAR", "ai or human; null: not told"),
    ("source_system", "VARCHAR", "source of the lead, else of the attempt"),
    ("lead_source", "VARCHAR", "how the lead came in, as exported"),
    ("campaign_id", "VARCHAR", "campaign the lead's activities named last before; null: none"),
    ("attempts", "BIGINT", "attempts, whatever came of them"),
    (
        "contacts",
        "BIGINT",
        "attempts in which the person was heard: answered, replied, meeting, callback_at,"
        " escalated or opted_out",
    ),
    *((name, "BIGINT", f"attempts that ended as {name}") for name in DISPOSITIONS),
    ("untold", "BIGINT", "attempts of which nobody told how they ended"),
    (
        "conversions",
        "BIGINT",
        "persons whose first conversion came within horizon_days of the day of an attempt: each"
        " once, at the last attempt before it",
    ),
    ("horizon_days", "INTEGER", "days within which a conversion counts"),
    ("complete_on", "DATE", "day from which on no more conversions of the week can come"),
)
