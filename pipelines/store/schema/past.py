"""What past nights decided: who was listed and why, and of all others what has changed since.

A decision stands in `decision` until a night changes it; what it was is written here then. So the
first night costs nothing, and every other only what it changed. docs/decisions/0027 has the bytes.
"""

from pipelines.store.duck import Database
from pipelines.store.schema.spec import Table, table
from pipelines.store.sqltext import quoted, sql

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
    ("slice", "VARCHAR", "exploit, or explore: drawn by lot"),
    ("propensity", "DOUBLE", "chance of the person to be drawn by lot; null: chosen, not drawn"),
    ("assignee", "VARCHAR", "the person who was to contact; null: not one who is named"),
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

LIST_CHANGE = table(
    "list_change",
    "One row per person who is on tonight's list or was on the last: what has changed, and why",
    ("run_id", "VARCHAR", "run"),
    ("person_key", "BIGINT", "person"),
    ("lead_key", "BIGINT", "lead that stands for the person"),
    ("change", "VARCHAR", "stayed, entered, left, or moved: to another channel, handler or person"),
    ("cause", "VARCHAR", "why, see docs/decisions/0030; null: stayed"),
    ("rank_before", "INTEGER", "rank on the last list; null: was not on it"),
    ("rank", "INTEGER", "rank tonight; null: not scored"),
    ("probability_before", "DOUBLE", "calibrated probability then"),
    ("probability", "DOUBLE", "calibrated probability tonight"),
)

PAST_TABLES: tuple[Table, ...] = (PAST_LISTED, PAST_REASON, PAST_DECISION, LIST_CHANGE)

# Read of past_listed, so that a list is kept once.
DECISION_HISTORY = table(
    "decision_history",
    "One row per person listed and night, with its date: what the lot and the ranking chose",
    ("run_id", "VARCHAR", "run"),
    ("as_of", "TIMESTAMP", "midnight UTC of the logical date of the night"),
    ("person_key", "BIGINT", "person"),
    ("lead_key", "BIGINT", "lead that stood for the person"),
    ("slice", "VARCHAR", "exploit, or explore: drawn by lot"),
    ("propensity", "DOUBLE", "chance of the person to be drawn by lot; null: chosen, not drawn"),
    ("channel", "VARCHAR", "channel of the list"),
    ("handler", "VARCHAR", "ai or human"),
    ("rank", "INTEGER", "1 is the best of all scored persons of that night"),
    ("probability", "DOUBLE", "calibrated probability that night; null without a model"),
)


def make_decision_history(db: Database) -> None:
    """Write the view `decision_history` into the store."""
    columns = ", ".join(
        f"{'run' if column.name == 'as_of' else 'past_listed'}.{quoted(column.name)}"
        for column in DECISION_HISTORY.columns
    )
    db.run(sql(__package__, "decision_history.sql").replace("__columns__", columns))
