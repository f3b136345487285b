"""Lists in the outbox without the leads that were erased."""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from pipelines.settings.own_fields import own_field
from pipelines.store.files import write_table

_KEY = "lead_key"


def count_in_list(path: Path, lead_keys: Collection[int]) -> int:
    """Count the rows of a list, Parquet, CSV or JSON lines, that name one of these leads."""
    frame = _read(path)
    return 0 if frame is None else int(_named(frame, lead_keys).sum())


def erase_from_list(path: Path, lead_keys: Collection[int]) -> int:
    """Write a list anew without these leads, if it has any; return the rows that went."""
    frame = _read(path)
    if frame is None:
        return 0
    named = _named(frame, lead_keys)
    if named.any():
        parquet = path.with_suffix(".parquet")
        if path.suffix == ".csv" and parquet.is_file():
            # Read back, a cell would be guarded against formulas twice.
            frame = pl.read_parquet(parquet)
            write_table(frame.filter(~_named(frame, lead_keys)), path)
        else:
            write_table(frame.filter(~named), path)
    return int(named.sum())


def lists(outbox: Path) -> list[Path]:
    """Return every list below the outbox; of one in several formats the CSV comes first."""
    return sorted(p for p in outbox.rglob("*") if p.suffix in {".csv", ".parquet", ".jsonl"})


def _read(path: Path) -> pl.DataFrame | None:
    if path.suffix == ".parquet":
        frame = pl.read_parquet(path)
    elif path.suffix == ".csv":
        frame = pl.read_csv(path, infer_schema=False)
    else:
        frame = pl.read_ndjson(path)
    return None if _key_of(frame) is None else frame


def _key_of(frame: pl.DataFrame) -> str | None:
    """Return the column that holds lead_key; files for a CRM call it as fields are called there."""
    return next((c for c in frame.columns if c == _KEY or own_field(c) == "key"), None)


def _named(frame: pl.DataFrame, lead_keys: Collection[int]) -> pl.Series:
    return frame[_key_of(frame) or _KEY].cast(pl.Int64).is_in(sorted(lead_keys))
