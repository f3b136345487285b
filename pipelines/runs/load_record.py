"""The load record: what became of every record of a file, and how the file was read."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import polars as pl

from pipelines.load import Landed, MergeCounts
from pipelines.store import Database, sql

# Of the reader's own notes: how the file is written, and nothing that stands in it.
_DIALECT = (
    "format",
    "compression",
    "encoding",
    "delimiter",
    "quote",
    "escape",
    "newline",
    "has_header",
    "header_rows",
    "skip",
    "row_groups",
)


def write_load_record(db: Database, landed: Landed, counts: MergeCounts, at: datetime) -> None:
    """Write the row of `load_file` for one merged batch, in place of an earlier one."""
    row = {
        "batch_id": landed.batch_id,
        "file_name": landed.file_name,
        "sha256": landed.sha256,
        "kind": landed.kind,
        "source_system": landed.source_system,
        "records": landed.records,
        "loaded": counts.loaded,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "older": counts.older,
        "duplicates": counts.duplicates,
        "quarantined": counts.quarantined,
        "loaded_at": at,
        "salvaged": landed.salvaged,
        "mapping": json.dumps(mapping_of(landed), sort_keys=True),
        "dialect": json.dumps(dialect_of(landed), sort_keys=True),
        "seconds": landed.seconds,
        "corrects": landed.corrects,
    }
    db.run("DELETE FROM load_file WHERE batch_id = $batch_id", batch_id=landed.batch_id)
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "corrects": pl.String,
        "loaded_at": pl.Datetime("us"),
    }
    db.insert("load_file", pl.DataFrame([row], schema_overrides=schema))


def correct_load_records(db: Database, batches: Iterable[Landed]) -> None:
    """Bring the rows of `load_file` to what batches count since records were erased from them."""
    for landed in batches:
        db.run(
            sql(__package__, "correct_load_record.sql"),
            batch_id=landed.batch_id,
            quarantined=landed.quarantined,
            duplicates=landed.duplicates,
            salvaged=landed.salvaged,
        )


def mapping_of(landed: Landed) -> dict[str, Any]:
    """Return what the columns were taken for: names of columns, and no value of any cell.

    Constants and the words of a label are left out: somebody may have typed an address there.
    The batch itself, which only its owner may read, keeps the whole mapping.
    """
    given = landed.mapping
    constants = [f for f, v in given.get("fields", {}).items() if str(v).startswith("=")]
    found = {
        "preset": landed.preset,
        "confidence": landed.confidence if landed.preset else None,
        "fields": landed.claims,
        "constants": sorted(constants),
        "label": given.get("label", {}).get("column"),
        "custom": sorted(landed.custom_types),
        "excluded": sorted(landed.excluded),
        "dates": given.get("dates"),
        "numbers": given.get("numbers"),
    }
    return {name: value for name, value in found.items() if value}


def dialect_of(landed: Landed) -> dict[str, Any]:
    """Return how the file is written."""
    found = {name: landed.dialect[name] for name in _DIALECT if name in landed.dialect}
    return found | ({"salvage": True} if landed.is_salvage else {})
