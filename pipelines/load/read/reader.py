"""One door to the three formats."""

from pathlib import Path

from pipelines.load.meaning.mapping import FileDialect
from pipelines.load.read.discover import InputFile
from pipelines.load.read.nameless import without_nameless
from pipelines.load.read.read_csv import open_csv
from pipelines.load.read.read_jsonl import open_jsonl
from pipelines.load.read.read_parquet import open_parquet
from pipelines.load.read.records import Records
from pipelines.store import Database


def open_records(
    file: InputFile, given: FileDialect, db: Database, scratch: Path, *, salvage: bool = False
) -> Records:
    """Understand a file of any format; see the format's own reader for what it refuses.

    Parameters
    ----------
    salvage : bool
        Repair broken records of a CSV file where possible; other formats have nothing to repair.
    """
    if file.format == "parquet":
        return open_parquet(file, db, scratch)
    if file.format == "jsonl":
        return open_jsonl(file, db, scratch)
    return open_csv(file, given, scratch, salvage=salvage)


def open_export(
    file: InputFile, given: FileDialect, db: Database, scratch: Path, *, salvage: bool = False
) -> Records:
    """Understand a file as `open_records` does; a column without name and cells is none."""
    records = open_records(file, given, db, scratch, salvage=salvage)
    return without_nameless(records, db) if file.format == "csv" else records
