"""The publication protocol: stage a copy, check it in a fresh process, swap one symlink.

Whatever dies before the swap changes nothing that anyone can see; what is left in staging is
deleted by the next run, never repaired.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from pipelines.errors import RefusedError, StoreError
from pipelines.settings.home import Home
from pipelines.store.duck import Database
from pipelines.store.rewrite import rewrite
from pipelines.store.schema import comment_tables, create_tables

_CHUNK = 1 << 22
# Copy and work of a night per published byte: 1.3 at 10M leads, more where the file is small.
_NIGHT_ROOM = 1.5
_LEAST_ROOM = 200_000_000
# Bytes that writing anew needs, per byte that is in use.
_REWRITE_ROOM = 1.25


@dataclass(frozen=True)
class Published:
    """One published store file."""

    path: Path
    sha256: str
    bytes: int


class Rewriting(StrEnum):
    """What became of writing the file anew."""

    NOT_DUE = "not_due"
    DONE = "done"
    NO_ROOM = "no_room"


def current_snapshot(home: Home) -> Path | None:
    """Return the published file the symlink leads to, or None before the first publication."""
    if not home.current.is_symlink():
        return None
    target = home.current.resolve()
    if not target.is_file():
        raise StoreError(
            f"{home.current.name} leads to a file that is gone",
            expected="a snapshot",
            fix="point the symlink store/leads.duckdb at a file in store/snapshots",
        )
    return target


def staging_file(home: Home, run_id: str) -> Path:
    """Return the path of the file that run `run_id` builds."""
    return home.staging / run_id / "leads.duckdb"


def work_file(home: Home, run_id: str) -> Path:
    """Return the path of the file that holds what run `run_id` does not publish as it is."""
    return staging_file(home, run_id).with_name("work.duckdb")


def begin(home: Home, run_id: str, keep: int) -> Path:
    """Clear what earlier runs left in staging and copy the current snapshot there.

    The file that is built counts as one of those to keep: what is older than the current snapshot
    and would be dropped at its publication is given up now, or the disk would have to hold both.
    Room for one and a half published files must be free. Where it is not, further older ones are
    given up, the oldest first, until it is. The current one always stays.

    Parameters
    ----------
    keep : int
        Snapshots that stay after the publication, the new one among them.

    Returns
    -------
    Path
        The file to build on: a writable copy, or a new one with every table empty.

    Raises
    ------
    RefusedError
        The disk is too full even so.
    """
    discard_staging(home)
    path = staging_file(home, run_id)
    path.parent.mkdir(mode=0o700)
    base = current_snapshot(home)
    if base is not None:
        older = _older(home, base)
        for old in older[max(keep - 2, 0) :]:
            old.unlink()
        needed = int(_NIGHT_ROOM * base.stat().st_size) + _LEAST_ROOM
        _need_disk(home, needed, older[: max(keep - 2, 0)])
        shutil.copyfile(base, path)
    with Database.open(path, read_only=False, spill=home.spill) as db:
        create_tables(db)
    path.chmod(0o600)
    return path


def discard_staging(home: Home) -> None:
    """Delete everything in staging and in the spill folder; the caller holds the writer lock."""
    for folder in (home.staging, home.spill):
        for left in folder.iterdir():
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()


def finish(
    path: Path,
    max_free_share: float,
    *,
    today: date,
    memory_gb: float,
    threads: int,
    spill: Path,
    is_due: bool = False,
) -> Rewriting:
    """Comment, checkpoint and close the staged file; write it anew when that is due.

    It is due when more than `max_free_share` of its blocks are free, and when the caller says so.
    Where the disk has no room for a second file it is not done, and due again the next time: a
    publication is not lost for want of it.

    Parameters
    ----------
    today : datetime.date
        Noted in the file that is written anew.
    """
    compact = path.with_name("compact.duckdb")

    def opened() -> Database:
        return Database.open(
            path, read_only=False, memory_gb=memory_gb, threads=threads, spill=spill
        )

    with opened() as db:
        comment_tables(db)
        db.run("CHECKPOINT")
        rewriting = _rewriting(db, path, max_free_share, is_due=is_due)
        if rewriting is Rewriting.DONE:
            rewrite(db, compact, today)
    if rewriting is Rewriting.DONE:
        compact.replace(path)
        with opened() as db:
            comment_tables(db)
            db.run("CHECKPOINT")
    if path.with_name(path.name + ".wal").exists():
        raise StoreError("the staged file still has a write-ahead log", fix="run again")
    return rewriting


def _rewriting(db: Database, path: Path, max_free_share: float, *, is_due: bool) -> Rewriting:
    size = db.frame("PRAGMA database_size").filter(database_name="store").row(0, named=True)
    if not is_due and size["free_blocks"] / max(size["total_blocks"], 1) <= max_free_share:
        return Rewriting.NOT_DUE
    needed = _REWRITE_ROOM * size["used_blocks"] * size["block_size"]
    is_room = shutil.disk_usage(path.parent).free >= needed
    return Rewriting.DONE if is_room else Rewriting.NO_ROOM


def check_in_fresh_process(path: Path, arguments: list[str]) -> dict[str, object]:
    """Run the audit module on `path` in a new process and return what it printed as JSON.

    A checkpoint that returned is no proof that the file can be read; only another process that
    decodes every column is.

    Raises
    ------
    RefusedError
        The audit found a violation, or could not read the file.
    """
    command = [sys.executable, "-P", "-m", "pipelines.publish.audit", str(path), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        report: dict[str, object] = json.loads(done.stdout)
    except json.JSONDecodeError:
        report = {}
    if done.returncode != 0 or not report:
        violated = report.get("violated") or "the file could not be read back"
        raise RefusedError(
            f"the audit refused the new snapshot: {violated}",
            expected="no violation",
            fix="nothing was published; the previous snapshot stays in force",
        )
    return report


def publish(home: Home, path: Path, run_id: str, keep: int) -> Published:
    """Make the checked file durable and visible in one atomic step, then drop old snapshots."""
    digest = _sha256(path)
    _fsync(path)
    path.chmod(0o400)
    final = home.snapshots / f"leads-{run_id}-{digest[:12]}.duckdb"
    path.replace(final)
    _fsync(home.snapshots)
    link = home.current.with_name(".leads.duckdb.new")
    link.unlink(missing_ok=True)
    link.symlink_to(Path("snapshots") / final.name)
    link.replace(home.current)
    _fsync(home.current.parent)
    shutil.rmtree(path.parent, ignore_errors=True)
    _drop_old(home, final, keep)
    return Published(final, digest, final.stat().st_size)


def _drop_old(home: Home, newest: Path, keep: int) -> None:
    others = [file for file in home.snapshots.glob("leads-*.duckdb") if file != newest]
    others.sort(key=lambda file: file.stat().st_mtime_ns, reverse=True)
    for old in others[keep - 1 :]:
        # Readers that hold it open keep it until they close: POSIX keeps the inode.
        old.unlink()


def _older(home: Home, base: Path) -> list[Path]:
    """Return the snapshots that are older than `base`, the newest first."""
    made = base.stat().st_mtime_ns
    older = [
        file
        for file in home.snapshots.glob("leads-*.duckdb")
        if file != base and file.stat().st_mtime_ns <= made
    ]
    return sorted(older, key=lambda file: file.stat().st_mtime_ns, reverse=True)


def _need_disk(home: Home, needed: int, older: list[Path]) -> None:
    while (free := shutil.disk_usage(home.staging).free) < needed and older:
        older.pop().unlink()
    if free < needed:
        raise RefusedError(
            f"{free / 1e9:.1f} GB of disk are free at {home.root}",
            expected=f"at least {needed / 1e9:.1f} GB, half as much again as the published file",
            fix="free some space; what is published stays in force",
        )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _fsync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
