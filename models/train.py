"""Train, calibrate, evaluate and judge one model.

The steps: four blocks, leakage checks, candidates, calibration, test, baselines, gates; then the
recipe so judged is fitted on all labels (`models.ship`). Everything goes into the manifest, and the
same data give the same bytes.
"""

from collections.abc import Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from features.featureset import FeatureSet
from models import boosting, calibrate, leakage
from models import manifest as manifests
from models.baselines import Logistic, affordable_rows
from models.calibrate import Calibration
from models.contest import Field, contest
from models.distribution import distribution
from models.errors import TrainingRefusedError
from models.evaluate import evaluate, probabilities, ranking
from models.examples import Examples, TrainingSet
from models.exploration import explored
from models.facts import count_facts
from models.gates import judge
from models.kernel import oracle
from models.level import Level, fit_recent
from models.manifest import JSON, Manifest, rounded
from models.matrix import F64, Ints
from models.metrics import auc_difference
from models.model import Model
from models.params import GateSettings, TrainSettings
from models.segments import measure_segments, segments_of
from models.selection import MAX_STOP_ROWS, Recipe, choose
from models.ship import ship
from models.split import BLOCKS, CALIBRATE, STOP, TEST, TRAIN, uniform
from models.wander import variance_of_levels

__all__ = ["TrainingSet", "train"]

_LEAKAGE_ROWS: Final = 400_000
LIBRARIES: Final = ("lightgbm", "numpy", "polars", "scikit-learn", "scipy")


def train(
    data: TrainingSet,
    features: FeatureSet,
    params: TrainSettings,
    gates: GateSettings | None = None,
    *,
    context: Mapping[str, JSON],
    field: Field | None = None,
) -> Model:
    """Train a model.

    Parameters
    ----------
    data : TrainingSet
    features : FeatureSet
        What `data.matrix` holds; features that the leakage checks quarantine are left out of the
        model's own set.
    params : TrainSettings
    gates : GateSettings, optional
        Judged, never enforced, here: the verdicts stand in the manifest.
    context : mapping
        Goes into the manifest: ``population``, ``variant`` (full or lead_only), ``label``,
        ``condition``, ``horizon_days``, ``as_of``; any other key is kept under ``context``.
    field : Field, optional
        What the gates hold it against: the champion and tonight's capacity.

    Returns
    -------
    Model

    Raises
    ------
    TrainingRefusedError
        No rows, or a block that needs both outcomes has one only.
    ModelRefusedError
        The matrix is not what `features` says.
    """
    examples = Examples.of(data, features, params)
    blocks = examples.sizes()
    _check_blocks(blocks)
    is_dated = data.at is not None
    findings = find_leaks(examples, params)
    quarantined = leakage.names_for(findings, "quarantine", params.leakage, is_dated=is_dated)
    blocked = leakage.names_for(findings, "block", params.leakage, is_dated=is_dated)
    counters = examples.counters()
    segments = segments_of(examples, examples.where(TEST))
    examples = examples.without((*quarantined, *counters))
    test = examples.where(TEST)
    recipe = _chosen(examples, params)
    held, calibration, level, wander = _judged(examples, recipe, params)
    baselines, logistic = _baselines(examples, held, params)
    if _is_behind(baselines["logistic"]):
        # What stopped on the earlier block did not hold on the last one; the simpler model did.
        recipe = recipe.line_alone()
        held, calibration, level, wander = _judged(examples, recipe, params)
        baselines["logistic"] |= ranking(examples.label[test], held) | _even()
        logistic = held
    metrics = evaluate(examples.label[test], held, calibration)
    shipped = ship(examples, recipe, wander, params)
    booster = boosting.booster_of(shipped.text)
    ours = None
    if examples.scoring is not None:
        tonight = boosting.raw_score(booster, examples.scoring, params.num_threads)
        ours = (shipped.held_out, tonight)
    found = contest(examples, held, logistic, field or Field(), ours, params.seed)
    verdicts = judge(
        metrics, baselines, found, _total(blocks, "positives"), _total(blocks, "negatives"),
        blocked, gates or GateSettings(),
    )  # fmt: skip
    by_lot = None
    if examples.chance is not None:
        top: Any = found["capacity"]
        by_lot = explored(examples.label[test], held, examples.chance[test], top["share"])
    inside = examples.rows(examples.where(TRAIN))
    manifest: Manifest = {
        "format_version": manifests.FORMAT_VERSION,
        "kind": "dated" if is_dated else "static",
        **manifests.stated(context),
        "seed": params.seed,
        "params": params.model_dump(mode="json", exclude={"num_threads"}),
        "blocks": blocks,
        "order": examples.order.to_json() | {"counters": list(counters)},
        "features": described(
            examples.features, np.asarray(booster.feature_importance("gain"), np.float64)
        ),
        "vocabulary": examples.features.vocabulary.to_json(),
        "fingerprint": examples.features.fingerprint(),
        "model_sha256": manifests.sha256(shipped.text),
        "model": {
            "trees": booster.num_trees(),
            "candidate": "+".join(recipe.names),
            "candidates": recipe.tried,
            "fitted": shipped.how,
        },
        "canary": oracle.canary_of(booster, shipped.text).to_json(),
        "calibration": shipped.calibration.to_json(),
        "level": shipped.level_json() | {"judged": level.to_json()},
        "metrics": metrics,
        "segments": measure_segments(segments, examples.label[test], held, calibration),
        "baselines": baselines,
        "contest": found,
        "exploration": by_lot,
        "leakage": [
            finding.to_json(leakage.action_on(finding, params.leakage, is_dated=is_dated))
            for finding in findings
        ],
        "gates": [gate.to_json() for gate in verdicts],
        "facts": count_facts(inside.matrix, inside.label, examples.features, params.fact_bins),
        "distribution": distribution(shipped.held_out),
        "versions": {name: version(name) for name in LIBRARIES},
    }
    manifest["model_id"] = manifests.identify(manifest)
    return Model(manifest, shipped.text, examples.features)


