"""What a load did to the labels: the audit of its sources, and what in its files means nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from pipelines.featurise import label_warnings
from pipelines.runs.load import LoadedFile
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.schema.labels import LABEL_AUDIT
from pipelines.store.snapshot import current_snapshot

# Kinds that bring leads, or tell how they ended.
_KINDS: Final = ("leads", "outcomes")
# Above it, a picklist holds words that nobody has explained.
_MAX_UNMAPPED: Final = 0.01


@dataclass(frozen=True)
class LabelReport:
    """The labels of the sources of a load.

    Parameters
    ----------
    audit : pl.DataFrame
        Rows of ``label_audit``; none where the load brought neither leads nor outcomes.
    unmapped : dict of str to dict
        File to column to what it holds that means nothing.
    warnings : tuple of str
        What looks wrong, one line each.
    """

    audit: pl.DataFrame
    unmapped: dict[str, dict[str, dict[str, Any]]]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the ``labels`` of ``load --json``."""
        rows = self.audit.with_columns(pl.col("data_end").dt.to_string())
        return {"audit": rows.to_dicts(), "warnings": list(self.warnings)}


def label_report(home: Home, loaded: Sequence[LoadedFile]) -> LabelReport:
    """Read what the published store says about the labels of the sources that were loaded."""
    files = [one.landed for one in loaded if one.landed.kind in _KINDS and one.counts is not None]
    sources = sorted({landed.source_system for landed in files})
    unmapped = {
        landed.file_name: {
            column: found for column, found in landed.label_values.items() if found["unmapped"]
        }
        for landed in files
    }
    audit = _audit(home, sources)
    warnings = [
        f"{name}: {found['unmapped']:,} of {found['filled']:,} records have a value of {column!r}"
        " that means nothing to us: name it in [outcomes] of a mapping file, under open where it"
        " tells of no outcome"
        for name, columns in unmapped.items()
        for column, found in columns.items()
        if found["unmapped"] > _MAX_UNMAPPED * found["filled"]
    ]
    return LabelReport(audit, unmapped, (*warnings, *label_warnings(audit)))


def _audit(home: Home, sources: Sequence[str]) -> pl.DataFrame:
    snapshot = current_snapshot(home)
    if snapshot is not None and sources:
        with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
            if LABEL_AUDIT.name in db.tables():
                return db.frame(
                    "SELECT * FROM label_audit WHERE source_system IN"
                    " (SELECT unnest($sources)) ORDER BY source_system, label, created_year",
                    sources=list(sources),
                )
    names = [column.name for column in LABEL_AUDIT.columns]
    return pl.DataFrame(schema=dict.fromkeys(names, pl.Int64)).cast({"data_end": pl.Datetime("us")})
