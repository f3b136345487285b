"""Tables that hold what was loaded: leads and everything known about them."""

from pipelines.store.schema.packing import packed
from pipelines.store.schema.spec import Table, table

_SOURCE = (
    ("source_system", "VARCHAR", "slug of the system the row came from, for example sf_emea"),
)
_ORIGIN = (
    ("ingested_at", "TIMESTAMP", "UTC time at which the row was loaded"),
    ("batch_id", "VARCHAR", "load batch the row came with; joins load_file.batch_id"),
)
_CHILD = (
    ("lead_key", "BIGINT", "lead the row belongs to; null while no such lead is loaded"),
    *_SOURCE,
    (
        "lead_source_id",
        "VARCHAR",
        "id of the lead as the source gave it; null when not given, or when it is lead.source_id",
    ),
)

LEAD = table(
    "lead",
    "One row per lead as exported, (source_system, source_id) is unique",
    ("lead_key", "BIGINT", "stable surrogate of (source_system, source_id), never reused"),
    *_SOURCE,
    ("source_id", "VARCHAR", "id in the source system; <file hash>:<row> where it gave none"),
    ("row_number", "INTEGER", "1-based record number in the file that brought the row"),
    ("is_deleted", "BOOLEAN", "the source marks the lead as deleted"),
    ("merged_into_id", "VARCHAR", "source_id of the lead this one was merged into"),
    ("first_name", "VARCHAR", "first name as exported"),
    ("last_name", "VARCHAR", "last name as exported"),
    ("full_name", "VARCHAR", "full name as exported"),
    ("title", "VARCHAR", "job title as exported"),
    ("company", "VARCHAR", "company as exported"),
    ("email", "VARCHAR", "e-mail address as exported"),
    ("email_key", "VARCHAR", "normalised address; null when none is usable"),
    ("email_domain", "VARCHAR", "domain of email_key"),
    ("phone", "VARCHAR", "phone as exported"),
    ("mobile", "VARCHAR", "mobile phone as exported"),
    ("phone_e164", "VARCHAR", "phone in E.164; null when not a valid number"),
    ("mobile_e164", "VARCHAR", "mobile in E.164; null when not a valid number"),
    ("line_type", "VARCHAR", "mobile, landline or unknown"),
    ("website", "VARCHAR", "website as exported"),
    ("street", "VARCHAR", "street as exported"),
    ("city", "VARCHAR", "city as exported"),
    ("state", "VARCHAR", "state or region as exported; US, CA and AU: its postal code"),
    ("state_code", "VARCHAR", "state as ISO 3166-2, such as US-CA; null when not known"),
    ("postal_code", "VARCHAR", "postal code as exported"),
    ("country", "VARCHAR", "ISO 3166-1 alpha-2 code; null when unknown"),
    ("country_source", "VARCHAR", "where country came from: field, phone or domain"),
    ("lead_source", "VARCHAR", "how the lead came in, as exported"),
    ("industry", "VARCHAR", "industry as exported"),
    ("employees", "INTEGER", "number of employees of the company"),
    ("annual_revenue", "DOUBLE", "annual revenue of the company, currency of the source"),
    ("rating", "VARCHAR", "rating given by a person; today's value, not history"),
    ("status", "VARCHAR", "status in the source; today's value, not history"),
    ("owner_id", "VARCHAR", "owner in the source"),
    ("created_at", "TIMESTAMP_S", "UTC time at which the lead was created in the source"),
    ("modified_at", "TIMESTAMP_S", "UTC time of the last change in the source"),
    ("last_activity_date", "DATE", "last activity as the source counts it; may be a due date"),
    ("assigned_at", "TIMESTAMP", "UTC time at which the owner got the lead"),
    ("timezone", "VARCHAR", "IANA time zone; null where nothing leaves one zone only"),
    ("timezone_source", "VARCHAR", "where timezone came from: field, state, country or phone"),
    ("language", "VARCHAR", "language of the person, where given"),
    ("email_bounced_at", "TIMESTAMP", "UTC time of the last hard bounce"),
    ("phone_valid", "BOOLEAN", "the source's own verdict on the phone number"),
    ("party_type", "VARCHAR", "organisation, sole_trader, consumer or unknown"),
    ("assisted_channel", "VARCHAR", "explicit wish for a handler or channel"),
    ("is_dated", "BOOLEAN", "false: a file without dates, a population of its own"),
    (
        "ingested_at",
        "TIMESTAMP",
        "UTC time of the load since which this store knows the lead as it is: see lead_snapshot",
    ),
    _ORIGIN[1],
)

# What is kept of a lead when a newer export changes it: everything that decides or that a feature
# reads. The address and numbers as typed and the street are not: nobody needs them any more.
_FORGOTTEN = (
    "lead_key",
    "source_system",
    "source_id",
    "row_number",
    "email",
    "phone",
    "mobile",
    "street",
    "ingested_at",
    "batch_id",
)
HISTORY_COLUMNS: tuple[str, ...] = tuple(
    column.name for column in LEAD.columns if column.name not in _FORGOTTEN
)

