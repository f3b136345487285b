"""Train a scorecard: judged on later rows, then fitted on all, and saved like any model."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import numpy as np

from features.featureset import FeatureSet
from models import boosting, leakage
from models import manifest as manifests
from models.distribution import distribution
from models.errors import TrainingRefusedError
from models.evaluate import evaluate, probabilities, ranking
from models.examples import Examples, TrainingSet
from models.facts import count_facts
from models.gates import judge_scorecard
from models.kernel import oracle
from models.level import NONE, RECENT_SHARE, Level, measure
from models.manifest import JSON, Manifest, rounded
from models.matrix import F64, Ints
from models.model import SCORECARD, Model
from models.params import GateSettings, TrainSettings
from models.scorecard import STATED, Card, fit
from models.scorecard_table import card_json
from models.scorecard_text import written
from models.segments import measure_segments, segments_of
from models.significance import bunches
from models.split import CALIBRATE, STOP, TEST, TRAIN
from models.train import LIBRARIES, described, find_leaks


def train_scorecard(
    data: TrainingSet,
    features: FeatureSet,
    params: TrainSettings,
    gates: GateSettings | None = None,
    *,
    context: Mapping[str, JSON],
    findings: Sequence[Mapping[str, Any]] | None = None,
) -> Model:
    """Train the scorecard of a population that has too few labels for trees.

    Parameters
    ----------
    data, features, params, gates, context
        As for `models.train.train`. Dated leads may use the columns of `models.scorecard.STATED`
        only; a file without dates, whose columns nobody knows beforehand, all that do not leak.
    findings : sequence of mapping, optional
        ``leakage`` of the manifest of a model of the same rows; None = the columns are examined.

    Returns
    -------
    Model
        Its manifest has kind ``scorecard`` and the card under ``model``.

    Raises
    ------
    TrainingRefusedError
        No rows, or one outcome only, among the earlier or the later rows.
    """
    given = gates or GateSettings()
    examples = Examples.of(data, features, params)
    blocks = examples.sizes()
    earlier, later = examples.where(TRAIN, STOP), examples.where(CALIBRATE, TEST)
    _check(examples, earlier, "learn from")
    _check(examples, later, "judge on")
    is_dated = data.at is not None
    told = list(findings) if findings is not None else _told(examples, params, is_dated=is_dated)
    segments = segments_of(examples, later)
    examples = examples.without(_left_out(examples, told, is_dated=is_dated))
    # A file's own columns are chosen by the earlier rows; the stated ones of dated leads all count.
    names = examples.features.names
    is_stated = is_dated and set(names) <= set(STATED)
    judged = _fit(examples, earlier, range(len(names)) if is_stated else None)
    columns = tuple(term.column for term in judged.terms)
    held = judged.raw_score(examples.matrix[later])
    metrics = evaluate(examples.label[later], held, judged.calibration)
    parts = measure_segments(segments, examples.label[later], held, judged.calibration)
    rate = float(examples.label[earlier].mean())
    baselines: dict[str, Any] = {
        "newest_first": ranking(examples.label[later], examples.newest[later]),
        "constant": probabilities(examples.label[later], np.full(len(later), rate)),
    }
    # Refused without a column; it keeps one, so that what was refused can be looked at.
    kept = {examples.features.names[index] for index in columns or (0,)}
    examples = examples.without(tuple(n for n in examples.features.names if n not in kept))
    card = _fit(examples, np.arange(len(examples.label)), range(len(kept)))
    blocked = [str(f["feature"]) for f in told if f["action"] == "blocks the model"]
    verdicts = judge_scorecard(
        metrics, baselines["constant"], int(examples.label.sum()), int((~examples.label).sum()),
        len(columns), card.evidence, blocked, given,
    )  # fmt: skip
    level = _recent(examples, card)
    calibration = card.calibration.shifted(level.shift)
    text = written(card, examples.features.names)
    booster = boosting.booster_of(text)
    manifest: Manifest = {
        "format_version": manifests.FORMAT_VERSION,
        "kind": SCORECARD,
        **manifests.stated(context),
        "seed": params.seed,
        "params": params.model_dump(mode="json", exclude={"num_threads"}),
        "blocks": blocks,
        "order": examples.order.to_json(),
        "features": described(examples.features, _spread(card, len(examples.features.names))),
        "vocabulary": examples.features.vocabulary.to_json(),
        "fingerprint": examples.features.fingerprint(),
        "model_sha256": manifests.sha256(text),
        "model": {
            "trees": len(card.terms),
            "candidate": SCORECARD,
            "candidates": [],
            "evidence": rounded(card.evidence),
            "base_points": rounded(calibration.y[1]),
            "card": card_json(card.terms, examples.features),
        },
        "canary": oracle.canary_of(booster, text).to_json(),
        "calibration": calibration.to_json(),
        "level": level.to_json(),
        "metrics": metrics,
        "segments": parts,
        "baselines": baselines,
        "leakage": [dict(finding) for finding in told],
        "gates": [gate.to_json() for gate in verdicts],
        "facts": count_facts(examples.matrix, examples.label, examples.features, params.fact_bins),
        "distribution": distribution(card.raw_score(examples.matrix)),
        "versions": {name: version(name) for name in LIBRARIES},
    }
    manifest["model_id"] = manifests.identify(manifest)
    return Model(manifest, text, examples.features)


def _check(examples: Examples, rows: Ints, what: str) -> None:
    positives = int(examples.label[rows].sum())
    if not positives or positives == len(rows):
        raise TrainingRefusedError(
            f"{positives} conversions and {len(rows) - positives} others to {what}",
            "both outcomes among the earlier and among the later leads",
            "load more outcomes, or check the label column and its positive values",
        )


def _told(examples: Examples, params: TrainSettings, *, is_dated: bool) -> list[dict[str, JSON]]:
    return [
        finding.to_json(leakage.action_on(finding, params.leakage, is_dated=is_dated))
        for finding in find_leaks(examples, params)
    ]


def _left_out(
    examples: Examples, told: Sequence[Mapping[str, Any]], *, is_dated: bool
) -> tuple[str, ...]:
    leaks = {str(finding["feature"]) for finding in told if finding["verdict"] == "leak"}
    leaks.update(examples.counters())
    # Dated: what can be told in a sentence, unless the leads have none of it.
    stated = [name for name in STATED if name in examples.features.names] if is_dated else []
    return tuple(
        name for name in examples.features.names if name in leaks or (stated and name not in stated)
    )


def _fit(examples: Examples, rows: Ints, columns: range | None) -> Card:
    at = None if examples.at is None else examples.at[rows]
    return fit(
        examples.matrix[rows], examples.label[rows], examples.tied[rows],
        bunches(at, examples.newest[rows], examples.tied[rows]), examples.features, columns,
    )  # fmt: skip


def _recent(examples: Examples, card: Card) -> Level:
    """Compare the newest quarter with what the card expects of it, where time is known."""
    time = examples.order.time
    if time is None:
        return NONE
    recent = time >= np.quantile(time, 1 - RECENT_SHARE, method="higher")
    expected = card.calibration.apply(card.raw_score(examples.matrix[recent]))
    return measure(expected, examples.label[recent])


def _spread(card: Card, width: int) -> F64:
    """Variance of the points of every column over the leads: how much it moves the score."""
    found = np.zeros(width)
    for term in card.terms:
        mean = np.average(term.points, weights=term.rows)
        found[term.column] = np.average((term.points - mean) ** 2, weights=term.rows)
    return found
