"""The records of one batch that name somebody erased, and the cells that mention one."""

from dataclasses import dataclass, field
from typing import Final

import polars as pl

from pipelines.load.batches.batch import Landed
from pipelines.load.merging.children import OWN_IDS
from pipelines.load.read.quarantine import Reason
from pipelines.store import Database, sql
from pipelines.store.erased import Erased, mentioning, naming, running_text

# They name nobody themselves: what becomes of their rows is told by the record they came from.
_OF_RECORDS: Final = ("superseded", "salvaged", "custom")
_QUARANTINE: Final = "quarantine"


@dataclass
class Found:
    """What a batch holds of erased persons.

    Attributes
    ----------
    records : pl.Series
        Numbers of their records, Int64.
    rows : dict of str to int
        Table to rows of these.
    mentions : dict of (str, str) to pl.Series
        Table and column to the numbers of other records whose cell mentions one.
    names : list of (str, str)
        Kind and canonical text of the ids of their leads, and of addresses nobody else has here.
    is_uncounted : bool
        Somebody died after setting records aside, before the batch said so.
    """

    records: pl.Series
    rows: dict[str, int] = field(default_factory=dict)
    mentions: dict[tuple[str, str], pl.Series] = field(default_factory=dict)
    names: list[tuple[str, str]] = field(default_factory=list)
    is_uncounted: bool = False

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is left to take out; what was set aside as erased is not here."""
        return not (self.rows or self.mentions or self.is_uncounted)


def find(db: Database, landed: Landed, erased: Erased, own_rows: pl.DataFrame | None) -> Found:
    """Look through every file of a batch; `erased` is attached to `db`."""
    tables = {path.stem: path for path in sorted(landed.folder.glob("*.parquet"))}
    columns = {
        name: dict(
            db.frame("DESCRIBE SELECT * FROM read_parquet($path)", path=str(path))
            .select("column_name", "column_type")
            .iter_rows()
        )
        for name, path in tables.items()
    }
    before = _erased_before(db, landed)
    parts = [before]
    for name in tables:
        if name == _QUARANTINE:
            parts.append(_set_aside(db, landed, erased))
        elif name not in _OF_RECORDS:
            parts.append(_naming(db, landed, erased, name, columns[name]))
            parts.append(_own(db, landed, name, own_rows))
    records = pl.concat([part.cast(pl.Int64) for part in parts]).unique().sort()
    was_counted = landed.quarantined_by_reason.get(Reason.ERASED.value, 0)
    found = Found(records, is_uncounted=len(before) != was_counted)
    if "lead" in tables and records.len():
        found.records = _of_same_leads(db, landed, records)
        found.names = _names(db, landed, found.records)
    for name in tables:
        _count(db, landed, name, found)
        if name not in (*_OF_RECORDS[:2], _QUARANTINE):
            _mentions(db, landed, erased, name, columns[name], found)
    return found


def _naming(
    db: Database, landed: Landed, erased: Erased, table: str, columns: dict[str, str]
) -> pl.Series:
    candidates = naming("read_parquet($path)", columns, "row_number")
    if candidates is None:
        return pl.Series("row_id", [], dtype=pl.Int64)
    return erased.rows(db, candidates, path=str(landed.path(table)))


def _erased_before(db: Database, landed: Landed) -> pl.Series:
    if not landed.path(_QUARANTINE).exists():
        return pl.Series("row_id", [], dtype=pl.Int64)
    return db.frame(
        "SELECT record AS row_id FROM read_parquet($path) WHERE reason_code = $reason",
        path=str(landed.path(_QUARANTINE)),
        reason=Reason.ERASED.value,
    )["row_id"]


def _own(db: Database, landed: Landed, table: str, own_rows: pl.DataFrame | None) -> pl.Series:
    nothing = pl.Series("row_id", [], dtype=pl.Int64)
    if own_rows is None or OWN_IDS.get(table, "registry_id") == "registry_id":
        return nothing
    own = own_rows.filter(table=table)
    if own.is_empty():
        return nothing
    db.register("own_row_frame", own)
    return db.frame(
        "SELECT DISTINCT row_number AS row_id FROM read_parquet($path) AS landed"
        " SEMI JOIN own_row_frame AS own ON own.source_system = landed.source_system"
        f" AND own.own_id = landed.{OWN_IDS[table]}",
        path=str(landed.path(table)),
    )["row_id"]


def _set_aside(db: Database, landed: Landed, erased: Erased) -> pl.Series:
    header = landed.claims.get("source_id" if landed.kind == "leads" else "lead_source_id", "")
    place = landed.headers.index(header) + 1 if header in landed.headers else 0
    return erased.rows(
        db,
        sql(__package__, "set_aside_names.sql"),
        path=str(landed.path(_QUARANTINE)),
        source_system=landed.source_system,
        id_header=header or "no id",
        # Past the last cell there is nothing, and so no id.
        id_at=place or len(landed.headers) + 10_000,
        delimiter=str(landed.dialect.get("delimiter") or ","),
    )


def _of_same_leads(db: Database, landed: Landed, records: pl.Series) -> pl.Series:
    """Add the other records of the same leads."""
    db.register("found_frame", pl.DataFrame({"row_id": records}))
    same = db.frame(
        "SELECT row_number::BIGINT AS row_id FROM read_parquet($path) WHERE source_id IN"
        " (SELECT source_id FROM read_parquet($path)"
        " WHERE row_number IN (SELECT row_id FROM found_frame))",
        path=str(landed.path("lead")),
    )["row_id"]
    return pl.concat([records, same]).unique().sort()


def _names(db: Database, landed: Landed, records: pl.Series) -> list[tuple[str, str]]:
    db.register("found_frame", pl.DataFrame({"row_id": records}))
    return list(db.frame(sql(__package__, "names.sql"), path=str(landed.path("lead"))).iter_rows())


def _count(db: Database, landed: Landed, table: str, found: Found) -> None:
    db.register("found_frame", pl.DataFrame({"row_id": found.records}))
    is_quarantine = table == _QUARANTINE
    number = "record" if is_quarantine else "row_number"
    # What was taken out before is set aside without a text, and not counted again.
    only = " AND payload IS NOT NULL" if is_quarantine else ""
    count = db.scalar(
        "SELECT count(*) FROM read_parquet($path)"
        f" WHERE {number} IN (SELECT row_id FROM found_frame){only}",
        path=str(landed.path(table)),
    )
    if count:
        found.rows[table] = int(count)


def _mentions(
    db: Database,
    landed: Landed,
    erased: Erased,
    table: str,
    columns: dict[str, str],
    found: Found,
) -> None:
    for column in running_text(columns, is_custom=table == "custom"):
        rows = erased.rows(
            db,
            mentioning("read_parquet($path)", column, "row_number"),
            path=str(landed.path(table)),
        ).cast(pl.Int64)
        others = rows.filter(~rows.is_in(found.records.implode()))
        if others.len():
            found.mentions[table, column] = others
