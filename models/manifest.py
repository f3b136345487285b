"""The manifest of a model: plain JSON, canonical bytes, and the short form that people read.

The manifest holds no clock time and nothing random, so the same training data give the same
bytes and the same model id.
"""

import hashlib
import json
import math
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from models.errors import ModelRefusedError

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
Manifest: TypeAlias = dict[str, Any]

FORMAT_VERSION: Final = 2  # 2: canary rows
TOGETHER: Final = "all columns together"  # where a leakage verdict names a column
ID_DIGITS: Final = 16  # 64 bits: no chance of two models of one company sharing an id

REQUIRED: Final = frozenset(
    {
        "format_version", "model_id", "kind", "variant", "population", "label", "condition",
        "horizon_days", "as_of", "seed", "params", "blocks", "features", "vocabulary",
        "fingerprint", "model_sha256", "model", "canary", "calibration", "metrics", "baselines",
        "leakage", "gates", "facts", "distribution", "versions", "context",
    }
)  # fmt: skip


def canonical(value: Mapping[str, Any]) -> str:
    """Return the one JSON text of a mapping: sorted keys, no blanks, no NaN or infinity."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def written(value: Mapping[str, Any]) -> str:
    """Return the one text of a ``manifest.json``: sorted keys, a line each."""
    return json.dumps(value, sort_keys=True, indent=1, allow_nan=False) + "\n"


def sha256(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, as 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def identify(manifest: Mapping[str, Any]) -> str:
    """Return the model id that belongs to a manifest: its kind and a digest of all the rest.

    The model text is covered through ``model_sha256``.
    """
    content = {key: value for key, value in manifest.items() if key != "model_id"}
    return f"{content['kind']}-{sha256(canonical(content))[:ID_DIGITS]}"


def check(manifest: object) -> Manifest:
    """Return the manifest when its keys, its version and its own id agree.

    Raises
    ------
    ModelRefusedError
        It is not a manifest, is of another format version, or was changed after saving.
    """
    if not isinstance(manifest, dict) or "format_version" not in manifest:
        raise ModelRefusedError("a manifest that is not one", "the manifest.json of a model")
    version = manifest["format_version"]
    if version != FORMAT_VERSION:
        raise ModelRefusedError(
            f"a model of format {version!r:.20}",
            f"format {FORMAT_VERSION}",
            f"{_train_again(manifest.get('population'))}, or use the version that made it",
        )
    missing = sorted(REQUIRED - set(manifest))
    if missing:
        raise ModelRefusedError(f"a manifest without {missing}", "every key of this format")
    if manifest["model_id"] != identify(manifest):
        raise ModelRefusedError(
            "a manifest whose content does not give its model id",
            "the manifest as it was saved",
            "restore the model folder from a backup or train again",
        )
    return manifest


def _train_again(population: object) -> str:
    """Return the command that trains a population anew; a file's own population has its source."""
    source = str(population).partition("static:")[2]
    named = f" --source {source}" if source.isidentifier() else ""
    return f"train again with this version (`lead-triage train{named}`)"


def rounded(value: float | None, digits: int = 6) -> float | None:
    """Round a figure for the manifest; None for NaN and infinity, which JSON cannot hold."""
    if value is None or not math.isfinite(value):
        return None
    return round(float(value), digits)


def stated(context: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the keys of a manifest that whoever trains must state; the rest under ``context``."""
    named = ("population", "variant", "label", "condition", "horizon_days", "as_of")
    found: dict[str, JSON] = {name: context.get(name) for name in named}
    found["variant"] = found["variant"] or "full"
    found["context"] = {key: context[key] for key in sorted(set(context) - set(named))}
    return found


def summary(manifest: Mapping[str, Any]) -> dict[str, JSON]:
    """Return what ``train`` and ``models show`` print.

    Returns
    -------
    dict
        Exactly the keys model_id, kind, label, metrics, features, leakage and gates.
    """
    return {
        "model_id": manifest["model_id"],
        "kind": manifest["kind"],
        "label": manifest["label"],
        "metrics": manifest["metrics"],
        "features": manifest["features"],
        "leakage": manifest["leakage"],
        "gates": manifest["gates"],
    }
