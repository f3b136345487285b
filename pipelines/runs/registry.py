"""Which model serves which purpose: loading, promoting, rejecting, going back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from models import Model, load
from models.errors import ModelRefusedError
from pipelines.errors import RefusedError, UsageError
from pipelines.runs.fingerprint import model_hash
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.settings.operator import operator
from pipelines.store import audit
from pipelines.store.ledger import Ledger, models
from pipelines.store.ledger.models import Decision

DATED = "dated"
FULL = "full"
LEAD_ONLY = "lead_only"

BY_HAND = "by hand against its gates"
"""Stands in the reason of a model that a person put in force though a gate refused it."""


def static_population(source_system: str) -> str:
    """Return the name of the population of a source without dates."""
    return f"static:{source_system}"


def nightly_champion(ledger: Ledger) -> str | None:
    """Return the id of the model that scores the nightly, or None."""
    return models.champion(ledger, DATED, FULL)


def load_model(home: Home, model: str) -> Model:
    """Load a model by id, or by the path of its folder.

    Raises
    ------
    RefusedError
        There is none, or it is not what its manifest says.
    """
    folder = home.models / model
    if not folder.is_dir():
        folder = Path(model)
    return load_folder(folder)


def load_folder(folder: Path) -> Model:
    """Load the model in `folder`; see :func:`load_model`."""
    if not (folder / "manifest.json").is_file():
        raise RefusedError(
            f"there is no model at {folder}",
            expected="a model id of this home, or a folder with model.txt and manifest.json",
            fix="see `lead-triage models list`",
        )
    try:
        return load(folder)
    except ModelRefusedError as error:
        raise RefusedError(error.found, error.expected, error.fix) from None


def failed_gates(manifest: Mapping[str, Any]) -> list[str]:
    """Name the gates that a model does not pass."""
    return [str(gate["gate"]) for gate in manifest["gates"] if not gate["passed"]]


def is_same(first: Model, second: Model) -> bool:
    """Whether two models give every lead the same score and probability.

    Their ids may differ: an id covers the gates too, and so the champion it was held against.
    """
    return all(
        first.manifest[key] == second.manifest[key]
        for key in ("model_sha256", "fingerprint", "calibration")
    )


def stand(ledger: Ledger, home: Home, model: Model) -> bool:
    """Promote a model that was just trained if every gate passed, else record why not.

    What a person has rejected is not put in force again by training it once more, whatever it is
    held against this time.

    Returns
    -------
    bool
        It is in force.
    """
    failed = [str(g["reason"]) for g in model.manifest["gates"] if not g["passed"]]
    if rejected := _rejected(ledger, home, model):
        failed.append(f"rejected by hand on {rejected.at:%Y-%m-%d}: {rejected.reason}")
    reason = "; ".join(failed) or "every gate passed"
    _decide(ledger, home, _decision(model, "refuse" if failed else "promote", reason))
    return not failed


def _rejected(ledger: Ledger, home: Home, model: Model) -> Decision | None:
    """Return the decision by which a person rejected this model and did not take it back."""
    last = {
        decision.model_id: decision
        for decision in models.history(ledger)
        if decision.action != "refuse"
        and decision.population == model.manifest["population"]
        and decision.variant == model.manifest["variant"]
    }
    for decision in reversed(last.values()):
        if decision.action == "reject" and _gives_the_same(home, decision.model_id, model):
            return decision
    return None


def _gives_the_same(home: Home, model_id: str, model: Model) -> bool:
    if model_id == model.model_id:
        return True
    try:
        return is_same(load_model(home, model_id), model)
    except RefusedError:  # gone or damaged
        return False


def promote(home: Home, model_id: str, reason: str | None) -> Decision:
    """Put a model of this home in force by hand.

    Raises
    ------
    RefusedError
        There is no such model here, or its files are damaged.
    UsageError
        It was refused by its gates, and no reason is given.
    """
    model = load_model(home, model_id)
    if not (home.models / model.model_id).is_dir():
        raise RefusedError(
            f"model {model.model_id} is not in this home",
            expected=f"a folder of that name in {home.models}",
            fix="copy its folder there first",
        )
    failed = failed_gates(model.manifest)
    if failed and not (reason or "").strip():
        raise UsageError(
            f"model {model.model_id} was refused by {', '.join(failed)}",
            expected="a reason to put it in force all the same",
            fix="say why with --reason",
        )
    how = f"{BY_HAND} ({', '.join(failed)})" if failed else "by hand"
    decision = _decision(model, "promote", f"{how}: {_why(reason)}")
    with Ledger(home.ledger) as ledger:
        _decide(ledger, home, decision)
    return decision


def reject(home: Home, model_id: str, reason: str) -> tuple[Decision, bool]:
    """Take a model out of consideration; beside the decision, whether it was in force.

    Its files may be gone: what is known of it comes from the ledger.
    """
    with Ledger(home.ledger) as ledger:
        known = {record.model_id: record for record in models.listing(ledger)}
        if model_id not in known:
            raise UsageError(
                f"no model {model_id} is known", expected="an id of `lead-triage models list`"
            )
        record = known[model_id]
        decision = Decision(
            model_id, record.population, record.variant, "reject", now(), operator(), reason
        )
        _decide(ledger, home, decision)
    return decision, record.status == "champion"


def roll_back(
    home: Home, *, population: str | None, variant: str | None, reason: str | None
) -> list[Decision]:
    """Put the models in force that were before; all variants of a population, or one.

    Everything is checked before anything is changed.

    Raises
    ------
    UsageError
        Nothing was in force there before.
    RefusedError
        A model that would come back is gone or damaged.
    """
    with Ledger(home.ledger) as ledger:
        chosen = population or _population(ledger)
        wanted = [variant] if variant else [FULL, LEAD_ONLY]
        found = [models.before(ledger, chosen, one) for one in wanted]
        back = [load_model(home, name) for name in found if name is not None]
        if not back:
            raise UsageError(
                f"no other model was in force for {chosen} before",
                expected="an earlier champion",
                fix="see `lead-triage models list --history`",
            )
        decisions = [_decision(model, "rollback", f"rolled back: {_why(reason)}") for model in back]
        _decide(ledger, home, *decisions)
    return decisions


def _population(ledger: Ledger) -> str:
    """Name the population meant when none is named: the nightly's, else the only one."""
    known = sorted({record.population for record in models.listing(ledger)})
    if DATED in known or not known:
        return DATED
    if len(known) == 1:
        return known[0]
    raise UsageError(
        "it is not clear which model to go back from",
        expected=f"one of {', '.join(known)}",
        fix="name it with --population",
    )


def _decision(model: Model, action: str, reason: str) -> Decision:
    return Decision(
        model.model_id,
        str(model.manifest["population"]),
        str(model.manifest["variant"]),
        action,
        now(),
        operator(),
        reason,
    )


def _why(reason: str | None) -> str:
    return (reason or "").strip() or "no reason given"


def _decide(ledger: Ledger, home: Home, *decisions: Decision) -> None:
    """Record decisions, in the audit log too; what a person wrote as reason stays out of that."""
    entries = [
        (
            f"model_{decision.action}",
            {
                "model": decision.model_id,
                "population": decision.population,
                "variant": decision.variant,
                "model_hash": model_hash(home, decision.model_id),
            },
        )
        for decision in decisions
    ]
    with ledger.transaction():
        models.decide(ledger, *decisions)
        audit.append_all(ledger, decisions[0].at, entries)
