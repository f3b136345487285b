"""Verify a home: that its account of the past is what was written, and its files those named."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from models.kernel.files import MANIFEST_NAME, TEXT_NAME
from pipelines.errors import LeadTriageError
from pipelines.runs.context import need_home
from pipelines.runs.landing import batch_folders
from pipelines.runs.record import LISTED, RowsHash, list_hashes
from pipelines.runs.registry import load_folder
from pipelines.settings.home import Home
from pipelines.store import audit
from pipelines.store.digests import file_hash, folder_hashes
from pipelines.store.ledger import Ledger, models, proof

_DECIDED = frozenset(
    {"model_promote", "model_rollback", "model_refuse", "model_reject", "model_rewritten"}
)


@dataclass(frozen=True)
class Verified:
    """What was found.

    Attributes
    ----------
    entries : int
        Entries of the audit log.
    head : str or None
        Hash of the last one: noted elsewhere, it proves later that nothing was taken back.
    nights, snapshots, batches, models : int
        How many of each were held against the log.
    broken : int
        Places of the log that are not what was written, and files that are not those it names.
    findings : list of str
        In words, the first hundred of the log and every file.
    """

    entries: int
    head: str | None
    nights: int
    snapshots: int
    batches: int
    models: int
    broken: int
    findings: list[str]

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing was found."""
        return self.broken == 0


@dataclass
class _Told:
    """What the log tells of files and lists."""

    published: dict[str, dict[str, Any]] = field(default_factory=dict)
    listed: dict[str, RowsHash] = field(default_factory=dict)
    batches: dict[str, str] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)

    def hear(self, action: str, entry: dict[str, Any]) -> None:
        """Take in one entry."""
        if action == "listed":
            self.listed.setdefault(entry["run"], RowsHash()).add([entry[name] for name in LISTED])
        elif action == "published":
            self.published[entry["run"]] = entry
            # What follows are the rows of this publication.
            self.listed.pop(entry["run"], None)
        elif action in {"loaded", "batch_rewritten"}:
            self.batches[entry["batch"]] = entry["sha256"]
        elif action == "list_rewritten" and entry["run"] in self.published:
            # The list may be gone, or have lost somebody who was erased: the log names both states.
            before = self.published[entry["run"]]
            for name in ("list_csv_sha256", "list_parquet_sha256"):
                before[name] = entry[name]
        elif action in _DECIDED and entry["model_hash"] is not None:
            self.models[entry["model"]] = entry["model_hash"]


def run_verify(home: Home, *, repair: bool = False) -> Verified:
    """Check the audit log, and against it every published file, list, batch and model.

    Parameters
    ----------
    repair : bool
        First write what a killed writer left out at the end of the log; the ledger holds it.
    """
    told = _Told()
    with Ledger(need_home(home).ledger) as ledger:
        if repair:
            audit.repair(ledger)
        chain = audit.check(home, ledger, told.hear)
        sealed = proof.sealed_batches(ledger)
        findings = [*_settings(ledger, told)]
        hashes = proof.published_hashes(ledger)
        standing = models.listing(ledger)
    snapshots = sorted(home.snapshots.glob("leads-*.duckdb"))
    in_force = {record.model_id for record in standing if record.status == "champion"}
    if chain.head is None and sealed:
        findings.append("the audit log is gone: the ledger knows of what was published with one")
    findings += [
        *_nights(home, told),
        *_snapshots(snapshots, told, hashes),
        *_batches(home, told, sealed),
        *_models(home, told, in_force),
    ]
    return Verified(
        entries=chain.entries,
        head=chain.head,
        nights=sum(entry["kind"] == "nightly" for entry in told.published.values()),
        snapshots=len(snapshots),
        batches=len(sealed),
        models=len(told.models),
        broken=chain.broken + len(findings),
        findings=[*chain.findings, *findings],
    )


def _settings(ledger: Ledger, told: _Told) -> Iterator[str]:
    """Look for the settings of every publication: without them it cannot be derived again."""
    for run_id, entry in told.published.items():
        kept = proof.settings_of(ledger, entry["config_hash"])
        if kept is None or sha256(kept.encode()).hexdigest() != entry["config_hash"]:
            yield f"run {run_id}: its settings are gone from the ledger, or changed"


def _nights(home: Home, told: _Told) -> Iterator[str]:
    """Hold the listed rows against their night, and the files of a list against the log."""
    nothing = RowsHash()
    for run_id, entry in told.published.items():
        if entry["kind"] != "nightly":
            continue
        rows = told.listed.get(run_id, nothing)
        if (rows.count, rows.hexdigest()) != (entry["listed"], entry["rows_sha256"]):
            yield (
                f"run {run_id}: the log has {rows.count} listed rows that are not the"
                f" {entry['listed']} of its publication"
            )
        for name, digest in list_hashes(home, run_id).items():
            if digest != entry.get(name):
                yield f"outbox/{run_id}: the {name.split('_')[1]} list is not the one published"


def _snapshots(snapshots: list[Path], told: _Told, hashes: dict[str, str]) -> Iterator[str]:
    logged = {entry["snapshot"]: entry["snapshot_sha256"] for entry in told.published.values()}
    for path in snapshots:
        digest = file_hash(path)
        if hashes.get(path.name) != digest:
            yield f"store/snapshots/{path.name}: not the file that the ledger says was published"
        if path.name in logged and logged[path.name] != digest:
            yield f"store/snapshots/{path.name}: not the file that the audit log says was published"


def _batches(home: Home, told: _Told, sealed: dict[str, str]) -> Iterator[str]:
    folders = {folder.name: folder for folder in batch_folders(home)}
    for name, digest in told.batches.items():
        if name in sealed and sealed[name] != digest:
            yield f"store/batches/{name}: ledger and audit log name different contents"
    for name in sorted(sealed.keys() - folders.keys()):
        yield f"store/batches/{name}: the batch is gone"
    found = folder_hashes(folder for name, folder in folders.items() if name in sealed)
    for name, digest in found.items():
        if digest != sealed[name]:
            yield f"store/batches/{name}: not what was loaded"


def _models(home: Home, told: _Told, in_force: set[str]) -> Iterator[str]:
    for name in sorted(told.models.keys() | in_force):
        folder = home.models / name
        if not folder.is_dir():
            if name in in_force:
                yield f"models/{name}: the model in force is gone"
            continue
        if name not in told.models:
            try:
                load_folder(folder)
            except LeadTriageError as error:
                yield f"models/{name}: {error}"
        elif not _is_the_one(folder, told.models[name]):
            yield f"models/{name}: not the model that was decided about"


def _is_the_one(folder: Path, manifest_hash: str) -> bool:
    """Tell whether the files are those decided about: a model of older code still is what it was.

    The manifest names the hash of the text, and is read only when it is the one that was written.
    """
    try:
        if file_hash(folder / MANIFEST_NAME) != manifest_hash:
            return False
        named = json.loads((folder / MANIFEST_NAME).read_bytes())["model_sha256"]
        return bool(file_hash(folder / TEXT_NAME) == named)
    except OSError:
        return False
