"""Loading by hand: land files, merge them, find persons, publish; or land only, with defer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.errors import BadInputError, RefusedError
from pipelines.featurise import audit_labels
from pipelines.load import Landed, Mapping, MergeCounts
from pipelines.load.batches.correction import Correction
from pipelines.outreach import count_hashes, hash_lines
from pipelines.runs.attempts import land_attempts
from pipelines.runs.context import Progress, RunContext, code_version, silent
from pipelines.runs.ending import fail, settle, succeed
from pipelines.runs.erasing import finish_erasures
from pipelines.runs.fingerprint import run_id
from pipelines.runs.fresh import judge_fresh
from pipelines.runs.inbox import inbox_files
from pipelines.runs.landing import land_files, merge_pending, merged_batches, replay_suppressions
from pipelines.runs.lists import confirm_again
from pipelines.runs.load_record import dialect_of, mapping_of
from pipelines.runs.persons import find_persons
from pipelines.runs.publication import publish_staged
from pipelines.runs.safety import check_key
from pipelines.runs.side_by_side import FileToLand
from pipelines.settings.clock import now, today
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, runs
from pipelines.store.lock import writer_lock
from pipelines.store.snapshot import begin, current_snapshot, discard_staging


@dataclass(frozen=True)
class LoadRequest:
    """Files of one kind that are read in the same way.

    Parameters
    ----------
    salvage : bool
        Repair broken records where possible.
    corrects : Landed or None
        Batch whose set-aside records the files bring back.
    """

    files: Sequence[Path]
    kind: str
    mapping: Mapping | None = None
    source_system: str | None = None
    salvage: bool = False
    corrects: Landed | None = None

    def to_land(self) -> list[FileToLand]:
        """Return every file with how it is read."""
        correction = Correction(self.corrects) if self.corrects else None
        return [
            FileToLand(file, self.kind, self.mapping, self.source_system, self.salvage, correction)
            for file in self.files
        ]


def inbox_requests(home: Home, *, salvage: bool = False) -> list[LoadRequest]:
    """Return what lies in the inbox as requests: neighbours that are read alike are one.

    Raises
    ------
    LeadTriageError
        A mapping cannot be used, or a folder is called like no kind.
    """
    alike: list[list[FileToLand]] = []
    for file in inbox_files(home):
        if file.unusable is not None:
            raise file.unusable
        if not alike or replace(alike[-1][0], path=file.path) != file:
            alike.append([])
        alike[-1].append(file)
    return [
        LoadRequest(
            [file.path for file in files],
            files[0].kind,
            files[0].mapping,
            files[0].source_system,
            salvage=salvage,
        )
        for files in alike
    ]


@dataclass(frozen=True)
class LoadedFile:
    """Where the records of one file went; `counts` is None while its merge is deferred.

    ``records = loaded + updated + unchanged + duplicates + quarantined``

    Parameters
    ----------
    hashes : tuple of str
        What was noticed about plain hashes on a suppression list.
    """

    path: Path
    landed: Landed
    counts: MergeCounts | None
    was_loaded_before: bool
    hashes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the entry of ``load --json``."""
        landed, counts = self.landed, self.counts
        return {
            "path": str(self.path),
            "batch_id": landed.batch_id,
            "kind": landed.kind,
            "source_system": landed.source_system,
            "records": landed.records,
            "loaded": counts.loaded if counts else 0,
            "updated": counts.updated if counts else 0,
            "unchanged": counts.unchanged if counts else 0,
            "older": counts.older if counts else 0,
            "duplicates": landed.duplicates,
            "quarantined": landed.quarantined,
            "deferred": 0 if counts else landed.landed,
            "quarantined_by_reason": landed.quarantined_by_reason,
            "salvaged": landed.salvaged,
            "corrects": landed.corrects,
            "sha256": landed.sha256,
            "mapping": mapping_of(landed),
            "dialect": dialect_of(landed),
            "label_values": landed.label_values,
            "was_loaded_before": self.was_loaded_before,
            "preset": landed.preset,
            "confidence": landed.confidence,
            "mapped": landed.claims,
            "custom": landed.custom_types,
            "notes": [*landed.notes, *self.hashes],
            "drift": landed.drift,
            "seconds": landed.seconds,
        }


