"""From files to the staged store: land each file once, merge what the store does not hold yet."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.errors import BadInputError, UsageError
from pipelines.load import Landed, Mapping, MergeCounts, land, load_mapping, merge
from pipelines.load.batches.batch import RECORD_FILE
from pipelines.load.batches.correction import Correction
from pipelines.load.meaning.kinds import KINDS
from pipelines.load.meaning.mapping import PRESET_NAMES
from pipelines.load.merging.review import attach_salvaged, lift_salvaged, record_salvaged
from pipelines.load.merging.unread import attach_unread, review_unread
from pipelines.load.read.discover import discover
from pipelines.load.understand.sources import last_load
from pipelines.outreach import suppress_list
from pipelines.runs.load_record import write_load_record
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, suppressions
from pipelines.store.snapshot import current_snapshot

_SUPPRESSIONS = "suppressions"
_MAPPING_FILE = "mapping.toml"
# What Spark leaves beside the parts of a table.
_MARKER = re.compile(r"_SUCCESS|_(committed|started)_\d+|_(common_)?metadata")
# They may hold a no, or say that somebody is a customer by now.
_MUST_LAND = (
    "consent",
    "suppressions",
    "activities",
    "attempts",
    "outcomes",
    "customers",
    "registry",
)


@dataclass(frozen=True)
class Merged:
    """One batch merged: its record and where its records went."""

    landed: Landed
    counts: MergeCounts


def resolve_mapping(text: str) -> Mapping | None:
    """Return the mapping that `--mapping` names: a preset, a TOML file, or None for auto."""
    if text == "auto":
        return None
    if text in PRESET_NAMES:
        return Mapping.model_validate({"preset": text})
    path = Path(text)
    if not path.is_file():
        raise UsageError(
            f"--mapping {text}: there is no such file",
            expected=f"a TOML file, or one of auto, {', '.join(PRESET_NAMES)}",
        )
    return load_mapping(path)


def land_files(
    home: Home,
    ledger: Ledger,
    files: Iterable[Path],
    *,
    kind: str,
    mapping: Mapping | None,
    source_system: str | None,
    at: datetime,
    salvage: bool = False,
    correction: Correction | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[tuple[Path, Landed]]:
    """Land every file; a file landed before in the same meaning gives its old record.

    Suppressions take effect here, in the ledger, and not only when they are merged.
    """
    found = []
    for file in files:
        landed = land(
            file,
            kind=kind,
            mapping=mapping,
            batches_dir=home.batches,
            at=at,
            source_system=source_system,
            salvage=salvage,
            correction=correction,
            progress=progress,
        )
        if landed.kind == _SUPPRESSIONS:
            _suppress_now(home, ledger, landed, at)
        found.append((file, landed))
    return found


def unheard(line: str) -> None:
    """Say nothing."""


def land_inbox(
    home: Home, ledger: Ledger, *, at: datetime, warn: Callable[[str], None] = unheard
) -> dict[str, int]:
    """Land what lies in the inbox: ``inbox/<kind>/[<source>/]files``, loose files being leads.

    A ``mapping.toml`` beside the files, or in a folder above them, is theirs. A folder below the
    kind names the source system where the mapping does not. A file that cannot be used is passed
    over with a warning, unless it may hold a no: then the night stops. Leads may, where the
    exports of their source have carried one.

    Parameters
    ----------
    warn : callable
        Takes one line for the person who started the run; it may name columns of a file.

    Returns
    -------
    dict of str to int
        Files seen, passed over, new; records in the new ones.
    """
    refused = 0
    known = {folder.name for folder in _batch_folders(home)}
    files = sorted(
        path
        for path in home.inbox.rglob("*")
        if path.is_file() and not path.name.startswith(".") and not _is_beside_data(path)
    )
    fresh: list[Landed] = []
    for file in files:
        parts = file.relative_to(home.inbox).parts[:-1]
        kind = parts[0] if parts else "leads"
        if kind not in KINDS:
            raise BadInputError(
                f"the inbox has a folder {kind!r}",
                expected=f"one of {', '.join(KINDS)}",
                fix="move its files into the folder of their kind",
            )
        source = parts[1] if len(parts) > 1 else None
        mapping: Mapping | None = None
        try:
            mapping = _inbox_mapping(home, file)
            found = land_files(
                home, ledger, [file], kind=kind, mapping=mapping, source_system=source, at=at
            )
        except (BadInputError, UsageError) as error:
            told = mapping.source_system if mapping is not None else None
            if kind in _MUST_LAND or _has_said_no(home, kind, told or source):
                raise
            warn(f"inbox/{file.relative_to(home.inbox)} was not loaded: {error}")
            refused += 1
            continue
        fresh += [landed for _, landed in found if landed.batch_id not in known]
    return {
        "files": len(files),
        "refused_files": refused,
        "new_files": len(fresh),
        "records": sum(landed.records for landed in fresh),
    }


def _has_said_no(home: Home, kind: str, source_system: str | None) -> bool:
    """Tell whether the last export of a source had columns that carry a no."""
    last = None if source_system is None else last_load(home.batches, kind, source_system)
    return last is not None and bool(last.consent)


def expand(paths: Sequence[Path]) -> list[Path]:
    """Return the files that paths, folders and globs stand for, in a stable order."""
    if not paths:
        raise UsageError("no file was named", expected="a file, a folder or a glob")
    return [path for path in discover(paths) if path in paths or not _is_beside_data(path)]


def _is_beside_data(path: Path) -> bool:
    return path.name == _MAPPING_FILE or _MARKER.fullmatch(path.name) is not None


def pending_batches(home: Home) -> list[Landed]:
    """Return landed batches that the published store does not hold, leads first, oldest first."""
    merged = merged_batches(home)
    found = [landed for landed in landed_batches(home) if landed.batch_id not in merged]
    return sorted(found, key=lambda b: (b.kind != "leads", b.at, b.file_name, b.batch_id))


def landed_batches(home: Home) -> list[Landed]:
    """Return the record of every landed batch, merged or not."""
    return [Landed.read(folder) for folder in _batch_folders(home)]


def merged_batches(home: Home) -> set[str]:
    """Return the ids of the batches that the published store holds."""
    snapshot = current_snapshot(home)
    if snapshot is None:
        return set()
    with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
        return set(db.frame("SELECT batch_id FROM load_file")["batch_id"])


def merge_pending(db: Database, home: Home, *, at: datetime) -> list[Merged]:
    """Merge every pending batch into the staged store and record where its records went."""
    found: list[Merged] = []
    for part in _up_to_salvaged(pending_batches(home)):
        # Files of leads lie microseconds apart, also over the cuts.
        begun = at + timedelta(microseconds=len(found))
        for landed, counts in zip(part, merge(db, part, begun), strict=True):
            write_load_record(db, landed, counts, at)
            found.append(Merged(landed, counts))
        _review(db, home, part)
    attach_salvaged(db)
    attach_unread(db)
    return found


def _review(db: Database, home: Home, part: Sequence[Landed]) -> None:
    """Note what was repaired or set aside, and which earlier records of these the batches confirm.

    Only the last batch has repaired records.
    """
    last = part[-1]
    is_any = any(landed.salvaged or landed.quarantined for landed in part)
    if not (is_any or db.scalar("SELECT count(*) FROM salvaged_row")):
        return
    known = {landed.batch_id: landed for landed in landed_batches(home)}
    for landed in part[:-1]:
        lift_salvaged(db, landed, known)
    record_salvaged(db, last)
    lift_salvaged(db, last, known)
    for landed in part:
        review_unread(db, landed, known)


def _up_to_salvaged(batches: Iterable[Landed]) -> Iterator[list[Landed]]:
    """Cut after each batch with repaired records.

    Which leads stand on these is seen right after its merge, before a later batch covers it.
    """
    part: list[Landed] = []
    for batch in batches:
        part.append(batch)
        if batch.salvaged:
            yield part
            part = []
    if part:
        yield part


def replay_suppressions(home: Home, ledger: Ledger, *, at: datetime) -> None:
    """Put into force what every pending suppression file says, should a run have died before.

    Landing a file and writing the ledger are two steps; this makes the second one certain.
    """
    for landed in pending_batches(home):
        if landed.kind == _SUPPRESSIONS:
            _suppress_now(home, ledger, landed, at)


def declared_custom(home: Home, source_system: str) -> tuple[set[str], set[str]]:
    """Return the custom columns of a source that are never features, and the immutable ones."""
    excluded: set[str] = set()
    immutable: set[str] = set()
    for folder in _batch_folders(home):
        landed = Landed.read(folder)
        if landed.kind == "leads" and landed.source_system == source_system:
            excluded.update(landed.excluded)
            immutable.update(landed.immutable)
    return excluded, immutable


def _batch_folders(home: Home) -> list[Path]:
    return sorted(folder.parent for folder in home.batches.glob(f"*/{RECORD_FILE}"))


def _inbox_mapping(home: Home, file: Path) -> Mapping | None:
    folder = file.parent
    while folder.is_relative_to(home.inbox):
        if (folder / _MAPPING_FILE).is_file():
            return load_mapping(folder / _MAPPING_FILE)
        folder = folder.parent
    return None


def _suppress_now(home: Home, ledger: Ledger, landed: Landed, at: datetime) -> None:
    path = landed.path("suppression")
    if not path.is_file():
        return
    # The inbox is looked through every night: a list that is in force is not taken again.
    if suppressions.is_taken(ledger, landed.batch_id):
        return
    suppress_list(
        ledger,
        home.secret(),
        path,
        source=f"batch {landed.batch_id}",
        at=at,
        scratch=home.spill,
    )
    suppressions.note_taken(ledger, landed.batch_id)
