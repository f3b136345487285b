"""Which model is in force for which population."""

from dataclasses import dataclass
from datetime import datetime

from pipelines.store.ledger.connection import Ledger


@dataclass(frozen=True)
class ModelRecord:
    """One trained model and its standing."""

    model_id: str
    population: str
    variant: str
    status: str
    changed_at: datetime
    reason: str


def register(
    ledger: Ledger, model_id: str, *, population: str, variant: str, at: datetime, reason: str
) -> None:
    """Record a model that its gates refused, unless it is known already."""
    ledger.execute(
        "INSERT OR IGNORE INTO model VALUES (?, ?, ?, 'rejected', ?, ?)",
        model_id,
        population,
        variant,
        at.isoformat(),
        reason,
    )


def promote(
    ledger: Ledger, model_id: str, *, population: str, variant: str, at: datetime, reason: str
) -> None:
    """Make `model_id` the champion of its population and variant; the old one retires."""
    with ledger.transaction():
        ledger.execute(
            "UPDATE model SET status = 'retired', changed_at = ?, reason = ?"
            " WHERE population = ? AND variant = ? AND status = 'champion' AND model_id <> ?",
            at.isoformat(),
            f"replaced by {model_id}",
            population,
            variant,
            model_id,
        )
        ledger.execute(
            "INSERT INTO model VALUES (?, ?, ?, 'champion', ?, ?) ON CONFLICT (model_id)"
            " DO UPDATE SET status = 'champion', changed_at = excluded.changed_at,"
            " reason = excluded.reason",
            model_id,
            population,
            variant,
            at.isoformat(),
            reason,
        )


def champion(ledger: Ledger, population: str, variant: str) -> str | None:
    """Return the id of the model in force, or None."""
    rows = ledger.rows(
        "SELECT model_id FROM model WHERE population = ? AND variant = ? AND status = 'champion'",
        population,
        variant,
    )
    return str(rows[0][0]) if rows else None


def listing(ledger: Ledger) -> list[ModelRecord]:
    """Return all models, the champions first, then the newest."""
    return [
        ModelRecord(row[0], row[1], row[2], row[3], datetime.fromisoformat(row[4]), row[5])
        for row in ledger.rows(
            "SELECT model_id, population, variant, status, changed_at, reason FROM model"
            " ORDER BY status <> 'champion', changed_at DESC, model_id"
        )
    ]
