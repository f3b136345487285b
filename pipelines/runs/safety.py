"""The floor: no run publishes, and no claim is made, with opt-outs that cannot be matched."""

from collections.abc import Container

from pipelines.errors import RefusedError
from pipelines.load import Landed
from pipelines.load.batches.reported import FROM_LEDGER
from pipelines.runs.landing import batch_folders
from pipelines.settings.contact_keys import hmac_hex
from pipelines.settings.home import Home
from pipelines.store import audit
from pipelines.store.ledger import Ledger


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


def check_ledger(ledger: Ledger) -> None:
    """Refuse while the ledger is an older copy than the audit log.

    Raises
    ------
    RefusedError
        Opt-outs that came between may be lost.
    """
    if audit.is_behind(ledger):
        raise RefusedError(
            "store/ledger.sqlite is an older copy than the audit log: opt-outs may be lost",
            expected="the newest ledger of this home",
            fix="restore it; if there is none, import every suppression list again and run"
            " `lead-triage suppress confirm --ledger`; nothing was published or handed out",
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
