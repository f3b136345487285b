"""`train` and `models`: how good a model is on leads it never saw, and whether it is in force."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from models.manifest import summary
from pipelines.console.screen import StageProgress, cell, emit_json, say, show_table
from pipelines.errors import RefusedError
from pipelines.runs.context import need_home
from pipelines.runs.registry import load_model
from pipelines.runs.train import Trained, run_train
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, models


def show_train(*, as_of: date | None, source: str | None, as_json: bool) -> None:
    """Train, show the figures, and fail with exit 78 when a gate refuses the model."""
    home = Home.locate()
    with StageProgress() as progress:
        trained = run_train(home, as_of=as_of, source=source, progress=progress)
    first = trained[0]
    if as_json:
        emit_json(
            {
                **summary(first.model.manifest),
                "is_promoted": first.is_promoted,
                "population": first.population,
                "also": [{"model_id": t.model.model_id, "variant": t.variant} for t in trained[1:]],
            }
        )
    else:
        for one in trained:
            show_trained(one)
    if not first.is_promoted:
        failed = [gate["reason"] for gate in first.model.manifest["gates"] if not gate["passed"]]
        raise RefusedError(
            f"model {first.model.model_id} is not in force: {'; '.join(failed)}",
            expected="every gate to pass",
            fix="load more outcomes, or `lead-triage models promote ID --reason WHY`",
        )


def show_trained(trained: Trained) -> None:
    """Show one trained model."""
    say()
    standing = "in force" if trained.is_promoted else "refused"
    say(f"Model {trained.model.model_id} ({trained.population}, {trained.variant}): {standing}")
    show_quality(trained.model.manifest)


def show_quality(manifest: Mapping[str, Any]) -> None:
    """Show metrics on the held-out block beside the base rate and newest first, and the gates."""
    metrics, baselines = manifest["metrics"], manifest["baselines"]
    rows = manifest["blocks"]["test"]
    show_table(
        f"On {rows['rows']:,} held-out rows with {rows['positives']:,} conversions"
        f" (base rate {metrics['base_rate']:.2%})",
        ("ranking", "AUC", "lift in the top 10%", "average precision"),
        [
            ("this model", *_figures(metrics)),
            *(
                (name.replace("_", " "), *_figures(found))
                for name, found in baselines.items()
                if found.get("auc") is not None
            ),
        ],
        right=(1, 2, 3),
    )
    say(
        f"Calibration: slope {cell(metrics.get('calibration_slope'))},"
        f" expected {cell(metrics.get('expected_conversions'))} conversions,"
        f" observed {cell(metrics.get('observed_conversions'))}"
    )
    for gate in manifest["gates"]:
        say(f"  {'pass' if gate['passed'] else 'FAIL'}  {gate['gate']}: {gate['reason']}")
    for found in manifest["leakage"]:
        if found["verdict"] != "ok":
            say(f"  {found['verdict']} ({found['action']})  {found['feature']}: {found['reason']}")


def show_models(*, as_json: bool) -> None:
    """List models and their standing."""
    home = need_home(Home.locate())
    with Ledger(home.ledger) as ledger:
        known = models.listing(ledger)
    if as_json:
        emit_json([vars(record) for record in known])
        return
    show_table(
        "Models",
        ("id", "population", "variant", "status", "since", "reason"),
        [
            (
                r.model_id,
                r.population,
                r.variant,
                r.status,
                f"{r.changed_at:%Y-%m-%d %H:%M}",
                r.reason,
            )
            for r in known
        ],
    )


def show_model(model_id: str, *, as_json: bool) -> None:
    """Show one model."""
    model = load_model(Home.locate(), model_id)
    if as_json:
        emit_json(summary(model.manifest))
        return
    say(f"Model {model.model_id}: {model.manifest['label']}")
    show_quality(model.manifest)
    features = sorted(model.manifest["features"], key=lambda f: -f["importance"])
    show_table(
        "Features",
        ("feature", "known", "importance", "meaning"),
        [(f["name"], f["known"], f["importance"], f["title"]) for f in features],
        right=(2,),
    )


def promote_model(model_id: str, *, reason: str, as_json: bool) -> None:
    """Put a model in force by hand."""
    home = need_home(Home.locate())
    model = load_model(home, model_id)
    population = str(model.manifest["population"])
    with Ledger(home.ledger) as ledger:
        models.promote(
            ledger,
            model.model_id,
            population=population,
            variant=str(model.manifest["variant"]),
            at=now(),
            reason=f"by hand: {reason}",
        )
    if as_json:
        emit_json({"model_id": model.model_id, "population": population, "status": "champion"})
    else:
        say(f"Model {model.model_id} is in force for {population}.")


def _figures(found: Mapping[str, Any]) -> tuple[str, str, str]:
    return (
        cell(found.get("auc")),
        cell(found.get("lift_at_10pct")),
        cell(found.get("average_precision")),
    )