def find_leaks(examples: Examples, params: TrainSettings) -> tuple[leakage.Finding, ...]:
    """Judge every feature on all rows but those of the test; a sample shows what millions would.

    The rows of the test are looked at for what is there only lately: the model handed over learns
    from them. That can but take columns away, so it makes no figure of the test better.
    """
    blocks = (TRAIN, STOP, CALIBRATE)
    share = _LEAKAGE_ROWS / max(1, len(examples.where(*blocks)))
    rows, late = (_in_time(examples, share, params.seed, *of) for of in (blocks, (TEST,)))
    block, latest = examples.rows(rows), examples.rows(late)
    return leakage.examine(
        block.matrix, block.label, examples.group[rows], examples.features, params.leakage,
        tied=examples.tied[rows], scoring=examples.scoring,
        latest=leakage.Latest(latest.matrix, latest.label, examples.group[late]),
    )  # fmt: skip


def _in_time(examples: Examples, share: float, seed: int, *blocks: int) -> Ints:
    """Return the positions of a share of the rows of some blocks, in order of time."""
    rows = examples.where(*blocks)
    if share < 1:
        rows = rows[uniform(rows, seed) < share]
    if examples.order.time is not None:
        rows = rows[np.argsort(examples.order.time[rows], kind="stable")]
    return rows


def _chosen(examples: Examples, params: TrainSettings) -> Recipe:
    stop = examples.where(STOP)
    stop = stop[uniform(stop, params.seed) < MAX_STOP_ROWS / max(1, len(stop))]
    train_block = examples.sample(examples.where(TRAIN), params.fit_max_rows, params.seed)
    return choose(train_block, examples.rows(stop), examples.features, params)


