"""Suppressions as a person asks for them: import, count, look up."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from pipelines.load import Mapping
from pipelines.outreach import kind_of
from pipelines.runs.context import Progress, need_home, silent
from pipelines.runs.load import LoadedFile, LoadRequest, run_load
from pipelines.runs.safety import check_key
from pipelines.settings.clock import now
from pipelines.settings.contact_keys import hmac_hex, lookup_keys, suppression_keys
from pipelines.settings.home import Home
from pipelines.store.ledger import Ledger, suppressed, suppressions

_ENTRY: Final = ("kind", "key", "channel", "reason", "since", "until", "source")
_NAMES: Final = ("kind", "channel", "reason", "source", "since", "until", "count")


@dataclass(frozen=True)
class Imported:
    """What importing lists did: their files, and how many contact points were new."""

    files: list[LoadedFile]
    added: int
    total: int


def run_import(
    home: Home,
    files: Sequence[Path],
    *,
    mapping: Mapping | None = None,
    source_system: str | None = None,
    progress: Progress = silent,
) -> Imported:
    """Take suppression lists, each in force when it returns; the next run counts them in the store.

    The same as ``load --as suppressions --defer``.

    Raises
    ------
    BadInputError
        A file cannot be used; files before it are in force.
    """
    request = LoadRequest(files, "suppressions", mapping, source_system)
    with Ledger(home.ensure().ledger) as ledger:
        before = suppressions.count(ledger)
    loaded = run_load(home, [request], defer=True, progress=progress)
    with Ledger(home.ledger) as ledger:
        total = suppressions.count(ledger)
    return Imported(loaded, total - before, total)


def suppression_counts(
    home: Home,
    *,
    kind: str | None = None,
    reason: str | None = None,
    since: date | None = None,
) -> list[dict[str, Any]]:
    """Return how many contact points are suppressed, by what they have in common.

    Parameters
    ----------
    kind, reason : str, optional
        Only of this kind; only where the reason has this text in it, whatever its case.
    since : date, optional
        Only those that came on this day (UTC) or later.
    """
    with Ledger(need_home(home).ledger) as ledger:
        rows = suppressed.counts(
            ledger, kind=kind, reason=reason, since=since.isoformat() if since else None
        )
    return [dict(zip(_NAMES, row, strict=True)) for row in rows]


def check_points(home: Home, values: Iterable[str]) -> list[dict[str, Any]]:
    """Return per contact point whether it is suppressed now, and by which entries.

    It is looked up as a lead with this address or number is: with its domain and plain hashes.

    Raises
    ------
    UsageError
        A value is no e-mail address, phone number with country code, domain or hash.
    """
    secret, at = need_home(home).secret(), now().isoformat()
    found = []
    with Ledger(home.ledger) as ledger:
        check_key(home, ledger)
        for value in values:
            rows = suppressed.entries(ledger, [hmac_hex(secret, t) for t in _texts(value)])
            entries = [dict(zip(_ENTRY, row, strict=True)) for row in rows]
            found.append(
                {
                    "given": value,
                    "is_suppressed": any(
                        entry["until"] is None or entry["until"] > at for entry in entries
                    ),
                    "entries": entries,
                }
            )
    return found


def _texts(value: str) -> tuple[str, ...]:
    """Return every canonical text whose suppression binds a contact point."""
    kind = kind_of(value)
    texts: list[str] = []
    for text in suppression_keys(kind, value):
        name = text.removeprefix(f"{kind}:")
        if kind == "email":
            texts += lookup_keys(name, (), name.rpartition("@")[2], (value.strip(),))
        elif kind == "phone":
            texts += lookup_keys(None, (name,), None, (value.strip(),))
        elif kind == "domain":
            texts += lookup_keys(None, (), name)
        texts.append(text)
    return tuple(dict.fromkeys(texts))
