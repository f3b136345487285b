"""One door to the three formats."""

from pathlib import Path

from pipelines.load.discover import InputFile
from pipelines.load.mapping import FileDialect
from pipelines.load.read_csv import open_csv
from pipelines.load.read_jsonl import open_jsonl
from pipelines.load.read_parquet import open_parquet
from pipelines.load.records import Records
from pipelines.store import Database


def open_records(file: InputFile, given: FileDialect, db: Database, scratch: Path) -> Records:
    """Understand a file of any format; see the format's own reader for what it refuses."""
    if file.format == "parquet":
        return open_parquet(file)
    if file.format == "jsonl":
        return open_jsonl(file, db, scratch)
    return open_csv(file, given, scratch)
