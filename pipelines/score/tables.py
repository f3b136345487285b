"""What stands beside the scores in the store: the scorecard, and which channels are open."""

from typing import Any

import polars as pl

from models.model import SCORECARD
from models.scorecard_table import table_rows
from pipelines.store import Database, reset_table, sql


def publish_card(db: Database, manifest: dict[str, Any] | None, *, run_id: str) -> None:
    """Fill the table `scorecard` with the card that scores; empty it where none does."""
    reset_table(db, "scorecard")
    if manifest is None or manifest["kind"] != SCORECARD:
        return
    rows = [
        {"run_id": run_id, "model_id": manifest["model_id"], **row} for row in table_rows(manifest)
    ]
    types = {
        **dict.fromkeys(("run_id", "model_id", "feature", "title", "value"), pl.String),
        **dict.fromkeys(("leads", "conversions"), pl.Int64),
        **dict.fromkeys(("low", "high", "shrunk_rate", "prior_leads", "points"), pl.Float64),
    }
    db.insert("scorecard", pl.DataFrame(rows, schema=types, orient="row"))


def reachable_by(db: Database) -> pl.DataFrame:
    """Return ``lead_key`` and a Boolean per channel, open or not, of every listed lead."""
    return db.frame(sql(__package__, "reachable.sql"))
