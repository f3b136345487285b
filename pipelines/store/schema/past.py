"""What past nights decided: who was listed and why, and of all others what has changed since.

A decision stands in `decision` until a night changes it; what it was is written here then. So the
first night costs nothing, and every other only what it changed. docs/decisions/0027 has the bytes.
"""

from pipelines.store.schema.spec import Table, table

PAST_LISTED = table(
    "past_listed",
    "One row per person listed and night, tonight included",
    ("run_id", "VARCHAR", "run"),
    ("lead_key", "BIGINT", "lead that stood for the person"),
    ("person_key", "BIGINT", "person"),
    ("channel", "VARCHAR", "channel of the list"),
    ("handler", "VARCHAR", "ai or human"),
    ("rank", "INTEGER", "1 is the best of all scored persons of that night"),
    ("probability", "DOUBLE", "calibrated probability that night; null without a model"),
    ("percentile", "DOUBLE", "share of held-out training leads that score lower, 0 to 100"),
    ("expected_value", "DOUBLE", "probability x value - cost, in currency or conversions"),
    ("slice", "VARCHAR", "part of the list that the person was in"),
    ("raw_score", "DOUBLE", "log-odds before calibration"),
    ("score_source", "VARCHAR", "model, scorecard, or none"),
    ("model_id", "VARCHAR", "model or scorecard that scored"),
)
PAST_REASON = table(
    "past_reason",
    "One row per listed lead, night and reason in words, the strongest first; see list_reason",
    ("run_id", "VARCHAR", "run"),
    ("lead_key", "BIGINT", "lead"),
    ("position", "INTEGER", "1 is the strongest reason; the rest comes last"),
    ("reason", "VARCHAR", "what spoke for or against the lead, in words"),
    ("field", "VARCHAR", "field of the CRM that the reason speaks of; null: all the others"),
    ("contribution", "DOUBLE", "log-odds"),
    ("points", "INTEGER", "the same for people: 10 points double the odds"),
)
PAST_DECISION = table(
    "past_decision",
    "One row per lead and night that changed its verdict, reasons or person: what they were before",
    ("lead_key", "BIGINT", "lead"),
    ("until_night", "INTEGER", "column night of the run that changed it"),
    ("person_key", "BIGINT", "person until then"),
    ("verdict", "VARCHAR", "verdict until then, see decision"),
    (
        "packed_reasons",
        "VARCHAR",
        "masks of email, phone, ai_voice, sms and mail until then, with commas; bits: see reason",
    ),
)

PAST_TABLES: tuple[Table, ...] = (PAST_LISTED, PAST_REASON, PAST_DECISION)