def run_load(
    home: Home,
    requests: Iterable[LoadRequest],
    *,
    defer: bool = False,
    progress: Progress = silent,
) -> list[LoadedFile]:
    """Load files, each once, and publish what they bring in one new snapshot.

    Raises
    ------
    LockedError
        Another run is writing to the home.
    BadInputError
        A file cannot be used; files before it stay landed and are merged with the next load.
    """
    with writer_lock(home.ensure().lock):
        with Ledger(home.ledger) as ledger:
            settle(home, ledger)
            check_key(home, ledger)
            finish_erasures(home, progress)
            replay_suppressions(home, ledger, at=now())
            land_attempts(home, ledger, at=now())
        before = merged_batches(home)
        begun = now()
        found = _land(home, requests, progress)
        confirm_again(home, [landed for _, landed in found], begun)
        new = [landed for _, landed in found if landed.batch_id not in before]
        merged: dict[str, MergeCounts] = {}
        if new and not defer:
            merged = _merge(home, progress)
    return [
        LoadedFile(
            path=path,
            landed=landed,
            counts=_seen_before(landed)
            if landed.batch_id in before
            else merged.get(landed.batch_id),
            was_loaded_before=landed.batch_id in before,
            hashes=() if landed.batch_id in before else _hashes_of(home, landed),
        )
        for path, landed in found
    ]


def _hashes_of(home: Home, landed: Landed) -> tuple[str, ...]:
    """Word how many hashes of a list name a lead; nothing for files without hashes."""
    path = landed.path("suppression")
    if landed.kind != "suppressions" or not path.is_file():
        return ()
    return tuple(hash_lines(count_hashes(path, current_snapshot(home), scratch=home.spill)))


def _land(
    home: Home, requests: Iterable[LoadRequest], progress: Progress
) -> list[tuple[Path, Landed]]:
    found: list[tuple[Path, Landed]] = []

    def began(file: FileToLand) -> None:
        progress(f"read {file.path.name}", None, 0.0)

    def ended(file: FileToLand, landed: Landed | Exception) -> None:
        if isinstance(landed, BadInputError | RefusedError):
            raise _placed(landed, file.path, len(found)) from landed
        if isinstance(landed, Exception):
            raise landed
        counts = {"records": landed.records, "quarantined": landed.quarantined}
        progress(f"read {landed.kind}", counts, landed.seconds)
        found.append((file.path, landed))

    files = [file for request in requests for file in request.to_land()]
    with Ledger(home.ledger) as ledger:
        land_files(home, ledger, files, at=now(), began=began, ended=ended)
    return found


def _placed(
    error: BadInputError | RefusedError, file: Path, count: int
) -> BadInputError | RefusedError:
    """Name the file at fault, and say what became of those that were read before it."""
    found = error.found if file.name in error.found else f"{file.name}: {error.found}"
    parts = [error.fix] if error.fix else []
    if count:
        files = "1 file" if count == 1 else f"{count} files"
        parts += [
            f"{files} before it in this command: read, and merged by the next load or nightly"
        ]
    return type(error)(found, error.expected, "; ".join(parts))


def _merge(home: Home, progress: Progress) -> dict[str, MergeCounts]:
    settings = Settings.load(home.settings_file)
    as_of = today()
    with Ledger(home.ledger) as ledger:
        identifier = run_id(home, settings, ledger, kind="load", as_of=as_of, model_id=None)
        ctx = RunContext(home, settings, identifier, as_of)
        runs.begin(
            ledger,
            identifier,
            kind="load",
            as_of=as_of,
            at=now(),
            code_version=code_version(),
            config_hash=settings.digest(),
            model_id=None,
        )
    try:
        progress("merge", None, 0.0)
        started = now()
        begin(home, identifier, settings.store.keep_snapshots)
        with ctx.staged() as db:
            merged = merge_pending(db, home, at=now())
            stored = _stage_done(ctx, "merge", started)
            persons = find_persons(ctx, db).persons
            identified = _stage_done(ctx, "identify", stored)
            label = settings.label
            audit_labels(
                db, milestone=label.milestone, horizon_days=label.horizon_days, as_of=as_of
            )
            leads = int(db.scalar("SELECT count(*) FROM lead"))
        audited = _stage_done(ctx, "label audit", identified)
        publish_staged(ctx, kind="load")
        _stage_done(ctx, "publish", audited)
        seconds = (now() - started).total_seconds()
        progress("merge, publish", {"leads": leads, "persons": persons}, seconds)
    except BaseException as error:
        fail(ctx, error)
        raise
    finally:
        discard_staging(home)
    succeed(ctx)
    judge_fresh(ctx)
    return {one.landed.batch_id: one.counts for one in merged}


def _stage_done(ctx: RunContext, name: str, since: datetime) -> datetime:
    """Record a stage that began at `since`, and return when it ended."""
    at = now()
    with ctx.ledger() as ledger:
        runs.stage_done(ledger, ctx.run_id, name, at, (at - since).total_seconds(), {})
    return at


def _seen_before(landed: Landed) -> MergeCounts:
    return MergeCounts(
        batch_id=landed.batch_id,
        file_name=landed.file_name,
        kind=landed.kind,
        source_system=landed.source_system,
        sha256=landed.sha256,
        records=landed.records,
        loaded=0,
        updated=0,
        unchanged=landed.landed,
        duplicates=landed.duplicates,
        quarantined=landed.quarantined,
    )
