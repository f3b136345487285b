"""The folder of a batch: named by what it holds, durable before it is visible."""

import hashlib
import os
from pathlib import Path

from pipelines.load.meaning.mapping import Mapping


def batch_id(
    sha256: str,
    kind: str,
    source: str,
    mapping: Mapping,
    *,
    salvage: bool = False,
    corrects: str | None = None,
) -> str:
    """Return the id of a batch, 16 hex digits: the same file in the same meaning has the same."""
    parts = [sha256, kind, source, mapping.fingerprint()]
    parts += ["salvage"] if salvage else []
    parts += [f"corrects {corrects}"] if corrects else []
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def publish_folder(out: Path, target: Path) -> None:
    """Make the folder `out` durable, then visible: files, folder, rename, parent folder."""
    for path in sorted(out.iterdir()):
        path.chmod(0o600)
        _sync(path)
    _sync(out)
    out.rename(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
