"""The cards of the models as tables: what each was made of, how good it is and for whom."""

from pipelines.store.schema.spec import Table, table

_OF_MODEL = ("model_id", "VARCHAR", "model")

MODEL = table(
    "model",
    "One row per trained model of this home, as of the publication of this file",
    _OF_MODEL,
    ("status", "VARCHAR", "champion, retired or rejected"),
    ("status_reason", "VARCHAR", "why it stands there"),
    ("population", "VARCHAR", "dated, or static:<source> for a file without dates"),
    ("variant", "VARCHAR", "full, or lead_only: what one export row can supply"),
    ("score_source", "VARCHAR", "model or scorecard"),
    ("as_of", "DATE", "nothing at or after its midnight UTC was read"),
    ("label", "VARCHAR", "what counts as a conversion"),
    ("condition", "VARCHAR", "what is given: contacted, or none"),
    ("horizon_days", "INTEGER", "days within which a conversion counts; null: undated"),
    ("first_at", "DATE", "first as_of of a training row; null: undated"),
    ("last_at", "DATE", "last as_of of a training row; null: undated"),
    ("row_count", "BIGINT", "labelled rows in the four blocks"),
    ("positive_count", "BIGINT", "conversions among them"),
    ("feature_count", "INTEGER", "features"),
    ("tree_count", "INTEGER", "trees"),
    ("passed", "BOOLEAN", "every gate passed"),
    ("base_score", "DOUBLE", "log-odds that contributions of reasons are added to"),
    ("model_sha256", "VARCHAR", "hash of model.txt"),
    ("manifest_sha256", "VARCHAR", "hash of manifest.json"),
    ("features_sha256", "VARCHAR", "hash of everything that decides a value of a feature"),
    ("settings_sha256", "VARCHAR", "hash of the settings of training"),
)
MODEL_FEATURE = table(
    "model_feature",
    "One row per model and column that its training examined",
    _OF_MODEL,
    ("feature", "VARCHAR", "name, see docs/features.md"),
    ("title", "VARCHAR", "in words; null where it was left out"),
    ("field", "VARCHAR", "field of the CRM that it speaks of; null where it was left out"),
    ("known", "VARCHAR", "how its value at a past date is known; null where it was left out"),
    ("importance", "DOUBLE", "share of the model's gain, 0 to 1; null: not in the model"),
    ("leakage", "VARCHAR", "ok, suspect or leak; null: not examined"),
    ("auc_alone", "DOUBLE", "AUC of this column alone, on rows held out; null: too few"),
    ("leakage_reason", "VARCHAR", "the verdict in words"),
    ("leakage_action", "VARCHAR", "none, reported, left out or blocks the model"),
    ("is_protected", "BOOLEAN", "its name sounds like data that the law protects specially"),
)
MODEL_METRIC = table(
    "model_metric",
    "One row per model, ranking and figure, on the test block",
    _OF_MODEL,
    ("ranking", "VARCHAR", "model, a baseline, or a group: contacted, drawn_by_lot, ..."),
    ("metric", "VARCHAR", "auc, lift_at_10pct, log_loss, calibration_slope, ..."),
    ("value", "DOUBLE", "null: the block cannot define it"),
)
MODEL_SEGMENT = table(
    "model_segment",
    "One row per model and part of its test block",
    _OF_MODEL,
    ("segment", "VARCHAR", "source, age or country of the lead"),
    ("value", "VARCHAR", "which"),
    ("row_count", "BIGINT", "rows"),
    ("observed", "BIGINT", "conversions seen"),
    ("expected", "DOUBLE", "conversions expected"),
    ("expected_low", "DOUBLE", "lower bound, 95%"),
    ("expected_high", "DOUBLE", "upper bound, 95%"),
    ("rate", "DOUBLE", "observed of row_count, 0 to 1"),
    ("auc", "DOUBLE", "null: too few of either outcome"),
    ("auc_low", "DOUBLE", "lower bound, 95%"),
    ("auc_high", "DOUBLE", "upper bound, 95%"),
    ("lift_at_10pct", "DOUBLE", "null: too few of either outcome"),
)
MODEL_BAND = table(
    "model_band",
    "One row per model and band of its test block: is the probability what is seen?",
    _OF_MODEL,
    ("band", "INTEGER", "1 is the lowest"),
    ("row_count", "BIGINT", "rows"),
    ("observed", "BIGINT", "conversions seen"),
    ("probability_low", "DOUBLE", "lowest probability of the band"),
    ("probability_mean", "DOUBLE", "mean probability"),
    ("probability_high", "DOUBLE", "highest probability of the band"),
    ("rate", "DOUBLE", "observed of row_count, 0 to 1"),
    ("rate_low", "DOUBLE", "lower bound, 95%"),
    ("rate_high", "DOUBLE", "upper bound, 95%"),
)
MODEL_GATE = table(
    "model_gate",
    "One row per model and gate",
    _OF_MODEL,
    ("gate", "VARCHAR", "gate"),
    ("passed", "BOOLEAN", "verdict"),
    ("value", "DOUBLE", "what was measured; null: nothing to compare"),
    ("threshold", "DOUBLE", "what was asked; null: nothing to compare"),
    ("reason", "VARCHAR", "the verdict in one line"),
)

MODEL_TABLES: tuple[Table, ...] = (
    MODEL,
    MODEL_FEATURE,
    MODEL_METRIC,
    MODEL_SEGMENT,
    MODEL_BAND,
    MODEL_GATE,
)
