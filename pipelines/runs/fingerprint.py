"""What a night is made of: the same inputs give the same run id, and so nothing to do."""

import hashlib
import json
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path

from pipelines.runs.context import code_version
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store.digests import file_hash
from pipelines.store.ledger import Ledger, ai_share, reviews, suppressions

_PACKAGES = ("pipelines", "models", "features")
_CODE = frozenset({".py", ".sql", ".toml"})


def input_hash(home: Home) -> str:
    """Return the hash over all landed batches, hex."""
    names = sorted(folder.name for folder in home.batches.iterdir() if folder.is_dir())
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def run_id(
    home: Home, settings: Settings, ledger: Ledger, *, kind: str, as_of: date, model_id: str | None
) -> str:
    """Return the id of the run that these inputs make: date, kind and eight digits of a hash."""
    # Suppressions are only ever added, so their number and newest row tell them apart.
    listed = suppressions.state(ledger)
    parts = {
        "kind": kind,
        "as_of": as_of.isoformat(),
        "batches": input_hash(home),
        "settings": settings.digest(),
        "model": model_id,
        "suppressions": [listed.count, listed.last],
        "code": code_version(),
        "reviews": reviews.count(ledger),
        "ai_share": ai_share.by_hand(ledger),
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{as_of:%Y%m%d}-{kind}-{digest[:8]}"


@cache
def code_hash() -> str:
    """Return the hash over every file of the program: a version alone does not tell an edit."""
    digest = hashlib.sha256()
    for package in _PACKAGES:
        root = Path(str(files(package)))
        for path in sorted(p for p in root.rglob("*") if p.suffix in _CODE):
            digest.update(f"{package}/{path.relative_to(root)} {file_hash(path)}\n".encode())
    return digest.hexdigest()


def policy_hash(settings: Settings) -> str:
    """Return the hash of the policy table in force, with its versions and rule names."""
    return hashlib.sha256(settings.policy.model_dump_json().encode()).hexdigest()


def model_hash(home: Home, model_id: str | None) -> str | None:
    """Return the hash of a model's manifest, which holds the hash of the model itself, or None."""
    manifest = home.models / str(model_id) / "manifest.json"
    return file_hash(manifest) if model_id is not None and manifest.is_file() else None
