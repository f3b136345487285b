"""One batch without the records of erased persons.

Every record of the file stays accounted for: it is set aside as ``erased``, without its text. That
is written first, and all counts are taken from the files afterwards, so that whoever begins again
after a crash ends at the same.
"""

import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import polars as pl

from pipelines.load.batches.batch import RECORD_FILE, Landed
from pipelines.load.erasing.find import Found, find
from pipelines.load.read.records import QUARANTINE_SCHEMA
from pipelines.store import Database, quoted, sql
from pipelines.store.erased import Erased

Remember = Callable[[Collection[tuple[str, str]]], None]
"""Takes kind (lead or email) and canonical text of what an erased person is called besides."""
_QUARANTINE: Final = "quarantine"


@dataclass(frozen=True)
class ErasedBatch:
    """What a batch held of erased persons.

    Attributes
    ----------
    rows : dict of str to int
        Table to rows that went; ``quarantine``: set-aside records that lost their text.
    mentions : int
        Cells of other records that spoke of somebody erased, and are empty now.
    landed : Landed
        The record of the batch as it is since.
    """

    rows: dict[str, int]
    mentions: int
    landed: Landed


@dataclass(frozen=True)
class Forgotten:
    """Whose records do not land, and who is told what they are called in a new export.

    Attributes
    ----------
    remember : callable
        See `erase_from_batch`; called in the thread that lands.
    """

    erased: Erased
    remember: Remember

    def taken_out(self, landed: Landed, scratch: Path) -> Landed:
        """Return a batch that is not visible yet without the records of erased persons."""
        if self.erased.is_empty:
            return landed
        found = erase_from_batch(landed, self.erased, remember=self.remember, scratch=scratch)
        return landed if found is None else found.landed


def find_in_batch(
    landed: Landed, erased: Erased, *, scratch: Path, own_rows: pl.DataFrame | None = None
) -> Found | None:
    """Find what a batch holds of somebody, and change nothing; None: nothing."""
    with Database.memory(1.0, spill=scratch) as db:
        erased.attach(db)
        found = find(db, landed, erased, own_rows)
    return None if found.is_empty else found


def erase_from_batch(
    landed: Landed,
    erased: Erased,
    *,
    remember: Remember,
    scratch: Path,
    own_rows: pl.DataFrame | None = None,
    is_trial: bool = False,
) -> ErasedBatch | None:
    """Take the records of erased persons out of a batch.

    Parameters
    ----------
    remember : callable
        Takes what the records found say besides, before anything changes.
    scratch : pathlib.Path
        Folder for what memory cannot hold.
    own_rows : pl.DataFrame or None
        Rows of the store that are an erased person's though they name nobody: table,
        source_system, own_id.
    is_trial : bool
        Count, and change nothing.

    Returns
    -------
    ErasedBatch or None
        None: the batch holds nothing of anybody erased.
    """
    with Database.memory(1.0, spill=scratch) as db:
        erased.attach(db)
        found = find(db, landed, erased, own_rows)
        if found.is_empty:
            return None
        if not is_trial:
            remember(found.names)
            landed = _rewrite(db, landed, found)
    return ErasedBatch(found.rows, sum(map(len, found.mentions.values())), landed)


def _rewrite(db: Database, landed: Landed, found: Found) -> Landed:
    db.register("erased_frame", pl.DataFrame({"row_id": found.records}))
    db.run("CREATE OR REPLACE TEMP TABLE erased_record AS SELECT row_id FROM erased_frame")
    quarantine = landed.path(_QUARANTINE)
    if not quarantine.exists() and found.records.len():
        pl.DataFrame(schema=QUARANTINE_SCHEMA).write_parquet(quarantine)
    if quarantine.exists():
        _copy(db, sql(__package__, "set_aside.sql"), quarantine, file=landed.file_name)
    rows = dict(landed.rows)
    for path in sorted(landed.folder.glob("*.parquet")):
        if path != quarantine:
            _drop_records(
                db, path, {c: ids for (t, c), ids in found.mentions.items() if t == path.stem}
            )
        count = int(db.scalar("SELECT count(*) FROM read_parquet($path)", path=str(path)))
        rows[path.stem] = count
        if not count:
            path.unlink()
    return _recount(db, landed, {table: n for table, n in rows.items() if n})


def _drop_records(db: Database, path: Path, mentions: dict[str, pl.Series]) -> None:
    where = "row_number NOT IN (SELECT row_id FROM erased_record)"
    if not mentions and not db.scalar(
        f"SELECT count(*) FROM read_parquet($path) WHERE NOT ({where})", path=str(path)
    ):
        return
    emptied = []
    for place, (column, ids) in enumerate(mentions.items()):
        db.register(f"mention_frame_{place}", pl.DataFrame({"row_id": ids}))
        name = quoted(column)
        emptied.append(
            f"CASE WHEN row_number NOT IN (SELECT row_id FROM mention_frame_{place})"
            f" THEN {name} END AS {name}"
        )
    chosen = f"* REPLACE ({', '.join(emptied)})" if emptied else "*"
    _copy(db, f"SELECT {chosen} FROM read_parquet($path) WHERE {where}", path)


def _copy(db: Database, statement: str, path: Path, **params: object) -> None:
    """Write the rows of `statement`, which reads ``$path``, in place of the file at `path`."""
    partial = path.with_name(f".{path.name}.partial")
    target = str(partial).replace("'", "''")
    db.run(
        f"COPY ({statement}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)",
        path=str(path),
        **params,
    )
    partial.chmod(0o600)
    partial.replace(path)


def _recount(db: Database, landed: Landed, rows: dict[str, int]) -> Landed:
    reasons = {}
    if landed.path(_QUARANTINE).exists():
        counted = db.frame(
            "SELECT reason_code, count(*) AS n FROM read_parquet($path) GROUP BY 1 ORDER BY 1",
            path=str(landed.path(_QUARANTINE)),
        )
        reasons = dict(counted.iter_rows())
    quarantined = sum(reasons.values())
    duplicates = rows.get("superseded", 0)
    changed = replace(
        landed,
        rows={table: n for table, n in rows.items() if table in landed.rows},
        quarantined=quarantined,
        quarantined_by_reason=reasons,
        duplicates=duplicates,
        landed=landed.records - duplicates - quarantined,
        salvaged=rows.get("salvaged", 0),
    )
    with tempfile.TemporaryDirectory(dir=landed.folder, prefix=".record-") as folder:
        changed.save(Path(folder))
        (Path(folder) / RECORD_FILE).replace(landed.folder / RECORD_FILE)
    (landed.folder / RECORD_FILE).chmod(0o600)
    return changed
