"""Which model is in force for which population, and every decision that led there."""

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


@dataclass(frozen=True)
class Decision:
    """One decision about a model, as it was taken.

    Attributes
    ----------
    action : str
        ``refuse`` (by its gates), ``promote``, ``reject`` (by hand) or ``rollback``; the last names
        the model that came back.
    at : datetime
        UTC.
    who : str
        User of the operating system.
    """

    model_id: str
    population: str
    variant: str
    action: str
    at: datetime
    who: str
    reason: str


def decide(ledger: Ledger, *decisions: Decision) -> None:
    """Record decisions and let them take effect, all in one transaction.

    ``promote`` and ``rollback`` put the model in force, and the one in force retires; ``refuse``
    leaves a known model as it stands; ``reject`` takes it out of force.
    """
    with ledger.transaction():
        for decision in decisions:
            _take(ledger, decision)


def _take(ledger: Ledger, decision: Decision) -> None:
    ledger.execute(
        "INSERT INTO model_decision (model_id, population, variant, action, at, who, reason)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        decision.model_id,
        decision.population,
        decision.variant,
        decision.action,
        decision.at.isoformat(),
        decision.who,
        decision.reason,
    )
    if decision.action == "refuse":
        _write(ledger, decision, "rejected", is_kept=True)
    elif decision.action == "reject":
        _write(ledger, decision, "rejected")
    else:
        _retire(ledger, decision)
        _write(ledger, decision, "champion")


def champion(ledger: Ledger, population: str, variant: str) -> str | None:
    """Return the id of the model in force, or None."""
    rows = ledger.rows(
        "SELECT model_id FROM model WHERE population = ? AND variant = ? AND status = 'champion'",
        population,
        variant,
    )
    return str(rows[0][0]) if rows else None


def before(ledger: Ledger, population: str, variant: str) -> str | None:
    """Return the id of the model that was in force before the present one, or None.

    A rollback is undone by no further rollback: the next one goes one step further back. Models
    that were rejected by hand since are passed over.
    """
    stack: list[str] = []
    for decision in history(ledger):
        if (decision.population, decision.variant) != (population, variant):
            continue
        name = decision.model_id
        if decision.action == "rollback":
            stack = stack[: stack.index(name) + 1] if name in stack else [*stack, name]
        elif decision.action == "promote":
            stack = [*(other for other in stack if other != name), name]
        elif decision.action == "reject":
            stack = [other for other in stack if other != name]
    now = champion(ledger, population, variant)
    earlier = [name for name in stack if name != now]
    return earlier[-1] if earlier else None


def listing(ledger: Ledger) -> list[ModelRecord]:
    """Return all models, the champions first, then the newest."""
    return [
        ModelRecord(row[0], row[1], row[2], row[3], datetime.fromisoformat(row[4]), row[5])
        for row in ledger.rows(
            "SELECT model_id, population, variant, status, changed_at, reason FROM model"
            " ORDER BY status <> 'champion', changed_at DESC, model_id"
        )
    ]


def history(ledger: Ledger) -> list[Decision]:
    """Return every decision, the oldest first."""
    return [
        Decision(row[0], row[1], row[2], row[3], datetime.fromisoformat(row[4]), row[5], row[6])
        for row in ledger.rows(
            "SELECT model_id, population, variant, action, at, who, reason FROM model_decision"
            " ORDER BY position"
        )
    ]


def _retire(ledger: Ledger, decision: Decision) -> None:
    ledger.execute(
        "UPDATE model SET status = 'retired', changed_at = ?, reason = ?"
        " WHERE population = ? AND variant = ? AND status = 'champion' AND model_id <> ?",
        decision.at.isoformat(),
        f"replaced by {decision.model_id}",
        decision.population,
        decision.variant,
        decision.model_id,
    )


def _write(ledger: Ledger, decision: Decision, status: str, *, is_kept: bool = False) -> None:
    """Write the standing of a model; `is_kept`: unless it has one already."""
    effect = (
        "NOTHING"
        if is_kept
        else "UPDATE SET status = excluded.status, changed_at = excluded.changed_at,"
        " reason = excluded.reason"
    )
    ledger.execute(
        f"INSERT INTO model VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (model_id) DO {effect}",
        decision.model_id,
        decision.population,
        decision.variant,
        status,
        decision.at.isoformat(),
        decision.reason,
    )
