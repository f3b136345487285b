"""Suppression lists that must keep coming: what is missing, stale or cut off publishes nothing.

What is in force stays in force; a list that is too short, or does not come, lacks those who said no
since.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from pipelines.errors import RefusedError, UsageError
from pipelines.load import Landed
from pipelines.runs.context import need_home
from pipelines.runs.safety import check_key
from pipelines.settings.clock import now
from pipelines.settings.home import Home
from pipelines.settings.policy import FeedSettings
from pipelines.store import audit
from pipelines.store.ledger import Ledger, imports
from pipelines.store.ledger.imports import Import

# A list of which so much was in force already is the whole list again, not what is new.
_SAME_LIST: Final = 0.9


def check_lists(ledger: Ledger, feeds: FeedSettings, at: datetime) -> None:
    """Refuse while a suppression list is missing, stale or much shorter than the one before.

    Parameters
    ----------
    at : datetime
        Now, UTC.

    Raises
    ------
    RefusedError
        Names every such source and what is wrong with it.
    """
    wrong = list_faults(imports.by_source(ledger), feeds, at)
    if wrong:
        raise RefusedError(
            "; ".join(f"suppression list {source} {what}" for source, what in wrong.items()),
            expected="every list that must come, whole and in time",
            fix="`lead-triage suppress import FILE --source-system NAME`, or, if it is right as it"
            " stands, `lead-triage suppress confirm NAME`; nothing was published",
        )


def list_faults(
    came: Mapping[str, Sequence[Import]], feeds: FeedSettings, at: datetime
) -> dict[str, str]:
    """Return source -> what is wrong with its list; sources without a fault are not in it.

    A source that the settings declare has to be there, in time and, unless it brings what is new
    only, whole. Of any other, a list is taken for the whole one where nine in ten of its entries
    were in force already, or where it is empty.
    """
    found: dict[str, str] = {}
    for source in sorted({*came, *feeds.suppressions}):
        declared = feeds.suppressions.get(source)
        own = came.get(source, ())
        if declared is not None:
            if not own:
                found[source] = "has never come"
                continue
            age = at - own[-1].at
            if age > timedelta(days=declared.max_age_days):
                found[source] = (
                    f"is {age.days} days old, older than {declared.max_age_days} days allow"
                )
                continue
        if declared is not None and declared.is_partial:
            continue
        shrunk = _shrunk(own, feeds.max_shrink_percent, is_whole=declared is not None)
        if shrunk is not None:
            found[source] = f"has {shrunk[1]:,} entries and had {shrunk[0]:,}"
    return found


def _shrunk(
    came: Sequence[Import], max_shrink_percent: float, *, is_whole: bool
) -> tuple[int, int] | None:
    """Return how long the last whole list was, and its cut-off successor; None: it was not cut."""
    base: int | None = None
    short: tuple[int, int] | None = None
    for one in came:
        is_list = is_whole or one.entries == 0 or one.known >= _SAME_LIST * one.entries
        if one.batch_id is None or base is None:
            base, short = one.entries, None
        elif is_list and one.entries < base * (1 - max_shrink_percent / 100):
            short = (base, one.entries)
        elif is_list:
            base, short = one.entries, None
    return short


def confirm_again(home: Home, landed: Iterable[Landed], begun: datetime) -> None:
    """Remember that lists which were in force before `begun` were loaded once more, as they are."""
    lists = [one for one in landed if one.kind == "suppressions"]
    if not lists:
        return
    with Ledger(home.ledger) as ledger, ledger.transaction():
        came = imports.by_source(ledger)
        for batch in lists:
            own = came.get(batch.source_system, ())
            same = [one for one in own if one.batch_id == batch.batch_id and one.at < begun]
            if same:
                imports.note(ledger, replace(same[-1], at=now(), known=same[-1].entries))


def run_confirm(home: Home, source: str | None, *, is_ledger: bool) -> None:
    """Record that a source's list is whole as it stands, or that the ledger is the right one.

    Raises
    ------
    UsageError
        There is no such source, or nothing is named.
    """
    if (source is None) != is_ledger:
        raise UsageError("nothing to confirm", expected="a source system, or --ledger")
    with Ledger(need_home(home).ledger) as ledger:
        check_key(home, ledger)
        at = now()
        with ledger.transaction():
            if source is None:
                audit.append(ledger, at, "ledger_confirmed")
                ledger.execute("DELETE FROM meta WHERE key = ?", audit.BEHIND)
                return
            own = imports.by_source(ledger).get(source)
            if not own:
                known = ", ".join(imports.by_source(ledger)) or "none has come yet"
                raise UsageError(f"no suppression list came from {source!r}", expected=known)
            imports.note(ledger, Import(source, at, None, own[-1].entries, own[-1].entries))
            audit.append(ledger, at, "list_confirmed", source=source, entries=own[-1].entries)
