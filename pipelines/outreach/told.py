"""What attempts that were reported since the night say against handing somebody out."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

from pipelines.store.ledger.attempts import REFUSALS, Told

_CALLED: Final = frozenset({"phone", "ai_voice", "sms"})
_YEAR: Final = timedelta(days=365)


def is_closed_by(
    told: Iterable[Told],
    channel: str,
    at: datetime,
    *,
    approaches: Sequence[datetime],
    pause: timedelta,
    attempts_a_year: int,
) -> bool:
    """Tell whether attempts close a person on `channel` at `at`: for good, or for the time being.

    The same that the eligibility stage makes of them on the next night.

    Parameters
    ----------
    told : iterable of Told
        Of every lead that is, was or may be the same person.
    approaches : sequence of datetime
        What the published file knows: what the ledger tells too is counted once.
    pause : timedelta
        The recontact interval.
    """
    times = list(approaches)
    for one in told:
        if one.disposition in REFUSALS or one.disposition == "left_company":
            return True
        if one.disposition == "wrong_number" and channel in _CALLED:
            return True
        # Of a bounced e-mail its address is closed, whoever has it: that is a suppression.
        if one.disposition == "bounced" and one.channel == channel and channel in {"sms", "mail"}:
            return True
        if one.callback_at is not None and one.callback_at > at:
            return True
        if one.at not in times:
            times.append(one.at)
    if pause and any(time >= at - pause for time in times):
        return True
    return sum(time >= at - _YEAR for time in times) >= attempts_a_year
