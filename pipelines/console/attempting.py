"""`attempt`: what became of a contact, one by one or as they happen."""

import json
import sys
from collections import Counter
from collections.abc import Mapping
from typing import IO

from pipelines.console.report_lines import Line, report_lines
from pipelines.console.screen import emit_json, note, say
from pipelines.errors import BadInputError, UsageError
from pipelines.outreach.attempts import Taken
from pipelines.runs.attempts import AttemptDesk, may_say_no
from pipelines.settings.home import Home


def show_attempt(values: Mapping[str, str | None], *, as_json: bool) -> None:
    """Record one attempt and say what became of it.

    Raises
    ------
    UsageError
        An option cannot be meant.
    BadInputError
        Nobody knows whose attempt it is, and it says no.
    """
    with AttemptDesk(Home.locate()) as desk:
        try:
            taken = desk.take(values)
        except BadInputError as error:
            raise UsageError(error.found, error.expected, error.fix) from None
    if as_json:
        emit_json(_told(taken))
    else:
        say(_words(taken))
    if taken.aside is not None and may_say_no(values.get("disposition")):
        raise BadInputError(
            f"it binds nobody yet: {taken.aside}",
            fix="name the lead (--lead source_system:source_id --channel ...), or `suppress add`",
        )


def take_stream(stream: IO[bytes], answers: IO[str]) -> None:
    """Record attempts as they come, and answer each with one line of JSON before the next.

    Raises
    ------
    BadInputError
        Some lines were refused, or say no and bind nobody; the others are in force.
    """
    counts: Counter[str] = Counter()
    unbound = 0
    with AttemptDesk(Home.locate()) as desk:
        for line in report_lines(stream):
            answer = _answer(desk, line)
            counts[str(answer["outcome"])] += 1
            is_no = line.values is not None and may_say_no(line.values.get("disposition"))
            unbound += answer["outcome"] == "set_aside" and is_no
            answers.write(json.dumps({"line": line.number, **answer}) + "\n")
            # Whoever reads it may forget the report.
            answers.flush()
    summary = ", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in counts.items())
    note(f"attempts: {summary or 'none'}")
    if counts["refused"] or unbound:
        raise BadInputError(
            f"{counts['refused']:,} lines were refused, {unbound:,} that say no bind nobody yet",
            fix="correct those and send them again; the others are in force",
        )


def show_stream() -> None:
    """Take standard input, answer on standard output."""
    take_stream(sys.stdin.buffer, sys.stdout)


def _answer(desk: AttemptDesk, line: Line) -> dict[str, object]:
    try:
        if line.values is None:
            raise line.error or BadInputError("nothing to read")
        return _told(desk.take(line.values))
    except BadInputError as error:
        return {"outcome": "refused", "reason": error.found, "expected": error.expected}


def _told(taken: Taken) -> dict[str, object]:
    found: dict[str, object] = {
        "outcome": "set_aside" if taken.aside else taken.outcome,
        "attempt_id": taken.attempt_id,
        "is_unclaimed": taken.is_unclaimed,
        "suppressed": taken.suppressed,
    }
    return found | ({"reason": taken.aside} if taken.aside else {})


def _words(taken: Taken) -> str:
    if taken.aside is not None:
        return f"{taken.attempt_id} kept aside: {taken.aside}."
    closed = f"; {taken.suppressed} entries suppressed" if taken.suppressed else ""
    flag = "; no claim had handed the lead out" if taken.is_unclaimed else ""
    return f"{taken.attempt_id} {taken.outcome}{closed}{flag}."
