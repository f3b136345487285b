"""Activities: what persons did and what sales did, as one stream of events on lead rows."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pipelines.generate.contacts import Contacts, can_mail
from pipelines.generate.dice import Bools, Dice, Ints, chance, pick
from pipelines.generate.inbound import INBOUND_CHANNELS, Inbound
from pipelines.generate.leads import Leads
from pipelines.generate.persons import Persons
from pipelines.generate.propensity import has_phone
from pipelines.generate.times import DAY_S, END_S, NEVER_S

CHANNELS: Final = INBOUND_CHANNELS
DISPOSITIONS: Final = (
    "submitted",
    "visited",
    "opened",
    "replied",
    "answered",
    "meeting",
    "no_answer",
    "wrong_number",
    "callback_at",
    "sent",
    "bounced",
)
ACTORS: Final = ("human", "system")
_FORM, _WEB, _EMAIL, _CALL, _MEETING = range(len(CHANNELS))
_CALL_RESULTS: Final = ("no_answer", "answered", "wrong_number", "callback_at")
_CALL_SHARE: Final = (0.55, 0.33, 0.04, 0.08)
_EMAIL_RESULTS: Final = ("sent", "opened", "replied", "bounced")
_EMAIL_SHARE: Final = (0.66, 0.24, 0.06, 0.04)
_MORE_TOUCHES: Final = 0.2
_MOST_TOUCHES: Final = 6
_LAST_TOUCH_DAYS: Final = 80.0
_MEETING_SHARE: Final = 0.5


@dataclass(frozen=True)
class Activities:
    """Events sorted by person and time, shape (k,); codes index the tables of this module.

    ``ordinal`` counts a person's events from 0 and does not depend on the moment of the view.
    ``bounced_s`` is per lead row, (m,): the first bounced mail, ``NEVER_S`` for none.
    ``episode_row`` is the lead row each contact episode worked on, (e,).
    """

    person: Ints
    row: Ints
    ordinal: Ints
    at_s: Ints
    channel: Ints
    is_out: Bools
    disposition: Ints
    actor: Ints
    bounced_s: Ints
    episode_row: Ints


def activities(
    dice: Dice, people: Persons, rows: Leads, events: Inbound, story: Contacts
) -> Activities:
    """Join inbound events and touches to one stream; nothing happens after a conversion."""
    rng = dice.stream("activities")
    episode_row = rows.at(rng, story.person, story.at_s)
    came = _inbound(rng, rows, events, story)
    made = _touches(rng, people, story, episode_row)
    met = _meetings(rng, story, episode_row)
    person, row, at_s, channel, is_out, disposition, actor = (
        np.concatenate(parts) for parts in zip(came, made, met, strict=True)
    )
    order = np.lexsort((at_s, person))
    person = person[order]
    ordinal = np.arange(person.size) - np.searchsorted(person, person)
    bounced_s = np.full(rows.person.size, NEVER_S)
    bounced = disposition == DISPOSITIONS.index("bounced")
    np.minimum.at(bounced_s, row[bounced], at_s[bounced])
    return Activities(
        person=person,
        row=row[order],
        ordinal=ordinal,
        at_s=at_s[order],
        channel=channel[order],
        is_out=is_out[order].astype(np.bool_),
        disposition=disposition[order],
        actor=actor[order],
        bounced_s=bounced_s,
        episode_row=episode_row,
    )


def _inbound(
    rng: np.random.Generator, rows: Leads, events: Inbound, story: Contacts
) -> tuple[Ints, ...]:
    """Columns (person, row, at, channel, is_out, disposition, actor) of inbound events."""
    row = rows.at(rng, events.person, events.at_s)
    kept = events.at_s < story.converted_s[events.person]
    results = [DISPOSITIONS.index(r) for r in ("submitted", "visited", "opened", "answered")]
    disposition = np.array([*results, DISPOSITIONS.index("meeting")])[events.channel]
    replied = (events.channel == _EMAIL) & events.is_reply
    disposition[replied] = DISPOSITIONS.index("replied")
    actor = np.isin(events.channel, [_FORM, _WEB]).astype(np.int64)
    return (
        events.person[kept],
        row[kept],
        events.at_s[kept],
        events.channel[kept],
        np.zeros(int(kept.sum()), dtype=np.int64),
        disposition[kept],
        actor[kept],
    )


def _touches(
    rng: np.random.Generator, people: Persons, story: Contacts, episode_row: Ints
) -> tuple[Ints, ...]:
    """Columns of outbound calls and e-mails: at least one per episode, by humans."""
    count = 1 + np.minimum(rng.poisson(_MORE_TOUCHES, story.person.size), _MOST_TOUCHES - 1)
    episode = np.repeat(np.arange(story.person.size), count)
    is_first = np.diff(episode, prepend=-1) > 0
    n = episode.size
    person = story.person[episode]
    later_s = (np.clip(0.8 + rng.exponential(7.0, n), 0.0, _LAST_TOUCH_DAYS) * DAY_S).astype(
        np.int64
    )
    at_s = story.at_s[episode] + np.where(is_first, 0, later_s)
    by_phone = has_phone(people)[person] & (chance(rng, n, 0.6) | ~can_mail(people)[person])
    call = np.array([DISPOSITIONS.index(r) for r in _CALL_RESULTS])[pick(rng, n, _CALL_SHARE)]
    mail = np.array([DISPOSITIONS.index(r) for r in _EMAIL_RESULTS])[pick(rng, n, _EMAIL_SHARE)]
    end_s = np.minimum(story.converted_s, np.minimum(story.opt_out_s, story.disqualified_s))
    kept = is_first | (at_s < np.minimum(end_s[person], END_S))
    return (
        person[kept],
        episode_row[episode][kept],
        at_s[kept],
        np.where(by_phone, _CALL, _EMAIL)[kept],
        np.ones(int(kept.sum()), dtype=np.int64),
        np.where(by_phone, call, mail)[kept],
        np.zeros(int(kept.sum()), dtype=np.int64),
    )


def _meetings(rng: np.random.Generator, story: Contacts, episode_row: Ints) -> tuple[Ints, ...]:
    """Columns of the meetings that half of the conversions after a contact had on the way."""
    held = chance(rng, story.person.size, _MEETING_SHARE)
    after = (0.2 + 0.7 * rng.random(story.person.size)) * (story.episode_converted_s - story.at_s)
    at_s = story.at_s + after.astype(np.int64)
    held &= (story.episode_converted_s < NEVER_S) & (at_s < END_S)
    n = int(held.sum())
    return (
        story.person[held],
        episode_row[held],
        at_s[held],
        np.full(n, _MEETING),
        np.zeros(n, dtype=np.int64),
        np.full(n, DISPOSITIONS.index("meeting")),
        np.zeros(n, dtype=np.int64),
    )
