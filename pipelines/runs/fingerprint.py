"""What a night is made of: the same inputs give the same run id, and so nothing to do."""

import hashlib
import json
from datetime import date

from pipelines.runs.context import code_version
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, reviews


def input_hash(home: Home) -> str:
    """Return the hash over all landed batches, hex."""
    names = sorted(folder.name for folder in home.batches.iterdir() if folder.is_dir())
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def run_id(
    home: Home, settings: Settings, ledger: Ledger, *, kind: str, as_of: date, model_id: str | None
) -> str:
    """Return the id of the run that these inputs make: date, kind and eight digits of a hash."""
    # Suppressions are only ever added, so their number and newest row tell them apart.
    suppressions = ledger.rows("SELECT count(*), max(rowid) FROM suppression")[0]
    parts = {
        "kind": kind,
        "as_of": as_of.isoformat(),
        "batches": input_hash(home),
        "settings": settings.digest(),
        "model": model_id,
        "suppressions": list(suppressions),
        "code": code_version(),
        "reviews": reviews.count(ledger),
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{as_of:%Y%m%d}-{kind}-{digest[:8]}"
