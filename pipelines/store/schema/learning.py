"""What the lots of past nights gave, and what has been learnt from lists so far."""

from pipelines.store.schema.spec import Table, table

NIGHT_LOT = table(
    "night_lot",
    "One row per person, night and lot: the place on the list, or the handler, given by chance",
    ("run_id", "VARCHAR", "run"),
    ("lead_key", "BIGINT", "lead that stood for the person"),
    ("person_key", "BIGINT", "person, that night"),
    ("lot", "VARCHAR", "list: the place was drawn; handler: who contacts was drawn"),
    ("propensity", "DOUBLE", "chance of what was drawn, as in decision for list"),
    ("channel", "VARCHAR", "channel of the list"),
    ("handler", "VARCHAR", "ai or human"),
    ("is_newest", "BOOLEAN", "among the newest leads, as many as were listed that night"),
)
WOULD_LIST = table(
    "would_list",
    "One row per person as likely to convert as those listed, on the first night they were",
    ("run_id", "VARCHAR", "run"),
    ("lead_key", "BIGINT", "lead that stood for the person"),
    ("person_key", "BIGINT", "person, that night"),
    ("is_control", "BOOLEAN", "held back for the control group; else open to be contacted"),
    ("probability", "DOUBLE", "calibrated probability that night"),
)
_ESTIMATE = (
    ("value", "DOUBLE", "null: too few to say"),
    ("low", "DOUBLE", "lower end of the 95% interval; null: nothing bounds it"),
    ("high", "DOUBLE", "upper end of the 95% interval; null: nothing bounds it"),
    ("people", "BIGINT", "listings or people that it is of"),
    ("conversions", "DOUBLE", "successes among them"),
    ("effective_people", "DOUBLE", "as many of equal weight would say as much"),
    ("words", "VARCHAR", "the same in words"),
)
LIFT_ESTIMATE = table(
    "lift_estimate",
    "One row per figure of what the ranking brings, from places that were drawn by lot",
    ("run_id", "VARCHAR", "run"),
    (
        "measure",
        "VARCHAR",
        "conversion of ranking, random or newest_first; lift of ranking over either;"
        " forgone: what exploration cost in conversions",
    ),
    ("policy", "VARCHAR", "ranking, random, newest_first, exploration"),
    *_ESTIMATE,
)
UPLIFT_ESTIMATE = table(
    "uplift_estimate",
    "One row per figure of what contact brings: control group against others as likely",
    ("run_id", "VARCHAR", "run"),
    (
        "measure",
        "VARCHAR",
        "conversion of either; difference and ratio as assigned; per_contact; forgone: what the"
        " control group cost in conversions",
    ),
    ("arm", "VARCHAR", "control, others, or both"),
    *_ESTIMATE,
)
HANDLER_ESTIMATE = table(
    "handler_estimate",
    "One row per figure of how the AI does beside people, and of the share it has",
    ("run_id", "VARCHAR", "run"),
    (
        "measure",
        "VARCHAR",
        "success of ai or human, and their difference, by lot; evidence: see 0031; fall; share",
    ),
    ("handler", "VARCHAR", "ai, human, or both"),
    *_ESTIMATE,
)
CONTACT_CALIBRATION = table(
    "contact_calibration",
    "One row per band of probability of those really contacted: what was said, and what came",
    ("run_id", "VARCHAR", "run"),
    ("band", "INTEGER", "0: all; from 1, the lowest, equal numbers"),
    ("probability_low", "DOUBLE", "lowest probability of the band"),
    ("probability_high", "DOUBLE", "highest probability of the band"),
    ("said", "DOUBLE", "mean probability"),
    *_ESTIMATE,
)

ESTIMATE_TABLES: tuple[Table, ...] = (
    LIFT_ESTIMATE,
    UPLIFT_ESTIMATE,
    HANDLER_ESTIMATE,
    CONTACT_CALIBRATION,
)
LEARNING_TABLES: tuple[Table, ...] = (NIGHT_LOT, WOULD_LIST, *ESTIMATE_TABLES)
