"""What a night would have listed under other settings, tried on a copy of its published store.

The stages are those of a night, called with other settings; nothing is published, and the ledger is
only read. Settings are changed one group after the other, so that every change has its cause: that
of the last group which put somebody on the list, or took somebody off.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from pipelines.errors import RefusedError
from pipelines.runs.context import RunContext, need_snapshot
from pipelines.runs.nightly import published_night
from pipelines.runs.steps import choose, model_of, score_leads, weigh
from pipelines.runs.what_if_settings import (
    GROUPS,
    changed_keys,
    night_settings,
    other_settings,
    stages_between,
)
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database, sql
from pipelines.store.schema import begin_night
from pipelines.store.scratch import scratch_folder
from pipelines.triage.compare import changes_of, load_of

_NIGHT: Final = "night"


@dataclass(frozen=True)
class WhatIf:
    """What would be different.

    Attributes
    ----------
    run_id, as_of : str
        The night that was tried again.
    settings : dict of str to list of str
        Cause to the keys that differ from those of the night.
    changes : DataFrame
        One row per person on either list, as `pipelines.triage.compare.changes_of` gives them.
    before, after : DataFrame
        Contacts, minutes, cost, expected conversions and value by handler, channel and named
        person.
    """

    run_id: str
    as_of: str
    settings: dict[str, list[str]]
    changes: pl.DataFrame
    before: pl.DataFrame
    after: pl.DataFrame
    counts: list[dict[str, Any]] = field(default_factory=list)


def run_what_if(home: Home, over: Path) -> WhatIf:
    """Try the settings of a file on the last night's data.

    Parameters
    ----------
    over : Path
        TOML, laid over lead-triage.toml.

    Raises
    ------
    UsageError
        The file names what cannot be tried.
    RefusedError
        No night is published, or its store file is not kept any more.
    """
    after = other_settings(home.settings_file, over)
    night, run_id = _night_file(home)
    with scratch_folder() as folder:
        path = _copy(night, folder)
        with Database.open(night, read_only=True, memory_gb=0.5) as db:
            as_of, config_hash = db.frame(
                "SELECT as_of, config_hash FROM run WHERE run_id = $run_id", run_id=run_id
            ).row(0)
        ctx = RunContext(home, after, run_id, as_of.date())
        before = night_settings(ctx, config_hash)
        with _opened(ctx, path, night, folder) as db:
            lists = [("", _listed(db, f"{_NIGHT}.decision"))]
            for cause, settings in stages_between(before, after):
                _decide_by(replace(ctx, settings=settings), db, cause, folder)
                lists.append((cause, _listed(db, "decision")))
            last = "decision" if len(lists) > 1 else f"{_NIGHT}.decision"
            found = db.frame(
                sql("pipelines.triage", "compared.sql")
                .replace("{before}", f"{_NIGHT}.decision")
                .replace("{after}", last)
            )
    changes = changes_of(lists, found)
    return WhatIf(
        run_id=run_id,
        as_of=as_of.date().isoformat(),
        settings={
            cause: keys
            for cause, names in GROUPS.items()
            if (keys := changed_keys(before, after, names))
        },
        changes=changes,
        before=_load(lists[0][1], before),
        after=_load(lists[-1][1], after),
        counts=changes.filter(pl.col("change") != "stayed")
        .group_by("change", "cause", "detail")
        .len("people")
        .sort("change", "people", "cause", "detail", descending=[False, True, False, False])
        .to_dicts(),
    )


def _night_file(home: Home) -> tuple[Path, str]:
    """Return the store file as the last night published it, and the night's run id."""
    current = need_snapshot(home)
    run_id = published_night(home)
    if run_id is None:
        raise RefusedError("no night has been published", fix="run `lead-triage nightly` first")
    files = sorted(home.snapshots.glob(f"leads-{run_id}-*.duckdb"))
    if current in files:
        return current, run_id
    if files:
        return files[-1], run_id
    raise RefusedError(
        "the store file of the last night is not kept any more: there were loads since",
        expected="the file that the night published",
        fix="run `lead-triage nightly`, then ask again; [store] keep_snapshots keeps more files",
    )


def _copy(night: Path, folder: Path) -> Path:
    """Copy the night's store into the folder, where it may be written to."""
    size, free = night.stat().st_size, shutil.disk_usage(folder).free
    if free < 2 * size:
        raise RefusedError(
            f"{free / 1e9:.1f} GB of disk are free for a copy of the store",
            expected=f"at least {2 * size / 1e9:.1f} GB",
            fix=f"free some at {folder.parent}, or set TMPDIR to another folder",
        )
    try:
        return Path(shutil.copyfile(night, folder / "leads.duckdb"))
    except FileNotFoundError:
        raise RefusedError("a new night was published meanwhile", fix="ask again") from None


@contextmanager
def _opened(ctx: RunContext, path: Path, night: Path, folder: Path) -> Iterator[Database]:
    """Open the copy as a night is worked on, what the night decided beside it."""
    memory = ctx.settings.memory
    with Database.open(
        path,
        read_only=False,
        memory_gb=memory.duckdb_gb,
        threads=memory.threads,
        spill=folder / "spill",
        work=folder / "work.duckdb",
    ) as db:
        db.attach(night, _NIGHT)
        begin_night(db)
        for table in ("eligibility", "score"):
            db.run(f"INSERT INTO {table} BY NAME SELECT * FROM {_NIGHT}.{table}")
        yield db


def _decide_by(ctx: RunContext, db: Database, cause: str, folder: Path) -> None:
    """Decide about everybody by other settings; only a policy changes who may be contacted."""
    if cause == "policy":
        weigh(ctx, db)
        _score_anew(ctx, db, folder)
    choose(ctx, db)


def _score_anew(ctx: RunContext, db: Database, folder: Path) -> None:
    """Score those whom the night did not score; what it did score stays as it is."""
    scorable = "eligibility WHERE is_scorable"
    if model_of(ctx) is None:
        score_leads(ctx, db, scorable, folder / "score")
        return
    known = f"(SELECT lead_key FROM {_NIGHT}.score)"
    score_leads(ctx, db, f"{scorable} AND lead_key NOT IN {known}", folder / "score")
    db.run(
        f"INSERT INTO score BY NAME SELECT * FROM {_NIGHT}.score"
        " SEMI JOIN (SELECT lead_key FROM eligibility WHERE is_scorable) USING (lead_key)"
    )


def _listed(db: Database, decision: str) -> pl.DataFrame:
    return db.frame(
        "SELECT person_key, lead_key, channel, handler, assignee, slice, rank, probability,"
        f" expected_value FROM {decision} WHERE verdict = 'listed' ORDER BY rank, person_key"
    )


def _load(listed: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    return load_of(
        listed,
        minutes=settings.choosing.contact_minutes,
        cost=settings.value.cost if settings.value.per_conversion is not None else {},
    )
