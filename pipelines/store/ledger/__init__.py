"""The ledger: operational state that changes during the day while readers read (SQLite, WAL)."""

from pipelines.store.ledger.connection import Ledger

__all__ = ["Ledger"]
