"""Reads a model file from disk, and finds out who vouches for its bytes."""

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from models.errors import ModelRefusedError
from models.kernel import canonical
from models.kernel.text import Forest, parse

if TYPE_CHECKING:
    from models.calibrate import Calibration
    from models.kernel.canary import Canary

TEXT_NAME: Final = "model.txt"
MANIFEST_NAME: Final = "manifest.json"

_MAX_BYTES: Final = 1 << 30  # 1 GB of text; a model of 2,000 trees of 255 leaves has about 50 MB
_FIX: Final = "take the model from where it was saved"
_SUM_LINE: Final = re.compile(r"([0-9a-fA-F]{64})(?: [ *](.+))?")


def load(path: Path, sha256: str | None) -> tuple[Forest, "Calibration | None", "Canary | None"]:
    """Read and check a model folder or a file of its own; see `Scorer.from_file`."""
    folder = _folder_of(path)
    if folder is None:
        return _alone(path, sha256), None, None
    from models import artifact  # which needs this module

    model = artifact.load(folder)
    if sha256 is not None:
        _check_hash(model.text.encode(), [sha256])
    return model.forest, model.calibration, model.canary


def _folder_of(path: Path) -> Path | None:
    if path.is_dir():
        return path
    if path.name == TEXT_NAME and path.with_name(MANIFEST_NAME).exists():
        return path.parent
    return None


def _alone(path: Path, sha256: str | None) -> Forest:
    known = [sha256] if sha256 is not None else []
    beside = path.with_name(f"{path.name}.sha256")
    try:
        if not path.is_file() or path.stat().st_size > _MAX_BYTES:
            raise ModelRefusedError(f"no model file {path.name}", "LightGBM text up to 1 GB", _FIX)
        text = path.read_bytes()
        if beside.exists():
            known.append(_listed(beside.read_bytes(), path.name))
    except OSError as error:
        raise ModelRefusedError(f"no readable model file {path.name}", "a file", _FIX) from error
    _check_hash(text, known)
    forest = parse(text)
    if not known:
        canonical.check(text, forest)
    return forest


def _check_hash(text: bytes, known: list[str]) -> None:
    found = hashlib.sha256(text).hexdigest()
    for wanted in known:
        if wanted.lower() != found:
            raise ModelRefusedError(
                f"a model file with SHA-256 {found[:12]}...", f"{wanted[:12]}...", _FIX
            )


def _listed(lines: bytes, name: str) -> str:
    """Find the hash of `name` in the output of `sha256sum`."""
    for line in lines.decode("utf-8", "replace").splitlines():
        found = _SUM_LINE.fullmatch(line.strip())
        if found and (found[2] is None or Path(found[2]).name == name):
            return found[1]
    raise ModelRefusedError(
        f"{name}.sha256 without a hash of {name}", f"the output of `sha256sum {name}`", _FIX
    )
