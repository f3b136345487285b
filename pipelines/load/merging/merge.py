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
from pipelines.load.merging.new_children import add_children, are_all_new
from pipelines.store import Database

# Of one statement, leads aside; bounds the memory and the spill of a merge.
GROUP_ROWS: Final = 3_000_000
# Of rows that are compared with none.
NEW_ROWS: Final = 6_000_000


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
    found: dict[int, MergeCounts] = {}
    for series in _series(db, batches):
        table = KINDS[batches[series[0]].kind].table
        whole = [batches[place] for place in series]
        list_superseded(db, whole)
        is_new = are_all_new(db, whole, table)
        counted: list[MergeCounts] = []
        for group in _groups(whole, NEW_ROWS if is_new else GROUP_ROWS):
            list_superseded(db, group)
            if group[0].kind == "leads":
                counted.append(_merge_leads(db, group[0], at + timedelta(microseconds=len(found))))
            else:
                counts = _merge_children(db, group, at, is_new=is_new)
                counted += [_counts(batch, *n) for batch, n in zip(group, counts, strict=True)]
        found |= dict(zip(series, counted, strict=True))
    merged = [found[place] for place in range(len(batches))]
    for one in merged:
        _audit(one)
    if merged:
        # It reads all leads, so once, when everything is there.
        merged[-1] = replace(merged[-1], attached=attach_waiting(db))
    return merged


def _series(db: Database, batches: Sequence[Landed]) -> Iterator[list[int]]:
    """Put batches of one kind and source together: a merge reads all leads, whatever it brings.

    The files of one command lie mixed, by their names. What came before leads stays before them,
    and leads stay alone, for what their files lack keeps its stored value, file by file. Rows of a
    table without sources are compared with all of it, so these batches stay in their order.

    Returns
    -------
    iterator of list of int
        Places in `batches`.
    """
    series: dict[tuple[str, str], list[int]] = {}
    has_source = {b.kind: "source_system" in db.columns(KINDS[b.kind].table) for b in batches}
    for place, batch in enumerate(batches):
        if batch.kind == "leads":
            yield from series.values()
            series = {}
            yield [place]
        else:
            source = batch.source_system if has_source[batch.kind] else ""
            series.setdefault((batch.kind, source), []).append(place)
    yield from series.values()


def _groups(batches: Sequence[Landed], most: int) -> Iterator[list[Landed]]:
    """Cut a series into neighbours of one source with at most `most` rows, or into single files."""
    group: list[Landed] = []
    for batch in batches:
        rows = sum(one.landed for one in group) + batch.landed
        if group and (batch.source_system != group[0].source_system or rows > most):
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


def _merge_children(
    db: Database, batches: Sequence[Landed], at: datetime, *, is_new: bool
) -> list[Counts]:
    table = KINDS[batches[0].kind].table
    if table == "suppression":
        # The truth of suppressions is the ledger; what landed is handed to it by the run.
        return [(batch.landed, 0, 0) for batch in batches]
    if is_new:
        counts = add_children(db, batches, table, at)
    else:
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
