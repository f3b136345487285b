"""Erasures: who is to be forgotten, and the keyed hashes by which they are known ever after."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import polars as pl

from pipelines.settings.contact_keys import hmac_hex
from pipelines.store.ledger import suppressions
from pipelines.store.ledger.connection import Ledger, listed

REASON: Final = "erased"
SOURCE: Final = "forget"
_KEYS: Final = ("key_hmac", "tag", "kind")
# The log of what was done, which nobody may change, and what erasures themselves are made of.
_KEPT: Final = ("audit_", "erasure")


@dataclass(frozen=True)
class ErasedKey:
    """One keyed hash of an erased person.

    Attributes
    ----------
    kind : str
        email, phone: contact points nobody else had; hash: plain hashes of these; lead: id in a
        source; pair: a shared contact point with the person's name; tail: the last digits of a
        number, to find it in running text.
    """

    key_hmac: str
    tag: str
    kind: str


def begin(
    ledger: Ledger,
    erasure_id: str,
    keys: Collection[ErasedKey],
    lead_keys: Collection[int],
    *,
    shared: Iterable[suppressions.Suppression],
    at: datetime,
    tag_scheme: str,
) -> None:
    """Record one erasure, and suppress its contact points for good, in one transaction.

    Parameters
    ----------
    shared : iterable of Suppression
        Points of others too, on which the person had refused a channel: the refusal stays.
    """
    own = [
        suppressions.Suppression(k.kind, k.key_hmac, None, REASON, at, SOURCE, k.tag)
        for k in keys
        if k.kind in {"email", "phone"}
    ]
    with ledger.transaction():
        ledger.execute("INSERT INTO erasure VALUES (?, ?, NULL)", erasure_id, at.isoformat())
        _add_keys(ledger, erasure_id, keys)
        ledger.executemany(
            "INSERT OR REPLACE INTO erasure_lead VALUES (?, ?)",
            [(key, erasure_id) for key in lead_keys],
        )
        suppressions.add(ledger, [*own, *shared], tag_scheme=tag_scheme)


def keys(ledger: Ledger) -> pl.DataFrame:
    """Return all keys of erased persons: key_hmac, tag, kind (String)."""
    rows = ledger.rows(f"SELECT {', '.join(_KEYS)} FROM erased_key ORDER BY key_hmac")
    return pl.DataFrame(rows, schema=dict.fromkeys(_KEYS, pl.String), orient="row")


def known(ledger: Ledger, key_hmacs: Collection[str]) -> datetime | None:
    """Return when a person of any of these keys was asked to be erased; None: none was."""
    found = ledger.rows(
        "SELECT min(asked_at) FROM erased_key JOIN erasure USING (erasure_id)"
        " WHERE key_hmac IN (SELECT value FROM json_each(?))",
        listed(key_hmacs),
    )[0][0]
    return datetime.fromisoformat(found) if found else None


def pending(ledger: Ledger) -> list[str]:
    """Return the ids of the erasures that have not ended, the oldest first."""
    rows = ledger.rows(
        "SELECT erasure_id FROM erasure WHERE finished_at IS NULL ORDER BY asked_at, erasure_id"
    )
    return [str(row[0]) for row in rows]


def pending_leads(ledger: Ledger) -> set[int]:
    """Return the leads of the erasures that have not ended."""
    return {int(row[0]) for row in ledger.rows("SELECT lead_key FROM erasure_lead")}


def note_leads(ledger: Ledger, erasure_id: str, lead_keys: Collection[int]) -> None:
    """Remember leads that turned out to be somebody's who is being erased."""
    with ledger.transaction():
        ledger.executemany(
            "INSERT OR IGNORE INTO erasure_lead VALUES (?, ?)",
            [(key, erasure_id) for key in lead_keys],
        )


