"""What a model card says, as plain JSON: from the model and its manifest alone, without a clock."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from features.fields import field_of, is_protected
from features.telling import warning
from models import manifest as manifests
from models.manifest import JSON, TOGETHER
from models.split import BLOCKS

if TYPE_CHECKING:
    from models.model import Model

FORMAT_VERSION: Final = 1

_KEPT: Final = (
    "model_id", "kind", "population", "variant", "as_of", "label", "condition", "horizon_days",
    "seed",
)  # fmt: skip
_TABLES: Final = frozenset({"reliability", "cuts", "level"})


def card_of(model: "Model") -> dict[str, JSON]:
    """Return the card of a model.

    Parameters
    ----------
    model : Model
        As trained or as loaded; the same model always gives the same card.

    Returns
    -------
    dict
        ``card_version`` and what identifies the model; ``data`` (window, blocks, who was left
        out); ``selection`` (how the contacted and the never contacted converted) and
        ``exploration`` (what leads drawn by lot say of all); ``features`` (importance, field,
        leakage verdict) and ``left_out``; ``metrics``, ``baselines``, ``cuts`` and ``segments``,
        all of the test block; ``calibration`` with its reliability bands; ``gates``; ``warnings``
        in words; ``hashes``. A figure that nothing
        could tell is null.
    """
    held = model.manifest
    metrics = held["metrics"]
    return {
        "card_version": FORMAT_VERSION,
        **{key: held[key] for key in _KEPT},
        "score_source": model.score_source,
        "passed": all(gate["passed"] for gate in held["gates"]),
        "base_score": base_score(model),
        "selection": held["context"].get("selection"),
        "exploration": held.get("exploration"),
        "data": {**_of_data(held["context"]), "blocks": _blocks(held), "order": held.get("order")},
        "model": {key: held["model"].get(key) for key in ("trees", "candidate", "fitted")},
        "features": _features(model),
        "left_out": _left_out(held),
        "metrics": {name: value for name, value in metrics.items() if name not in _TABLES},
        "baselines": held["baselines"],
        "cuts": metrics.get("cuts", []),
        "segments": held.get("segments", []),
        "calibration": {
            "method": held["calibration"]["method"],
            "rows": held["calibration"]["rows"],
            "positives": held["calibration"]["positives"],
            "level": held.get("level"),
            "bands": metrics.get("reliability", []),
        },
        "gates": held["gates"],
        "warnings": _warnings(model),
        "hashes": {
            "model_sha256": held["model_sha256"],
            "features_sha256": held["fingerprint"],
            "manifest_sha256": manifests.sha256(manifests.written(held)),
            "settings_sha256": manifests.sha256(manifests.canonical(held["params"])),
        },
        "versions": held["versions"],
    }


def base_score(model: "Model") -> float:
    """Return the mean raw score of what the trees learnt from: where contributions start."""
    nobody = np.full((1, len(model.features.names)), np.nan, dtype=np.float32)
    return float(model.booster.predict(nobody, pred_contrib=True, num_threads=1)[0, -1])


def _of_data(context: Mapping[str, Any]) -> dict[str, JSON]:
    return {key: value for key, value in context.items() if key != "selection"}


def _blocks(held: Mapping[str, Any]) -> dict[str, JSON]:
    """Return the blocks as they follow each other in time."""
    return {name: held["blocks"][name] for name in (*BLOCKS, "unused") if name in held["blocks"]}


def _features(model: "Model") -> list[JSON]:
    verdicts = {entry["feature"]: entry for entry in model.manifest["leakage"]}
    found: list[JSON] = []
    for entry, feature in zip(model.manifest["features"], model.features.features, strict=True):
        verdict = verdicts.get(feature.name, {})
        found.append(
            {
                "name": feature.name,
                "title": feature.title,
                "field": field_of(feature).name,
                "family": feature.family,
                "kind": feature.kind,
                "unit": feature.unit,
                "known": str(feature.known),
                "importance": entry["importance"],
                "is_protected": is_protected(feature),
                **_verdict(verdict),
            }
        )
    # Most important first; a name breaks ties.
    return sorted(found, key=_weight)


def _weight(entry: JSON) -> tuple[float, str]:
    return (-float(entry["importance"] or 0), str(entry["name"]))  # type: ignore[index,call-overload,arg-type]


def _verdict(verdict: Mapping[str, Any]) -> dict[str, JSON]:
    return {
        "leakage": verdict.get("verdict"),
        "auc_alone": verdict.get("value"),
        "leakage_reason": verdict.get("reason"),
        "leakage_action": verdict.get("action"),
    }


def _left_out(held: Mapping[str, Any]) -> list[JSON]:
    """Return what was examined and is no feature of the model, with the reason."""
    kept = {entry["name"] for entry in held["features"]}
    counters = set((held.get("order") or {}).get("counters", []))
    found: list[JSON] = []
    for verdict in held["leakage"]:
        name = verdict["feature"]
        is_out = verdict["verdict"] == "leak" or name in counters
        if name in kept or name == TOGETHER or not is_out:
            continue
        reason = "only numbers the rows of the file" if name in counters else verdict["reason"]
        found.append({"name": name, **_verdict(verdict), "leakage_reason": reason})
    return found


def _of_selection(held: Mapping[str, Any]) -> list[JSON]:
    """Say of whom the figures are, where somebody chose who was contacted."""
    if held["population"] is not None and str(held["population"]).startswith("static:"):
        return [
            "All figures are of the leads of this file that have a label, and nobody has said how"
            " those were chosen: for others they may be too high."
        ]
    if held["kind"] == "static":
        return []
    if held["condition"] in (None, "none"):
        return [
            "No contacts are known: the score says who converts, not who converts when contacted."
        ]
    told = (
        "All figures are of leads that were contacted, and who was contacted was not drawn by"
        " chance: for leads that nobody ever chose they may be too high."
    )
    if held.get("exploration"):
        told += " Leads drawn by lot say it for all: see who was contacted."
    return [told]


def _warnings(model: "Model") -> list[JSON]:
    """Say what a reader must know before believing a figure."""
    held = model.manifest
    found: list[JSON] = []
    found += _of_selection(held)
    if not all(gate["passed"] for gate in held["gates"]):
        failed = [gate["gate"] for gate in held["gates"] if not gate["passed"]]
        found.append(f"Refused by its gates: {', '.join(failed)}.")
    if called := warning(model.features.features):
        found.append(called)
    protected = [feature.name for feature in model.features.features if is_protected(feature)]
    if protected:
        found.append(
            "By their names these columns may hold data that the law protects specially; no reason"
            f" names them: {', '.join(protected)}."
        )
    suspects = [entry for entry in held["leakage"] if entry["verdict"] != "ok"]
    found += [str(entry["reason"]) for entry in suspects if entry["feature"] == TOGETHER]
    kept = set(model.features.names)
    names = [str(entry["feature"]) for entry in suspects if entry["feature"] in kept]
    if names:
        found.append(
            f"Suspiciously good, and kept: {', '.join(names)}. Only you know whether they are"
            " filled in before or after the outcome."
        )
    found.append("A base rate that moves after the newest label is in no figure.")
    return found
