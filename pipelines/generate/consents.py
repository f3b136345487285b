"""Who agreed, who refused, where that was written down, and on which of a person's rows."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.contacts import Contacts
from pipelines.generate.dice import Bools, Dice, Ints, chance, pick
from pipelines.generate.inbound import Inbound
from pipelines.generate.leads import Leads
from pipelines.generate.persons import Persons
from pipelines.generate.places import COUNTRY_CODES, EUROPE
from pipelines.generate.times import DAY_S, END_S, NEVER_S

CHANNELS: Final = ("email", "phone", "sms", "ai_voice")
STATUSES: Final = ("opt_in", "opt_out", "objected_profiling")
# Where a refusal is written down; a person who reads all three knows the truth.
PLACES: Final = ("flag", "consent", "suppression")
_PLACE_SHARE: Final = (0.55, 0.3, 0.15)
# Share of persons who agreed on some form, by country, then of those per channel.
_ASKED_SHARE: Final = {"NL": 0.17, "DE": 0.16, "GB": 0.13, "CA": 0.11, "US": 0.03}
_ASKED_ELSEWHERE: Final = 0.05
_CHANNEL_SHARE: Final = (0.85, 0.34, 0.1, 0.07)
_ASKED_SINCE_S: Final = 1_262_304_000  # 2010-01-01: nobody kept consent before
_OBJECTED_SHARE: Final = 0.006
_DOUBLE_OPT_IN_SHARE: Final = 0.8
_PHONE_NO_SHARE: Final = 0.4
_EVERYTHING_NO_SHARE: Final = 0.15


@dataclass(frozen=True)
class Consents:
    """Consent records sorted by person and time, (k,); and each person's refusal, (n,).

    A refusal: ``no_channel`` is 0 e-mail, 1 telephone, 2 everything; ``no_place`` where it is
    written down, ``no_row`` the row it was said on. ``confirmed`` is 1 or 0, and -1 where double
    opt-in does not apply.
    """

    person: Ints
    row: Ints
    ordinal: Ints
    channel: Ints
    status: Ints
    at_s: Ints
    confirmed: Ints
    no_channel: Ints
    no_place: Ints
    no_row: Ints
    objected_s: Ints


def consents(
    dice: Dice, people: Persons, rows: Leads, events: Inbound, story: Contacts
) -> Consents:
    """Draw opt-ins on forms, refusals, and objections to profiling."""
    rng = dice.stream("consents")
    n = people.count
    no_row = rows.at(rng, np.arange(n), story.opt_out_s)
    no_channel = pick(
        rng, n, (1 - _PHONE_NO_SHARE - _EVERYTHING_NO_SHARE, _PHONE_NO_SHARE, _EVERYTHING_NO_SHARE)
    )
    no_place = pick(rng, n, _PLACE_SHARE)
    in_europe = np.array(EUROPE)[people.country]
    objects = in_europe & chance(rng, n, _OBJECTED_SHARE)
    span = rng.random(n) * (END_S - people.created_s)
    objected_s = np.where(objects, people.created_s + span.astype(np.int64), NEVER_S)

    agreed = _opt_ins(rng, people, rows, events)
    said = np.flatnonzero((story.opt_out_s < END_S) & (no_place == PLACES.index("consent")))
    refused = _records(said, no_row[said], np.minimum(no_channel[said], 2), 1, story.opt_out_s)
    who = np.flatnonzero(objects)
    objected = _records(who, rows.start[who], np.full(who.size, -1), 2, objected_s)
    person, row, channel, status, at_s, confirmed = (
        np.concatenate(parts) for parts in zip(agreed, refused, objected, strict=True)
    )
    # Refusing everything is a record without a channel.
    channel = np.where((status == 1) & (channel == 2), -1, channel)
    order = np.lexsort((channel, at_s, person))
    person = person[order]
    return Consents(
        person=person,
        row=row[order],
        ordinal=np.arange(person.size) - np.searchsorted(person, person),
        channel=channel[order],
        status=status[order],
        at_s=at_s[order],
        confirmed=confirmed[order],
        no_channel=no_channel,
        no_place=no_place,
        no_row=no_row,
        objected_s=objected_s,
    )


def _records(person: Ints, row: Ints, channel: Ints, status: int, at_s: Ints) -> tuple[Ints, ...]:
    """Columns (person, row, channel, status, at, confirmed) of records at a person's moment."""
    n = person.size
    return (person, row, channel, np.full(n, status), at_s[person], np.full(n, -1))


def _opt_ins(
    rng: np.random.Generator, people: Persons, rows: Leads, events: Inbound
) -> tuple[Ints, ...]:
    """Columns of opt-ins: ticked on a form, in any burst of interest, per channel."""
    n = people.count
    asked = np.array([_ASKED_SHARE.get(code, _ASKED_ELSEWHERE) for code in COUNTRY_CODES])
    parts: list[tuple[Ints, ...]] = []
    for burst in range(events.bursts.shape[1]):
        ticked = chance(rng, n, asked[people.country] * (1.0 if burst else 0.8))
        at_s = events.bursts[:, burst] + 30 + rng.integers(0, 600, n)
        ticked &= (at_s >= _ASKED_SINCE_S) & (at_s < END_S)
        row = rows.at(rng, np.arange(n), at_s)
        for channel, share in enumerate(_CHANNEL_SHARE):
            chosen = ticked & chance(rng, n, share)
            if CHANNELS[channel] == "ai_voice":
                chosen &= at_s >= END_S - 700 * DAY_S
            who = np.flatnonzero(chosen)
            is_double = (people.country[who] == COUNTRY_CODES.index("DE")) & (channel == 0)
            confirmed = chance(rng, who.size, _DOUBLE_OPT_IN_SHARE).astype(np.int64)
            parts.append(
                (
                    who,
                    row[who],
                    np.full(who.size, channel),
                    np.zeros(who.size, dtype=np.int64),
                    at_s[who],
                    np.where(is_double, confirmed, -1),
                )
            )
    return tuple(np.concatenate(column) for column in zip(*parts, strict=True))


def refuses(records: Consents, story: Contacts, moment_s: int, *, by_phone: bool) -> Bools:
    """Whether each person has refused e-mail, or telephone, before a moment; (n,)."""
    covers = (records.no_channel == 2) | (records.no_channel == (1 if by_phone else 0))
    refused: Bools = covers & (story.opt_out_s < moment_s)
    return refused
