"""What the ledger and the audit log keep of every publication: enough to derive it again."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.publish.outbox import LIST_NAME
from pipelines.publish.past import next_night
from pipelines.runs.context import RunContext, code_version
from pipelines.runs.fingerprint import code_hash, input_hash, model_hash, policy_hash
from pipelines.runs.landing import batch_folders
from pipelines.settings.home import Home
from pipelines.store import Database, audit
from pipelines.store.audit import Fact
from pipelines.store.digests import file_hash, folder_hashes
from pipelines.store.ledger import Ledger, proof, runs, suppressions

LISTED = ("rank", "lead", "person", "channel", "handler")
"""What an entry says of a listed row."""
_ROW = ("rank", "lead_key", "person_key", "channel", "handler")
_MADE_OF = (
    "kind", "as_of", "code_version", "code_hash", "config_hash", "policy_hash", "model_id",
    "model_hash", "input_hash",
)  # fmt: skip


def write_run(ctx: RunContext, db: Database, kind: str) -> None:
    """Write into the staged file what it is made of, and keep the settings by their hash."""
    settings = ctx.settings
    with ctx.ledger() as ledger:
        proof.keep_settings(ledger, settings.digest(), settings.model_dump_json())
    model_id = db.scalar("SELECT max(model_id) FROM score WHERE run_id = $id", id=ctx.run_id)
    row = {
        "run_id": ctx.run_id,
        "kind": kind,
        "as_of": ctx.midnight,
        "code_version": code_version(),
        "config_hash": settings.digest(),
        "model_id": model_id,
        "input_hash": input_hash(ctx.home),
        "code_hash": code_hash(),
        "policy_hash": policy_hash(settings),
        "model_hash": model_hash(ctx.home, model_id),
        "night": next_night(db) if kind == "nightly" else None,
        "last_lead_key": db.scalar("SELECT max(lead_key) FROM lead"),
    }
    db.run("DELETE FROM run WHERE run_id = $run_id", run_id=ctx.run_id)
    db.run(
        f"INSERT INTO run ({', '.join(row)}) VALUES ({', '.join(f'${name}' for name in row)})",
        **row,
    )


def record_publication(
    home: Home, run_id: str, snapshot: Path, *, at: datetime, sha256: str | None = None
) -> None:
    """Write down that `snapshot` is the file of run `run_id`, what it is made of and who is listed.

    One transaction: the ledger knows the file if and only if the audit log does.

    Parameters
    ----------
    sha256 : str or None
        Hash of the file; None: it is worked out, as for a run that died after its swap.
    """
    made_of = _made_of(snapshot, run_id)
    listed = _listed(home, run_id) if made_of["kind"] == "nightly" else None
    digest = sha256 or file_hash(snapshot)
    with Ledger(home.ledger) as ledger:
        # Before the transaction: claims need not wait until a large file is read.
        seal(home, ledger, at=at)
        with ledger.transaction():
            _record(home, ledger, run_id, snapshot.name, digest, made_of, listed, at)


def _record(
    home: Home,
    ledger: Ledger,
    run_id: str,
    snapshot: str,
    digest: str,
    made_of: dict[str, Any],
    listed: pl.DataFrame | None,
    at: datetime,
) -> None:
    runs.published_as(ledger, run_id, snapshot, digest)
    entry: dict[str, Fact] = {
        "run": run_id,
        **made_of,
        "suppressions": suppressions.count(ledger),
        "snapshot": snapshot,
        "snapshot_sha256": digest,
    }
    rows = [] if listed is None else listed.rows()
    if listed is not None:
        hashed = RowsHash()
        for row in rows:
            hashed.add(row)
        entry |= {
            "listed": hashed.count,
            "rows_sha256": hashed.hexdigest(),
            **list_hashes(home, run_id),
        }
    listing = [("listed", {"run": run_id, **dict(zip(LISTED, row, strict=True))}) for row in rows]
    audit.append_all(ledger, at, [("published", entry), *listing])


def seal(home: Home, ledger: Ledger, *, at: datetime, again: Sequence[str] = ()) -> None:
    """Keep the hash of every batch that has none yet, and of those that were rewritten, `again`."""
    known = proof.sealed_batches(ledger)
    folders = {folder.name: folder for folder in batch_folders(home)}
    wanted = [f for name, f in folders.items() if name in again or name not in known]
    found = folder_hashes(wanted)
    if not found:
        return
    with ledger.transaction():
        proof.seal_batches(ledger, found)
        audit.append_all(
            ledger,
            at,
            [
                (
                    "batch_rewritten" if name in known else "loaded",
                    {"batch": name, "sha256": digest},
                )
                for name, digest in sorted(found.items())
            ],
        )


def seal_list(home: Home, ledger: Ledger, run_id: str, *, at: datetime) -> None:
    """Write down what the files of a list hash to now that somebody was erased from them."""
    nothing: dict[str, Fact] = dict.fromkeys(("list_csv_sha256", "list_parquet_sha256"))
    audit.append(ledger, at, "list_rewritten", run=run_id, **(nothing | list_hashes(home, run_id)))


def seal_model(home: Home, ledger: Ledger, model_id: str, *, at: datetime) -> None:
    """Write down what a model hashes to now that somebody was erased from it."""
    digest = model_hash(home, model_id)
    audit.append(ledger, at, "model_rewritten", model=model_id, model_hash=digest)


class RowsHash:
    """SHA-256 over listed rows, as `LISTED` names their values, in order.

    Attributes
    ----------
    count : int
        Rows so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._digest = hashlib.sha256()

    def add(self, row: Sequence[object]) -> None:
        """Take in one row."""
        self.count += 1
        self._digest.update(f"{','.join(map(str, row))}\n".encode())

    def hexdigest(self) -> str:
        """Return the hash, hex."""
        return self._digest.hexdigest()


def list_hashes(home: Home, run_id: str) -> dict[str, Fact]:
    """Return what each file of the list of a run hashes to."""
    folder = home.outbox / run_id
    return {
        f"list_{name}_sha256": file_hash(path)
        for name in ("csv", "parquet")
        if (path := (folder / LIST_NAME).with_suffix(f".{name}")).is_file()
    }


def _made_of(snapshot: Path, run_id: str) -> dict[str, Any]:
    """Return the facts of a run as its own file holds them."""
    with Database.open(snapshot, read_only=True, memory_gb=0.5) as db:
        names = [name for name in _MADE_OF if name in db.columns("run")]
        row = db.frame(
            f"SELECT {', '.join(names)} FROM run WHERE run_id = $run_id", run_id=run_id
        ).row(0, named=True)
    return {**row, "as_of": row["as_of"].date().isoformat()}


def _listed(home: Home, run_id: str) -> pl.DataFrame:
    return pl.read_parquet(home.outbox / run_id / LIST_NAME, columns=list(_ROW)).select(_ROW)
