"""Save and load a model folder: ``model.txt`` (LightGBM text) and ``manifest.json``.

Beside them lies the card, as ``card.json`` and as the page ``card.html``: made from the two, never
read back. Nothing that fails a check ever reaches LightGBM, which would take the process down.
"""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from features.errors import FeatureError
from features.featureset import FeatureSet
from models import manifest as manifests
from models.card import card_of, page
from models.errors import ModelRefusedError
from models.kernel import walk
from models.kernel.files import MANIFEST_NAME, TEXT_NAME
from models.matrix import booster_name
from models.model import Model

CARD_NAME: Final = "card.json"
PAGE_NAME: Final = "card.html"
OBJECTIVE: Final = "binary sigmoid:1"

_MAX_BYTES: Final = 1 << 28  # 256 MB; a model of 2,000 trees of 255 leaves has about 50 MB
_DAMAGED: Final = "restore the model folder from a backup or train again"


def save(model: Model, models_dir: Path) -> Path:
    """Write ``models_dir/<model_id>``: model, manifest and card complete, or nothing.

    Returns
    -------
    Path
        The folder. Saving the same model again changes nothing.

    Raises
    ------
    ModelRefusedError
        The folder exists and is not this model.
    """
    target = models_dir / model.model_id
    contents = {
        TEXT_NAME: model.text,
        MANIFEST_NAME: manifests.written(model.manifest),
    }
    if target.exists():
        _check_same(target, contents)
        return target
    models_dir.mkdir(parents=True, exist_ok=True)
    card = card_of(model)
    contents |= {CARD_NAME: manifests.written(card), PAGE_NAME: page(card)}
    staging = Path(tempfile.mkdtemp(prefix=".saving-", dir=models_dir))
    try:
        for name, text in contents.items():
            _write(staging / name, text)
        _sync_folder(staging)
        staging.rename(target)
        _sync_folder(models_dir)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return target


def load(folder: Path) -> Model:
    """Load a model folder after checking everything that can be checked.

    Order: manifest (format, its own id), hash of the text, features against the code, structure of
    the text, canary rows down the trees as they were read. Only then may LightGBM read the text, on
    first use, and it must give the canary rows their scores too, as must the compiled kernel.

    Raises
    ------
    ModelRefusedError
        Missing, damaged, changed, made by another format, or by other features than this code has.
    """
    manifest = _manifest(_read(folder / MANIFEST_NAME))
    text = _read(folder / TEXT_NAME)
    if manifests.sha256(text) != manifest["model_sha256"]:
        raise ModelRefusedError(
            f"a {TEXT_NAME} that is not the one its manifest describes",
            f"SHA-256 {str(manifest['model_sha256'])[:12]}...",
            _DAMAGED,
        )
    model = Model(manifest, text, _features_of(manifest))
    _check_structure(model)
    model.canary.check(walk.scores(model.forest.trees, model.canary.matrix), "the trees as read")
    return model


def _manifest(text: str) -> dict[str, Any]:
    try:
        manifest = manifests.check(_parse(text))
        again = manifests.written(manifest)
    except ModelRefusedError:
        raise
    except (ValueError, RecursionError) as error:  # 1e999, half a character, thousands of digits
        raise ModelRefusedError("a manifest that is not JSON", "JSON", _DAMAGED) from error
    if again != text:
        raise ModelRefusedError(
            "a manifest of the right content in other bytes", "the file as it was saved", _DAMAGED
        )
    return manifest


def _features_of(manifest: dict[str, Any]) -> FeatureSet:
    try:
        return FeatureSet.from_json(manifest)
    except FeatureError as error:
        raise ModelRefusedError(error.found, error.expected, error.fix) from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ModelRefusedError("a manifest whose features cannot be read", fix=_DAMAGED) from error


def _check_structure(model: Model) -> None:
    """Parse the text without LightGBM and compare it with the manifest."""
    forest, trees = model.forest, model.manifest["model"]["trees"]
    if list(forest.feature_names) != [booster_name(name) for name in model.features.names]:
        raise ModelRefusedError("a model text with other features", "the manifest's", _DAMAGED)
    if len(forest.trees) != trees or forest.objective != OBJECTIVE or forest.is_averaged:
        raise ModelRefusedError(
            f"a model text of {len(forest.trees)} trees, objective {forest.objective[:40]!r}",
            f"{trees} trees, objective {OBJECTIVE!r}",
            _DAMAGED,
        )
    if forest.has_linear_trees:
        raise ModelRefusedError("linear trees", "constant leaves", _DAMAGED)


def _read(path: Path) -> str:
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelRefusedError(f"a {path.name} over {_MAX_BYTES >> 20} MB", "a model file")
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ModelRefusedError(
            f"no readable {path.name} in {path.parent}",
            f"a model folder with {TEXT_NAME} and {MANIFEST_NAME}",
            "train a model, or name its folder",
        ) from error
    except UnicodeDecodeError as error:
        raise ModelRefusedError(f"a {path.name} that is not text", "UTF-8", _DAMAGED) from error


def _parse(text: str) -> object:
    def refuse(name: str) -> None:
        raise ModelRefusedError(f"{name} in the manifest", "plain JSON numbers", _DAMAGED)

    return json.loads(text, parse_constant=refuse)


def _check_same(target: Path, contents: dict[str, str]) -> None:
    for name, text in contents.items():
        if _read(target / name) != text:
            raise ModelRefusedError(
                f"a folder {target.name} that holds another {name}",
                "the same model, whose id is made from its content",
                "move that folder away and save again",
            )


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
