"""The store: DuckDB snapshots for analysis, a SQLite ledger for what changes during the day."""

from pipelines.store.duck import Database
from pipelines.store.schema import create_tables, reset_table, stored_rows, stored_table
from pipelines.store.sqltext import quoted, sql

__all__ = [
    "Database",
    "create_tables",
    "quoted",
    "reset_table",
    "sql",
    "stored_rows",
    "stored_table",
]
