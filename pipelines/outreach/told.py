"""What attempts that were reported since the night say against handing somebody out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from pipelines.store.ledger.attempts import REFUSALS, Told

_CALLED: Final = frozenset({"phone", "ai_voice", "sms"})


def is_closed_by(told: Iterable[Told], channel: str, at: datetime) -> bool:
    """Tell whether attempts close a person on `channel` at `at`: for good, or until called back.

    The same that the eligibility stage makes of them on the next night.

    Parameters
    ----------
    told : iterable of Told
        Of every lead that is, was or may be the same person.
    """
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
    return False


def asked_at(told: Iterable[Told], channel: str, at: datetime) -> datetime | None:
    """Return when somebody last asked to be contacted again by `at`; None: nobody did.

    On the channel they asked on, or by telephone by a person. As in the eligibility stage.

    Parameters
    ----------
    told : iterable of Told
        Of every lead that is the same person now.
    """
    return max(
        (
            one.at
            for one in told
            if one.disposition == "callback_at"
            and one.callback_at is not None
            and one.at < one.callback_at <= at
            and channel in {one.channel, "phone"}
        ),
        default=None,
    )
