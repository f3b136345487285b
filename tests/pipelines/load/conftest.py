"""Files to land, and what landed."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from pipelines.load import Landed, Mapping, land, merge

AT = datetime(2026, 11, 20, 12, 0)


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Landed]:
    def _load(content: str | bytes, kind: str = "leads", name: str = "file.csv", **mapping):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        given = Mapping.model_validate(mapping) if mapping else None
        return land(path, kind=kind, mapping=given, batches_dir=tmp_path / "batches", at=AT)

    return _load


@pytest.fixture
def store(db, load):
    """Land a file and merge it into a store; returns the counts."""

    def _store(content, kind="leads", name="file.csv", at=AT, **mapping):
        return merge(db, [load(content, kind, name, **mapping)], at)[0]

    return _store


def rows(landed: Landed, table: str) -> pl.DataFrame:
    return pl.read_parquet(landed.path(table))