LEAD_SNAPSHOT = table(
    "lead_snapshot",
    "One row per lead and time it changed: the former values of what changed, and only those;"
    " SELECT * FROM lead_as_of(TIMESTAMP '...') puts them together",
    ("lead_key", "BIGINT", "lead"),
    ("known_from", "TIMESTAMP", "UTC time of the load since which the store knew the lead so"),
    ("known_until", "TIMESTAMP", "UTC time of the load that brought other values"),
    ("changed", "VARCHAR", "the columns that changed then, comma between; their former values"),
    ("batch_id", "VARCHAR", "load batch that brought the other values"),
    *(
        (
            column.name,
            column.type,
            f"former value, where `changed` names it: {column.comment}",
        )
        for column in LEAD.columns
        if column.name in HISTORY_COLUMNS
    ),
)

LEAD_MERGE = table(
    "lead_merge",
    "One row per lead that its source says was merged into another, told by the one that is left",
    *_SOURCE,
    ("absorbed_id", "VARCHAR", "source_id of the lead that is gone"),
    ("master_id", "VARCHAR", "source_id of the lead that is left"),
    *_ORIGIN,
)

ACTIVITY = table(
    "activity",
    "One row per touch between a lead and us, in either direction",
    *_CHILD,
    ("contact_key", "VARCHAR", "e-mail or E.164 number that named the lead instead of an id"),
    ("activity_id", "VARCHAR", "own id; content hash where the source gave none"),
    ("channel", "VARCHAR", "call, email, sms, meeting, form, web, task, note or campaign"),
    ("direction", "VARCHAR", "in: the person came to us; out: we went to the person"),
    ("at", "TIMESTAMP_S", "UTC time of the touch"),
    ("result", "VARCHAR", "disposition as exported"),
    ("duration_s", "INTEGER", "duration in seconds"),
    ("subject", "VARCHAR", "subject as exported"),
    ("actor", "VARCHAR", "human, ai or system"),
    ("actor_id", "VARCHAR", "who acted, as exported"),
    ("campaign_id", "VARCHAR", "campaign, as exported"),
    *_ORIGIN,
)

OUTCOME = table(
    "outcome",
    "One row per lead and milestone reached; never a feature",
    *_CHILD,
    ("contact_key", "VARCHAR", "e-mail or E.164 number that named the lead instead of an id"),
    ("outcome_id", "VARCHAR", "own id; content hash where the source gave none"),
    ("milestone", "VARCHAR", "qualified, converted, opportunity, won, disqualified or lost"),
    ("occurred_at", "TIMESTAMP", "UTC time at which the milestone was reached"),
    ("occurred_precision", "VARCHAR", "second or day"),
    ("reason", "VARCHAR", "reason as exported"),
    ("value_amount", "DOUBLE", "value of the deal in `currency`"),
    ("currency", "VARCHAR", "ISO 4217 code"),
    *_ORIGIN,
)

STATIC_LABEL = table(
    "static_label",
    "One row per lead of a file without dates whose outcome is known",
    ("lead_key", "BIGINT", "lead"),
    *_SOURCE,
    ("is_positive", "BOOLEAN", "the label column held a positive value"),
    ("batch_id", "VARCHAR", "load batch the row came with"),
)

CONSENT_EVENT = table(
    "consent_event",
    "One row per consent given, refused or objected; append-only, opt-outs are never cleared",
    ("consent_id", "VARCHAR", "own id; content hash where the source gave none"),
    *_CHILD,
    ("contact_key", "VARCHAR", "normalised e-mail or E.164 number the event speaks of"),
    ("channel", "VARCHAR", "email, phone, sms, mail or ai_voice; null: all channels"),
    ("purpose", "VARCHAR", "purpose as exported"),
    ("status", "VARCHAR", "opt_in, opt_out, objected_profiling or unknown"),
    ("lawful_basis", "VARCHAR", "lawful basis as exported"),
    ("captured_at", "TIMESTAMP", "UTC time at which it was recorded; first seen for flags"),
    ("effective_from", "TIMESTAMP", "UTC time from which it holds"),
    ("effective_to", "TIMESTAMP", "UTC time until which it holds; null: open"),
    ("is_confirmed", "BOOLEAN", "double opt-in confirmed; null: not asked for"),
    ("capture_source", "VARCHAR", "where it was captured"),
    ("evidence_ref", "VARCHAR", "reference to the proof"),
    *_ORIGIN,
)

