"""One attempt as somebody reports it: read, checked, and refused without repeating what it says."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from pipelines.errors import BadInputError
from pipelines.store.schema import CHANNELS

FIELDS: Final = (
    "claim_id", "attempt_id", "lead", "lead_key", "source_system", "source_id", "channel",
    "handler", "at", "disposition", "callback_at", "note_ref",
    "satisfaction",
)  # fmt: skip
_HANDLERS: Final = ("ai", "human")
# Clocks differ; an attempt that is still to come has not happened.
_AHEAD: Final = timedelta(minutes=5)
_CLAIM_ID: Final = re.compile(r"[0-9a-f]{32}")
# Ids of other programs, a Message-ID among them; nothing that could be a sentence.
_ID: Final = re.compile(r"[!-~]{1,200}")
# No address and no sentence: the ledger keeps neither.
_REFERENCE: Final = re.compile(r"[A-Za-z0-9._:/#?&=%\-]{1,200}")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_\-]*:[!-?A-~]{1,200}")


@dataclass(frozen=True)
class Report:
    """One attempt as it is reported.

    Attributes
    ----------
    attempt_id : str or None
        None: it is known by its content.
    lead_key : int or None
    lead_name : str or None
        ``source_system:source_id``.
    at : datetime or None
        UTC; None: now.
    satisfaction : float or None
        How content the person was, on the scale of whoever reports it.
    """

    disposition: str
    attempt_id: str | None
    claim_id: str | None
    lead_key: int | None
    lead_name: str | None
    channel: str | None
    handler: str | None
    at: datetime | None
    callback_at: datetime | None
    note_ref: str | None
    satisfaction: float | None = None

    @property
    def own_id(self) -> str:
        """Return the id it is known by: its own, or a hash of what it says."""
        if self.attempt_id is not None:
            return self.attempt_id
        who = self.claim_id or (self.lead_name if self.lead_key is None else str(self.lead_key))
        said = (who, self.channel, self.handler, self.at, self.disposition, self.callback_at)
        text = "\x1f".join("" if part is None else str(part) for part in (*said, self.note_ref))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def read_report(
    values: Mapping[str, object], word: Callable[[str], str | None], at: datetime
) -> Report:
    """Read one report; fields that are not ours are passed over, and kept nowhere.

    Parameters
    ----------
    values : mapping
        Of `FIELDS`: text, and numbers where they are ids; empty text stands for nothing.
    word : callable
        Gives the disposition that a word stands for, None: none.
    at : datetime
        Now, UTC.

    Raises
    ------
    BadInputError
        A field cannot be meant, or it cannot be told who was contacted or when.
    """
    given = {name: _text(values.get(name), name) for name in FIELDS}
    said = given["disposition"]
    disposition = word(said) if said else None
    if disposition is None:
        raise BadInputError(
            "an unknown disposition" if said else "no disposition",
            expected="sent, delivered, opened, bounced, no_answer, answered, replied, meeting,"
            " callback_at, escalated, opted_out, complaint, wrong_number or left_company",
        )
    report = Report(
        disposition,
        _matched(given["attempt_id"], _ID, "attempt_id", "at most 200 signs without a blank"),
        _matched(given["claim_id"], _CLAIM_ID, "claim_id", "32 hex digits, as `claim` gave it"),
        *_lead(given),
        _one_of(given["channel"], CHANNELS, "channel"),
        _one_of(given["handler"], _HANDLERS, "handler"),
        _time(given["at"], "at"),
        _time(given["callback_at"], "callback_at"),
        _matched(given["note_ref"], _REFERENCE, "note_ref", "a reference, not the note itself"),
        _rating(given["satisfaction"]),
    )
    _check(report, at)
    return report


def _check(report: Report, at: datetime) -> None:
    if report.at is not None and report.at > at + _AHEAD:
        raise BadInputError("an attempt that is still to come", expected="when it was, in UTC")
    if report.disposition == "callback_at" and report.callback_at is None:
        raise BadInputError(
            "callback_at does not say when",
            expected="the time to call again in field callback_at (--callback-at)",
        )
    if report.claim_id is not None:
        return
    if report.lead_key is None and report.lead_name is None:
        raise BadInputError(
            "nothing says who was contacted",
            expected="claim_id, or lead as source_system:source_id, or lead_key",
        )
    if report.channel is None:
        raise BadInputError("no channel", expected=f"one of {', '.join(CHANNELS)}")
    if report.at is None and report.attempt_id is None:
        raise BadInputError(
            "neither claim_id, attempt_id nor at",
            expected="one of them: without, a report sent twice counts twice",
        )


def _lead(given: Mapping[str, str | None]) -> tuple[int | None, str | None]:
    """Return lead_key and name of the lead; of a row of `claim --json` both are there."""
    name, key = given["lead"], given["lead_key"]
    if name is not None and name.isdigit():
        name, key = None, name
    if key is not None:
        if not key.isdigit() or len(key) > 18:
            raise BadInputError("lead_key is no number", expected="the lead_key of the list")
        return int(key), None
    if name is None and given["source_system"] and given["source_id"]:
        name = f"{given['source_system']}:{given['source_id']}"
    return None, _matched(name, _NAME, "lead", "source_system:source_id, which is no address")


def _text(value: object, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return (value or "").strip() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float) and name == "satisfaction":
        return repr(value)
    raise BadInputError(f"{name} is neither text nor a whole number")


def _matched(value: str | None, pattern: re.Pattern[str], name: str, expected: str) -> str | None:
    if value is not None and not pattern.fullmatch(value):
        raise BadInputError(f"{name} cannot be read", expected=expected)
    return value


def _rating(value: str | None) -> float | None:
    if value is None:
        return None
    if not re.fullmatch(r"-?\d{1,6}(\.\d{1,6})?", value):
        raise BadInputError("satisfaction cannot be read", expected="a number such as 4 or 4.5")
    return float(value)


def _one_of(value: str | None, words: tuple[str, ...], name: str) -> str | None:
    if value is None:
        return None
    found = value.lower()
    if found not in words:
        raise BadInputError(f"an unknown {name}", expected=f"one of {', '.join(words)}")
    return found


def _time(value: str | None, name: str) -> datetime | None:
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
        return found if found.tzinfo is None else found.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise BadInputError(
            f"{name} cannot be read",
            expected="a time as 2026-11-22T14:30:00Z; UTC where it has no zone",
        ) from None
