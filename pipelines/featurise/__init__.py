"""Per-lead aggregates in SQL, streamed as the input of the row-wise features."""

from pipelines.featurise.ahead import read_ahead
from pipelines.featurise.batches import custom_columns, custom_schema, feature_batches
from pipelines.featurise.training import static_rows, training_rows

__all__ = [
    "custom_columns",
    "custom_schema",
    "feature_batches",
    "read_ahead",
    "static_rows",
    "training_rows",
]
