"""Persons: connected components of leads that share a trustworthy key.

Exact keys first: the same e-mail address and names that do not conflict, the same number and names
that agree, a merge that the source itself made. Then names with company or address, by weight.
What has changed since the last time is looked at together with all it touches, and the result is
the one from scratch: docs/decisions/0015.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.identify.changes import find_changes, is_much, remember
from pipelines.identify.components import (
    EDGE_SCHEMA,
    Components,
    components,
)
from pipelines.identify.contradictions import without_contradictions
from pipelines.identify.fuzzy import Progress, fuzzy_pairs, still_believed
from pipelines.identify.made_up import MADE_UP_NUMBER
from pipelines.identify.points import MAX_LEADS_PER_KEY, NAMELESS
from pipelines.settings.config import IdentifySettings
from pipelines.store import Database, reset_table, sql
from pipelines.store.linking import Room

_SCRATCH: Final = (
    "identify_gone", "identify_count", "identify_seed", "identify_scope",
    "email_group", "trusted_email", "email_member", "contested_email",
    "number_group", "trusted_number", "number_member", "contested_number", "agreeing_pair",
    "shared_lead", "spelt_first", "spelt_last", "moved_lead", "touched_person",
)  # fmt: skip
# Tables of a part of the leads, or views of all.
_EITHER: Final = ("scoped_lead", "written_link", "identify_changed", "identify_moved")
# Who shares a trusted point, and where names on it conflict.
_MEMBERS: Final = (
    "shared_lead", "spelt_first", "spelt_last", "email_member", "contested",
    "number_member", "agreeing_pair", "contested_number", "contested_now",
)  # fmt: skip


@dataclass(frozen=True)
class IdentifyResult:
    """Counts of one identification.

    Attributes
    ----------
    leads, persons, joined_leads : int
        All leads, all persons, leads that share their person with another lead.
    oversized_components : int
        Components above `MAX_LEADS_PER_PERSON`: reported, not believed; see `bound_lead`.
    looked_at : int
        Leads that were looked at: all of them, or what has changed and what that touches.
    fuzzy_pairs : int
        Pairs in force that names with company or address have joined.
    seconds : float
    """

    leads: int
    persons: int
    joined_leads: int
    oversized_components: int
    looked_at: int
    fuzzy_pairs: int
    seconds: float


def identify(
    db: Database,
    settings: IdentifySettings | None = None,
    *,
    models: Path | None = None,
    room: Room | None = None,
    at: datetime | None = None,
    run_id: str | None = None,
    compare_all: bool = False,
    progress: Progress | None = None,
) -> IdentifyResult:
    """Bring `dedupe_link`, `person` and the tables that explain them up to date with `lead`.

    Parameters
    ----------
    settings : IdentifySettings, optional
        Whether and how names are compared; None: the defaults.
    models : Path, optional
        Folder of the model that weighs names; None: only exact keys.
    room : Room, optional
        Memory, threads and spill of comparing names.
    at, run_id
        Noted in the lineage.
    compare_all : bool
        Compare the names of all leads with each other, however many they are.
    progress : callable, optional
        Told what names are compared, and what is left out.
    """
    started = time.perf_counter()
    rules = settings or IdentifySettings()
    try:
        for words in ("fuzzy_words.sql", "names.sql", "fuzzy_near.sql"):
            db.run(sql(__package__, words))
        known = find_changes(db)
        is_wanted = compare_all or _is_small(db, rules)
        fuzzy = _Fuzzy(rules, models, room or Room(), is_wanted=is_wanted, progress=progress)
        is_part = known and not compare_all and not is_much(db)
        edges = _part(db, fuzzy) if is_part else _all(db, fuzzy, is_known=known and not compare_all)
        believed, contradicted = without_contradictions(db, edges)
        found = components(believed)
        _write(db, edges, found, contradicted, at=at, run_id=run_id, is_part=is_part)
        looked_at = int(db.scalar("SELECT count(*) FROM scoped_lead"))
        remember(db)
    finally:
        _drop_scratch(db)
    return IdentifyResult(
        leads=db.scalar("SELECT count(*) FROM dedupe_link"),
        persons=db.scalar("SELECT count(*) FROM person"),
        joined_leads=db.scalar("SELECT count(*) FROM dedupe_link WHERE match_rule <> 'self'"),
        oversized_components=db.scalar(
            "SELECT count(DISTINCT group_key) FROM bound_lead WHERE reason = 'oversized'"
        ),
        looked_at=looked_at,
        fuzzy_pairs=db.scalar("SELECT count(*) FROM dedupe_edge WHERE rule = 'fuzzy'"),
        seconds=time.perf_counter() - started,
    )


@dataclass(frozen=True)
class _Fuzzy:
    """How names are compared in this run, if they are."""

    rules: IdentifySettings
    models: Path | None
    room: Room
    is_wanted: bool
    progress: Progress | None

    @property
    def is_asked(self) -> bool:
        """Tell whether this run compares names."""
        return self.rules.fuzzy and self.models is not None and self.is_wanted

    def kept(self, db: Database) -> pl.DataFrame:
        """Return the stored pairs that stay in force."""
        is_any = "SELECT count(*) FROM dedupe_edge WHERE rule = 'fuzzy'"
        if not self.rules.fuzzy or self.models is None or not db.scalar(is_any):
            return pl.DataFrame(schema=EDGE_SCHEMA)
        return db.frame(sql(__package__, "kept_pairs.sql"), weight=self.rules.fuzzy_weight)

    def found(self, db: Database, labels: pl.DataFrame, *, only_changed: bool) -> pl.DataFrame:
        """Return the pairs that comparing finds."""
        if self.models is None or not self.is_asked:
            return pl.DataFrame(schema=EDGE_SCHEMA)
        return fuzzy_pairs(
            db,
            self.models,
            self.rules.fuzzy_weight,
            labels,
            only_changed=only_changed,
            room=self.room,
            progress=self.progress,
        )


def _is_small(db: Database, rules: IdentifySettings) -> bool:
    return bool(db.scalar("SELECT count(*) FROM lead") <= rules.fuzzy_leads)


def _all(db: Database, fuzzy: _Fuzzy, *, is_known: bool) -> pl.DataFrame:
    """Return the pairs of all leads; those stored count where their leads say what they said."""
    db.run("CREATE OR REPLACE TEMP VIEW scoped_lead AS SELECT * FROM lead")
    exact = _exact_edges(db, is_part=False)
    kept = fuzzy.kept(db)
    if kept.is_empty() and not fuzzy.is_asked:
        return exact
    labels = components(exact).members.select("lead_key", "person_key")
    found = fuzzy.found(db, labels, only_changed=is_known)
    if is_known:
        found = _once(kept, found)
    elif not fuzzy.is_wanted:
        # Other rules believed them.
        found = still_believed(db, kept, labels)
    return pl.concat([exact, found])


def _part(db: Database, fuzzy: _Fuzzy) -> pl.DataFrame:
    """Return the pairs of the leads that changed, and of all that these touch."""
    labels = db.frame("SELECT lead_key, person_key FROM dedupe_link WHERE match_rule <> 'self'")
    found = fuzzy.found(db, labels, only_changed=True)
    db.run(sql(__package__, "point_count.sql"), max_leads=MAX_LEADS_PER_KEY)
    db.register("fuzzy_frame", found)
    db.run(sql(__package__, "seed.sql"))
    db.unregister("fuzzy_frame")
    db.run(sql(__package__, "scope.sql"))
    db.run(sql(__package__, "scoped_lead.sql"))
    exact = _exact_edges(db, is_part=True)
    looked_at = db.frame("SELECT lead_key FROM scoped_lead")["lead_key"].implode()
    # Whoever was one person before is looked at together, so either both ends are or none.
    kept = fuzzy.kept(db).filter(pl.col("lead_key").is_in(looked_at))
    return pl.concat([exact, _once(kept, found)])


def _once(kept: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """Return both; of a pair in both what was found now."""
    return pl.concat([kept, found]).unique(
        ["lead_key", "other_lead_key"], keep="last", maintain_order=True
    )


def _exact_edges(db: Database, *, is_part: bool) -> pl.DataFrame:
    db.run(sql(__package__, "email_group.sql"))
    db.run(sql(__package__, "number_group.sql"))
    reset_table(db, "shared_point")
    if is_part:
        db.run(sql(__package__, "crowded_now.sql"))
    else:
        db.run(sql(__package__, "crowded.sql"), max_leads=MAX_LEADS_PER_KEY)
    db.run(sql(__package__, "trusted_email.sql"), nameless=list(NAMELESS))
    db.run(sql(__package__, "trusted_number.sql"), made_up=MADE_UP_NUMBER)
    for step in _MEMBERS:
        db.run(sql(__package__, f"{step}.sql"))
    found = [
        db.frame(sql(__package__, f"{name}_edges.sql")).with_columns(
            pl.lit(rule).alias("rule"), pl.lit(None, pl.Float64).alias("weight")
        )
        for name, rule in (("email", "email"), ("phone", "phone"), ("merge", "source_merge"))
    ]
    return pl.concat(found)


def _write(
    db: Database,
    edges: pl.DataFrame,
    found: Components,
    contradicted: pl.DataFrame,
    *,
    at: datetime | None,
    run_id: str | None,
    is_part: bool,
) -> None:
    db.register("component_frame", found.members)
    clusters = [
        found.clusters.with_columns(pl.lit("oversized").alias("reason")),
        contradicted.with_columns(pl.lit("contradicted").alias("reason")),
    ]
    db.register("cluster_frame", pl.concat(clusters))
    db.register("edge_frame", edges)
    db.run(sql(__package__, "lineage.sql"))
    db.run(sql(__package__, "write_merges.sql"), at=at, run_id=run_id)
    db.run(sql(__package__, "write_split.sql"), at=at)
    where = "WHERE lead_key IN (SELECT lead_key FROM identify_scope)" if is_part else ""
    of_these = f"{where} AND" if where else "WHERE"
    db.run(f"DELETE FROM bound_lead {of_these} reason IN ('oversized', 'contradicted')")
    db.run(sql(__package__, "write_clusters.sql"), at=at)
    if is_part:
        db.run(sql(__package__, "written_link.sql"))
        db.run(sql(__package__, "touched_person.sql"))
        db.run(f"DELETE FROM dedupe_edge {where} OR other_{where.removeprefix('WHERE ')}")
        db.run(sql(__package__, "drop_changed_links.sql"))
        db.run(sql(__package__, "add_links.sql"))
        db.run("DELETE FROM person WHERE person_key IN (SELECT person_key FROM touched_person)")
    else:
        for name in ("dedupe_link", "dedupe_edge", "person"):
            reset_table(db, name)
        db.run(sql(__package__, "write_links.sql"))
        db.run("CREATE OR REPLACE TEMP VIEW written_link AS SELECT * FROM dedupe_link")
    db.run("INSERT INTO dedupe_edge BY NAME SELECT * FROM edge_frame ORDER BY ALL")
    db.run(sql(__package__, "write_single_persons.sql"))
    db.run(sql(__package__, "write_persons.sql"))
    for name in ("component_frame", "cluster_frame", "edge_frame"):
        db.unregister(name)


def _drop_scratch(db: Database) -> None:
    for name in _SCRATCH:
        db.run(f"DROP TABLE IF EXISTS {name}")
    for name in _EITHER:
        kind = db.scalar(
            "SELECT table_type FROM information_schema.tables WHERE table_name = $name", name=name
        )
        if kind is not None:
            db.run(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {name}")
