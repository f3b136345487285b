"""What a published night was made of, kept to prove it: hashes of its batches, and its settings."""

from collections.abc import Mapping

from pipelines.store.ledger.connection import Ledger


def keep_settings(ledger: Ledger, digest: str, text: str) -> None:
    """Keep the settings of that digest, JSON, once: a night can be derived again from them."""
    ledger.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", digest, text)


def settings_of(ledger: Ledger, digest: str) -> str | None:
    """Return the settings of that digest as JSON, or None."""
    rows = ledger.rows("SELECT content FROM settings WHERE config_hash = ?", digest)
    return str(rows[0][0]) if rows else None


def seal_batches(ledger: Ledger, sealed: Mapping[str, str]) -> None:
    """Keep the hash of each batch, batch_id -> SHA-256; one that was rewritten gets its new one."""
    ledger.executemany("INSERT OR REPLACE INTO batch VALUES (?, ?)", list(sealed.items()))


def sealed_batches(ledger: Ledger) -> dict[str, str]:
    """Return batch_id -> SHA-256 of every batch that is part of a published store."""
    return dict(ledger.rows("SELECT batch_id, sha256 FROM batch"))


def snapshot_hash(ledger: Ledger, run_id: str) -> str | None:
    """Return the SHA-256 of the file that a run published, as last recorded, or None."""
    rows = ledger.rows("SELECT snapshot_sha256 FROM run WHERE run_id = ?", run_id)
    return rows[0][0] if rows else None


def published_hashes(ledger: Ledger) -> dict[str, str]:
    """Return name -> SHA-256 of every store file that was ever published."""
    return dict(
        ledger.rows("SELECT snapshot, snapshot_sha256 FROM run WHERE snapshot_sha256 IS NOT NULL")
    )