def forget_waiting(ledger: Ledger, secret: bytes) -> int:
    """Delete attempts on leads that never came into the store and are an erased person's."""
    rows = ledger.rows(
        "SELECT attempt_id, lead_name FROM attempt WHERE lead_key IS NULL AND lead_name IS NOT NULL"
    )
    known = set(keys(ledger)["key_hmac"])
    gone = [(attempt_id,) for attempt_id, name in rows if hmac_hex(secret, f"lead:{name}") in known]
    with ledger.transaction():
        return ledger.executemany("DELETE FROM attempt WHERE attempt_id = ?", gone)


def count_leads(ledger: Ledger, lead_keys: Collection[int]) -> dict[str, int]:
    """Return table -> rows that name any of these leads, of the tables that do."""
    return {
        table: count
        for table, columns in _tables(ledger).items()
        if (count := _of_leads(ledger, f"SELECT count(*) FROM {table}", columns, lead_keys))
    }


def rows_of_leads(ledger: Ledger, lead_keys: Collection[int]) -> dict[str, list[dict[str, Any]]]:
    """Return table -> its rows that name any of these leads, of the tables that have some."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table in _with_column(ledger, "lead_key"):
        names = [row[1] for row in ledger.rows(f"PRAGMA table_info({table})")]
        rows = [
            dict(zip(names, row, strict=True))
            for key in sorted(lead_keys)
            for row in ledger.rows(f"SELECT * FROM {table} WHERE lead_key = ?", key)
        ]
        if rows:
            found[table] = rows
    return found


def forget_leads(ledger: Ledger, lead_keys: Collection[int]) -> None:
    """Delete every row that names one of these leads, and what hangs on their claims."""
    with ledger.transaction():
        claim_ids = [
            str(row[0])
            for key in lead_keys
            for row in ledger.rows("SELECT claim_id FROM claim WHERE lead_key = ?", key)
        ]
        for table in _with_column(ledger, "claim_id"):
            for claim_id in claim_ids:
                ledger.execute(f"DELETE FROM {table} WHERE claim_id = ?", claim_id)
        for table, columns in _tables(ledger).items():
            _of_leads(ledger, f"DELETE FROM {table}", columns, lead_keys)


def finish(ledger: Ledger, erasure_ids: Sequence[str], at: datetime) -> None:
    """Record that these erasures have ended; their leads are forgotten with them."""
    with ledger.transaction():
        for erasure_id in erasure_ids:
            ledger.execute(
                "UPDATE erasure SET finished_at = ? WHERE erasure_id = ?",
                at.isoformat(),
                erasure_id,
            )
            ledger.execute("DELETE FROM erasure_lead WHERE erasure_id = ?", erasure_id)


def _add_keys(ledger: Ledger, erasure_id: str, keys: Collection[ErasedKey]) -> None:
    ledger.executemany(
        "INSERT OR IGNORE INTO erased_key VALUES (?, ?, ?, ?)",
        [(key.key_hmac, key.tag, key.kind, erasure_id) for key in keys],
    )


def _tables(ledger: Ledger) -> dict[str, list[str]]:
    """Return table -> its columns that name leads; of a table made later too."""
    found: dict[str, list[str]] = {}
    for column in ("lead_key", "person_key"):
        for table in _with_column(ledger, column):
            found.setdefault(table, []).append(column)
    return found


def _with_column(ledger: Ledger, column: str) -> list[str]:
    rows = ledger.rows(
        "SELECT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c"
        " WHERE m.type = 'table' AND c.name = ? ORDER BY m.name",
        column,
    )
    return [str(row[0]) for row in rows if not str(row[0]).startswith(_KEPT)]


def _of_leads(
    ledger: Ledger, statement: str, columns: Sequence[str], lead_keys: Collection[int]
) -> int:
    """Run a count or a deletion over the rows that name leads; return the rows concerned."""
    where = " OR ".join(f"{one} IN (SELECT value FROM json_each(?))" for one in columns)
    values = [listed(lead_keys)] * len(columns)
    if statement.startswith("SELECT"):
        return int(ledger.rows(f"{statement} WHERE {where}", *values)[0][0])
    return ledger.execute(f"{statement} WHERE {where}", *values)
