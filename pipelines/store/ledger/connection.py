"""Connection to the ledger: durable commits, one transaction at a time, newer files refused."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipelines.errors import LockedError, RefusedError, StoreError
from pipelines.store.sqltext import sql

LEDGER_VERSION = 4
_BUSY_S = 30.0


class Ledger:
    """One SQLite connection to the ledger file, made when missing; use as a context manager.

    Raises
    ------
    RefusedError
        The file was written by a newer version of lead-triage.
    StoreError
        The file is not a ledger.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None)
            version = int(self._connection.execute("PRAGMA user_version").fetchone()[0])
            if version > LEDGER_VERSION:
                self._connection.close()
                raise RefusedError(
                    f"the home is of format {version}",
                    expected=f"format {LEDGER_VERSION} or older",
                    fix="use the newer lead-triage that made it, or another home",
                )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            if version < LEDGER_VERSION:
                self._connection.executescript(sql(__package__, "schema.sql"))
                self._connection.execute(f"PRAGMA user_version = {LEDGER_VERSION}")
                path.chmod(0o600)
        except sqlite3.OperationalError as error:
            raise _busy_or(error, path) from None
        except sqlite3.DatabaseError:
            raise StoreError(
                f"{path.name} is not a ledger of lead-triage",
                expected="an SQLite file",
                fix="restore it from a backup; do not delete it: it holds the opt-outs",
            ) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()

    def execute(self, statement: str, *values: object) -> int:
        """Run one statement and return the number of rows it changed."""
        with self._translated():
            return self._connection.execute(statement, values).rowcount

    def executemany(self, statement: str, rows: Sequence[Sequence[object]]) -> int:
        """Run one statement for every row and return the number of rows it changed."""
        if not rows:
            return 0
        with self._translated():
            return self._connection.executemany(statement, rows).rowcount

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Return all rows of a SELECT."""
        with self._translated():
            return self._connection.execute(statement, values).fetchall()

    def batches(
        self, statement: str, count: int, *values: object
    ) -> Iterator[list[tuple[Any, ...]]]:
        """Stream the rows of a SELECT, at most `count` at a time, all as of the first read.

        What others write meanwhile is not seen. Read it to its end: a newer state of the ledger
        cannot be folded into its file before.
        """
        with self._translated():
            cursor = self._connection.execute(statement, values)
            while rows := cursor.fetchmany(count):
                yield rows

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock from the start, commit at the end, undo everything on an error."""
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        with self._translated():
            self._connection.execute("COMMIT")

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise _busy_or(error, self._path) from None


def _busy_or(error: sqlite3.OperationalError, path: Path) -> LockedError | StoreError:
    if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LockedError(f"{path.name} is busy", fix="try again in a moment")
    return StoreError(f"{path.name} cannot be used ({error.sqlite_errorname})")
