"""Tables that say why leads are one person, who was whom, and who is bound by whose refusal."""

from pipelines.store.schema.spec import Table, table

DEDUPE_EDGE = table(
    "dedupe_edge",
    "One row per pair of leads that a rule joins; persons are what such pairs connect",
    ("lead_key", "BIGINT", "lead"),
    ("other_lead_key", "BIGINT", "lead with a smaller key that it was joined with"),
    ("rule", "VARCHAR", "email, phone, source_merge or fuzzy"),
    ("weight", "DOUBLE", "log2 of the odds that a fuzzy pair is one person; null for exact rules"),
)
PERSON_MERGE = table(
    "person_merge",
    "One row per person that became, or whose leads partly went to, another person; append-only",
    ("from_person_key", "BIGINT", "person_key that the leads had"),
    ("into_person_key", "BIGINT", "person_key that they have since"),
    ("kind", "VARCHAR", "merge: all leads went there; split: they went to several persons"),
    ("rule", "VARCHAR", "rules that join the leads now; null: none"),
    ("at", "TIMESTAMP", "UTC time of the identification"),
    ("run_id", "VARCHAR", "run"),
)
BOUND_LEAD = table(
    "bound_lead",
    "One row per lead of a group that refuses together though it is not one person",
    ("group_key", "BIGINT", "group, within its reason"),
    ("lead_key", "BIGINT", "lead"),
    ("reason", "VARCHAR", "split: were one; oversized: too many; contradicted: cannot be one"),
    ("since", "TIMESTAMP", "UTC time of the identification"),
)
SHARED_POINT = table(
    "shared_point",
    "One row per contact point that is not trusted to name one person",
    ("kind", "VARCHAR", "email or phone"),
    ("point", "VARCHAR", "normalised address or E.164 number"),
    ("reason", "VARCHAR", "crowded: on too many leads; contested: their names conflict"),
    ("leads", "BIGINT", "leads that have it"),
)
IDENTIFIED_BATCH = table(
    "identified_batch",
    "One row per load batch whose leads have been looked at when persons were found",
    ("batch_id", "VARCHAR", "load batch"),
)

PERSON_TABLES: tuple[Table, ...] = (
    DEDUPE_EDGE,
    PERSON_MERGE,
    BOUND_LEAD,
    SHARED_POINT,
    IDENTIFIED_BATCH,
)
