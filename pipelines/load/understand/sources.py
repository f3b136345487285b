"""Which batch a source was last loaded as: one small file per source, beside the batches."""

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Final

from pipelines.load.batches.batch import RECORD_FILE, Landed
from pipelines.load.batches.reported import FROM_LEDGER
from pipelines.load.meaning.plan import Plan
from pipelines.load.understand.drift import columns_of, same_columns

_NAME = "sources"
# Files of several sources are landed side by side, and the first one makes the notes of all.
_MAKING: Final = threading.Lock()
# Of the columns of either file, beside those that carry a no.
_SHARED: Final = 0.75
# Any two files have an id, an address or a name in common.
_FEWEST_SHARED: Final = 2


def last_load(batches_dir: Path, kind: str, source_system: str) -> Landed | None:
    """Return the record of the last batch of a source and kind; None when there is none.

    Looks at two folders, however many there are.
    """
    path = _file(batches_dir, kind, source_system)
    if path.parent.is_dir() and not path.is_file():
        return None
    # No notes yet, or a batch that somebody took away: then all of them are looked through, once.
    batch = next(iter(_named(path, batches_dir)), None) or _newest(batches_dir).get(path.name)
    return None if batch is None else Landed.read(batch)


def last_loads(batches_dir: Path, kind: str) -> list[Landed]:
    """Return the record of the last batch of every source of a kind."""
    notes = batches_dir.with_name(_NAME).glob(f"{kind}.*.json")
    batches = [next(iter(_named(note, batches_dir)), None) for note in notes]
    return [Landed.read(batch) for batch in batches if batch is not None]


def akin(batches_dir: Path, plan: Plan, source_from: str) -> Landed | None:
    """Return the last load of another source that a file seems to be the next export of.

    Where nobody names the source its name is guessed, and a guess must not free a file from what
    its source has promised: ``leads_may.csv`` and ``leads_june.csv`` are two names.

    Parameters
    ----------
    plan : Plan
        Of the file; the source of its guessed name was never loaded.
    source_from : str
        Who named the source. Mapping and argument are believed: then nothing is akin.

    Returns
    -------
    Landed or None
        The newest load of the same kind with the same columns, but for a few and for those that
        carry a no. Of lists of contact points none: what one of them says no other takes back.
    """
    if source_from in ("mapping", "argument") or plan.kind.name in ("suppressions", "registry"):
        return None
    loads = last_loads(batches_dir, plan.kind.name)
    similar = [load for load in loads if _is_similar(load, plan)]
    return max(similar, key=lambda load: (load.at, load.batch_id), default=None)


def _is_similar(load: Landed, plan: Plan) -> bool:
    before = [header for header in columns_of(load) if header not in load.consent]
    flags = {header for headers in plan.opt_outs.values() for header in headers}
    now = [header for header in plan.headers if header not in flags]
    shared = len(same_columns(before, now))
    return shared >= max(_FEWEST_SHARED, _SHARED * max(len(before), len(now)))


def remember_load(batches_dir: Path, kind: str, source_system: str, batch_id: str) -> None:
    """Note that `batch_id` is about to appear in `batches_dir` as the newest of its source.

    Called before the batch appears: should it never appear, the one before still counts.
    """
    path = _file(batches_dir, kind, source_system)
    with _MAKING:
        if not path.parent.is_dir():
            _make(batches_dir, path.parent)
    before = [batch.name for batch in _named(path, batches_dir)][:1]
    _write(path, [batch_id, *before])


def _file(batches_dir: Path, kind: str, source_system: str) -> Path:
    return batches_dir.with_name(_NAME) / f"{kind}.{source_system}.json"


def _named(path: Path, batches_dir: Path) -> list[Path]:
    """Return the batches a file names that are there, newest first."""
    if not path.is_file():
        return []
    folders = [batches_dir / name for name in json.loads(path.read_text(encoding="utf-8"))]
    return [folder for folder in folders if (folder / RECORD_FILE).is_file()]


def _make(batches_dir: Path, folder: Path) -> None:
    """Note every source of a home that has batches and no notes; whole or not at all."""
    partial = folder.with_name(f".{_NAME}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    for name, batch in _newest(batches_dir).items():
        _write(partial / name, [batch.name])
    partial.rename(folder)


def _newest(batches_dir: Path) -> dict[str, Path]:
    """Return the newest batch per source, by the name of its note."""
    found: dict[str, tuple[str, Path]] = {}
    for record in batches_dir.glob(f"*/{RECORD_FILE}"):
        landed = Landed.read(record.parent)
        # Corrected records and attempts out of the ledger are no exports.
        if landed.corrects is not None or landed.source_system_from == FROM_LEDGER:
            continue
        name = _file(batches_dir, landed.kind, landed.source_system).name
        found[name] = max(found.get(name, ("", record.parent)), (landed.at, record.parent))
    return {name: batch for name, (_, batch) in found.items()}


def _write(path: Path, batch_ids: list[str]) -> None:
    partial = path.with_name(f".{path.name}.partial")
    with partial.open("w", encoding="utf-8") as stream:
        json.dump(batch_ids, stream)
        stream.flush()
        os.fsync(stream.fileno())
    partial.chmod(0o600)
    partial.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