CONTACT_ATTEMPT = table(
    "contact_attempt",
    "One row per attempt that really happened, with its disposition",
    ("attempt_id", "VARCHAR", "own id; content hash where the source gave none"),
    *_CHILD,
    ("contact_key", "VARCHAR", "e-mail or E.164 number that named the lead instead of an id"),
    ("claim_id", "VARCHAR", "claim that released the contact point; null: made elsewhere"),
    ("channel", "VARCHAR", "email, phone, ai_voice, sms or mail"),
    ("handler", "VARCHAR", "ai or human"),
    ("at", "TIMESTAMP", "UTC time of the attempt"),
    ("disposition", "VARCHAR", "sent, delivered, opened, bounced, no_answer, answered, ..."),
    ("callback_at", "TIMESTAMP", "UTC time at which they asked to be contacted again"),
    ("satisfaction", "DOUBLE", "how content the person was, on the scale of the source"),
    ("note", "VARCHAR", "free text of the source"),
    *_ORIGIN,
)

CUSTOMER = table(
    "customer",
    "One row per known customer or open opportunity of the feed",
    ("customer_id", "VARCHAR", "own id; content hash where the source gave none"),
    ("contact_key", "VARCHAR", "normalised e-mail or E.164 number"),
    ("domain", "VARCHAR", "e-mail domain of the whole account"),
    ("status", "VARCHAR", "customer or open_opportunity"),
    ("since", "TIMESTAMP", "UTC time since which it holds"),
    *_ORIGIN,
)

REGISTRY = table(
    "registry",
    "One row per contact point found on a public do-not-contact register",
    ("registry", "VARCHAR", "us_dnc, uk_tps, uk_ctps, ca_dncl, uk_mps, de_robinson or us_rnd"),
    ("contact_key", "VARCHAR", "E.164 number or address key"),
    ("screened_at", "TIMESTAMP", "UTC time of the register's data; us_rnd: of the disconnection"),
    *_ORIGIN,
)

REGISTRY_COPY = table(
    "registry_copy",
    "One row per register and file of it: how much the file held",
    ("registry", "VARCHAR", "as in table registry"),
    ("batch_id", "VARCHAR", "load batch; joins load_file.batch_id"),
    ("source_system", "VARCHAR", "source of the file"),
    ("loaded_at", "TIMESTAMP", "UTC time of the merge; files of one merge are one copy"),
    ("entries", "BIGINT", "different contact points; 0: the file had none that could be read"),
    ("newest", "TIMESTAMP", "UTC time that the data speaks of"),
    ("region_share", "DOUBLE", "share of a sample of its numbers that is of its region; null"),
)

SUPPRESSION = table(
    "suppression",
    "Copy of the ledger's suppressions as the run saw them; keys are keyed hashes",
    ("number", "BIGINT", "number in the ledger, in the order in which they came"),
    (
        "suppression_id",
        "VARCHAR GENERATED ALWAYS AS (key_hmac || ':' || coalesce(channel, '*')"
        " || coalesce(':' || strftime(until, '%Y-%m-%dT%H:%M:%S'), '')) VIRTUAL",
        "id in the ledger",
    ),
    ("kind", "VARCHAR", "email, phone, domain or hash (a list of plain hashes)"),
    ("digest", "VARCHAR", "md5, sha1 or sha256: what made a plain hash; null: none, or unknown"),
    ("key_hmac", "VARCHAR", "HMAC-SHA256 of the canonical contact point, hex"),
    ("channel", "VARCHAR", "channel it binds; null: all"),
    ("reason", "VARCHAR", "why"),
    ("since", "TIMESTAMP", "UTC time from which it binds"),
    ("until", "TIMESTAMP", "UTC time until which it binds; null: for ever"),
    ("source", "VARCHAR", "command or file that brought it"),
    ("tag", "VARCHAR", "cheap second hash, keyed too, that chooses what the HMAC decides on"),
)

SALVAGED_ROW = table(
    "salvaged_row",
    "Records that were repaired or set aside; the leads they tell of are on no list meanwhile",
    ("batch_id", "VARCHAR", "load batch; joins load_file.batch_id"),
    ("row_number", "BIGINT", "1-based record number in the file"),
    ("line", "BIGINT", "1-based line of the file on which the record begins"),
    ("byte_offset", "BIGINT", "byte of the file at which the record begins, from 0"),
    ("repair", "VARCHAR", "what was repaired"),
    ("table_name", "VARCHAR", "table that the record became a row of; set aside: of none"),
    ("row_id", "VARCHAR", "own id of that row; of what was set aside a name found in it"),
    ("lead_key", "BIGINT", "lead that stands on the record; null where none does"),
    ("reviewed_by", "VARCHAR", "accepted, or the batch that brought it unbroken; null: nobody"),
)

LEAD_TABLES: tuple[Table, ...] = (
    packed(LEAD),
    packed(ACTIVITY),
    OUTCOME,
    STATIC_LABEL,
    packed(CONSENT_EVENT),
    CONTACT_ATTEMPT,
    CUSTOMER,
    REGISTRY,
    REGISTRY_COPY,
    SUPPRESSION,
    SALVAGED_ROW,
    LEAD_SNAPSHOT,
    LEAD_MERGE,
)
