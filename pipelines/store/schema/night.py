"""Tables that a night derives: persons, eligibility, scores, decisions, and its own record."""

from pipelines.store.schema.spec import Table, table

CHANNELS = ("email", "phone", "ai_voice", "sms", "mail")
_MASKS = tuple(
    (f"{channel}_reasons", "UBIGINT", f"reasons against {channel}, one bit each; 0: may contact")
    for channel in CHANNELS
)

DEDUPE_LINK = table(
    "dedupe_link",
    "One row per lead: the person it belongs to and the rule that says so",
    ("lead_key", "BIGINT", "lead"),
    ("person_key", "BIGINT", "smallest lead_key of the person"),
    ("match_rule", "VARCHAR", "self, or email, phone, source_merge, fuzzy with + between"),
    (
        "match_weight",
        "DOUBLE",
        "highest weight of its fuzzy pairs, see dedupe_edge; null without one",
    ),
)
PERSON = table(
    "person",
    "One row per person",
    ("person_key", "BIGINT", "smallest lead_key of the person"),
    ("representative_lead_key", "BIGINT", "lead that stands for the person on a list"),
    ("lead_count", "INTEGER", "leads of the person"),
)
ELIGIBILITY = table(
    "eligibility",
    "One row per person: may each channel be used, and if not, every reason why",
    ("person_key", "BIGINT", "person"),
    ("lead_key", "BIGINT", "representative lead"),
    ("region", "VARCHAR", "policy region; null where no policy row exists"),
    ("is_scorable", "BOOLEAN", "may be scored: no objector, and some channel is open"),
    *_MASKS,
)
SCORE = table(
    "score",
    "One row per lead scored tonight",
    ("run_id", "VARCHAR", "run"),
    ("lead_key", "BIGINT", "lead"),
    ("model_id", "VARCHAR", "model or scorecard that scored; null without one"),
    (
        "raw_score",
        "DOUBLE",
        "decides order: log-odds before calibration; none: ways to reach, recent, senior",
    ),
    ("probability", "DOUBLE", "calibrated probability to convert within the horizon"),
    ("percentile", "DOUBLE", "share of held-out training leads that score lower, 0 to 100"),
    ("score_source", "VARCHAR", "model, scorecard, or none: the stated order"),
)
SCORECARD = table(
    "scorecard",
    "One row per column and value of the scorecard that scored; empty where none did",
    ("run_id", "VARCHAR", "run"),
    ("model_id", "VARCHAR", "scorecard"),
    ("feature", "VARCHAR", "feature, see docs/features.md; start: what every lead begins with"),
    ("title", "VARCHAR", "the feature in words"),
    ("value", "VARCHAR", "value of a category or flag; value, low and high null: not known"),
    ("low", "DOUBLE", "a number's band: low <= value < high; null = no bound"),
    ("high", "DOUBLE", "upper bound of the band; null = no bound"),
    ("leads", "BIGINT", "leads with a known outcome"),
    ("conversions", "BIGINT", "those among them that converted"),
    ("shrunk_rate", "DOUBLE", "conversion rate, drawn to that of all by prior_leads"),
    ("prior_leads", "DOUBLE", "leads at the rate of all that the prior is worth (empirical Bayes)"),
    ("points", "DOUBLE", "log-odds; a probability is 1 / (1 + exp(-sum of the points))"),
)
DECISION = table(
    "decision",
    "One row per lead for the current night: listed or not, and why",
    ("run_id", "VARCHAR", "run"),
    ("lead_key", "BIGINT", "lead"),
    ("person_key", "BIGINT", "person"),
    ("is_eligible", "BOOLEAN", "some channel is open for this lead"),
    ("channel", "VARCHAR", "channel tonight; null when not listed"),
    ("handler", "VARCHAR", "ai or human; null when not listed"),
    ("route", "VARCHAR", "ai, human or none"),
    (
        "verdict",
        "VARCHAR",
        "listed, below_capacity, not_worth_cost, held_by_rule, not_eligible or duplicate",
    ),
    ("rank", "INTEGER", "1 is the best of all scored persons; null when not scored"),
    ("probability", "DOUBLE", "calibrated probability; null when not scored"),
    ("expected_value", "DOUBLE", "probability x value - cost, in currency or conversions"),
    ("slice", "VARCHAR", "exploit, or explore: drawn by lot; null when not listed"),
    ("propensity", "DOUBLE", "chance of the person to be drawn by lot; null: chosen, not drawn"),
    ("assignee", "VARCHAR", "the person who is to contact; null: not one who is named"),
    ("is_to_verify", "BOOLEAN", "no mail of ours for long: verify the address; null: not so"),
    *_MASKS,
)
ROUTE_RULE = table(
    "route_rule",
    "One row per person and rule that says who must serve them, whatever it is worth",
    ("person_key", "BIGINT", "person"),
    ("rule", "VARCHAR", "rule, such as assisted_channel"),
    ("must", "VARCHAR", "human, ai, or none: nobody; none is stronger than human, human than ai"),
)
QUEUE = table(
    "queue",
    "One row per listed lead that a person is to contact: in which order",
    ("run_id", "VARCHAR", "run"),
    ("person_name", "VARCHAR", "who is to contact; anybody on a channel, where nobody is named"),
    ("position", "INTEGER", "1 is the first of this person's day"),
    ("lead_key", "BIGINT", "lead"),
    ("channel", "VARCHAR", "channel"),
    ("is_hard", "BOOLEAN", "hard by a rule, or among the least certain"),
    ("minutes", "DOUBLE", "minutes that the contact takes"),
    ("why", "VARCHAR", "why a person: reasons of rules and the like, in words"),
)
ROUTE_MEASURE = table(
    "route_measure",
    "One row per measure of who serves whom: shares, waiting times, satisfaction",
    ("run_id", "VARCHAR", "run"),
    (
        "measure",
        "VARCHAR",
        "planned_share, target_share, escalated_share, escalation_wait, speed_to_lead,"
        " satisfaction, rule_met, rule_overruled",
    ),
    ("detail", "VARCHAR", "handler, rule, or median or p90 of a time; null: all"),
    ("people", "BIGINT", "persons or attempts that it is of"),
    ("value", "DOUBLE", "share from 0 to 1, minutes of a time, mean of ratings; null: unknown"),
    ("words", "VARCHAR", "what is to be said about it; null: nothing"),
)
LIST_REASON = table(
    "list_reason",
    "One row per listed lead and reason in words, the strongest first, and one for all the rest",
    ("run_id", "VARCHAR", "run"),
    ("lead_key", "BIGINT", "lead"),
    ("position", "INTEGER", "1 is the strongest reason, for or against; the rest comes last"),
    ("reason", "VARCHAR", "what speaks for or against the lead, in words"),
    ("field", "VARCHAR", "field of the CRM that the reason speaks of; null: all the others"),
    ("feature", "VARCHAR", "feature whose value is named; null: all the others"),
    (
        "contribution",
        "DOUBLE",
        "log-odds; those of a lead and base_score of the model add up to raw_score",
    ),
    ("points", "INTEGER", "the same for people: 10 points double the odds, 0 is the average lead"),
)
REASON = table(
    "reason",
    "One row per reason code: what a bit of a *_reasons mask means",
    ("bit", "UTINYINT", "position of the bit, 0 is the lowest"),
    ("code", "VARCHAR", "reason code"),
    ("description", "VARCHAR", "the reason in words"),
    ("unblock", "VARCHAR", "what would lift it; null when nothing may"),
)
LOAD_FILE = table(
    "load_file",
    "One row per file loaded: records = loaded + updated + unchanged + duplicates + quarantined",
    ("batch_id", "VARCHAR", "batch"),
    ("file_name", "VARCHAR", "name of the file, without its folder"),
    ("sha256", "VARCHAR", "hash of the content of the file, unpacked"),
    ("kind", "VARCHAR", "leads, activities, outcomes, consent, suppressions, ..."),
    ("source_system", "VARCHAR", "slug of the source"),
    ("records", "BIGINT", "records in the file, counted independently of the reader"),
    ("loaded", "BIGINT", "new rows"),
    ("updated", "BIGINT", "rows that changed"),
    ("unchanged", "BIGINT", "rows that were there already"),
    ("duplicates", "BIGINT", "records superseded by a later one in the same file"),
    ("quarantined", "BIGINT", "records set aside with a reason"),
    ("loaded_at", "TIMESTAMP", "UTC time of the merge"),
    ("salvaged", "BIGINT", "records among the others that were repaired to be read"),
    ("mapping", "VARCHAR", "JSON: what the columns were taken for; constants are left out"),
    ("dialect", "VARCHAR", "JSON: how the file is written"),
    ("seconds", "DOUBLE", "time that reading and landing took"),
    ("older", "BIGINT", "leads among the unchanged whose record is older than what was stored"),
    ("corrects", "VARCHAR", "batch whose set-aside records the file corrects; null: none"),
)
RUN = table(
    "run",
    "One row per run that was published, this file's included",
    ("run_id", "VARCHAR", "run"),
    ("kind", "VARCHAR", "load or nightly"),
    ("as_of", "TIMESTAMP", "midnight UTC of the logical date"),
    ("code_version", "VARCHAR", "version of lead-triage"),
    ("config_hash", "VARCHAR", "hash of the settings in force"),
    ("model_id", "VARCHAR", "champion used; null without one"),
    ("input_hash", "VARCHAR", "hash over the batches merged so far"),
    ("code_hash", "VARCHAR", "hash over every file of the program"),
    ("policy_hash", "VARCHAR", "hash of the policy table in force"),
    ("model_hash", "VARCHAR", "hash of the manifest of the champion; null without one"),
    ("night", "INTEGER", "place among the nights, from 1; below 0: not kept now; null: no night"),
    ("last_lead_key", "BIGINT", "highest lead_key it knew: later leads were not there yet"),
)
FUNNEL = table(
    "funnel",
    "One row per step of the night: how many were where",
    ("run_id", "VARCHAR", "run"),
    ("step", "VARCHAR", "loaded, quarantined, duplicates, not_eligible, scored, listed, ..."),
    ("detail", "VARCHAR", "reason, channel or route within the step"),
    ("count", "BIGINT", "persons or records, as the step says"),
)
CAPACITY = table(
    "capacity",
    "One row per channel and handler: tonight's quota",
    ("run_id", "VARCHAR", "run"),
    ("channel", "VARCHAR", "channel"),
    ("handler", "VARCHAR", "ai or human"),
    ("quota", "INTEGER", "contacts per day"),
    ("listed", "INTEGER", "contacts listed tonight"),
)
CAPACITY_WORKER = table(
    "capacity_worker",
    "One row per named person who contacts leads: tonight's minutes",
    ("run_id", "VARCHAR", "run"),
    ("assignee", "VARCHAR", "the person"),
    ("team", "VARCHAR", "team of the person"),
    ("minutes", "DOUBLE", "minutes a day for contacts"),
    ("used_minutes", "DOUBLE", "minutes that tonight's contacts take"),
    ("listed", "INTEGER", "contacts listed tonight"),
)
CAPACITY_LIMIT = table(
    "capacity_limit",
    "One row per limit and value that may bind tonight and that somebody listed counts against",
    ("run_id", "VARCHAR", "run"),
    ("limit_name", "VARCHAR", "channel, handler and attribute that are limited"),
    ("value", "VARCHAR", "value of the attribute; several are joined by |"),
    ("per_day", "INTEGER", "contacts a day"),
    ("listed", "INTEGER", "contacts listed tonight"),
)
META = table(
    "meta",
    "Bookkeeping of the file itself",
    ("key", "VARCHAR", "name"),
    ("value", "VARCHAR", "value"),
)

