"""The published copy of the suppressions: what a night adds to it, and that it is the ledger's."""

from typing import Final

import polars as pl

from pipelines.errors import RefusedError
from pipelines.settings.home import Home
from pipelines.store import Database, reset_table
from pipelines.store.ledger import Ledger, suppressions
from pipelines.store.snapshot import current_snapshot

_SCHEME: Final = "suppression_tag_scheme"
_FIX: Final = "restore store/ledger.sqlite from a backup; nothing was published"
# What binds: of two lists that agree in these nobody is on one and not on the other.
_BINDS: Final = ("number", "key_hmac", "channel", "until")


def bring_suppressions(db: Database, ledger: Ledger, tag_scheme: str) -> None:
    """Make table `suppression` of the staged store what the ledger holds, by adding what is new.

    Entries are never changed or deleted, and `check_suppressions` has compared those that were
    published; so a night takes over only what came since. A copy of an earlier version, or with
    tags that the ledger has not, is made anew.
    """
    copied = suppressions.State(
        *db.frame("SELECT count(*), coalesce(max(number), 0), count(tag) FROM suppression").row(0)
    )
    known = db.scalar("SELECT max(value) FROM meta WHERE key = $key", key=_SCHEME)
    held = suppressions.state(ledger, tag_scheme, upto=copied.last)
    after = copied.last
    if copied != held or known != tag_scheme:
        reset_table(db, "suppression")
        after = 0
        db.run("DELETE FROM meta WHERE key = $key", key=_SCHEME)
        db.run("INSERT INTO meta VALUES ($key, $value)", key=_SCHEME, value=tag_scheme)
    for part in suppressions.frames(ledger, tag_scheme=tag_scheme, after=after):
        db.insert("suppression", part)


def check_suppressions(home: Home, ledger: Ledger) -> None:
    """Refuse when the suppressions that were published are not those of the ledger: none ever goes.

    Raises
    ------
    RefusedError
        The ledger has lost entries, is an older copy or a new one beside an old store, or holds
        something else than what was published.
    """
    snapshot = current_snapshot(home)
    if snapshot is None:
        return
    held = suppressions.state(ledger)
    if held.count != held.last:
        raise _lost(held.last - held.count)
    with Database.open(snapshot, read_only=True, memory_gb=1.0, spill=home.spill) as db:
        if _is_numbered(db):
            _compare(db, ledger, held)
        else:
            _compare_ids(db, ledger)


def _is_numbered(db: Database) -> bool:
    """Tell whether entries have the ledger's numbers: not in a copy of an earlier version."""
    if "number" not in db.columns("suppression"):
        return False
    return not db.scalar("SELECT count(*) FROM suppression WHERE number IS NULL")


def _compare(db: Database, ledger: Ledger, held: suppressions.State) -> None:
    count, last = db.frame("SELECT count(*), coalesce(max(number), 0) FROM suppression").row(0)
    if last > held.last:
        raise _lost(last - held.last)
    for part in suppressions.points(ledger, upto=last):
        published = db.frame(
            "SELECT number, key_hmac, channel, strftime(until, '%Y-%m-%dT%H:%M:%S') AS until"
            " FROM suppression WHERE number BETWEEN $low AND $high ORDER BY number",
            low=part["number"].min(),
            high=part["number"].max(),
        )
        if not published.equals(part.select(_BINDS)):
            raise _differ()
    if count != last:
        raise _differ()


def _compare_ids(db: Database, ledger: Ledger) -> None:
    """Compare with a store of an earlier version, which knew entries by their ids."""
    db.run("CREATE TEMP TABLE ledger_id (suppression_id VARCHAR)")
    for part in suppressions.points(ledger):
        ids = pl.format("{}:{}", "key_hmac", pl.col("channel").fill_null(suppressions.ALL))
        db.insert("ledger_id", part.select(ids.alias("suppression_id")))
    lost = db.scalar("SELECT count(*) FROM suppression ANTI JOIN ledger_id USING (suppression_id)")
    if lost:
        raise _lost(lost)


def _lost(count: int) -> RefusedError:
    return RefusedError(
        f"{count} suppressions are gone from the ledger",
        expected="none: an opt-out never goes away",
        fix=_FIX,
    )


def _differ() -> RefusedError:
    return RefusedError(
        "the suppressions that were published are not those of the ledger",
        expected="the same entries, as they were taken over",
        fix=_FIX,
    )
