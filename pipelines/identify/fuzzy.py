"""Pairs of leads that share no exact key, by name with company, address, e-mail or date of birth.

Splink scores the pairs of the leads that share a block; what is scored high enough is believed
unless something tells the two apart.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.identify.blocking import MAX_GROUP, find_groups, grouped_records
from pipelines.identify.comparisons import block_rule
from pipelines.identify.components import EDGE_SCHEMA
from pipelines.identify.fuzzy_model import count_model, guess_model, keep_model, stored_model
from pipelines.identify.identity_columns import gather_identity
from pipelines.identify.spelling import filled, spelt_leads, write_keys
from pipelines.store import Database, sql
from pipelines.store.linking import Linkage, Room

Progress = Callable[[str, Mapping[str, int] | None, float], None]
# Below this many leads with something to compare, plain rules: weights would be learnt from noise.
_LEAST_RECORDS: Final = 300
# Leads of known persons from which weights are counted instead of estimated.
_LEAST_LABELS: Final = 2_000
_RULE_WEIGHT: Final = 30.0


def fuzzy_pairs(
    db: Database,
    models: Path,
    weight: float,
    labels: pl.DataFrame,
    *,
    only_changed: bool,
    room: Room,
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
    room : Room
        Memory, threads and spill of the comparison.
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
    with _spelt(db):
        pairs = _pairs(
            db, models, weight, labels, only_changed=only_changed, room=room, progress=progress
        )
        if pairs is None or pairs.is_empty():
            return nothing
    return _edges(pairs)


def still_believed(db: Database, pairs: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """Return those of the stored pairs that the rules of today believe; nothing is scored anew.

    Parameters
    ----------
    pairs : pl.DataFrame
        As `fuzzy_pairs` returns them.
    labels : pl.DataFrame
        As for `fuzzy_pairs`.
    """
    if pairs.is_empty():
        return pairs
    with _spelt(db):
        is_known = labels.height >= _LEAST_LABELS
        asks_name = is_known or "company" in filled(db)
        scored = pairs.select("lead_key", "other_lead_key", "weight")
        return _edges(_believed(db, scored, is_known=is_known, asks_name=asks_name))


@contextmanager
def _spelt(db: Database) -> Iterator[None]:
    """Spell what is compared, and take all tables of the comparison away at the end."""
    gather_identity(db)
    try:
        write_keys(db)
        yield
    finally:
        for name in ("fuzzy_key", "fuzzy_member", "fuzzy_drawn", "fuzzy_record", "identity_value"):
            db.run(f"DROP TABLE IF EXISTS {name}")


def _edges(pairs: pl.DataFrame) -> pl.DataFrame:
    return pairs.with_columns(pl.lit("fuzzy").alias("rule")).select(*EDGE_SCHEMA).sort(pl.all())


def _pairs(
    db: Database,
    models: Path,
    weight: float,
    labels: pl.DataFrame,
    *,
    only_changed: bool,
    room: Room,
    progress: Progress | None,
) -> pl.DataFrame | None:
    rows = int(db.scalar("SELECT count(*) FROM fuzzy_key"))
    if rows < _LEAST_RECORDS:
        return _by_rules(db, is_known=False)
    columns = filled(db)
    has_learnt, model = stored_model(models, columns, rows)
    is_known = labels.height >= _LEAST_LABELS
    numbers, counts = find_groups(db, columns, rows, only_changed=only_changed and bool(model))
    if progress is not None and not only_changed:
        progress("compare names", counts, 0.0)
    if not numbers:
        return None
    if is_known and not has_learnt:
        model = count_model(db, columns, rows, labels, room)
        keep_model(models, columns, rows, model)
        has_learnt = True
    if has_learnt and model is None:
        return _by_rules(db, is_known=is_known)
    records = grouped_records(db, columns, numbers, is_ordered=model is None)
    with Linkage(records, room) as linkage:
        if model is None:
            model = guess_model(linkage, columns)
            keep_model(models, columns, rows, model)
        if model is None:
            return _by_rules(db, is_known=is_known)
        rules = [block_rule(f"block_{n}", only_changed=only_changed) for n in numbers]
        scored = linkage.pairs(model, rules, weight)
    # Colleagues are alike in all but the name; without companies the weight of a name is enough.
    return _believed(db, scored, is_known=is_known, asks_name=is_known or "company" in columns)


def _by_rules(db: Database, *, is_known: bool) -> pl.DataFrame:
    ruled = db.frame(sql(__package__, "fuzzy_rules.sql"), weight=_RULE_WEIGHT, max_leads=MAX_GROUP)
    return _believed(db, ruled, is_known=is_known, asks_name=True)


def _believed(
    db: Database, scored: pl.DataFrame, *, is_known: bool, asks_name: bool
) -> pl.DataFrame:
    """Return the pairs that nothing tells apart."""
    db.register("scored_frame", scored)
    try:
        paired = "SELECT lead_key FROM scored_frame UNION SELECT other_lead_key FROM scored_frame"
        spelt, params = spelt_leads(f"({paired})")
        db.run(f"CREATE OR REPLACE TEMP TABLE fuzzy_record AS {spelt}", **params)
        return db.frame(
            sql(__package__, "fuzzy_believed.sql"), is_known=is_known, asks_name=asks_name
        )
    finally:
        db.unregister("scored_frame")
