"""`models list`, `promote`, `reject`, `rollback`: what is in force, and every decision about it."""

from dataclasses import asdict
from typing import Any

from pipelines.console.screen import emit_json, say, show_table
from pipelines.runs import registry
from pipelines.runs.context import need_home
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, models
from pipelines.store.ledger.models import Decision


def show_models(*, with_history: bool, as_json: bool) -> None:
    """List models and their standing, or every decision about them."""
    home = need_home(Home.locate())
    with Ledger(home.ledger) as ledger:
        known, decisions = models.listing(ledger), models.history(ledger)
    if as_json:
        emit_json([asdict(one) for one in decisions] if with_history else [vars(r) for r in known])
    elif with_history:
        show_table(
            "Decisions, the oldest first",
            ("at", "id", "population", "variant", "action", "who", "reason"),
            [
                (
                    f"{d.at:%Y-%m-%d %H:%M}", d.model_id, d.population, d.variant, d.action,
                    d.who, d.reason,
                )
                for d in decisions
            ],
        )  # fmt: skip
    else:
        show_table(
            "Models",
            ("id", "population", "variant", "status", "since", "reason"),
            [
                (
                    r.model_id, r.population, r.variant, r.status,
                    f"{r.changed_at:%Y-%m-%d %H:%M}", r.reason,
                )
                for r in known
            ],
        )  # fmt: skip


def promote_model(model_id: str, *, reason: str | None, as_json: bool) -> None:
    """Put a model in force by hand."""
    decision = registry.promote(need_home(Home.locate()), model_id, reason)
    _show([decision], f"Model {decision.model_id} is in force for {_place(decision)}", as_json)


def reject_model(model_id: str, *, reason: str, as_json: bool) -> None:
    """Take a model out of consideration."""
    decision, was_in_force = registry.reject(need_home(Home.locate()), model_id, reason)
    after = (
        f"; nothing is in force for {_place(decision)} now: see `lead-triage models rollback`"
        if was_in_force
        else ""
    )
    _show([decision], f"Model {decision.model_id} is rejected{after}", as_json)


def roll_back_models(
    *, population: str | None, variant: str | None, reason: str | None, as_json: bool
) -> None:
    """Put the models in force that were before."""
    decisions = registry.roll_back(
        need_home(Home.locate()), population=population, variant=variant, reason=reason
    )
    back = "; ".join(f"{d.model_id} for {_place(d)}" for d in decisions)
    _show(decisions, f"In force again: {back}", as_json)


def _place(decision: Decision) -> str:
    return f"{decision.population}, {decision.variant}"


def _show(decisions: list[Decision], line: str, as_json: bool) -> None:
    if as_json:
        emit_json([_plain(decision) for decision in decisions])
        return
    say(f"{line}.")
    for decision in decisions:
        say(f"  {decision.reason} ({decision.who}, {decision.at:%Y-%m-%d %H:%M} UTC)")


def _plain(decision: Decision) -> dict[str, Any]:
    status = "rejected" if decision.action == "reject" else "champion"
    return {**asdict(decision), "status": status}
