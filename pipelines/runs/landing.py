"""From files to the staged store: land each file once, merge what the store does not hold yet."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.load import Landed, Mapping, MergeCounts, load_mapping, merge
from pipelines.load.batches.batch import RECORD_FILE
from pipelines.load.erasing import Forgotten
from pipelines.load.meaning.mapping import PRESET_NAMES
from pipelines.load.merging.registers import record_copies
from pipelines.load.merging.review import attach_salvaged, lift_salvaged, record_salvaged
from pipelines.load.merging.unread import attach_unread, review_unread
from pipelines.load.read.discover import discover
from pipelines.load.rows.ending import ends_at
from pipelines.outreach import suppress_list
from pipelines.runs.erased_names import remember_names
from pipelines.runs.load_record import write_load_record
from pipelines.runs.side_by_side import FileToLand, land_side_by_side, unheard_file
from pipelines.settings.home import Home
from pipelines.store import Database, audit
from pipelines.store.erased import Erased
from pipelines.store.ledger import Ledger, erasures, imports, suppressions
from pipelines.store.ledger.imports import Import
from pipelines.store.snapshot import current_snapshot

_SUPPRESSIONS = "suppressions"
MAPPING_FILE = "mapping.toml"
# What Spark leaves beside the parts of a table.
_MARKER = re.compile(r"_SUCCESS|_(committed|started)_\d+|_(common_)?metadata")


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
    files: Sequence[FileToLand],
    *,
    at: datetime,
    ended: Callable[[FileToLand, Landed | Exception], None],
    began: Callable[[FileToLand], None] = unheard_file,
) -> None:
    """Land every file; a file landed before in the same meaning gives its old record.

    Suppressions take effect here, in the ledger, and not only when they are merged.
    See `pipelines.runs.side_by_side.land_side_by_side`.
    """

    def heard(file: FileToLand, found: Landed | Exception) -> None:
        if isinstance(found, Landed) and found.kind == _SUPPRESSIONS:
            _suppress_now(home, ledger, found, at)
        ended(file, found)

    land_side_by_side(
        files, home.batches, at=at, ended=heard, began=began, forgotten=_forgotten(home, ledger, at)
    )


def expand(paths: Sequence[Path]) -> list[Path]:
    """Return the files that paths, folders and globs stand for, in a stable order."""
    if not paths:
        raise UsageError("no file was named", expected="a file, a folder or a glob")
    return [path for path in discover(paths) if path in paths or not is_beside_data(path)]


def is_beside_data(path: Path) -> bool:
    """Tell what lies beside data and is none: a mapping, or what Spark leaves there."""
    return path.name == MAPPING_FILE or _MARKER.fullmatch(path.name) is not None


def pending_batches(home: Home) -> list[Landed]:
    """Return landed batches that the published store does not hold, leads first, oldest first."""
    merged = merged_batches(home)
    found = [landed for landed in landed_batches(home) if landed.batch_id not in merged]
    return sorted(found, key=lambda b: (b.kind != "leads", b.at, b.file_name, b.batch_id))


def landed_batches(home: Home) -> list[Landed]:
    """Return the record of every landed batch, merged or not."""
    return [Landed.read(folder) for folder in batch_folders(home)]


def merged_batches(home: Home) -> set[str]:
    """Return the ids of the batches that the published store holds."""
    snapshot = current_snapshot(home)
    if snapshot is None:
        return set()
    with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
        return set(db.frame("SELECT batch_id FROM load_file")["batch_id"])


def merge_pending(db: Database, home: Home, *, at: datetime) -> list[Merged]:
    """Merge every pending batch into the staged store and record where its records went."""
    if current_snapshot(home) is None:
        db.keep_row_groups()
    found: list[Merged] = []
    for part in _up_to_salvaged(pending_batches(home)):
        # Files of leads lie microseconds apart, also over the cuts.
        begun = at + timedelta(microseconds=len(found))
        for landed, counts in zip(part, merge(db, part, begun), strict=True):
            write_load_record(db, landed, counts, at)
            record_copies(db, landed, at)
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
    for folder in batch_folders(home):
        landed = Landed.read(folder)
        if landed.kind == "leads" and landed.source_system == source_system:
            excluded.update(landed.excluded)
            immutable.update(landed.immutable)
    return excluded, immutable


def batch_folders(home: Home) -> list[Path]:
    """Return the folders of all landed batches, in the order of their names."""
    return sorted(folder.parent for folder in home.batches.glob(f"*/{RECORD_FILE}"))


def _forgotten(home: Home, ledger: Ledger, at: datetime) -> Forgotten:
    """Return whose records do not land: everybody who was erased."""
    erased = Erased(home.secret(), erasures.keys(ledger))

    def remember(names: Collection[tuple[str, str]]) -> None:
        # Files are landed in threads, and a connection belongs to one.
        with Ledger(home.ledger) as own:
            remember_names(home, own, erased, names, at)

    return Forgotten(erased, remember)


def _suppress_now(home: Home, ledger: Ledger, landed: Landed, at: datetime) -> None:
    # The inbox is looked through every night: a list that is in force is not taken again.
    if suppressions.is_taken(ledger, landed.batch_id):
        return
    added = 0
    path = landed.path("suppression")
    if path.is_file():  # an empty list has none
        added = suppress_list(
            ledger,
            home.secret(),
            path,
            source=f"batch {landed.batch_id}",
            at=at,
            ends_at=ends_at,
            scratch=home.spill,
        )
    with ledger.transaction():
        suppressions.note_taken(ledger, landed.batch_id)
        known = max(landed.landed - added, 0)
        came = Import(landed.source_system, at, landed.batch_id, landed.landed, known)
        imports.note(ledger, came)
        audit.append(
            ledger,
            at,
            "suppressed",
            by="list",
            batch=landed.batch_id,
            given=landed.landed,
            suppressions=suppressions.count(ledger),
        )
