"""How soon and how often somebody may be approached again, asked at the moment of a claim."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pipelines.settings.daily_caps import DailyCap

_DAY: Final = timedelta(hours=24)
_YEAR: Final = timedelta(days=365)


@dataclass(frozen=True)
class Terms:
    """What one claim keeps to.

    Attributes
    ----------
    lease : timedelta
        How long the claim holds.
    pause : timedelta
        The recontact interval: nobody approached within it is handed out.
    attempts_a_year : int
        Approaches in 365 days after which nobody is handed out.
    is_export : bool
        The rows leave as a file: nobody reports what becomes of them, so each is an approach.
    attempts_ever : int
        Approaches after which nobody is handed out again; 0: no such cap.
    daily_caps : tuple of DailyCap
        Approaches in 24 hours, by place.
    """

    lease: timedelta
    pause: timedelta
    attempts_a_year: int
    is_export: bool = False
    attempts_ever: int = 0
    daily_caps: tuple[DailyCap, ...] = ()


def is_too_often(
    row: Mapping[str, Any],
    since: Iterable[datetime],
    at: datetime,
    terms: Terms,
    asked_at: datetime | None = None,
) -> bool:
    """Tell whether somebody was approached too lately or too often to be handed out at `at`.

    On every channel, by whomever, with every lead that is, was or may be the same person: the same
    that the eligibility stage makes of it.

    Parameters
    ----------
    row : mapping
        Of the ready list: `approaches`, `earlier_approaches`, `country`, `state_code`.
    since : iterable of datetime
        Approaches that the ledger knows of; what the published file knows too counts once.
    asked_at : datetime or None
        When they asked to be contacted again by now: the interval is over for what was before.
    """
    known = list(row["approaches"] or ())
    times = known + [time for time in dict.fromkeys(since) if time not in known]
    paced = [time for time in times if asked_at is None or time > asked_at]
    if terms.pause and any(time >= at - terms.pause for time in paced):
        return True
    if sum(time >= at - _YEAR for time in times) >= terms.attempts_a_year:
        return True
    if terms.attempts_ever and len(times) + row["earlier_approaches"] >= terms.attempts_ever:
        return True
    today = sum(time >= at - _DAY for time in times)
    return any(
        today >= cap.max_attempts and cap.holds(row["country"], row["state_code"])
        for cap in terms.daily_caps
    )
