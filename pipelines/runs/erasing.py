"""Erasures carried out: batches, store, lists and ledger, each again after a crash.

The ledger remembers whom by keyed hashes alone, so whoever comes next can end what was begun. The
batches come first, while the store still tells what else is the person's; then the store, in a
publication of its own whose file is written anew; then what only names leads.
"""

import shutil
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Final

import polars as pl

from pipelines.load import Landed
from pipelines.load.erasing import erase_from_batch
from pipelines.load.read.quarantine import Reason
from pipelines.outreach.erasure import count_in_store, erase_from_store, hold_leads, own_rows
from pipelines.outreach.erasure.lists import count_in_list, erase_from_list, lists
from pipelines.runs.context import Progress, RunContext, code_version, silent
from pipelines.runs.ending import fail, succeed
from pipelines.runs.erased_names import remember_names
from pipelines.runs.landing import landed_batches
from pipelines.runs.load_record import correct_load_records
from pipelines.runs.publication import publish_staged
from pipelines.runs.record import seal, seal_list
from pipelines.settings.clock import now, today
from pipelines.settings.config import Settings
from pipelines.settings.home import Home
from pipelines.store import Database, audit
from pipelines.store.erased import Erased
from pipelines.store.ledger import Ledger, erasures, runs
from pipelines.store.scratch import scratch_folder
from pipelines.store.snapshot import begin, current_snapshot, discard_staging

# A new export may call somebody what an older one did not; each round finds one name more.
_ROUNDS: Final = 5


@dataclass
class Held:
    """What was where: counts alone.

    Attributes
    ----------
    store : dict of str to int
        Table to rows; ``mentions``: cells of others.
    batches : dict of str to dict
        Batch to table to rows.
    lists : dict of str to int
        Run to rows of its list, in each format.
    ledger : dict of str to int
        Table to rows.
    snapshots : int
        Older store files that held somebody, and are gone.
    """

    store: dict[str, int] = field(default_factory=dict)
    batches: dict[str, dict[str, int]] = field(default_factory=dict)
    lists: dict[str, int] = field(default_factory=dict)
    ledger: dict[str, int] = field(default_factory=dict)
    snapshots: int = 0

    @property
    def is_nothing(self) -> bool:
        """Tell whether nothing was anywhere."""
        return not (self.store or self.batches or self.lists or self.ledger or self.snapshots)


def finish_erasures(home: Home, progress: Progress = silent) -> Held:
    """Carry out every erasure that has not ended; the caller holds the writer lock.

    Raises
    ------
    RefusedError
        The disk has no room for a store file written anew; nobody erased is handed out meanwhile.
    """
    held = Held()
    with Ledger(home.ledger) as ledger:
        if not erasures.pending(ledger):
            return held
        _drop_leftovers(home)
        for _ in range(_ROUNDS):
            pending = erasures.pending(ledger)
            leads = _one_round(home, ledger, held, progress)
            if erasures.pending(ledger) == pending:
                break
        # Once more over what only names leads: all of them are known by now.
        _forget_in_ledger(home, ledger, leads, held)
        _drop_leftovers(home)
        ledger.compact()
        with ledger.transaction():
            erasures.finish(ledger, pending, now())
            for erasure_id in pending:
                audit.append(ledger, now(), "erased", erasure=erasure_id)
    return held


def look(home: Home, erased: Erased, lead_keys: Collection[int]) -> Held:
    """Count where somebody is, and change nothing."""
    held = Held()
    rows, leads = None, sorted(lead_keys)
    snapshot = current_snapshot(home)
    if snapshot is not None:
        with Database.open(snapshot, read_only=True, spill=home.spill) as db:
            leads = hold_leads(db, erased, lead_keys)
            rows = own_rows(db)
            held.store = count_in_store(db, erased, erased_records([]))
    for landed in landed_batches(home):
        found = erase_from_batch(
            landed, erased, remember=_nobody, scratch=home.spill, own_rows=rows, is_trial=True
        )
        if found is not None:
            held.batches[landed.batch_id] = _counts(found.rows, found.mentions)
    for path in lists(home.outbox):
        if count := count_in_list(path, leads):
            held.lists[str(path.relative_to(home.outbox))] = count
    with Ledger(home.ledger) as ledger:
        held.ledger = erasures.count_leads(ledger, leads)
    held.snapshots = sum(1 for _ in _older_holding(home, erased, leads))
    return held


def _one_round(home: Home, ledger: Ledger, held: Held, progress: Progress) -> list[int]:
    erased = Erased(home.secret(), erasures.keys(ledger))
    leads = sorted(erasures.pending_leads(ledger))
    rows = None
    snapshot = current_snapshot(home)
    if snapshot is not None:
        with Database.open(snapshot, read_only=True, spill=home.spill) as db:
            leads = hold_leads(db, erased, leads)
            rows = own_rows(db)
    erasures.note_leads(ledger, erasures.pending(ledger)[0], leads)
    changed = _erase_batches(home, ledger, erased, rows, held, progress)
    # Before the store: what is ready to be handed out is made of the list when it is published.
    _erase_lists(home, ledger, leads, held)
    if snapshot is not None:
        _erase_store(home, ledger, erased, leads, changed, held, progress)
        for older in _older_holding(home, erased, leads):
            older.unlink()
            held.snapshots += 1
    return leads


