"""Where one process claims from: ledger, published file and ready list stay open between claims."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import polars as pl

from pipelines.errors import LeadTriageError, LockedError, RefusedError, UsageError
from pipelines.outreach import Lane, Night, Terms, take
from pipelines.outreach.clearing import Clearing
from pipelines.outreach.handed_rows import contact_points, handed_frame, handed_json
from pipelines.outreach.handover import handed_people
from pipelines.outreach.variants import draw_variant, record_variants
from pipelines.runs.context import need_home, need_snapshot
from pipelines.runs.first import FirstDesk
from pipelines.runs.ready_file import made_of, night_of, ready_rows
from pipelines.runs.safety import check_key, check_ledger, check_merged
from pipelines.settings.channels import Channel
from pipelines.settings.clock import now
from pipelines.settings.config import Settings
from pipelines.settings.disclosures import FORM_OF, is_told_by_ai
from pipelines.settings.home import Home
from pipelines.store import Database
from pipelines.store.ledger import Ledger, claims, disclosures
from pipelines.store.lock import waiting_lock
from pipelines.store.snapshot import current_snapshot


@dataclass(frozen=True)
class ClaimResult:
    """What one claim handed out.

    Attributes
    ----------
    rows : DataFrame
        One row per person: see `pipelines.outreach.handed_rows.handed_frame`.
    claims : list of dict
        The same as JSON values.
    withheld : int
        Listed people passed over because something speaks against them by now.
    waiting : int
        Listed people passed over for the moment: somebody of their account is out, or it is not
        the hour to call them.
    left : int
        People of this channel and handler still on the list, those waiting among them.
    """

    rows: pl.DataFrame
    claims: list[dict[str, Any]]
    withheld: int
    waiting: int
    left: int


@dataclass(frozen=True)
class _Published:
    """One published file, opened, with its ready list."""

    snapshot: Path
    settings: Settings
    secret: bytes
    database: Database
    night: Night
    merged: frozenset[str]
    ready: pl.DataFrame
    lanes: dict[tuple[str, str], Lane]
    first: FirstDesk

    def is_of(self, snapshot: Path, settings: Settings, secret: bytes) -> bool:
        """Tell whether it is that file, opened with these settings, as they were read, and key."""
        return self.snapshot == snapshot and self.settings is settings and self.secret == secret


class ClaimDesk:
    """Hands out people of the published night; use it as a context manager, in one thread.

    Raises
    ------
    RefusedError
        There is no home, or its key is not the one of its suppressions.
    """

    def __init__(self, home: Home) -> None:
        self._home = need_home(home)
        self._ledger = Ledger(home.ledger)
        self._published: _Published | None = None
        self._settings: tuple[tuple[int, ...], Settings, Clearing] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ledger.close()
        if self._published is not None:
            self._published.database.close()

    def claim(
        self,
        *,
        channel: str,
        handler: str,
        count: int,
        is_export: bool = False,
        person: str | None = None,
    ) -> ClaimResult:
        """Claim the best `count` people of one channel and handler.

        Parameters
        ----------
        person : str, optional
            Whose queue they are of, besides those who come first for anybody.
        is_export : bool
            They leave as a file: each counts as approached, whether its lease runs or not.

        Raises
        ------
        RefusedError
            No night is published, its list has expired, the lane is paused, or what was loaded
            since may say no.
        LockedError
            A new list was published in this very moment.
        """
        if count < 1:
            raise UsageError(f"a claim of {count} people", expected="1 or more")
        check_key(self._home, self._ledger)
        check_ledger(self._ledger)
        settings, clear = self._current_settings()
        _need_disclosure(settings, channel, handler)
        published = self._current(settings)
        at = now()
        _need_fresh(published.night, at, timedelta(hours=settings.list.ttl_hours))
        lane = published.lanes.get((channel, handler)) or Lane.of(published.ready, channel, handler)
        published.lanes[channel, handler] = lane
        first = published.first.rows(self._ledger, channel, handler, at)
        handed = take(
            self._ledger,
            lane.for_person(person).after(first),
            run_id=published.night.run_id,
            count=count,
            at=at,
            terms=_terms(settings, is_export=is_export),
            clear=clear,
            recheck=self._recheck,
            recorded=lambda rows: self._remember_told(settings, rows, at),
            turn=lambda: waiting_lock(self._home.claim_lock),
        )
        rows, points = self._with_points(published.database, handed.rows)
        people = handed_people(published.database, rows)
        return ClaimResult(
            handed_frame(rows, points, people),
            handed_json(rows, points, people),
            handed.withheld,
            handed.waiting,
            handed.left,
        )

    def prepare(self) -> None:
        """Make the ready list of the published file, where claims from it are not refused anyway.

        Raises
        ------
        RefusedError
            No night is published, its list has expired, or what was loaded since may say no.
        """
        settings, _ = self._current_settings()
        snapshot = need_snapshot(self._home)
        with Database.apart(snapshot) as database:
            night = night_of(self._ledger, database)
        _need_fresh(night, now(), timedelta(hours=settings.list.ttl_hours))
        self._current(settings)

    def _recheck(self) -> None:
        """Refuse, inside the transaction, if the list is not the one in force any more."""
        published = self._published
        if published is None or current_snapshot(self._home) != published.snapshot:
            raise LockedError("a new list has just been published", fix="claim again")
        check_merged(self._home, published.merged)

    def _remember_told(
        self, settings: Settings, rows: Sequence[dict[str, Any]], at: datetime
    ) -> None:
        """Keep the words that rows leave with: the settings may say others tomorrow."""
        if settings.variants:
            secret = self._home.secret()
            for row in rows:
                row["variant"] = draw_variant(secret, settings.variants, row)
            record_variants(self._ledger, rows)
        wanted = {row["disclosure_id"] for row in rows} - {None}
        texts = settings.disclosures.told(settings.sender)
        disclosures.remember(self._ledger, [t for t in texts if t.disclosure_id in wanted], at)

    def _with_points(
        self, db: Database, rows: list[dict[str, Any]]
    ) -> tuple[list[dict[str, Any]], Mapping[int, str]]:
        """Read the contact points; who turns out to have none, or all on an error, goes back."""
        points: Mapping[int, str] = {}
        try:
            points = contact_points(db, rows)
        finally:
            without = [row["claim_id"] for row in rows if row["lead_key"] not in points]
            if without:
                claims.release(self._ledger, without, now())
        return [row for row in rows if row["lead_key"] in points], points

    def _current_settings(self) -> tuple[Settings, Clearing]:
        """Return the settings in force and what clears rows by them; read again when changed."""
        file = self._home.settings_file
        status = file.stat() if file.exists() else None
        version = (status.st_mtime_ns, status.st_size, status.st_ino) if status else ()
        if self._settings is None or self._settings[0] != version:
            found = Settings.load(file)
            clear = Clearing(found.policy, found.disclosures, found.sender)
            self._settings = version, found, clear
        return self._settings[1], self._settings[2]

    def _current(self, settings: Settings) -> _Published:
        """Return the published file in force, opened once, with its ready list."""
        snapshot = current_snapshot(self._home) or need_snapshot(self._home)
        secret = self._home.secret()
        published = self._published
        if published is not None and published.is_of(snapshot, settings, secret):
            return published
        if published is not None:
            published.database.close()
            self._published = None
        database = Database.apart(snapshot)
        try:
            night = night_of(self._ledger, database)
            merged = frozenset(database.frame("SELECT batch_id FROM load_file")["batch_id"])
            check_merged(self._home, merged)
            made_with = made_of(snapshot, settings, secret)
            ready = ready_rows(self._home, database, night, settings, made_with)
        except BaseException:
            database.close()
            raise
        first = FirstDesk(database, night, settings, secret)
        self._published = _Published(
            snapshot, settings, secret, database, night, merged, ready, {}, first
        )
        return self._published


def make_ready(home: Home) -> None:
    """Make the ready list of the night just published; what fails here fails at the claim."""
    try:
        with ClaimDesk(home) as desk:
            desk.prepare()
    except LeadTriageError:
        return


def _need_fresh(night: Night, at: datetime, ttl: timedelta) -> None:
    if at - night.published_at > ttl:
        raise RefusedError(
            f"the list of run {night.run_id} is older than {ttl.total_seconds() / 3600:.0f} hours",
            expected="a fresh list",
            fix="run `lead-triage nightly` first",
        )


def _terms(settings: Settings, *, is_export: bool) -> Terms:
    pacing = settings.policy.pacing
    return Terms(
        lease=timedelta(hours=settings.list.claim_lease_hours),
        pause=timedelta(days=pacing.recontact_interval_days),
        attempts_a_year=pacing.max_attempts_per_year,
        is_export=is_export,
        attempts_ever=pacing.max_attempts_ever,
        daily_caps=tuple(settings.policy.daily_caps.values()),
    )


def _need_disclosure(settings: Settings, channel: str, handler: str) -> None:
    """Refuse an AI that has nothing to say of itself: no text, no row."""
    if not is_told_by_ai(channel, handler):
        return
    form = FORM_OF[cast("Channel", channel)]
    if not any(text.form == form for text in settings.disclosures.told(settings.sender)):
        lacking = ", ".join(settings.disclosures.lacking(settings.sender, form))
        raise RefusedError(
            f"an AI has nothing to disclose on {channel}: [sender] lacks {lacking}",
            expected="who contacts people, for the text that every AI row carries",
            fix="set these keys under [sender] in lead-triage.toml",
        )