NIGHT_TABLES: tuple[Table, ...] = (
    DEDUPE_LINK,
    PERSON,
    ELIGIBILITY,
    SCORE,
    SCORECARD,
    ROUTE_RULE,
    DECISION,
    QUEUE,
    ROUTE_MEASURE,
    LIST_REASON,
    REASON,
    LOAD_FILE,
    RUN,
    FUNNEL,
    CAPACITY,
    CAPACITY_WORKER,
    CAPACITY_LIMIT,
    META,
)

_SPELT_OUT = (
    ("channel", "VARCHAR", "channel the reason speaks against"),
    ("reason", "VARCHAR", "reason code"),
    ("description", "VARCHAR", "the reason in words"),
    ("unblock", "VARCHAR", "what would lift it; null when nothing may"),
)
_OF_LEAD = (
    ("lead_key", "BIGINT", "lead"),
    ("person_key", "BIGINT", "person"),
)
# Views are made by the stage that owns the reasons; here is what an analyst reads about them.
NIGHT_VIEWS: tuple[Table, ...] = (
    table(
        "eligibility_reason",
        "One row per person, channel and reason why not; the masks of eligibility spelt out",
        *_OF_LEAD,
        *_SPELT_OUT,
    ),
    table(
        "decision_reason",
        "One row per lead, channel and reason why not; the masks of decision spelt out",
        ("run_id", "VARCHAR", "run"),
        *_OF_LEAD,
        *_SPELT_OUT,
    ),
)
