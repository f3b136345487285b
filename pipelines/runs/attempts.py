"""Attempts as they are reported, and their way from the ledger into the store."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import polars as pl

from pipelines.errors import StoreError
from pipelines.load.batches.reported import land_reported
from pipelines.load.rows.refusals import refused_in_words
from pipelines.load.rows.words import DISPOSITIONS
from pipelines.outreach.attempt_leads import attempt_lead
from pipelines.outreach.attempt_report import read_report
from pipelines.outreach.attempts import Taken, look_up, take, take_waiting
from pipelines.runs.context import need_home
from pipelines.runs.safety import check_key
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.store import Database, audit
from pipelines.store.ledger import Ledger, attempts
from pipelines.store.snapshot import current_snapshot

_WORDS = {alias: word for word, aliases in DISPOSITIONS.items() for alias in aliases.split()}


class AttemptDesk:
    """Takes reports of attempts, one after the other; use it as a context manager, in one thread.

    Raises
    ------
    RefusedError
        There is no home, or its key is not the one of its suppressions.
    """

    def __init__(self, home: Home) -> None:
        self._home = need_home(home)
        self._ledger = Ledger(home.ledger)
        self._leads = _Leads(home)
        self._secret = home.secret()
        try:
            check_key(home, self._ledger)
        except BaseException:
            self._ledger.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._leads.close()
        self._ledger.close()

    def take(self, values: Mapping[str, object]) -> Taken:
        """Take one report; it is on disk, and binds the next claim, when this returns.

        Parameters
        ----------
        values : mapping
            See `pipelines.outreach.attempt_report.FIELDS`.

        Raises
        ------
        BadInputError
            It cannot be used; nothing was recorded.
        """
        at = now()
        report = read_report(values, disposition_of, at)
        meant = look_up(self._ledger, report, self._leads, at)
        with self._ledger.transaction():
            taken = take(self._ledger, self._secret, meant, at)
            if taken.suppressed:
                audit.append(
                    self._ledger,
                    at,
                    "suppressed",
                    by="attempt",
                    new=taken.suppressed,
                    lead_key=meant.attempt.lead_key,
                    disposition=report.disposition,
                )
        return taken


def disposition_of(text: str) -> str | None:
    """Return the disposition that a word stands for, None: none; a no also in a sentence."""
    plain = "_".join(text.lower().replace("-", " ").replace("/", " ").split())
    return _WORDS.get(plain) or refused_in_words(pl.Series([text])).item()


def may_say_no(text: object) -> bool:
    """Tell whether the disposition that a report names closes anything."""
    return isinstance(text, str) and disposition_of(text) in attempts.CLOSING


def land_attempts(home: Home, ledger: Ledger, *, at: datetime) -> int:
    """Hand the attempts that the store lacks to the next merge; return how many.

    The caller holds the writer lock. Should it die in between, the same attempts come again and
    are known by their ids.
    """
    with _Leads(home) as leads:
        take_waiting(ledger, home.secret(), leads, at)
        rows = attempts.to_land(ledger)
        if rows.is_empty():
            return 0
        named = leads.names(rows["lead_key"].drop_nulls().unique())
    # source_system is a slug, so the first colon ends it.
    name = pl.col("lead_name").str.splitn(":", 2).struct
    rows = (
        rows.join(named, on="lead_key", how="left")
        .with_columns(
            source_system=pl.coalesce("source_system", name.field("field_0")),
            lead_source_id=pl.coalesce("lead_source_id", name.field("field_1")),
            note=pl.col("note_ref"),
        )
        # A lead that was erased has no name any more.
        .filter(pl.col("source_system").is_not_null())
    )
    taken = 0
    for (source,), part in rows.group_by("source_system", maintain_order=True):
        content = part.drop("lead_key", "lead_name", "source_system", "received_at", "note_ref")
        landed = land_reported(content, str(source), home.batches, at)
        if landed.records != part.height:
            raise StoreError(
                f"{landed.records} of {part.height} attempts were landed",
                fix="report this; the ledger holds them all",
            )
        told = part.select("attempt_id", "received_at").rows()
        attempts.note_landed(ledger, told, landed.batch_id)
        taken += part.height
    return taken


class _Leads:
    """Looks leads up in the published file, opened when it is first needed and once per file."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._open: tuple[Path, Database] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __call__(
        self, lead_key: int | None, lead_name: str | None
    ) -> tuple[int, list[Mapping[str, Any]]] | None:
        db = self._database()
        return None if db is None else attempt_lead(db, lead_key, lead_name)

    def names(self, lead_keys: pl.Series) -> pl.DataFrame:
        """Return lead_key, source_system, lead_source_id of those that are in the store."""
        db = self._database()
        if db is None:
            schema = {"lead_key": pl.Int64, "source_system": pl.String, "lead_source_id": pl.String}
            return pl.DataFrame(schema=schema)
        return db.frame(
            "SELECT lead_key, source_system, source_id AS lead_source_id FROM lead"
            " SEMI JOIN (SELECT unnest($keys::BIGINT[]) AS lead_key) USING (lead_key)",
            keys=lead_keys.to_list(),
        )

    def close(self) -> None:
        """Close the file, if one is open."""
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def _database(self) -> Database | None:
        snapshot = current_snapshot(self._home)
        if self._open is not None and self._open[0] != snapshot:
            self.close()
        if self._open is None and snapshot is not None:
            self._open = snapshot, Database.open(snapshot, read_only=True, memory_gb=0.5)
        return None if self._open is None else self._open[1]