def _erase_batches(
    home: Home,
    ledger: Ledger,
    erased: Erased,
    rows: pl.DataFrame | None,
    held: Held,
    progress: Progress,
) -> list[Landed]:
    started = now()
    progress("erase batches", None, 0.0)

    def remember(names: Collection[tuple[str, str]]) -> None:
        remember_names(home, ledger, erased, names, now())

    changed = []
    for landed in landed_batches(home):
        found = erase_from_batch(
            landed, erased, remember=remember, scratch=home.spill, own_rows=rows
        )
        if found is None:
            continue
        changed.append(found.landed)
        counts = _counts(found.rows, found.mentions)
        known = held.batches.setdefault(landed.batch_id, {})
        for table, count in counts.items():
            known[table] = known.get(table, 0) + count
    # Also what a killed run had rewritten and not written down.
    seal(home, ledger, at=now(), again=[one.batch_id for one in _with_erased(home)])
    progress("erase batches", {"batches": len(changed)}, (now() - started).total_seconds())
    return changed


def _erase_store(
    home: Home,
    ledger: Ledger,
    erased: Erased,
    leads: list[int],
    changed: list[Landed],
    held: Held,
    progress: Progress,
) -> None:
    """Publish the store without them, in a file written anew; nothing where none is in it."""
    batches = _with_erased(home)
    records = erased_records(batches)
    snapshot = current_snapshot(home)
    if snapshot is not None:
        with Database.open(snapshot, read_only=True, spill=home.spill) as db:
            hold_leads(db, erased, leads)
            if not changed and not count_in_store(db, erased, records):
                return
    started = now()
    progress("erase store", None, 0.0)
    settings = Settings.load(home.settings_file)
    ctx = RunContext(home, settings, f"{today():%Y%m%d}-forget-{token_hex(4)}", today())
    runs.begin(
        ledger,
        ctx.run_id,
        kind="load",
        as_of=ctx.as_of,
        at=started,
        code_version=code_version(),
        config_hash=settings.digest(),
        model_id=None,
    )
    try:
        begin(home, ctx.run_id, settings.store.keep_snapshots)
        with ctx.staged() as db:
            hold_leads(db, erased, leads)
            counts = erase_from_store(db, erased, records, at=now().isoformat())
            correct_load_records(db, batches)
        publish_staged(ctx, kind="load", is_anew=True)
    except BaseException as error:
        fail(ctx, error)
        raise
    finally:
        discard_staging(home)
    succeed(ctx)
    for table, count in counts.items():
        held.store[table] = held.store.get(table, 0) + count
    progress("erase store", counts, (now() - started).total_seconds())


def _older_holding(home: Home, erased: Erased, leads: Collection[int]) -> Iterator[Path]:
    """Yield the store files, but for the published one, that hold somebody or cannot be read."""
    current = current_snapshot(home)
    for path in sorted(home.snapshots.glob("leads-*.duckdb")):
        if path == current:
            continue
        with Database.open(path, read_only=True, spill=home.spill) as db:
            try:
                hold_leads(db, erased, leads)
                is_held = bool(count_in_store(db, erased, erased_records([])))
            except Exception:  # noqa: BLE001 - a file of another version: nobody can tell
                is_held = True
        if is_held:
            yield path


def _erase_lists(home: Home, ledger: Ledger, leads: Collection[int], held: Held) -> None:
    touched = set()
    for path in lists(home.outbox):
        if count := erase_from_list(path, leads):
            held.lists[str(path.relative_to(home.outbox))] = count
            touched.add(path.relative_to(home.outbox).parts[0])
    for run_id in sorted(touched):
        seal_list(home, ledger, run_id, at=now())


def _forget_in_ledger(home: Home, ledger: Ledger, leads: Collection[int], held: Held) -> None:
    held.ledger = erasures.count_leads(ledger, leads)
    erasures.forget_leads(ledger, leads)
    erasures.forget_waiting(ledger, home.secret())


def _drop_leftovers(home: Home) -> None:
    """Remove what killed runs left: staging, spill, and folders of files on their way."""
    discard_staging(home)
    for parent, prefix in ((home.batches, ".landing-"), (None, "lead-triage-")):
        with scratch_folder(parent, prefix):
            pass
    for partial in home.batches.glob("*/.*"):
        # of a batch that was being rewritten
        if partial.is_dir():
            shutil.rmtree(partial)
        else:
            partial.unlink()


def _with_erased(home: Home) -> list[Landed]:
    return [b for b in landed_batches(home) if Reason.ERASED in b.quarantined_by_reason]


def erased_records(batches: list[Landed]) -> pl.DataFrame:
    """Return the records that were set aside as erased: batch_id, record (Int64)."""
    parts = [pl.DataFrame(schema={"batch_id": pl.String, "record": pl.Int64})]
    for landed in batches:
        frame = pl.read_parquet(landed.path("quarantine"), columns=["record", "reason_code"])
        parts.append(
            frame.filter(reason_code=Reason.ERASED.value).select(
                pl.lit(landed.batch_id).alias("batch_id"), "record"
            )
        )
    return pl.concat(parts)


def _counts(rows: dict[str, int], mentions: int) -> dict[str, int]:
    return rows | ({"mentions": mentions} if mentions else {})


def _nobody(_names: Collection[tuple[str, str]]) -> None:
    """Remember nothing: a trial changes nothing."""
