"""`train` and `models`: how good a model is on leads it never saw, and whether it is in force."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from features.telling import warning
from models import Model
from models.artifact import PAGE_NAME
from models.card import card_of
from models.manifest import summary
from models.model import SCORECARD
from models.scorecard_table import band_words, table_rows
from pipelines.console.cards import show_card_of
from pipelines.console.screen import StageProgress, cell, emit_json, note, say, show_table
from pipelines.console.selection import selection_words
from pipelines.errors import RefusedError
from pipelines.runs.registry import load_model
from pipelines.runs.train import run_train
from pipelines.runs.trial import Trained
from pipelines.settings.home import Home


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
                "score_source": first.model.score_source,
                "refused": None if first.refused is None else summary(first.refused.manifest),
                "also": [{"model_id": t.model.model_id, "variant": t.variant} for t in trained[1:]],
            }
        )
    else:
        for one in trained:
            show_trained(one)
    if not first.is_promoted:
        gates = [gate for gate in first.model.manifest["gates"] if not gate["passed"]]
        failed = [gate["reason"] for gate in gates] or ["it was rejected by hand"]
        is_blocked = any(gate["gate"] == "leakage" for gate in gates)
        more = "leave the column out ([train] leave_out)" if is_blocked else "load more outcomes"
        raise RefusedError(
            f"model {first.model.model_id} is not in force: {'; '.join(failed)}",
            expected="every gate to pass",
            fix=f"{more}, or `lead-triage models promote ID --reason WHY`",
        )


def show_trained(trained: Trained) -> None:
    """Show one trained model, and what was refused beside it."""
    say()
    if trained.why:
        say(f"No trees for {trained.population}, {trained.variant}: {trained.why}")
    if trained.refused is not None and trained.is_promoted:
        _show_gates(trained.refused, "refused")
    standing = "in force" if trained.is_promoted else "refused"
    if trained.is_known:
        standing += " as before: the same rows give the same model"
    say(f"{_named(trained.model)} ({trained.population}, {trained.variant}): {standing}")
    show_quality(trained.model.manifest)
    if called := warning(trained.model.features.features):
        say(f"  ! {called}")
    if trained.model.score_source == SCORECARD:
        show_card(trained.model.manifest)
    if trained.refused is not None and not trained.is_promoted:
        _show_gates(trained.refused, "refused too")


def show_card(manifest: dict[str, Any]) -> None:
    """Show a scorecard: what every lead starts with, and what each value adds."""
    show_table(
        "Scorecard: probability = 1 / (1 + exp(-sum of points))",
        ("column", "value", "leads", "conversions", "shrunk rate", "points"),
        [
            (
                row["title"], band_words(row), row["leads"], row["conversions"],
                f"{row['shrunk_rate']:.2%}", f"{row['points']:+.2f}",
            )
            for row in table_rows(manifest)
        ],
        right=(2, 3, 4, 5),
    )  # fmt: skip


def _named(model: Model) -> str:
    return f"{'Scorecard' if model.score_source == SCORECARD else 'Model'} {model.model_id}"


def _show_gates(model: Model, standing: str) -> None:
    say(f"{_named(model)}: {standing}")
    failed = [gate for gate in model.manifest["gates"] if not gate["passed"]]
    for gate in failed:
        say(f"  FAIL  {gate['gate']}: {gate['reason']}")
    if not failed:
        say("  a person rejected this model: see `lead-triage models list --history`")


def show_quality(manifest: Mapping[str, Any]) -> None:
    """Show metrics on the held-out block beside the base rate and newest first, and the gates."""
    metrics, baselines = manifest["metrics"], manifest["baselines"]
    show_table(
        f"On {metrics['rows']:,} held-out rows with {metrics['observed_conversions']:,} conversions"
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
    for line in selection_words(manifest):
        say(line)
    for gate in manifest["gates"]:
        say(f"  {'pass' if gate['passed'] else 'FAIL'}  {gate['gate']}: {gate['reason']}")
    for found in manifest["leakage"]:
        if found["verdict"] != "ok":
            say(f"  {found['verdict']} ({found['action']})  {found['feature']}: {found['reason']}")


def show_model(model_id: str, *, as_json: bool) -> None:
    """Show the card of one model."""
    model = load_model(Home.locate(), model_id)
    if as_json:
        whole = {key: model.manifest[key] for key in ("metrics", "leakage")}
        emit_json(card_of(model) | whole)
        return
    show_card_of(card_of(model))
    if model.score_source == SCORECARD:
        say()
        show_card(model.manifest)
    folder = Home.locate().models / model.model_id
    if (folder / PAGE_NAME).is_file():
        note(f"  page   {folder / PAGE_NAME}")


def _figures(found: Mapping[str, Any]) -> tuple[str, str, str]:
    return (
        cell(found.get("auc")),
        cell(found.get("lift_at_10pct")),
        cell(found.get("average_precision")),
    )