def _judged(
    examples: Examples, recipe: Recipe, params: TrainSettings
) -> tuple[F64, Calibration, Level, float]:
    """Fit and calibrate a recipe on what came before the test block; raw scores of that come first.

    Last comes how far the level wanders, as far as the test block shows it: for what is handed
    over, where no later rows could.

    Once chosen it is fitted on the early-stopping block as well: the rows that decided are the
    newest before calibration, too good to waste (measured on four public sets, ten splits each:
    AUC +0.001 to +0.005, log loss lower on all).
    """
    both = examples.sample(examples.where(TRAIN, STOP), params.fit_max_rows, params.seed)
    booster = recipe.fit(both, examples.features, params)
    later = examples.where(CALIBRATE)
    raw = boosting.raw_score_of(booster, examples.matrix, later, params.num_threads)
    time = None if examples.order.time is None else examples.order.time[later]
    calibration, level = fit_recent(raw, examples.label[later], time, params)
    test = examples.where(TEST)
    held = boosting.raw_score_of(booster, examples.matrix, test, params.num_threads)
    if examples.order.time is None:
        return held, calibration, level, 0.0
    unseen = np.append(later, test)
    said, label = calibration.apply(np.append(raw, held)), examples.label[unseen]
    at, tied = examples.order.time[unseen], examples.tied[unseen]
    until = slice(len(later))
    own = variance_of_levels(said[until], label[until], at[until], tied[until])
    wander = variance_of_levels(said, label, at, tied)
    return held, calibration.widened(own), replace(level, wander=own), wander


def _even() -> dict[str, JSON]:
    """Return how far the logistic regression is ahead of itself: its steps are its lines."""
    return {"auc_behind_low": 0.0, "auc_behind_high": 0.0}


def _is_behind(logistic: dict[str, JSON]) -> bool:
    """Whether the logistic regression ranks the test block better, by more than chance."""
    high = logistic["auc_behind_high"]
    return isinstance(high, float) and high < 0


def _check_blocks(blocks: dict[str, Any]) -> None:
    for name in ("train", "calibrate", "test"):
        held = blocks[name]
        if not held["positives"] or not held["negatives"]:
            raise TrainingRefusedError(
                f"{held['positives']} conversions and {held['negatives']} others to {name} on",
                "both outcomes in every block",
                "load more outcomes, or check the label column and its positive values",
            )


def _total(blocks: dict[str, Any], what: str) -> int:
    return sum(int(blocks[name][what]) for name in BLOCKS)


def _baselines(
    examples: Examples, ours: F64, params: TrainSettings
) -> tuple[dict[str, dict[str, JSON]], F64]:
    """Measure what has to be beaten, on the test block; fitted on the blocks before it.

    The raw scores of the logistic regression come beside the figures.
    """
    test = examples.rows(examples.where(TEST))
    rate = float(examples.label[examples.where(TRAIN, STOP, CALIBRATE)].mean())
    most = affordable_rows(examples.features, params.logistic_max_rows)
    seen = examples.sample(examples.where(TRAIN, STOP), most, params.seed)
    logistic = Logistic(examples.features.kinds).fit(seen.matrix, seen.label, seen.weight)
    later = examples.rows(examples.where(CALIBRATE))
    line = calibrate.fit(
        logistic.raw_score(later.matrix), later.label, params.isotonic_min_positives
    )
    raw = logistic.raw_score(test.matrix)
    low, high = auc_difference(test.label, ours, raw)
    ahead: dict[str, JSON] = {"auc_behind_low": rounded(low), "auc_behind_high": rounded(high)}
    found = {
        "newest_first": ranking(test.label, examples.newest[examples.where(TEST)]),
        "constant": probabilities(test.label, np.full(len(test.label), rate)),
        "logistic": probabilities(test.label, line.apply(raw)) | ranking(test.label, raw) | ahead,
    }
    return found, raw


def described(features: FeatureSet, gain: F64) -> list[JSON]:
    """Return the features for the manifest; (k,) `gain` is shown as shares of its sum."""
    share = gain / gain.sum() if gain.sum() > 0 else gain
    return [
        {
            "name": feature.name,
            "title": feature.title,
            "family": feature.family,
            "kind": feature.kind,
            "unit": feature.unit,
            "known": str(feature.known),
            "inputs": list(feature.inputs),
            "importance": rounded(float(share[index])),
        }
        for index, feature in enumerate(features.features)
    ]
