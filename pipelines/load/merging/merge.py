"""Landed batches into the store: new rows in, changed rows replaced, nothing lost on the way."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from pipelines.errors import StoreError
from pipelines.load.batches.batch import Landed
from pipelines.load.batches.superseded import list_superseded
from pipelines.load.meaning.kinds import KINDS
from pipelines.load.merging.absorbed import close_absorbed
from pipelines.load.merging.children import Counts, attach_waiting, merge_child
from pipelines.load.merging.leads import merge_leads
from pipelines.store import Database

# Of one statement, leads aside; bounds the memory and the spill of a merge.
GROUP_ROWS: Final = 3_000_000


@dataclass(frozen=True)
class MergeCounts:
    """What became of the records of one file.

    ``records = loaded + updated + unchanged + duplicates + quarantined`` or the merge fails.

    Parameters
    ----------
    attached : int
        Child rows, of any file, that found their lead in this merge.
    older : int
        Those of `unchanged` that are older than what is stored: they change nothing.
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
    older: int = 0


def merge(db: Database, batches: Sequence[Landed], at: datetime) -> list[MergeCounts]:
    """Merge landed batches into the staging store, in their order.

    Parameters
    ----------
    db : Database
        The staging store, open for writing, with the tables of `pipelines.store.create_tables`.
    batches : sequence of Landed
        Later ones replace what earlier ones say of the same record.
    at : datetime
        Time of the merge, UTC without zone; becomes ``ingested_at`` of the rows it writes. Files of
        leads are a microsecond apart, so that what one says and the next changes has its time.

    Returns
    -------
    list of MergeCounts
        One per batch, in the same order.

    Raises
    ------
    StoreError
        The counts do not add up; the staging store is then worthless and must be dropped.
    """
    found: list[MergeCounts] = []
    for group in _groups(batches):
        list_superseded(db, group)
        if group[0].kind == "leads":
            found.append(_merge_leads(db, group[0], at + timedelta(microseconds=len(found))))
        else:
            counts = _merge_children(db, group, at)
            found += [_counts(batch, *n) for batch, n in zip(group, counts, strict=True)]
    for one in found:
        _audit(one)
    if found:
        # It reads all leads, so once, when everything is there.
        found[-1] = replace(found[-1], attached=attach_waiting(db))
    return found


def _groups(batches: Sequence[Landed]) -> Iterator[list[Landed]]:
    """Put neighbours of one kind and source together: a merge reads all leads, whatever it brings.

    Leads stay alone, for what their files lack keeps its stored value, file by file.
    """
    group: list[Landed] = []
    for batch in batches:
        is_alike = bool(group) and (batch.kind, batch.source_system) == (
            group[0].kind,
            group[0].source_system,
        )
        rows = sum(one.landed for one in group) + batch.landed
        if group and (not is_alike or batch.kind == "leads" or rows > GROUP_ROWS):
            yield group
            group = []
        group.append(batch)
    if group:
        yield group


def _merge_leads(db: Database, batch: Landed, at: datetime) -> MergeCounts:
    counts = merge_leads(db, batch, at)
    close_absorbed(db, batch, at)
    for child in ("outcome", "consent_event"):
        # An opt-out or outcome counts also when a later record of the file replaced its row: the
        # lead said it.
        merge_child(db, [batch], child, at, is_own=False)
    found = _counts(batch, counts.loaded, counts.updated, counts.unchanged)
    return replace(found, older=counts.older)


def _merge_children(db: Database, batches: Sequence[Landed], at: datetime) -> list[Counts]:
    table = KINDS[batches[0].kind].table
    if table == "suppression":
        # The truth of suppressions is the ledger; what landed is handed to it by the run.
        return [(batch.landed, 0, 0) for batch in batches]
    counts = merge_child(db, batches, table, at, is_own=True)
    if table != "consent_event":
        # A no that stands beside an activity or outcome of a lead.
        merge_child(db, batches, "consent_event", at, is_own=False)
    return counts


def _counts(batch: Landed, loaded: int, updated: int, unchanged: int) -> MergeCounts:
    return MergeCounts(
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
    )


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
