"""Runs and their stages, as the ledger keeps them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from pipelines.store.ledger.connection import Ledger


@dataclass(frozen=True)
class RunRecord:
    """One run: what it was told, how it ended."""

    run_id: str
    kind: str
    as_of: date
    status: str
    started_at: datetime
    finished_at: datetime | None
    model_id: str | None
    snapshot: str | None
    error: str | None


@dataclass(frozen=True)
class StageRecord:
    """One stage of a run with its counts."""

    name: str
    seconds: float
    counts: dict[str, int]


def begin(
    ledger: Ledger,
    run_id: str,
    *,
    kind: str,
    as_of: date,
    at: datetime,
    code_version: str,
    config_hash: str,
    model_id: str | None,
) -> None:
    """Record that a run starts; a run of the same id that failed before is replaced."""
    with ledger.transaction():
        ledger.execute("DELETE FROM stage WHERE run_id = ?", run_id)
        ledger.execute(
            "INSERT INTO run (run_id, kind, as_of, status, started_at, code_version, config_hash,"
            " model_id) VALUES (?, ?, ?, 'running', ?, ?, ?, ?) ON CONFLICT (run_id) DO UPDATE SET"
            " status = 'running', started_at = excluded.started_at, finished_at = NULL,"
            " snapshot = NULL, snapshot_sha256 = NULL, error = NULL",
            run_id,
            kind,
            as_of.isoformat(),
            at.isoformat(),
            code_version,
            config_hash,
            model_id,
        )


def stage_done(
    ledger: Ledger, run_id: str, name: str, at: datetime, seconds: float, counts: Mapping[str, int]
) -> None:
    """Record one finished stage."""
    ledger.execute(
        "INSERT INTO stage SELECT ?, count(*) + 1, ?, ?, ?, ? FROM stage WHERE run_id = ?",
        run_id,
        name,
        at.isoformat(),
        seconds,
        json.dumps(dict(counts)),
        run_id,
    )


def finish(
    ledger: Ledger,
    run_id: str,
    *,
    status: str,
    at: datetime,
    suppression_count: int | None = None,
    error: str | None = None,
) -> None:
    """Record how a run ended; `error` is a code or a message without lead data."""
    ledger.execute(
        "UPDATE run SET status = ?, finished_at = ?, suppression_count = ?, error = ?"
        " WHERE run_id = ?",
        status,
        at.isoformat(),
        suppression_count,
        error,
        run_id,
    )


def published_as(ledger: Ledger, run_id: str, snapshot: str, sha256: str) -> None:
    """Record the file that a run has published."""
    ledger.execute(
        "UPDATE run SET snapshot = ?, snapshot_sha256 = ? WHERE run_id = ?",
        snapshot,
        sha256,
        run_id,
    )


def last(ledger: Ledger, kind: str | None = None, status: str | None = None) -> RunRecord | None:
    """Return the newest run, of one kind and status when given."""
    rows = ledger.rows(
        "SELECT run_id, kind, as_of, status, started_at, finished_at, model_id, snapshot, error"
        " FROM run WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR status = ?2)"
        " ORDER BY started_at DESC LIMIT 1",
        kind,
        status,
    )
    return _record(rows[0]) if rows else None


def get(ledger: Ledger, run_id: str) -> RunRecord | None:
    """Return the run `run_id`, or None."""
    rows = ledger.rows(
        "SELECT run_id, kind, as_of, status, started_at, finished_at, model_id, snapshot, error"
        " FROM run WHERE run_id = ?",
        run_id,
    )
    return _record(rows[0]) if rows else None


def stages(ledger: Ledger, run_id: str) -> list[StageRecord]:
    """Return the finished stages of a run in order."""
    return [
        StageRecord(name, seconds, json.loads(counts))
        for name, seconds, counts in ledger.rows(
            "SELECT name, seconds, counts FROM stage WHERE run_id = ? ORDER BY position", run_id
        )
    ]


def _record(row: tuple[str, ...]) -> RunRecord:
    return RunRecord(
        run_id=row[0],
        kind=row[1],
        as_of=date.fromisoformat(row[2]),
        status=row[3],
        started_at=datetime.fromisoformat(row[4]),
        finished_at=datetime.fromisoformat(row[5]) if row[5] else None,
        model_id=row[6],
        snapshot=row[7],
        error=row[8],
    )
