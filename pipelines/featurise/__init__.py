"""Per-lead aggregates in SQL, streamed as the input of the row-wise features."""

from pipelines.featurise.ahead import read_ahead
from pipelines.featurise.batches import custom_columns, custom_schema, feature_batches
from pipelines.featurise.explored import logged_chances
from pipelines.featurise.label_audit import audit_labels, label_warnings
from pipelines.featurise.training import open_rows, static_rows, training_rows

__all__ = [
    "audit_labels",
    "custom_columns",
    "custom_schema",
    "feature_batches",
    "label_warnings",
    "logged_chances",
    "open_rows",
    "read_ahead",
    "static_rows",
    "training_rows",
]
