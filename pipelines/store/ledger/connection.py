"""Connection to the ledger: durable commits, one transaction at a time, newer files refused."""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pipelines.errors import LockedError, RefusedError, StoreError
from pipelines.store.ledger.earlier import pack_suppressions
from pipelines.store.sqltext import sql

LEDGER_VERSION = 8
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
        self._at_end: dict[str, Callable[[bool], None]] = {}
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
            # SQLite has one of its own only since 3.41.
            self._connection.create_function("blob_of", 1, bytes.fromhex, deterministic=True)
            if version < LEDGER_VERSION:
                self._connection.executescript(sql(__package__, "schema.sql"))
                pack_suppressions(self._connection)
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
        self.close()

    def close(self) -> None:
        """Close the connection; nothing can be done with it any more."""
        self._connection.close()

    @property
    def path(self) -> Path:
        """File of the ledger."""
        return self._path

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

    def compact(self) -> None:
        """Write the file anew, so that nothing of deleted rows is left in it or its log.

        Raises
        ------
        LockedError
            Somebody reads at this moment.
        """
        with self._translated():
            self._connection.execute("PRAGMA secure_delete = ON")
            self._connection.execute("VACUUM")
            busy = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise LockedError(f"{self._path.name} is being read", fix="try again in a moment")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock from the start, commit at the end, undo everything on an error.

        One within another is part of it.
        """
        if self._connection.in_transaction:
            yield
            return
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            with self._translated():
                self._connection.execute("COMMIT")
        except BaseException:
            # A full disk may have undone it already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            self._end(is_done=False)
            raise
        self._end(is_done=True)

    def at_end(self, name: str, begin: Callable[[], Callable[[bool], None]]) -> None:
        """Call `begin` now, and what it returns when the transaction has ended: True if committed.

        Once per transaction: what is asked for again under the same name is there already.
        """
        if name not in self._at_end:
            self._at_end[name] = begin()

    def _end(self, *, is_done: bool) -> None:
        callbacks, self._at_end = self._at_end, {}
        for callback in callbacks.values():
            callback(is_done)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise _busy_or(error, self._path) from None


def listed(values: Collection[int] | Collection[str]) -> str:
    """Put any number of values into one parameter: ``x IN (SELECT value FROM json_each(?))``."""
    return json.dumps(sorted(values))


def _busy_or(error: sqlite3.OperationalError, path: Path) -> LockedError | StoreError:
    if error.sqlite_errorcode in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return LockedError(f"{path.name} is busy", fix="try again in a moment")
    return StoreError(f"{path.name} cannot be used ({error.sqlite_errorname})")
