"""Tables of ledgers of earlier versions, made into those of today; once in a home's life."""

import sqlite3
from typing import Final

from pipelines.store.sqltext import sql

# Up to version 5 every suppression was a row of texts, 500 bytes long, and tags had a table.
_PACKED: Final = (
    """
    INSERT OR IGNORE INTO suppression_note (kind, reason, since, source)
    SELECT DISTINCT kind, reason, since, source FROM suppression
    """,
    """
    INSERT OR IGNORE INTO suppressed_point (key, channel, until, note, tag)
    SELECT blob_of(old.key_hmac), coalesce(old.channel, '*'), coalesce(old.until, ''), note.note,
        substr(tagged.tag, 1, 12)
    FROM suppression AS old
    JOIN suppression_note AS note
        ON note.kind = old.kind AND note.reason = old.reason AND note.since = old.since
        AND note.source = old.source AND note.digest IS NULL
    LEFT JOIN suppression_tag AS tagged ON tagged.key_hmac = old.key_hmac
    ORDER BY old.rowid
    """,
    "DROP TABLE suppression_tag",
    "DROP TABLE suppression",
)


def pack_suppressions(connection: sqlite3.Connection) -> None:
    """Move suppressions into their packed table, whole or not at all, and make the view of them."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Asked under the lock: of several processes that open an old home one does it.
        old = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'suppression'"
        ).fetchone()
        if old:
            # Of version 1, which had no tags.
            connection.execute(
                "CREATE TABLE IF NOT EXISTS suppression_tag (key_hmac TEXT PRIMARY KEY, tag TEXT)"
            )
            for statement in _PACKED:
                connection.execute(statement)
        connection.execute(sql(__package__, "suppression_view.sql"))
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
