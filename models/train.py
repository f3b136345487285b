"""Train, calibrate, evaluate and judge one model.

The steps: four blocks, leakage checks, candidates, calibration, test, baselines, gates, facts;
everything goes into the manifest, and the same data give the same bytes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from features.featureset import FeatureSet
from features.vocabulary import Vocabulary
from models import boosting, calibrate, leakage
from models import manifest as manifests
from models.baselines import Logistic
from models.errors import TrainingRefusedError
from models.evaluate import evaluate, probabilities, ranking
from models.facts import count_facts
from models.gates import judge
from models.kernel import oracle
from models.manifest import JSON, Manifest
from models.matrix import F32, F64, Bools, Ints, check_finite, to_array
from models.model import Model
from models.params import GateSettings, TrainSettings
from models.selection import Block, Chosen, choose
from models.split import BLOCKS, CALIBRATE, STOP, TEST, TRAIN, UNUSED, split, uniform

_PERCENTS: Final = (*np.arange(0.0, 99.0, 0.5).tolist(), *np.linspace(99, 100, 101).tolist())
_LIBRARIES: Final = ("lightgbm", "numpy", "polars", "scikit-learn", "scipy")


@dataclass(frozen=True)
class TrainingSet:
    """Labelled rows, one per lead (and ``as_of`` where there are dates).

    Parameters
    ----------
    matrix : pl.DataFrame
        Shape (n, k), Float32, columns in the order of the feature set, null = missing.
    label : (n,) bool
        Converted within the horizon.
    group : (n,) int64
        Person; never on two sides of a split.
    at : (n,) datetime64 or None
        ``as_of`` of the row in days; None = population without dates.
    order : (n,) int64
        Order of the record in its file, or the lead key: makes training independent of the order
        in which rows arrive.
    newest : (n,) float64
        Larger = newer, NaN = unknown: the "newest first" baseline.
    """

    matrix: pl.DataFrame
    label: Bools
    group: Ints
    at: npt.NDArray[np.datetime64] | None
    order: Ints
    newest: F64

    def __post_init__(self) -> None:
        rows = self.matrix.height
        columns = (self.label, self.group, self.order, self.newest, self.at)
        if any(column is not None and len(column) != rows for column in columns):
            raise TrainingRefusedError("arrays of different lengths", f"{rows} rows each")
        if self.at is not None and np.isnat(self.at).any():
            raise TrainingRefusedError("rows without as_of", "a date for every row, or for none")


def train(
    data: TrainingSet,
    features: FeatureSet,
    params: TrainSettings,
    gates: GateSettings | None = None,
    *,
    context: Mapping[str, JSON],
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
    whole = _Prepared.of(data, features, params)
    blocks = whole.sizes()
    _check_blocks(blocks)
    is_dated = data.at is not None
    findings = leakage.examine(
        whole.rows(TRAIN).matrix, whole.rows(TRAIN).label, whole.group[whole.block == TRAIN],
        features, params.leakage,
    )  # fmt: skip
    quarantined = leakage.names_for(findings, "quarantine", params.leakage, is_dated=is_dated)
    blocked = leakage.names_for(findings, "block", params.leakage, is_dated=is_dated)
    whole = whole.without(quarantined)
    chosen = choose(whole.rows(TRAIN), whole.rows(STOP), whole.features, params)
    text = boosting.text_of(chosen.booster)
    booster = boosting.booster_of(text)

    raw = boosting.raw_score(booster, whole.rows(CALIBRATE).matrix, params.num_threads)
    calibration = calibrate.fit(raw, whole.rows(CALIBRATE).label, params.isotonic_min_positives)
    held = boosting.raw_score(booster, whole.rows(TEST).matrix, params.num_threads)
    metrics = evaluate(whole.rows(TEST).label, held, calibration.apply(held))
    baselines = _baselines(whole, params)
    judged = judge(
        metrics, baselines, _total(blocks, "positives"), _total(blocks, "negatives"), blocked,
        gates or GateSettings(),
    )  # fmt: skip
    manifest: Manifest = {
        "format_version": manifests.FORMAT_VERSION,
        "kind": "dated" if is_dated else "static",
        **_stated(context),
        "seed": params.seed,
        "params": params.model_dump(mode="json", exclude={"num_threads"}),
        "blocks": blocks,
        "features": _described(whole.features, booster),
        "vocabulary": whole.features.vocabulary.to_json(),
        "fingerprint": whole.features.fingerprint(),
        "model_sha256": manifests.sha256(text),
        "model": _model_facts(chosen, booster),
        "canary": oracle.canary_of(booster, text).to_json(),
        "calibration": calibration.to_json(),
        "metrics": metrics,
        "baselines": baselines,
        "leakage": [
            finding.to_json(leakage.action_on(finding, params.leakage, is_dated=is_dated))
            for finding in findings
        ],
        "gates": [gate.to_json() for gate in judged],
        "facts": count_facts(
            whole.rows(TRAIN).matrix, whole.rows(TRAIN).label, whole.features, params.fact_bins
        ),
        "distribution": _distribution(np.concatenate([raw, held])),
        "versions": {name: version(name) for name in _LIBRARIES},
    }
    manifest["model_id"] = manifests.identify(manifest)
    return Model(manifest, text, whole.features)


@dataclass(frozen=True)
class _Prepared:
    """All rows as arrays in canonical order, with their block."""

    features: FeatureSet
    matrix: F32
    label: Bools
    group: Ints
    newest: F64
    block: npt.NDArray[np.int8]
    at: npt.NDArray[np.datetime64] | None

    @classmethod
    def of(cls, data: TrainingSet, features: FeatureSet, params: TrainSettings) -> "_Prepared":
        matrix = to_array(data.matrix, features.names)
        check_finite(matrix, features.names)
        keys = (data.group, data.order) if data.at is None else (data.group, data.order, data.at)
        order = np.lexsort(keys)
        if not np.array_equal(order, np.arange(len(order))):
            matrix = np.asfortranarray(matrix[order])
        at = None if data.at is None else data.at[order]
        group = data.group[order]
        block = split(group, at, matrix, params.shares, params.seed)
        return cls(
            features, matrix, data.label[order].astype(np.bool_), group, data.newest[order], block,
            at,
        )  # fmt: skip

    def rows(self, block: int) -> Block:
        inside = self.block == block
        return Block(self.matrix[inside], self.label[inside])

    def without(self, names: tuple[str, ...]) -> "_Prepared":
        if not names:
            return self
        kept = [i for i, name in enumerate(self.features.names) if name not in names]
        if not kept:
            raise TrainingRefusedError("only features that leak", "at least one honest feature")
        features = tuple(self.features.features[index] for index in kept)
        values = self.features.vocabulary.values
        vocabulary = Vocabulary({f.name: values[f.name] for f in features if f.name in values})
        return replace(self, features=FeatureSet(features, vocabulary), matrix=self.matrix[:, kept])

    def sizes(self) -> dict[str, JSON]:
        found: dict[str, JSON] = {"unused": {"rows": int((self.block == UNUSED).sum())}}
        for index, name in enumerate(BLOCKS):
            inside = self.block == index
            at = None if self.at is None else self.at[inside]
            found[name] = {
                "rows": int(inside.sum()),
                "positives": int(self.label[inside].sum()),
                "negatives": int((~self.label[inside]).sum()),
                "groups": len(np.unique(self.group[inside])),
                "first_at": str(at.min()) if at is not None and len(at) else None,
                "last_at": str(at.max()) if at is not None and len(at) else None,
            }
        return found


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


def _baselines(whole: _Prepared, params: TrainSettings) -> dict[str, dict[str, JSON]]:
    """Measure what has to be beaten, on the test block; fitted on the blocks before it."""
    train_block, calibrate_block, test = (whole.rows(b) for b in (TRAIN, CALIBRATE, TEST))
    seen = (whole.block == TRAIN) | (whole.block == STOP) | (whole.block == CALIBRATE)
    rate = float(whole.label[seen].mean())
    inside = np.flatnonzero(whole.block == TRAIN)
    if len(inside) > params.logistic_max_rows:
        drawn = np.argsort(uniform(inside, params.seed), kind="stable")
        inside = np.sort(inside[drawn[: params.logistic_max_rows]])
        train_block = Block(whole.matrix[inside], whole.label[inside])
    logistic = Logistic(whole.features).fit(train_block.matrix, train_block.label)
    line = calibrate.fit(
        logistic.raw_score(calibrate_block.matrix), calibrate_block.label,
        params.isotonic_min_positives,
    )  # fmt: skip
    raw = logistic.raw_score(test.matrix)
    return {
        "newest_first": ranking(test.label, whole.newest[whole.block == TEST]),
        "constant": probabilities(test.label, np.full(len(test.label), rate)),
        "logistic": probabilities(test.label, line.apply(raw)) | ranking(test.label, raw),
    }


def _stated(context: Mapping[str, JSON]) -> dict[str, JSON]:
    stated = ("population", "variant", "label", "condition", "horizon_days", "as_of")
    found: dict[str, JSON] = {name: context.get(name) for name in stated}
    found["variant"] = found["variant"] or "full"
    found["context"] = {key: context[key] for key in sorted(set(context) - set(stated))}
    return found


def _described(features: FeatureSet, booster: boosting.Booster) -> list[JSON]:
    gain = np.asarray(booster.feature_importance("gain"), dtype=np.float64)
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
            "importance": manifests.rounded(float(share[index])),
        }
        for index, feature in enumerate(features.features)
    ]


def _model_facts(chosen: Chosen, booster: boosting.Booster) -> dict[str, JSON]:
    return {
        "trees": booster.num_trees(),
        "candidate": chosen.candidate.name,
        "candidates": chosen.tried,
    }


def _distribution(raw: F64) -> dict[str, JSON]:
    quantiles = np.quantile(raw, np.asarray(_PERCENTS) / 100)
    return {
        "percent": [round(percent, 4) for percent in _PERCENTS],
        "raw_score": [float(value) for value in quantiles],
        "rows": len(raw),
    }
