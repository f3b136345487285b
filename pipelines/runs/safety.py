"""The floor: no run publishes, and no claim is made, with opt-outs that cannot be matched."""

from collections.abc import Container

from pipelines.errors import RefusedError
from pipelines.load import Landed
from pipelines.load.batches.reported import FROM_LEDGER
from pipelines.runs.landing import batch_folders
from pipelines.settings.contact_keys import hmac_hex
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, suppressions
from pipelines.store.snapshot import current_snapshot


def check_key(home: Home, ledger: Ledger) -> None:
    """Refuse when the secret is not the one that the suppressions were hashed with.

    Raises
    ------
    RefusedError
        Another key: every suppression would silently match nobody.
    """
    fingerprint = hmac_hex(home.secret(), "fingerprint of this key")[:16]
    asked = "SELECT value FROM meta WHERE key = 'key_fingerprint'"
    known = ledger.rows(asked)
    if not known:  # looked up first: writing would make every claim wait for the write lock
        ledger.execute("INSERT OR IGNORE INTO meta VALUES ('key_fingerprint', ?)", fingerprint)
        known = ledger.rows(asked)
    if known[0][0] != fingerprint:
        raise RefusedError(
            "secrets/hmac.key is not the key that the suppressions were made with",
            expected="the key of this home",
            fix="restore it from a backup; nothing was published",
        )


def check_suppressions(home: Home, ledger: Ledger) -> None:
    """Refuse when a suppression that was published is gone from the ledger: they never go.

    Raises
    ------
    RefusedError
        The ledger has lost entries, or is a new one beside an old store.
    """
    snapshot = current_snapshot(home)
    if snapshot is None:
        return
    with Database.open(snapshot, read_only=True, memory_gb=1.0) as db:
        db.run("CREATE TEMP TABLE ledger_id (suppression_id VARCHAR)")
        for part in suppressions.ids(ledger):
            db.insert("ledger_id", part)
        lost = db.scalar(
            "SELECT count(*) FROM suppression ANTI JOIN ledger_id USING (suppression_id)"
        )
    if lost:
        raise RefusedError(
            f"{lost} suppressions that were published are gone from the ledger",
            expected="none: an opt-out never goes away",
            fix="restore store/ledger.sqlite from a backup; nothing was published",
        )


# They may say that somebody refused, or has become a customer; suppressions are in force at once.
_BINDING = frozenset({"consent", "activities", "attempts", "outcomes", "customers", "registry"})


def check_merged(home: Home, merged: Container[str]) -> None:
    """Refuse while a landed file that may say no is not in the published store.

    Parameters
    ----------
    merged : container of str
        Ids of the batches that the published store holds.

    Raises
    ------
    RefusedError
        A claim would not see what that file says.
    """
    waiting = [Landed.read(folder) for folder in batch_folders(home) if folder.name not in merged]
    unseen = [
        batch
        for batch in waiting
        # What was reported as it happened binds through the ledger already.
        if batch.source_system_from != FROM_LEDGER and (batch.kind in _BINDING or batch.consent)
    ]
    if unseen:
        raise RefusedError(
            f"{len(unseen)} loaded files that may say no are not published yet",
            expected="a store that knows every opt-out that was loaded",
            fix="run `lead-triage nightly`, or `load` without --defer; nothing was handed out",
        )
