"""The model that weighs names: learnt from a sample, kept as JSON beside the other models.

Also that nothing sound could be learnt is kept, so that it is not tried again every night.
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.identify.comparisons import alike, completed, is_sound, learnt_within, settings
from pipelines.identify.spelling import spelt_leads
from pipelines.store import Database, sql
from pipelines.store.linking import Linkage, Room

FOLDER: Final = "identity"
_FILE: Final = "model.json"
# Leads of known persons, and others, in which weights are counted; more would not move them.
_SAMPLE: Final = 100_000
# Share of the true pairs that exact keys are taken to find.
_RECALL: Final = 0.7


def stored_model(
    models: Path, columns: Sequence[str], rows: int
) -> tuple[bool, dict[str, Any] | None]:
    """Tell whether these columns were learnt from, and enough leads; and what came of it.

    None beside True: no sound model came of it, and learning again would not change that.
    """
    try:
        kept = json.loads((models / FOLDER / _FILE).read_text(encoding="utf-8"))
        is_usable = kept["columns"] == list(columns) and rows <= 2 * kept["leads"]
        model: dict[str, Any] | None = kept["model"]
    except (OSError, ValueError, KeyError, TypeError):
        return False, None
    return (True, model) if is_usable else (False, None)


def keep_model(
    models: Path, columns: Sequence[str], rows: int, model: dict[str, Any] | None
) -> None:
    """Keep what was learnt, or that nothing was; the file is whole or the one before."""
    folder = models / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f".{_FILE}.{os.getpid()}.partial"
    content = {"columns": list(columns), "leads": rows, "model": model}
    partial.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    partial.replace(folder / _FILE)


def count_model(
    db: Database, columns: Sequence[str], rows: int, labels: pl.DataFrame, room: Room
) -> dict[str, Any] | None:
    """Count weights in the leads that exact keys have joined; None: nothing sound comes of it.

    Parameters
    ----------
    labels : pl.DataFrame
        lead_key, person_key of these leads.
    """
    size = labels.group_by("person_key").len()["len"].cast(pl.Int64)
    likely = int((size * (size - 1) // 2).sum()) / _RECALL / max(rows * (rows - 1) / 2, 1)
    db.register("label_frame", labels)
    try:
        db.run(
            sql(__package__, "fuzzy_sample.sql"),
            persons=max(1, labels.height // _SAMPLE),
            others=max(1, (rows - labels.height) // _SAMPLE),
        )
    finally:
        db.unregister("label_frame")
    spelt, params = spelt_leads("fuzzy_drawn")
    sample = db.frame(
        f"SELECT lead_key, {', '.join(columns)}, person_key FROM ({spelt})"
        " JOIN fuzzy_drawn USING (lead_key) ORDER BY lead_key",
        **params,
    )
    with Linkage([sample], room) as linkage:
        return _sound(linkage.count(settings(columns, is_known=True), likely, "person_key"))


def guess_model(linkage: Linkage, columns: Sequence[str]) -> dict[str, Any] | None:
    """Learn weights without knowing any person; None: nothing sound comes of it."""
    return _sound(
        linkage.maximise(settings(columns, is_known=False), alike(columns), learnt_within(columns))
    )


def _sound(model: dict[str, Any] | None) -> dict[str, Any] | None:
    if model is None:
        return None
    model = completed(model)
    return model if is_sound(model) else None
