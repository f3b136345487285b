"""The person that an address, a number or the id of a lead names, with all its duplicates."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from pipelines.errors import UsageError
from pipelines.outreach.suppressions import kind_of
from pipelines.settings.contact_keys import hmac_hex, lookup_keys, suppression_keys, tag_hex
from pipelines.store import Database, sql
from pipelines.store.erased import Erased, naming
from pipelines.store.ledger.erasures import ErasedKey

_SHOWN: Final = 10
# Channel of a shared point to the refusals that close it.
_CLOSES: Final[dict[str, dict[str, tuple[str, ...]]]] = {
    "email": {"email": ("email",)},
    "phone": {
        "phone": ("phone",),
        "ai_voice": ("ai_voice", "phone"),
        "sms": ("sms", "phone"),
    },
}


@dataclass(frozen=True)
class Person:
    """One person: what is held under which names.

    Attributes
    ----------
    lead_keys : tuple of int
        Every lead of the person; empty where the store has none.
    points : tuple of str
        Contact points that nobody else has, normalised; also former ones, and what was asked for.
    shared : tuple of str
        Contact points that others have too.
    keys : tuple of ErasedKey
        What it is known by ever after.
    still_refused : tuple of (kind, key_hmac, tag, channel)
        Shared points that stay closed, because the person had refused the channel.
    """

    lead_keys: tuple[int, ...]
    points: tuple[str, ...]
    shared: tuple[str, ...]
    keys: tuple[ErasedKey, ...]
    still_refused: tuple[tuple[str, str, str, str], ...] = field(default=())


def find_person(
    db: Database | None,
    value: str,
    secret: bytes,
    *,
    role_names: Sequence[str] = (),
    is_everybody: bool = False,
) -> Person:
    """Find whom `value` names.

    Parameters
    ----------
    db : Database or None
        The published store; None: nothing was published.
    value : str
        E-mail address, number with country code, or ``source_system:source_id``.
    is_everybody : bool
        Take all the persons that share a contact point as one.

    Raises
    ------
    UsageError
        It is none of these, or names several persons.
    """
    texts = _texts_of(db, value)
    asked = _keys(secret, texts)
    if db is None:
        return Person((), _points_of(texts), (), asked)
    leads = _leads(db, Erased(secret, _frame(asked)), asked, is_everybody)
    found, points = _known_as(db, leads, role_names)
    refused = _still_refused(db, secret, points)
    # What was asked for is the person's own even where no lead has it.
    shared = set(points.filter("is_shared")["point"])
    own = [(kind, text) for kind, text in texts if text.partition(":")[2] not in shared]
    own_points = (*points.filter(~pl.col("is_shared"))["point"], *_points_of(own))
    every = [*found, *own, *_hashes(own_points)]
    return Person(
        tuple(sorted(leads)),
        tuple(dict.fromkeys(own_points)),
        tuple(sorted(shared)),
        _keys(secret, every),
        refused,
    )


def _texts_of(db: Database | None, value: str) -> list[tuple[str, str]]:
    """Return kind and canonical text of what was asked for."""
    system, _, name = value.partition(":")
    if (
        name.strip()
        and db is not None
        and db.scalar("SELECT count(*) FROM load_file WHERE source_system = $system", system=system)
    ):
        return [("lead", f"lead:{value}")]
    kind = kind_of(value)
    if kind not in {"email", "phone"}:
        raise _not_a_person()
    try:
        return [(kind, text) for text in suppression_keys(kind, value)]
    except ValueError:
        raise _not_a_person() from None


def _not_a_person() -> UsageError:
    return UsageError(
        "what was given names nobody",
        expected="an e-mail address, a phone number with +country code, or SOURCE:ID of a lead",
    )


def _leads(
    db: Database, erased: Erased, asked: Collection[ErasedKey], is_everybody: bool
) -> set[int]:
    erased.attach(db)
    named: set[int] = set()
    for table in ("lead", "lead_snapshot"):
        if db.exists(table):
            candidates = naming(table, db.columns(table), "lead_key")
            if candidates is not None:
                named |= set(erased.rows(db, candidates).to_list())
    persons = _persons(db, named)
    if len(persons) > 1 and not is_everybody:
        shown = ", ".join(str(key) for key in sorted(persons)[:_SHOWN])
        raise UsageError(
            f"that names {len(persons)} persons (lead_key {shown})",
            expected="one",
            fix="`lead-triage explain LEAD_KEY` shows SOURCE:ID of the one who asked;"
            " --everybody takes all of them",
        )
    return {lead for leads in persons.values() for lead in leads}


def _persons(db: Database, named: Collection[int]) -> dict[int, set[int]]:
    """Return person_key -> its leads, for the persons of these leads."""
    rows = db.frame(
        "WITH named AS (SELECT unnest($keys::BIGINT[]) AS lead_key)"
        " SELECT own.person_key, every_lead.lead_key FROM dedupe_link AS own"
        " SEMI JOIN named USING (lead_key)"
        " JOIN dedupe_link AS every_lead USING (person_key)"
        # before the first identification a lead is a person by itself
        " UNION SELECT lead_key, lead_key FROM named ANTI JOIN dedupe_link USING (lead_key)",
        keys=sorted(named),
    )
    found: dict[int, set[int]] = {}
    for person, lead in rows.iter_rows():
        found.setdefault(person, set()).add(lead)
    return found


def _known_as(
    db: Database, leads: Collection[int], role_names: Sequence[str]
) -> tuple[list[tuple[str, str]], pl.DataFrame]:
    db.run(
        "CREATE OR REPLACE TEMP TABLE erased_lead AS SELECT unnest($keys::BIGINT[]) AS lead_key",
        keys=sorted(leads),
    )
    db.run(sql(__package__, "points.sql"), role_names=list(role_names))
    return (
        list(db.frame(sql(__package__, "keys.sql")).iter_rows()),
        db.frame("SELECT point, kind, is_shared FROM person_point ORDER BY point"),
    )


def _still_refused(
    db: Database, secret: bytes, points: pl.DataFrame
) -> tuple[tuple[str, str, str, str], ...]:
    db.run(sql(__package__, "refused.sql"))
    refused = set(db.frame("SELECT channel FROM person_refusal")["channel"].to_list())
    if db.exists("decision_reason"):
        said = db.frame(
            "SELECT DISTINCT channel FROM decision_reason SEMI JOIN erased_lead USING (lead_key)"
            " WHERE reason IN ('OPTED_OUT', 'ART21_OBJECTION', 'SUPPRESSED',"
            " 'SUPPRESSED_DOMAIN', 'SUPPRESSED_HASH', 'SUPPRESSED_ERASED',"
            " 'SHARED_CONTACT_OBJECTED', 'DECEASED', 'UNDER_AGE')"
        )
        refused |= set(said["channel"].to_list())
    found = []
    for point, kind in points.filter("is_shared").select("point", "kind").iter_rows():
        text = f"{kind}:{point}"
        for channel, closers in _CLOSES[kind].items():
            if not refused.isdisjoint({None, *closers}):
                found.append((kind, hmac_hex(secret, text), tag_hex(secret, text), channel))
    return tuple(found)


def _hashes(points: Iterable[str]) -> list[tuple[str, str]]:
    found = []
    for point in dict.fromkeys(points):
        is_mail = "@" in point
        texts = lookup_keys(point) if is_mail else lookup_keys(phones=(point,))
        found += [("hash", text) for text in texts if text.startswith("hash:")]
    return found


def _points_of(texts: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(text.partition(":")[2] for kind, text in texts if kind in {"email", "phone"})


def _keys(secret: bytes, texts: Iterable[tuple[str, str]]) -> tuple[ErasedKey, ...]:
    return tuple(
        ErasedKey(hmac_hex(secret, text), tag_hex(secret, text), kind)
        for kind, text in dict.fromkeys(texts)
    )


def _frame(keys: Iterable[ErasedKey]) -> pl.DataFrame:
    return pl.DataFrame(
        [(key.key_hmac, key.tag, key.kind) for key in keys],
        schema={"key_hmac": pl.String, "tag": pl.String, "kind": pl.String},
        orient="row",
    )
