"""Pairs of leads that share no exact key, by name with company, address, e-mail or date of birth.

Splink learns without labels how much each agreement weighs; the model is kept as JSON beside the
other models. Blocks bound what is compared: a key that too many leads share is left out, and so is
what exceeds the pairs of a block, the largest groups first.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.identify.comparisons import (
    alike,
    block_rule,
    blocks,
    completed,
    guard,
    is_sound,
    learnt_within,
    settings,
)
from pipelines.identify.components import EDGE_SCHEMA
from pipelines.identify.identity_columns import gather_identity
from pipelines.identify.points import NAMELESS
from pipelines.store import Database, sql
from pipelines.store.linking import Linkage

Progress = Callable[[str, Mapping[str, int] | None, float], None]
FOLDER: Final = "identity"
_FILE: Final = "model.json"
# Below this many leads with something to compare, plain rules: weights would be learnt from noise.
_LEAST_RECORDS: Final = 300
# Leads of known persons from which weights are counted instead of estimated.
_LEAST_LABELS: Final = 2_000
_MAX_GROUP: Final = 60
# Pairs that a block may name, besides one for every fourth lead: what bounds the time.
_BLOCK_PAIRS: Final = 200_000
_RULE_WEIGHT: Final = 30.0
_COLUMNS: Final = (
    "first_name", "last_name", "company", "street", "city", "postal_code", "email", "phone",
    "birth_date", "person_number",
)  # fmt: skip
_DERIVED: Final = ("first_start", "last_start", "city_start", "email_user")


def fuzzy_pairs(
    db: Database,
    models: Path,
    weight: float,
    labels: pl.DataFrame,
    *,
    only_changed: bool,
    spill: Path | None = None,
    progress: Progress | None = None,
) -> pl.DataFrame:
    """Return the pairs of leads that probably are one person.

    Parameters
    ----------
    models : Path
        Folder in whose folder ``identity`` the model is kept.
    weight : float
        Least log2 of the odds.
    labels : pl.DataFrame
        lead_key, person_key of leads that exact keys have joined: where they are enough, weights
        are counted in them.
    only_changed : bool
        Only pairs with a lead in `identify_changed`.
    progress : callable, optional
        Called with the counts of what is to be compared, what is left out for its size included.

    Returns
    -------
    pl.DataFrame
        lead_key, other_lead_key (the smaller), rule ``fuzzy``, weight.
    """
    nothing = pl.DataFrame(schema=EDGE_SCHEMA)
    if only_changed and not db.scalar("SELECT count(*) FROM identify_changed"):
        return nothing
    db.run(sql(__package__, "fuzzy_words.sql"))
    gather_identity(db)
    db.run(sql(__package__, "fuzzy_record.sql"), nameless=list(NAMELESS))
    try:
        pairs = _pairs(
            db, models, weight, labels, only_changed=only_changed, spill=spill, progress=progress
        )
        if pairs is None or pairs.is_empty():
            return nothing
    finally:
        for name in ("fuzzy_record", "identity_value"):
            db.run(f"DROP TABLE IF EXISTS {name}")
    return pairs.with_columns(pl.lit("fuzzy").alias("rule")).select(*EDGE_SCHEMA).sort(pl.all())


def _pairs(
    db: Database,
    models: Path,
    weight: float,
    labels: pl.DataFrame,
    *,
    only_changed: bool,
    spill: Path | None,
    progress: Progress | None,
) -> pl.DataFrame | None:
    rows = int(db.scalar("SELECT count(*) FROM fuzzy_record"))
    if rows >= _LEAST_RECORDS:
        columns = _filled(db)
        has_learnt, model = _stored(models, columns, rows)
        is_known = labels.height >= _LEAST_LABELS
        keyed, blocked, counts = _blocked(
            db, columns, rows, only_changed=only_changed and bool(model)
        )
        if progress is not None and not only_changed:
            progress("compare names", counts, 0.0)
        if not blocked:
            return None
        records = keyed.join(labels, on="lead_key", how="left")
        rules = [block_rule(key, only_changed=only_changed) for key in blocked]
        with Linkage(records, memory_gb=3.0, threads=2, spill=spill) as linkage:
            if not has_learnt:
                model = linkage.train(
                    settings(columns, is_known=is_known),
                    alike(columns),
                    learnt_within(columns),
                    label="person_key" if is_known else None,
                )
                model = None if model is None else completed(model)
                if model is not None and not is_sound(model):
                    model = None
                _store(models, columns, rows, model)
            if model is not None:
                return linkage.pairs(model, rules, weight, guard(columns, is_known=is_known))
    return db.frame(sql(__package__, "fuzzy_rules.sql"), weight=_RULE_WEIGHT, max_leads=_MAX_GROUP)


def _filled(db: Database) -> list[str]:
    """Return the columns that hold anything, in the order of `_COLUMNS`."""
    counts = db.frame(
        f"SELECT {', '.join(f'count({c}) AS {c}' for c in _COLUMNS)} FROM fuzzy_record"
    )
    return [name for name in _COLUMNS if counts[name][0]]


def _blocked(
    db: Database, columns: list[str], rows: int, *, only_changed: bool
) -> tuple[pl.DataFrame, list[str], dict[str, int]]:
    """Return the leads with a column per block, the names of these columns, and counts."""
    records = db.frame(
        f"SELECT lead_key, is_changed, {', '.join((*_COLUMNS, *_DERIVED))} FROM fuzzy_record"
    )
    keys = []
    counts = {"leads": rows, "pairs to compare": 0, "pairs left out": 0}
    for number, block in enumerate(blocks(columns)):
        statement = sql(__package__, "fuzzy_block.sql")
        statement = statement.replace("{columns}", ", ".join(block))
        present = " AND ".join(f"{column} IS NOT NULL" for column in block)
        statement = statement.replace("{present}", present)
        found = db.frame(
            statement,
            max_leads=_MAX_GROUP,
            max_pairs=_BLOCK_PAIRS + rows // 4,
            only_changed=only_changed,
        )
        if found.height:
            key = f"block_{number}"
            records = records.join(found.rename({"key": key}), on="lead_key", how="left")
            keys.append(key)
            pairs = _pair_count(found["key"])
            counts["pairs to compare"] += pairs
            counts["pairs left out"] -= pairs
        every = db.frame(
            f"SELECT hash({', '.join(block)}) AS key FROM fuzzy_record WHERE {present}"
        )
        counts["pairs left out"] += _pair_count(every["key"])
    return records, keys, counts


def _pair_count(keys: pl.Series) -> int:
    sizes = keys.value_counts()["count"].cast(pl.Int64)
    return int((sizes * (sizes - 1) // 2).sum())


def _stored(models: Path, columns: list[str], rows: int) -> tuple[bool, dict[str, Any] | None]:
    """Tell whether these columns were learnt from, and enough leads; and what came of it.

    None beside True: no sound model came of it, and learning again would not change that.
    """
    try:
        kept = json.loads((models / FOLDER / _FILE).read_text(encoding="utf-8"))
        is_usable = kept["columns"] == columns and rows <= 2 * kept["leads"]
        model: dict[str, Any] | None = kept["model"]
    except (OSError, ValueError, KeyError, TypeError):
        return False, None
    return (True, model) if is_usable else (False, None)


def _store(models: Path, columns: list[str], rows: int, model: dict[str, Any] | None) -> None:
    folder = models / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = folder / f".{_FILE}.{os.getpid()}.partial"
    content = {"columns": columns, "leads": rows, "model": model}
    partial.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    partial.replace(folder / _FILE)
