"""What one landed file is: the record beside its Parquet files."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

RECORD_FILE = "batch.json"


@dataclass(frozen=True)
class Landed:
    """One file, landed: ``records = landed + duplicates + quarantined``.

    Parameters
    ----------
    file_name : str
        Name without its folder.
    source_system_from : str
        Who named the source: mapping, argument, preset or file name.
    fields : tuple of str
        Canonical fields the file supplied.
    custom_types : dict of str to str
        Custom column to DuckDB type.
    custom_empty : tuple of str
        Custom columns without any value: their type is not known yet.
    excluded : tuple of str
        Custom columns that are never a feature.
    immutable : tuple of str
        Custom columns declared as known when the lead was created.
    unreadable : dict of str to int
        Canonical field to the number of filled cells that hold no such value; for opt-out flags
        the number of unknown words, each taken as an opt-out.
    rows : dict of str to int
        Table to rows written.
    headers : tuple of str
        Every column of the file.
    date_styles : dict of str to dict
        Canonical date field to how its column writes dates.
    file_id : str
        Names the file in which the record numbers count: 16 hex digits of its SHA-256. A file of
        corrected records keeps that of the file they came from.
    is_salvage : bool
        Broken records were repaired where possible; `salvaged` of the landed ones were.
    corrects : str or None
        Batch whose set-aside records this file brings corrected.
    consent : dict of str to dict
        Column that carries a no to the ``field`` it is read as and what it ``held``: readable,
        other, or nothing at all so far.
    label_values : dict of str to dict
        Column that tells of outcomes to how many records it has, in how many of them the value
        means nothing, and which values those are where it is a picklist.
    drift : dict
        How the columns differ from those of the last load of the source; empty for its first.
    """

    batch_id: str
    file_name: str
    sha256: str
    kind: str
    source_system: str
    source_system_from: str
    at: str
    records: int
    landed: int
    duplicates: int
    quarantined: int
    quarantined_by_reason: dict[str, int] = field(default_factory=dict)
    preset: str | None = None
    confidence: float = 0.0
    reason: str = ""
    claims: dict[str, str] = field(default_factory=dict)
    fields: tuple[str, ...] = ()
    has_label: bool = False
    custom_types: dict[str, str] = field(default_factory=dict)
    custom_empty: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    immutable: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    unreadable: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    dialect: dict[str, Any] = field(default_factory=dict)
    mapping: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    headers: tuple[str, ...] = ()
    date_styles: dict[str, dict[str, Any]] = field(default_factory=dict)
    file_id: str = ""
    is_salvage: bool = False
    salvaged: int = 0
    corrects: str | None = None
    consent: dict[str, dict[str, Any]] = field(default_factory=dict)
    drift: dict[str, Any] = field(default_factory=dict)
    label_values: dict[str, dict[str, Any]] = field(default_factory=dict)
    folder: Path = Path()

    def save(self, folder: Path) -> None:
        """Write the record into `folder`; the folder itself is not part of it."""
        content = asdict(self)
        del content["folder"]
        text = json.dumps(content, indent=1, sort_keys=True, default=list)
        (folder / RECORD_FILE).write_text(text + "\n", encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> "Landed":
        """Read the record of a landed batch."""
        content = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8"))
        lists = ("fields", "custom_empty", "excluded", "immutable", "notes", "headers")
        # A batch of an earlier version lacks what later ones record.
        content.update({name: tuple(content.get(name, ())) for name in lists})
        return cls(**content, folder=folder)

    def path(self, table: str) -> Path:
        """Return the Parquet file of a table; it may not exist."""
        return self.folder / f"{table}.parquet"
