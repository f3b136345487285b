"""`forget`: who is meant, suppressed at once, then erased everywhere."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from typing import Any, Final

import polars as pl

from pipelines.errors import LockedError, UsageError
from pipelines.outreach.erasure import Person, find_person
from pipelines.outreach.erasure.search import files_holding
from pipelines.runs.context import Progress, need_home, silent
from pipelines.runs.ending import settle
from pipelines.runs.erasing import Held, finish_erasures, look
from pipelines.runs.safety import check_key
from pipelines.settings.clock import now
from pipelines.settings.config import Settings
from pipelines.settings.contact_keys import tag_scheme
from pipelines.settings.home import Home
from pipelines.store import Database, audit
from pipelines.store.erased import Erased
from pipelines.store.ledger import Ledger, erasures
from pipelines.store.ledger.suppressions import Suppression
from pipelines.store.lock import writer_lock
from pipelines.store.snapshot import current_snapshot

# Folders of the home that are ours; what lies elsewhere is the user's own.
_OURS: Final = frozenset({"store", "models", "outbox", "secrets", "audit"})


@dataclass(frozen=True)
class Forgotten:
    """What one `forget` did.

    Attributes
    ----------
    asked, persons, leads : int
        What was given, the persons of whom the store held something, and their leads.
    known_before : int
        Of what was given: erased by an earlier command, and nothing of it left.
    suppressed : int
        Contact points that are suppressed for good.
    shared : int
        Contact points that others have too: theirs stay as they are.
    held : Held
        What was where.
    own_files : list of Path
        Files of the user that hold somebody: nobody but the user changes them.
    models : list of str
        Models that learnt while somebody was in the store; they hold no row of anybody.
    is_trial : bool
        Nothing was changed.
    """

    asked: int
    persons: int
    leads: int
    known_before: int
    suppressed: int
    shared: int
    held: Held
    own_files: list[Path] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    is_trial: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the counts as JSON values; nothing of them is personal."""
        return {
            **{name: value for name, value in vars(self).items() if name != "held"},
            "held": vars(self.held),
            "own_files": [str(path) for path in self.own_files],
        }


def run_forget(
    home: Home,
    values: Sequence[str],
    *,
    is_everybody: bool = False,
    is_trial: bool = False,
    progress: Progress = silent,
) -> Forgotten:
    """Erase persons everywhere, and keep what suppresses them when they come again.

    Parameters
    ----------
    values : sequence of str
        E-mail addresses, numbers with country code, or ``source_system:source_id``.
    is_everybody : bool
        Where a contact point is shared by several persons, erase all of them.

    Raises
    ------
    UsageError
        A value names nobody, or several persons.
    LockedError
        Another run is writing. Nobody who was named is handed out any more, and the next run of
        any kind that writes ends the erasure.
    """
    need_home(home)
    given = list(dict.fromkeys(value.strip() for value in values if value.strip()))
    if not given:
        raise UsageError(
            "nobody was named", expected="an e-mail address, a number or SOURCE:ID of a lead"
        )
    people, known = _find(home, given, is_everybody=is_everybody)
    points = sorted({point for person in people for point in person.points})
    if is_trial:
        held = look(home, _erased_of(home, people), _leads(people))
    else:
        _remember(home, people)
        held = _carry_out(home, progress)
    return Forgotten(
        asked=len(given),
        persons=len({person.lead_keys for person in people if person.lead_keys}),
        leads=len(_leads(people)),
        known_before=known,
        suppressed=len(points),
        shared=len({point for person in people for point in person.shared}),
        held=held,
        own_files=files_holding(_own_files(home), points),
        models=sorted(p.name for p in home.models.iterdir() if p.is_dir()) if people else [],
        is_trial=is_trial,
    )


def _find(home: Home, given: Sequence[str], *, is_everybody: bool) -> tuple[list[Person], int]:
    role_names = Settings.load(home.settings_file).policy.addresses.role_names
    snapshot = current_snapshot(home)
    people: list[Person] = []
    known = 0
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(home.ledger))
        check_key(home, ledger)
        db = None
        if snapshot is not None:
            db = stack.enter_context(Database.open(snapshot, read_only=True, spill=home.spill))
        for position, value in enumerate(given, start=1):
            try:
                person = find_person(
                    db,
                    value,
                    home.secret(),
                    role_names=role_names,
                    is_everybody=is_everybody,
                )
            except UsageError as error:
                found = f"value {position}: {error.found}" if len(given) > 1 else error.found
                raise UsageError(found, error.expected, error.fix) from None
            people.append(person)
            was_erased = erasures.known(ledger, [key.key_hmac for key in person.keys])
            known += bool(was_erased and not person.lead_keys)
    return people, known


def _remember(home: Home, people: Sequence[Person]) -> None:
    """Put everybody's erasure and suppression into force, in one transaction."""
    at, secret = now(), home.secret()
    with Ledger(home.ledger) as ledger, ledger.transaction():
        for person in people:
            erasure_id = token_hex(8)
            erasures.begin(
                ledger,
                erasure_id,
                person.keys,
                person.lead_keys,
                shared=[
                    Suppression(kind, key, channel, erasures.REASON, at, erasures.SOURCE, tag)
                    for kind, key, tag, channel in person.still_refused
                ],
                at=at,
                tag_scheme=tag_scheme(secret),
            )
            audit.append(ledger, at, "erasure_asked", erasure=erasure_id)


def _carry_out(home: Home, progress: Progress) -> Held:
    try:
        with writer_lock(home.ensure().lock):
            with Ledger(home.ledger) as ledger:
                settle(home, ledger)
            return finish_erasures(home, progress)
    except LockedError as error:
        raise LockedError(
            error.found,
            "a home that nobody else is writing to",
            "the persons are suppressed and handed out to nobody from now on; run the command"
            " again, or the next load or nightly erases them",
        ) from None


def _erased_of(home: Home, people: Sequence[Person]) -> Erased:
    keys = {key.key_hmac: key for person in people for key in person.keys}
    rows = [(key.key_hmac, key.tag, key.kind) for key in keys.values()]
    schema = {"key_hmac": pl.String, "tag": pl.String, "kind": pl.String}
    return Erased(home.secret(), pl.DataFrame(rows, schema=schema, orient="row"))


def _leads(people: Sequence[Person]) -> set[int]:
    return {lead for person in people for lead in person.lead_keys}


def _own_files(home: Home) -> list[Path]:
    return [
        path
        for path in sorted(home.root.rglob("*"))
        if path.is_file() and path.relative_to(home.root).parts[0] not in _OURS
    ]
