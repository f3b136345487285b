"""Landed batches into the store: new rows in, changed rows replaced, nothing lost on the way."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.errors import StoreError
from pipelines.load.batch import Landed
from pipelines.load.kinds import KINDS
from pipelines.load.merge_children import attach_waiting, merge_child
from pipelines.load.merge_leads import merge_leads
from pipelines.load.superseded import superseded_view
from pipelines.store import Database


@dataclass(frozen=True)
class MergeCounts:
    """What became of the records of one file.

    ``records = loaded + updated + unchanged + duplicates + quarantined`` or the merge fails.

    Parameters
    ----------
    attached : int
        Child rows, of any file, that found their lead in this merge.
    """

    batch_id: str
    file_name: str
    kind: str
    source_system: str
    sha256: str
    records: int
    loaded: int
    updated: int
    unchanged: int
    duplicates: int
    quarantined: int
    attached: int = 0


def merge(db: Database, batch_dir: Path, at: datetime, *, attaches: bool = True) -> MergeCounts:
    """Merge one landed batch into the staging store.

    Parameters
    ----------
    db : Database
        The staging store, open for writing, with the tables of `pipelines.store.create_tables`.
    batch_dir : pathlib.Path
        Folder that `land` made.
    at : datetime
        Time of the merge, UTC without zone; becomes ``ingested_at`` of the rows it writes.
    attaches : bool
        Give waiting child rows, of any file, their lead afterwards. It reads all leads, so of
        several batches only the last one needs to.

    Raises
    ------
    StoreError
        The counts do not add up; the staging store is then worthless and must be dropped.
    """
    batch = Landed.read(batch_dir)
    superseded_view(db, batch)
    table = KINDS[batch.kind].table
    if batch.kind == "leads":
        loaded, updated, unchanged = merge_leads(db, batch, at)
        for child in ("outcome", "consent_event"):
            if batch.path(child).exists():
                # An opt-out or outcome counts also when a later record of the file replaced its
                # row: the lead said it.
                merge_child(db, batch, child, at, is_own=False)
    elif table == "suppression":
        # The truth of suppressions is the ledger; what landed is handed to it by the run.
        loaded, updated, unchanged = batch.landed, 0, 0
    else:
        loaded, updated, unchanged = merge_child(db, batch, table, at, is_own=True)
    counts = MergeCounts(
        batch_id=batch.batch_id,
        file_name=batch.file_name,
        kind=batch.kind,
        source_system=batch.source_system,
        sha256=batch.sha256,
        records=batch.records,
        loaded=loaded,
        updated=updated,
        unchanged=unchanged,
        duplicates=batch.duplicates,
        quarantined=batch.quarantined,
        attached=attach_waiting(db) if attaches else 0,
    )
    _audit(counts)
    return counts


def _audit(counts: MergeCounts) -> None:
    total = (
        counts.loaded + counts.updated + counts.unchanged + counts.duplicates + counts.quarantined
    )
    if total != counts.records:
        raise StoreError(
            f"{counts.file_name}: {total} records are accounted for",
            expected=f"{counts.records}, as counted in the file",
            fix="nothing was published; report this file",
        )
