"""Analyst SQL on the published store: read-only, contained, limited in time and memory."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl

from pipelines.errors import UsageError
from pipelines.runs.context import need_snapshot
from pipelines.settings.home import Home
from pipelines.store import Database

QUERY_SECONDS = 300.0
QUERY_GB = 3.0


@contextmanager
def analyst(home: Home) -> Iterator[Database]:
    """Open the published store as analysts get it: no files, no network, no settings."""
    snapshot = need_snapshot(home)
    with Database.open(snapshot, read_only=True, memory_gb=QUERY_GB, spill=home.spill) as db:
        db.contain()
        yield db


def run_query(home: Home, query: str, seconds: float = QUERY_SECONDS) -> pl.DataFrame:
    """Run one query and return its result.

    Raises
    ------
    UsageError
        The query is wrong, or took longer than `seconds`. The text is the database's own: it
        goes to the person who typed the query, nowhere else.
    """
    with analyst(home) as db:
        is_late = threading.Event()

        def stop() -> None:
            is_late.set()
            db.interrupt()

        timer = threading.Timer(seconds, stop)
        timer.start()
        try:
            return db.query(query)
        except UsageError:
            if is_late.is_set():
                raise UsageError(
                    f"the query ran longer than {seconds:.0f} s", fix="ask for less"
                ) from None
            raise
        finally:
            timer.cancel()


def tables(home: Home) -> pl.DataFrame:
    """Return every table with its rows, columns and comment."""
    with analyst(home) as db:
        return db.frame(
            "SELECT table_name AS name, estimated_size AS rows, column_count AS columns, comment"
            " FROM duckdb_tables() WHERE database_name = current_catalog()"
            " UNION ALL SELECT view_name, (SELECT estimated_size FROM duckdb_tables() AS stored"
            " WHERE stored.table_name = 'stored_' || view_name"
            " AND stored.database_name = current_catalog()), column_count, comment"
            " FROM duckdb_views()"
            " WHERE NOT internal AND database_name = current_catalog() ORDER BY 1"
        )
