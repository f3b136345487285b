"""The cards of models as rows of the tables that analysts read."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.store import Database
from pipelines.store.schema import MODEL_TABLES

_TYPES: dict[str, pl.DataType] = {
    "VARCHAR": pl.String(),
    "DOUBLE": pl.Float64(),
    "BIGINT": pl.Int64(),
    "INTEGER": pl.Int32(),
    "BOOLEAN": pl.Boolean(),
    "DATE": pl.String(),  # as the card writes it; the store reads it as a date
}


def published_cards(db: Database) -> set[str]:
    """Return the ids of the models whose cards are in the store."""
    return set(db.frame("SELECT model_id FROM model")["model_id"])


def publish_cards(db: Database, cards: Sequence[Mapping[str, Any]]) -> None:
    """Add the rows of some cards (`models.card.card_of`) that are not there yet."""
    for declared in MODEL_TABLES:
        rows = [row for card in cards for row in _ROWS[declared.name](card)]
        schema = {column.name: _TYPES[column.type] for column in declared.columns}
        frame = pl.DataFrame(rows, schema=schema, orient="row")
        if not frame.is_empty():
            db.insert(declared.name, frame)


def publish_standing(db: Database, standing: Mapping[str, tuple[str, str]]) -> None:
    """Write which model is in force now: status and reason by model id."""
    for model_id, (status, reason) in standing.items():
        db.run(
            "UPDATE model SET status = $status, status_reason = $reason"
            " WHERE model_id = $model_id"
            " AND (status IS DISTINCT FROM $status OR status_reason IS DISTINCT FROM $reason)",
            status=status,
            reason=reason,
            model_id=model_id,
        )


def _model(card: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    blocks = [held for name, held in card["data"]["blocks"].items() if name != "unused"]
    first = [held["first_at"] for held in blocks if held["first_at"]]
    last = [held["last_at"] for held in blocks if held["last_at"]]
    return [
        (
            card["model_id"], None, None, card["population"], card["variant"],
            card["score_source"], card["as_of"], card["label"], card["condition"],
            card["horizon_days"], min(first, default=None), max(last, default=None),
            sum(held["rows"] for held in blocks), sum(held["positives"] for held in blocks),
            len(card["features"]), card["model"]["trees"], card["passed"], card["base_score"],
            card["hashes"]["model_sha256"], card["hashes"]["manifest_sha256"],
            card["hashes"]["features_sha256"], card["hashes"]["settings_sha256"],
        )
    ]  # fmt: skip


def _features(card: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    keys = (
        "name", "title", "field", "known", "importance", "leakage", "auc_alone", "leakage_reason",
        "leakage_action", "is_protected",
    )  # fmt: skip
    return [
        (card["model_id"], *(held.get(key) for key in keys))
        for held in (*card["features"], *card["left_out"])
    ]


def _metrics(card: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    # Beside them: how the contacted and the others converted, and what leads drawn by lot say.
    by_lot = card.get("exploration") or {}
    rankings = {
        "model": card["metrics"],
        **card["baselines"],
        **(card.get("selection") or {}),
        "drawn_by_lot": by_lot,
        "drawn_by_lot_everybody": by_lot.get("everybody", {}),
        "drawn_by_lot_top": by_lot.get("top", {}),
    }
    return [
        (card["model_id"], ranking, metric, value)
        for ranking, held in rankings.items()
        for metric, value in held.items()
        if value is None or (isinstance(value, int | float) and not isinstance(value, bool))
    ]


def _segments(card: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    keys = (
        "segment", "value", "rows", "observed_conversions", "expected_conversions",
        "expected_conversions_low", "expected_conversions_high", "rate", "auc", "auc_low",
        "auc_high", "lift_at_10pct",
    )  # fmt: skip
    return [(card["model_id"], *(held[key] for key in keys)) for held in card["segments"]]


def _bands(card: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    keys = (
        "rows", "positives", "probability_low", "probability_mean", "probability_high", "rate",
        "rate_low", "rate_high",
    )  # fmt: skip
    return [
        (card["model_id"], place, *(held[key] for key in keys))
        for place, held in enumerate(card["calibration"]["bands"], start=1)
    ]


def _gates(card: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    keys = ("gate", "passed", "value", "threshold", "reason")
    return [(card["model_id"], *(held[key] for key in keys)) for held in card["gates"]]


_ROWS = {
    "model": _model,
    "model_feature": _features,
    "model_metric": _metrics,
    "model_segment": _segments,
    "model_band": _bands,
    "model_gate": _gates,
}
